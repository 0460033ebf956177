import { describe, expect, test } from 'vitest'
import { buildView } from '../../gateway/grants/view.ts'
import type { Grant } from '../../gateway/grants/grant.ts'
import { federate, viewWith } from '../kit/federation.ts'
import type { Verdict } from '../kit/federation.ts'
import { prepare } from '../kit/federation-ask.ts'
import { rejectionOf } from '../../gateway/compile/parameters.ts'
import type { GrantParameters, View } from '../../gateway/grants/view.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { NANTONG, NOON, authorityOf, callerOf, conditional, grantOf, indexOf, matterOf } from '../unit/grants/world.ts'

/* Attempts to get more out of a grant that fixes argument values than those values (NT-18.1, S06). */

const FIRMS = federate([
  {
    name: 'market',
    sdl: `
      type Query {
        firms(
          division: String @filters(field: "Firm.division", exact: true)
          phone: String @filters(field: "Firm.phone")
          orderBy: Order
        ): [Firm]
        firm(code: ID!): Firm
      }
      enum Order { PHONE @filters(field: "Firm.phone") }
      type Firm @key(fields: "code") {
        code: ID!
        name: String
        division: String
        phone: String
        branches: [Firm]
        parent: Firm
      }`,
  },
])
const RULE: GrantParameters = {
  grant: 'G-1',
  values: new Map([['Firm.division', ['320602']]] as const),
  clause: 'NT-18.1',
}

function viewOf(controlled: readonly Coordinate[], verdicts: Readonly<Record<Coordinate, Verdict>> = {}): View {
  const view = viewWith(FIRMS, verdicts)
  return { ...view, id: `${view.id} ${controlled.join()}`, parameters: new Map(controlled.map((at) => [at, [RULE]])) }
}

async function codeOf(view: View, text: string): Promise<string | null> {
  const { normalised, variables } = prepare(FIRMS.schema, text, {})
  return rejectionOf(await FIRMS.generation.compiledFor(view, normalised), variables)?.code ?? null
}

describe('a value that may be read for named divisions only', () => {
  const view = viewOf(['Firm.phone'])

  test('is read there', async () => {
    expect(await codeOf(view, '{ firms(division: "320602") { phone } }')).toBeNull()
    expect(await codeOf(view, '{ firms { phone } }')).toBe('PARAMETER_OUT_OF_GRANT')
    expect(await codeOf(view, '{ firm(code: "1") { phone } }')).toBe('PARAMETER_OUT_OF_GRANT')
  })

  // Whose telephone number this is, in any division: the answer has a row or has none.
  test('is not compared with elsewhere, by a filter whose rows are read otherwise', async () => {
    expect(await codeOf(view, '{ firms(phone: "13800000000") { name } }')).not.toBeNull()
  })

  test('is not what rows of other divisions are ordered by', async () => {
    expect(await codeOf(view, '{ firms(orderBy: PHONE) { name } }')).not.toBeNull()
  })

  // A call around it said of which division: of another record.
  test('is not read of the branches in other divisions of a firm of the named one', async () => {
    expect(await codeOf(view, '{ firms(division: "320602") { branches { phone } } }')).not.toBeNull()
  })

  test('nor of the parent', async () => {
    expect(await codeOf(view, '{ firms(division: "320602") { parent { phone } } }')).not.toBeNull()
  })
})

describe('an identifier inside another value', () => {
  const FIELDS = [
    conditional('R.id', { mask: 'M-IDNO' }),
    conditional('R.number', { mask: 'M-NO', embeds: ['R.id'] }),
    conditional('R.person', { kind: 'object', follows: 'R.id' }),
    conditional('R.division'),
  ]
  const MATTER = matterOf({ 'R.id': 'READ', 'R.number': 'READ', 'R.person': 'READ' })
  const WORLD = authorityOf(NANTONG, FIELDS, [MATTER])
  const fixed = { parameters: new Map([['R.division', ['320602']]] as const) }
  const paramsOf = (...grants: readonly Grant[]) => buildView(WORLD, callerOf(), indexOf(...grants), NOON)

  // The decision took over the grant of the identifier, and lost its own one's values.
  test('mask of the identifier by one grant does not lift the values that the other fixes', () => {
    const view = paramsOf(grantOf('G-N', { 'R.number': 'CLEAR' }, fixed), grantOf('G-I', { 'R.id': 'MASKED' }))
    expect(view.decisions.get('R.number')?.kind).toBe('MASK')
    expect(view.parameters.get('R.number')).toMatchObject([{ values: fixed.parameters }])
  })

  // Neither what contains the identifier nor the person behind it was asked for its values.
  test('the identifier is for named values only: so is what contains it', () => {
    const view = paramsOf(grantOf('G-N', { 'R.number': 'CLEAR' }), grantOf('G-I', { 'R.id': 'CLEAR' }, fixed))
    expect(view.decisions.get('R.number')?.kind).toBe('ALLOW')
    expect(view.parameters.get('R.number')).toMatchObject([{ values: fixed.parameters }])
  })

  test('and so is the person behind it', () => {
    const view = paramsOf(grantOf('G-P', { 'R.person': 'CLEAR' }), grantOf('G-I', { 'R.id': 'CLEAR' }, fixed))
    expect(view.decisions.get('R.person')?.kind).toBe('ALLOW')
    expect(view.parameters.get('R.person')).toMatchObject([{ values: fixed.parameters }])
  })
})

describe('an argument whose annotation does not say that it is exact', () => {
  const LOOSE = federate([
    {
      name: 'market',
      sdl: `
        type Query {
          firms(
            division: String @filters(field: "Firm.division", exact: true)
            outsideDivision: String @filters(field: "Firm.division")
            fuzzyDivision: String @filters(field: "Firm.division")
            orderBy: String @filters(field: "Firm.division")
          ): [Firm]
        }
        type Firm @key(fields: "code") { code: ID! division: String phone: String }`,
    },
  ])
  const view: View = { ...viewWith(LOOSE), id: 'loose', parameters: new Map([['Firm.phone', [RULE]]] as const) }

  test.each(['outsideDivision', 'fuzzyDivision', 'orderBy'])(
    '%s does not keep the answer within its value',
    async (name) => {
      const { normalised, variables } = prepare(LOOSE.schema, `{ firms(${name}: "320602") { phone } }`, {})
      const compiled = await LOOSE.generation.compiledFor(view, normalised)
      expect(rejectionOf(compiled, variables)?.code).toBe('PARAMETER_OUT_OF_GRANT')
    },
  )
})
