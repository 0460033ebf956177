import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { describe, expect, test } from 'vitest'
import { countDecisions, readAnswer } from '../../../console/graphiql/answer.ts'
import { DEFAULT_QUERY } from '../../../console/graphiql/default-query.ts'
import { INTROSPECTION, createFetcher } from '../../../console/graphiql/fetcher.ts'
import { parseHeaders, standingOf } from '../../../console/graphiql/headers.ts'
import { memoryStorage } from '../../../console/graphiql/memory-storage.ts'
import { readSettings } from '../../../console/graphiql/settings.ts'
import { Kind, parse, print, visit } from 'graphql'

const DEPARTMENTS = ['public-security', 'human-resources-social-security', 'disabled-persons']

/** `Type.field` and the name of the field's type, for each object type in a department's SDL. */
function fieldsByType(department: string): readonly (readonly [string, string])[] {
  const sdl = readFileSync(new URL(`../../../subgraphs/${department}/schema.graphql`, import.meta.url), 'utf8')
  return parse(sdl).definitions.flatMap((definition) =>
    definition.kind === Kind.OBJECT_TYPE_DEFINITION
      ? (definition.fields ?? []).map(
          (field) =>
            [`${definition.name.value}.${field.name.value}`, print(field.type).replace(/[[\]!]/g, '')] as const,
        )
      : [],
  )
}

describe('the header editor', () => {
  test('may hold comments and trailing commas; strings keep theirs', () => {
    const text = `{ // 令牌 "x"
      "Authorization": "Bearer a//b", /* "y" */
      "x-case": "a,}", "x-matter": "  ",
    }`
    expect(parseHeaders(text)).toEqual({ authorization: 'Bearer a//b', 'x-case': 'a,}' })
  })

  test('sends nothing for what the template leaves open', () => {
    expect(parseHeaders(readSettings(null).headers)).toEqual({ 'x-decisions': 'all' })
    expect(parseHeaders('{"authorization": "Bearer "}')).toEqual({})
    expect(parseHeaders('')).toEqual({})
  })

  test.each(['[1]', '"x"', '{', 'null'])('%s is no header object', (text) => {
    expect(() => parseHeaders(text)).toThrow(SyntaxError)
    expect(standingOf(text).readable).toBe(false)
  })

  test('a token that is no JWT is left to the gateway', () => {
    for (const token of ['opaque', 'a.%%%.c', 'a.bnVsbA.c']) {
      expect(standingOf(JSON.stringify({ authorization: `Bearer ${token}` }))).toMatchObject({
        readable: true,
        department: null,
      })
    }
  })
})

describe('an answer', () => {
  const body = {
    data: { p: { a: null, b: null } },
    errors: [
      {
        message: 'no',
        path: ['p', 'a'],
        extensions: { code: 'NO_GRANT', coordinate: 'T.a', clause: 'ZS-4.08', remedy: 'apply' },
      },
      { message: 'away', path: ['p', 0, 'b'], extensions: { code: 'SOURCE_UNAVAILABLE', remedy: 'later' } },
    ],
    extensions: {
      sharing: {
        receipt: 'gx_body',
        regime: 'huizhou',
        decisions: [
          { path: ['p', 'a'], coordinate: 'T.a', decision: 'DENY', code: 'NO_GRANT', clause: null },
          { path: 'q.a', coordinate: 'T.a', decision: 'DENY' },
          { path: ['p', 'c'], coordinate: 'T.c', decision: 'MASK', rule: 'M-NAME', clause: ['ZS-4.07', 'ZS-4.02'] },
        ],
        notes: [{ path: ['p'], asOf: '2026-01-01', conflict: true }],
      },
    },
  }

  test('joins each decision with the error of its coordinate', () => {
    const answer = readAnswer(body, 200, 'gx_header')
    expect(answer.receipt).toBe('gx_header')
    expect(answer.decisions[0]).toMatchObject({ path: 'p.a', message: 'no', remedy: 'apply', clause: 'ZS-4.08' })
    expect(answer.decisions[1]).toMatchObject({ path: 'q.a', code: 'NO_GRANT', remedy: 'apply' })
    expect(answer.decisions[2]).toMatchObject({ rule: 'M-NAME', clause: 'ZS-4.07, ZS-4.02', message: null })
    expect(Object.fromEntries(countDecisions(answer))).toEqual({ DENY: 2, MASK: 1 })
  })

  test('keeps errors that no decision explains', () => {
    const { faults, notes } = readAnswer(body, 200, null)
    expect(faults).toMatchObject([{ path: 'p.0.b', code: 'SOURCE_UNAVAILABLE', remedy: 'later' }])
    expect(notes).toEqual([{ path: 'p', asOf: '2026-01-01', marks: ['来源不一致 conflict'] }])
  })

  test('an allowed field whose source is away stays allowed, and the error is shown for itself', () => {
    const away = { message: 'away', path: ['p', 'a'], extensions: { code: 'SOURCE_UNAVAILABLE', coordinate: 'T.a' } }
    const decisions = [{ path: ['p', 'a'], coordinate: 'T.a', decision: 'ALLOW', code: null, clause: 'ZS-4.07' }]
    const answer = readAnswer({ errors: [away, away], extensions: { sharing: { decisions } } }, 200, null)
    expect(answer.decisions).toMatchObject([{ decision: 'ALLOW', code: null, message: null }])
    expect(answer.faults).toHaveLength(2)
  })

  test.each([null, 'text', [], {}, { errors: 'x', extensions: { sharing: { decisions: 3 } } }])(
    '%j is read as an empty answer',
    (odd) => {
      expect(readAnswer(odd, 502, null)).toMatchObject({
        receipt: null,
        status: 502,
        decisions: [],
        faults: [],
        notes: [],
      })
    },
  )
})

describe('the fetcher', () => {
  test('sends the page’s own headers where GraphiQL has none yet, and GraphiQL’s where it has', async () => {
    const got: (string | undefined)[] = []
    const server = createServer((request, response) => {
      got.push(request.headers.authorization)
      response.setHeader('x-receipt', 'gx_1').end('{"data":null}')
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    const heard: (string | null)[] = []
    const fetcher = createFetcher(`http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/graphql`, {
      headersText: () => '{"authorization": "Bearer page" /* ours */}',
      onIntrospect: (headersText) => heard.push(headersText),
      onAnswer: (answer) => heard.push(answer.receipt),
    })
    await fetcher({ query: '{ __schema { __typename } }', operationName: INTROSPECTION })
    await fetcher({ query: '{ a }' }, { headers: { Authorization: 'Bearer editor', 'x-case': '' } })
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
    expect(got).toEqual(['Bearer page', 'Bearer editor'])
    expect(heard).toEqual(['{"authorization": "Bearer page" /* ours */}', 'gx_1'])
  })

  test('says what a proxy’s page is, without repeating it', async () => {
    const heard: unknown[] = []
    const fetcher = createFetcher('data:text/html,<h1>Bad gateway</h1>', {
      headersText: () => '{}',
      onIntrospect: () => undefined,
      onAnswer: (answer) => heard.push(answer),
    })
    const result = await fetcher({ query: '{ a }' })
    expect(JSON.stringify(result)).toContain('The answer is not JSON')
    expect(JSON.stringify(result)).not.toContain('<h1>')
    expect(heard).toMatchObject([{ faults: [{ code: 'BAD_ANSWER' }] }])
  })
})

describe('what the page starts with', () => {
  test('the default query is GraphQL and asks three departments', () => {
    expect(() => parse(DEFAULT_QUERY)).not.toThrow()
    for (const record of ['household', 'socialInsurance', 'disability']) expect(DEFAULT_QUERY).toContain(`${record} {`)
  })

  test('the default query asks only for what the departments’ own SDL declares', () => {
    const declared = new Map(DEPARTMENTS.flatMap((name) => fieldsByType(name)))
    const asked: string[] = []
    visit(parse(DEFAULT_QUERY), {
      Field: (field, _key, _parent, _path, ancestors) => {
        const outer = ancestors.findLast((node) => 'kind' in node && node.kind === Kind.FIELD)
        if (outer !== undefined && 'kind' in outer && outer.kind === Kind.FIELD) {
          asked.push(`${outer.name.value}.${field.name.value}`)
        }
      },
    })
    const records = asked.filter((path) => path.startsWith('person.')).map((path) => path.slice('person.'.length))
    expect(records).toEqual(['household', 'socialInsurance', 'disability'])
    for (const path of asked) {
      const [outer = '', name = ''] = path.split('.')
      const type = outer === 'person' ? 'Person' : (declared.get(`Person.${outer}`) ?? outer)
      expect([...declared.keys()], path).toContain(`${type}.${name}`)
    }
  })

  test('the server’s settings win over the defaults', () => {
    const given = {
      endpoint: '/graphql',
      headers: { authorization: 'Bearer t', 'x-decisions': 'none' },
      query: '{ a }',
      variables: { n: 1 },
    }
    const settings = readSettings(JSON.stringify(given))
    expect(settings).toMatchObject({ endpoint: '/graphql', signedIn: true, query: '{ a }' })
    expect(JSON.parse(settings.headers)).toEqual(given.headers)
    expect(JSON.parse(settings.variables)).toEqual({ n: 1 })
  })

  test('its storage forgets', () => {
    const storage = memoryStorage({ a: '1' })
    storage.setItem('b', '2')
    expect([storage.length, storage.getItem('a'), storage.getItem('missing')]).toEqual([2, '1', null])
    storage.removeItem('a')
    storage.clear()
    expect(storage.length).toBe(0)
  })
})
