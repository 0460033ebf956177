import type { View } from '../../../gateway/grants/view.ts'
import { rejectionOf } from '../../../gateway/compile/parameters.ts'
import type { Rejection } from '../../../gateway/compile/parameters.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'

const SDL = `
  type Query {
    firms(
      filter: FirmFilter
      division: String @filters(field: "Firm.division", exact: true)
      orderBy: [FirmOrder!] = [NAME]
      kind: String = "A" @filters(field: "Firm.kind")
      first: Int = 10
    ): [Firm]
    registered: [Registered]
    loose(json: Json @filters(field: "Firm.division", exact: true)): [Firm]
    around(division: String @filters(field: "Firm.division")): [Firm]
  }
  scalar Json
  enum FirmOrder { NAME @filters(field: "Firm.name") CAPITAL @filters(field: "Firm.capital") SIZE }
  input FirmFilter {
    division: DivisionFilter @filters(field: "Firm.division")
    divisionNot: String @filters(field: "Firm.division")
    name: String @filters(field: "Firm.name")
    owner: OwnerFilter
    limit: Int
    and: [FirmFilter!]
    or: [FirmFilter!]
    not: FirmFilter
  }
  input DivisionFilter { eq: String in: [String!] ne: String startsWith: String }
  input OwnerFilter { born: String = "1980-01-01" @filters(field: "Owner.born") name: String }
  interface Registered {
    code: ID
    near(division: String @filters(field: "Firm.division", exact: true)): [Firm]
  }
  type Firm implements Registered @key(fields: "code") {
    code: ID!
    name: String
    kind: String
    division: String
    capital: Int
    owner: Owner
    near(division: String): [Firm]
  }
  type Owner { name: String born: String }`

/** One department whose arguments filter, in every way that SDL has. */
export const FIRMS = federate([{ name: 'market', sdl: SDL }])

const DIVISION: Coordinate = 'Firm.division'

/** A view in which a grant opens firms' names and divisions for two districts only. */
export function controlledView(verdicts: Readonly<Record<Coordinate, Verdict>> = {}): View {
  const view = viewWith(FIRMS, verdicts)
  const rule = { grant: 'G-1', values: new Map([[DIVISION, ['320602', '320611']]]), clause: 'NT-18.1' } as const
  const parameters = new Map((['Firm.name', 'Firm.division'] as const).map((at) => [at, [rule]]))
  return { ...view, id: `${view.id} controlled`, parameters }
}

/** Why a request is refused for its arguments; null where it is not. */
export async function refusalOf(
  view: View,
  text: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<Rejection | null> {
  const { normalised, variables: bound } = prepare(FIRMS.schema, text, { variables })
  return rejectionOf(await FIRMS.generation.compiledFor(view, normalised), bound)
}
