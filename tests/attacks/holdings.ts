import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import { expect, vi } from 'vitest'
import { BUILTIN, BUILTIN_SCHEMA } from '../../gateway/builtin/subgraph.ts'
import { compose } from '../../gateway/catalog/compose.ts'
import { writeComposition } from '../../gateway/start/composition.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { fullSdl, SHARING_DEFINITIONS } from '../kit/federation-sdl.ts'
import { attack } from './attack.ts'

const SDL = `
  type Person @key(fields: "idDocumentType idDocumentNumber") {
    idDocumentType: IdDocumentType!
      @share(class: "UNCONDITIONAL", level: "L2", item: "HZ-28#02", title: "身份证件类型", basis: ["HZ-28", "HZ-15.2"])
      @masking(rule: "M-NULL")
    idDocumentNumber: IdNumber!
      @share(class: "UNCONDITIONAL", level: "L4", item: "HZ-28#03", title: "号码", basis: ["HZ-28", "HZ-15.2"])
      @masking(rule: "M-IDNO")
    holdings: [Holding] @share(class: "CONDITIONAL", level: "L3", title: "holdings", basis: ["HZ-4.3"], conditions: "x")
    things: [Thing!] @share(class: "CONDITIONAL", level: "L3", title: "things", basis: ["HZ-4.3"], conditions: "x")
    favourite: Thing @share(class: "CONDITIONAL", level: "L3", title: "favourite", basis: ["HZ-4.3"], conditions: "x")
  }
  enum IdDocumentType { RESIDENT_ID PASSPORT HMT_PERMIT HMT_RESIDENCE_PERMIT FOREIGNER_PERMANENT_RESIDENCE OTHER }
  scalar IdNumber
  interface Holding { value: String secret: String }
  union Thing = House | Boat | Car
  type House implements Holding { value: String secret: String address: String }
  type Boat implements Holding { value: String secret: String berth: String }
  type Car { plate: String @masking(rule: "M-NO") owner: String }
`

const HELD = [
  { __typename: 'House', value: 'V-HOUSE', secret: 'S-HOUSE', address: 'A-HOUSE' },
  { __typename: 'Boat', value: 'V-BOAT', secret: 'S-BOAT', berth: 'B-BOAT' },
]
const THINGS = [...HELD, { __typename: 'Car', plate: 'PLATE-000123', owner: 'O-CAR' }]

const MATTER = {
  code: 'holdings',
  title: 'holdings',
  department: DESK.department,
  fields: ['House.value', 'Car.plate'],
}
export const AS_OWNER = { as: DESK, matter: 'holdings' } as const

const ENDED = { validFrom: '2020-01-01T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00' }
const GRANT = {
  id: 'G-CAR',
  consumer: DESK.department,
  matters: ['holdings'],
  masked: ['Car.plate'],
  approver: 'X-1',
  ...ENDED,
}

/**
 * A gateway that has taken another schema into service: objects of several types at one place, of which some are
 * refused. `House.value` may be read, of a boat nothing at all, of a car its plate number under a mask.
 */
export async function startWithHoldings(): Promise<TestGateway> {
  const gateway = await startTestGateway({
    registers: { matters: { matters: [MATTER] }, grants: { grants: [GRANT] }, cases: { cases: [] } },
  })
  const conditional = SDL.replace(
    'plate: String',
    'plate: String @share(class: "CONDITIONAL", level: "L3", title: "plate", basis: ["HZ-4.3"], conditions: "x")',
  )
  const sdl = fullSdl(conditional)
  const composed = compose(
    [
      { department: BUILTIN, file: 'builtin', sdl: readFileSync(BUILTIN_SCHEMA, 'utf8'), builtin: true },
      { department: 'public-security', file: 'attack', sdl },
    ],
    SHARING_DEFINITIONS,
  )
  if (composed.kind === 'faulty') throw new Error(composed.faults.map(({ message }) => message).join('\n'))
  serve(gateway, sdl)
  writeComposition(join(gateway.config.dataDirectory, 'schema'), composed)
  await vi.waitFor(
    async () => {
      const { reply } = await attack(gateway, { ...AS_OWNER, query: '{ __typename }' })
      expect(reply.body.extensions?.sharing.catalogVersion).toBe(composed.catalog.version)
    },
    { timeout: 20_000, interval: 100 },
  )
  return gateway
}

/** The department answers by another schema from now on. */
function serve(gateway: TestGateway, sdl: string): void {
  const references = {
    __resolveReference: (key: object) => ({ ...key, holdings: HELD, things: THINGS, favourite: HELD[1] }),
  }
  const schema = buildSubgraphSchema([
    { typeDefs: parse(`${sdl}\n${SHARING_DEFINITIONS}`), resolvers: { Person: references } },
  ])
  gateway.disturb('public-security', async (_next, { query, variables }) => {
    const result = await execute({ schema, document: parse(query), variableValues: variables })
    return JSON.parse(JSON.stringify(result)) as unknown
  })
}
