import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createBuiltin } from '../../../gateway/builtin/subgraph.ts'
import type { SecretKey } from '../../../gateway/keys/key-ring.ts'
import { readDefinitions } from '../../../gateway/start/composition.ts'
import { to15 } from '../../../gateway/vocabulary/id-number.ts'
import type { CallContext } from '../../../subgraphs/kit/contract.ts'

const keyOf = (byte: number): SecretKey => ({
  id: `key-${byte}`,
  development: true,
  key: createSecretKey(Buffer.alloc(32, byte)),
})
let keys = [keyOf(1)]
const builtin = createBuiltin(readDefinitions(), { usedSecrets: () => keys })

// The synthetic example of GB 11643, and the one of the tests of numbers.
const NUMBER = '11010519491231002X'
const context = (change: Partial<CallContext> = {}): CallContext => ({
  receipt: 'gx_01M80DKQEZQJT1TCWC3G5RW48X',
  consumer: 'development-reform',
  matter: 'insurance-coverage-analysis',
  ...change,
})

interface Told {
  readonly pseudonym: string | null
  readonly formerPseudonyms: readonly string[] | null
}

const FIELDS = '{ pseudonym formerPseudonyms }'
const LOOKUP = `query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) ${FIELDS} }`
const ENTITY = `query($r: [_Any!]!) { _entities(representations: $r) { ... on Person ${FIELDS} } }`

async function asked(number: string, from: CallContext | null = context()): Promise<Told | null> {
  const { data } = await builtin.execute({ query: LOOKUP, variables: { n: number } }, from)
  return (data as { person: Told | null }).person
}

async function referred(key: object, from: CallContext | null = context()): Promise<Told | null> {
  const variables = { r: [{ __typename: 'Person', ...key }] }
  const { data } = await builtin.execute({ query: ENTITY, variables }, from)
  return (data as { _entities: (Told | null)[] })._entities[0] ?? null
}

const reference = (number: unknown, type: unknown = 'RESIDENT_ID'): object => ({
  idDocumentType: type,
  idDocumentNumber: number,
})

describe('a person’s pseudonym', () => {
  test('is the same by lookup, by reference, and however the number is written', async () => {
    const told = await asked(NUMBER)
    expect(told?.pseudonym).toMatch(/^gxp_[\w-]{32}$/)
    expect(told?.formerPseudonyms).toEqual([])
    expect(await asked(NUMBER.toLowerCase())).toEqual(told)
    expect(await asked(to15(NUMBER) ?? '')).toEqual(told)
    expect(await referred(reference(NUMBER))).toEqual(told)
    expect(await referred(reference(to15(NUMBER)))).toEqual(told)
  })

  test('is another for another department, matter or document', async () => {
    const all = await Promise.all([
      asked(NUMBER),
      asked(NUMBER, context({ consumer: 'housing-urban-rural' })),
      asked(NUMBER, context({ matter: 'school-enrolment' })),
      referred(reference(NUMBER, 'PASSPORT')),
    ])
    expect(new Set(all.map((one) => one?.pseudonym)).size).toBe(4)
    expect(await asked(NUMBER, context({ receipt: 'gx_another' }))).toEqual(all[0])
  })

  test.each([
    ['without anybody who asks', null],
    ['without a matter', context({ matter: null })],
  ])('is null %s', async (_what, from) => {
    expect(await asked(NUMBER, from)).toEqual({ pseudonym: null, formerPseudonyms: null })
    expect(await referred(reference(NUMBER), from)).toEqual({ pseudonym: null, formerPseudonyms: null })
  })

  test.each(['1101**********002X', '110105194912310021', '', null, 42])(
    'is null for %j, which may be several people’s',
    async (number) => {
      expect(await referred(reference(number))).toEqual({ pseudonym: null, formerPseudonyms: null })
    },
  )
})

describe('while the key is rotated', () => {
  test('one operation has pseudonyms of one key, however often it comes by', async () => {
    keys = [keyOf(1)]
    const [operation, next] = [context(), context()]
    const before = await asked(NUMBER, operation)
    keys = [keyOf(2), keyOf(1)]
    expect(await referred(reference(NUMBER), operation)).toEqual(before)
    const after = await asked(NUMBER, next)
    expect(after?.pseudonym).not.toBe(before?.pseudonym)
    expect(after?.formerPseudonyms).toEqual([before?.pseudonym])
    keys = [keyOf(3), keyOf(2), keyOf(1)]
    expect((await asked(NUMBER))?.formerPseudonyms).toEqual([after?.pseudonym, before?.pseudonym])
  })
})
