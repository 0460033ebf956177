import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { sourceCalls } from '../../../subgraphs/kit/loaders.ts'
import type { Source } from '../../../subgraphs/kit/register.ts'
import { publicSecurity } from '../../../subgraphs/public-security/source.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }
const QUERY =
  'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { name household { sex photo } } } }'
const PHOTO = `urn:gongxiang:public-security:photo:${demoPeople.allThree.household?.photoFile}`
const PERSON = { __typename: 'Person', ...demoPeople.allThree.document }

describe('a subgraph', () => {
  let city: TestCity
  let source: Source
  beforeAll(async () => {
    city = await testCity(20)
    source = await publicSecurity.connect({ dataDirectory: city.directory })
  })
  afterAll(async () => {
    await source.close()
    await city.close()
  })

  function ask(query: string, r: unknown, from: Source = source) {
    return createSubgraph(publicSecurity, from).execute({ query, variables: { r } }, CONTEXT)
  }

  test('answers codes, never texts that quote what was sent', async () => {
    const answers = [
      [await ask('{ secret', []), 'GRAPHQL_PARSE_FAILED'],
      [await ask('{ secret }', []), 'GRAPHQL_VALIDATION_FAILED'],
      [await ask(QUERY, 'secret'), 'INTERNAL'],
      [
        await ask(QUERY, [{ __typename: 'Person', idDocumentType: 'secret', idDocumentNumber: 'secret' }]),
        'BAD_USER_INPUT',
      ],
      [await ask(QUERY, [{ __typename: 'Secret' }]), 'INTERNAL'],
      [await ask(QUERY, null), 'BAD_USER_INPUT'],
    ] as const
    for (const [answer, code] of answers) {
      expect(answer.errors?.[0]?.extensions?.code).toBe(code)
      expect(JSON.stringify(answer)).not.toMatch(/secret/i)
    }
  })

  test('an unreadable value is null with a code; its siblings are delivered', async () => {
    const broken: Source = {
      ...source,
      async fetch(lookup) {
        const { rows, asOf } = await source.fetch(lookup)
        return { rows: rows.map((row) => ({ ...row, xb: 'male' })), asOf }
      },
    }
    const { data, errors } = await ask(QUERY, [PERSON], broken)
    expect(data).toEqual({ _entities: [{ name: '欧阳静怡', household: { sex: null, photo: PHOTO } }] })
    expect(errors).toMatchObject([
      { path: ['_entities', 0, 'household', 'sex'], extensions: { code: 'SOURCE_INVALID' } },
    ])
  })

  test('an unexpected error says nothing of itself', async () => {
    const broken: Source = { ...source, fetch: () => Promise.reject(new Error(PERSON.idDocumentNumber)) }
    const answer = await ask(QUERY, [PERSON], broken)
    expect(answer.errors?.map((error) => error.extensions?.code)).toEqual(['INTERNAL', 'INTERNAL'])
    expect(JSON.stringify(answer)).not.toContain(PERSON.idDocumentNumber)
  })

  test('two requests share nothing', async () => {
    let queries = 0
    const counted: Source = {
      ...source,
      fetch(lookup) {
        queries += 1
        return source.fetch(lookup)
      },
    }
    const subgraph = createSubgraph(publicSecurity, counted)
    const request = { query: QUERY, variables: { r: [PERSON, PERSON] } }
    await Promise.all([subgraph.execute(request, CONTEXT), subgraph.execute(request, CONTEXT)])
    expect(queries).toBe(2)
  })

  test('ends with the reason of an aborted signal', async () => {
    const stuck: Source = { ...source, fetch: () => new Promise(() => undefined) }
    const abort = new AbortController()
    const request = { query: QUERY, variables: { r: [PERSON] } }
    const answer = createSubgraph(publicSecurity, stuck).execute(request, CONTEXT, abort.signal)
    abort.abort(new Error('enough'))
    await expect(answer).rejects.toThrow('enough')
  })

  test('tells subscribers of each query, without values', async () => {
    const calls: unknown[] = []
    const note = (call: unknown): void => void calls.push(call)
    sourceCalls.subscribe(note)
    await ask(QUERY, [PERSON])
    await ask(QUERY, [PERSON], {
      ...source,
      fetch: () => Promise.reject(new Failure('SOURCE_UNAVAILABLE', { detail: 'gone' })),
    })
    sourceCalls.unsubscribe(note)
    const call = {
      department: 'public-security',
      type: 'HouseholdRegistration',
      columns: ['gmsfhm', 'xb', 'xp_wjid', 'xm'],
      persons: 1,
    }
    expect(calls).toEqual([
      { ...call, failure: null },
      { ...call, failure: 'gone' },
    ])
  })
})
