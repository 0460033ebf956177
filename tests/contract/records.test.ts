import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { RECORD_KINDS } from './record-kinds.ts'
import { REST_RECORD_KINDS } from './rest-record-kinds.ts'
import type { Bench } from './subgraph-bench.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }

describe.each([...RECORD_KINDS, ...REST_RECORD_KINDS])(
  'records by a key of their own over $name (HZ-35, FS-12 to FS-16, NT-13.1)',
  (kind) => {
    let bench: Bench | null = null
    beforeAll(async () => {
      bench = await kind.start()
    })
    afterAll(() => bench?.close())

    async function ask(query: string, variables: Readonly<Record<string, unknown>> = {}) {
      if (bench === null) throw new Error('no bench')
      const answer = await bench.subgraph.execute({ query, variables }, CONTEXT)
      return { answer, queries: bench.queries() }
    }

    function given(key: Readonly<Record<string, string>>): string {
      return Object.entries(key)
        .map(([name, value]) => `${name}: ${JSON.stringify(value)}`)
        .join(', ')
    }

    const known = { __typename: kind.type, ...kind.known }
    const absent = { __typename: kind.type, ...kind.absent }
    const entities = (selection: string): string =>
      `query ($r: [_Any!]!) { _entities(representations: $r) { ... on ${kind.type} { ${selection} } } }`

    test('a lookup finds it, or nothing, in one query of the needed columns, and tells the source’s time', async (context) => {
      if (bench === null) return context.skip()
      const { lookup, field } = kind
      const { answer, queries } = await ask(
        `{ ${lookup}(${given(kind.known)}) { ${field} } none: ${lookup}(${given(kind.absent)}) { ${field} } }`,
      )
      expect(answer.errors).toBeUndefined()
      expect(answer.data).toEqual({ [lookup]: { [field]: kind.value }, none: null })
      expect(queries).toEqual([new Set([...kind.keys, kind.column])])
      expect(answer.extensions?.sources).toEqual([{ type: kind.type, asOf: kind.asOf }])
    })

    test('a reference of another department finds the same', async (context) => {
      if (bench === null) return context.skip()
      const { answer, queries } = await ask(entities(`__typename ${kind.field}`), { r: [known, absent, known] })
      expect(answer.errors).toBeUndefined()
      const found = { __typename: kind.type, [kind.field]: kind.value }
      expect(answer.data).toEqual({ _entities: [found, null, found] })
      expect(queries).toEqual([new Set([...kind.keys, kind.column])])
    })

    test('the key alone is read where nothing else is asked', async (context) => {
      if (bench === null) return context.skip()
      const { queries } = await ask(entities('__typename'), { r: [known] })
      expect(queries).toEqual([new Set(kind.keys)])
    })

    test('what is no key is refused, and nothing is asked', async (context) => {
      if (bench === null) return context.skip()
      const [name = ''] = Object.keys(kind.known)
      const { answer, queries } = await ask(entities(kind.field), { r: [{ ...known, [name]: ' ' }] })
      expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
      expect(queries).toEqual([])
    })

    // Last, since the source does not come back.
    test('a source that is gone gives null and a code, and no value', async (context) => {
      if (bench === null) return context.skip()
      await bench.breakSource()
      const { answer } = await ask(`{ ${kind.lookup}(${given(kind.known)}) { ${kind.field} } }`)
      expect(answer.data).toEqual({ [kind.lookup]: null })
      expect(answer.errors).toEqual([
        {
          message: "The providing department's system is unavailable",
          path: [kind.lookup],
          extensions: { code: 'SOURCE_UNAVAILABLE' },
        },
      ])
    })
  },
)
