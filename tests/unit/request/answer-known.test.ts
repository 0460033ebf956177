import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { buildSchema, parse } from 'graphql'
import { describe, expect, test, vi } from 'vitest'
import { answerKnown } from '../../../gateway/request/answer-known.ts'
import type { Exchange } from '../../../gateway/request/exchange.ts'
import type { House } from '../../../gateway/request/house.ts'
import type { HttpRequest } from '../../../gateway/request/http.ts'
import { openExchange } from '../../../gateway/request/open-exchange.ts'
import { prepareOperation } from '../../../gateway/request/prepare-operation.ts'
import { callerOf, ZHONGSHAN } from '../grants/world.ts'

const LIMITS = { depth: 9, aliases: 9, rootFields: 9, tokens: 99, pageSize: 9, subjectsPerOperation: 9 }
const schema = buildSchema('type Query { name(n: Int!): String }')
const QUERY = 'query Q($n: Int!) { name(n: $n) }'
const PREPARED = prepareOperation(schema, LIMITS, parse(QUERY), null)
const GENERATION = Object.freeze({}) as House['generation'] extends () => infer T ? T : never

function requestOf(body: unknown, facts: Partial<HttpRequest> = {}): HttpRequest {
  return {
    method: 'POST',
    address: '',
    search: '',
    rawHeaders: [],
    headers: new Map([['accept-language', 'en']]),
    body,
    fault: null,
    signal: new AbortController().signal,
    ...facts,
  }
}

/** A house that has what is looked at before any department is; whoever looks further finds nothing there. */
function world(request: HttpRequest, known = true) {
  const find = vi.fn<House['known']['find']>(() => (known ? PREPARED : undefined))
  const none = new Uint8Array(32)
  const ids = { receipt: () => 'gx_1', salt: () => none }
  const secrets = { subject: none, argument: none, counter: none, calls: [] }
  const exchange: Exchange = openExchange({ clock: { now: () => 0, monotonic: () => 0 }, ids, secrets }, request)
  exchange.caller = callerOf()
  const parts = {
    regime: ZHONGSHAN,
    masks: 'strict',
    catalogVersion: () => '1',
    generation: () => GENERATION,
    known: { find, note: () => undefined },
  }
  return { find, exchange, answer: () => answerKnown(parts as unknown as House, exchange, request) }
}

describe('a request with anything unusual is left to the front', () => {
  const body = { query: QUERY, operationName: 'Q', variables: { n: 1 } }
  test.each<readonly [string, HttpRequest]>([
    ['another method', requestOf(body, { method: 'PUT' })],
    ['a query string', requestOf(body, { search: '?x=1' })],
    ['a query string that is empty', requestOf(body, { search: '?' })],
    ['no body', requestOf(undefined)],
    ['a body that is null', requestOf(null)],
    ['a list', requestOf([body])],
    ['a text', requestOf(QUERY)],
    ['no query', requestOf({ variables: {} })],
    ['an empty query', requestOf({ query: '' })],
    ['a query that is a list', requestOf({ query: [QUERY] })],
    ['extensions', requestOf({ ...body, extensions: {} })],
    ['extensions that are null', requestOf({ ...body, extensions: null })],
    ['an id', requestOf({ ...body, documentId: 'x' })],
    ['a member that nobody knows', requestOf({ ...body, x: 1 })],
    ['a member of every object', requestOf(JSON.parse(`{"query":${JSON.stringify(QUERY)},"__proto__":{}}`))],
    ['an empty name', requestOf({ ...body, operationName: '' })],
    ['a name that is none', requestOf({ ...body, operationName: ['Q'] })],
    ['a name that is false', requestOf({ ...body, operationName: false })],
    ['variables that are a list', requestOf({ ...body, variables: [1] })],
    ['variables that are a text', requestOf({ ...body, variables: '{"n":1}' })],
    ['variables that are nothing', requestOf({ ...body, variables: 0 })],
    ['an answer that cannot be given', requestOf(body, { headers: new Map([['accept', 'text/html']]) })],
  ])('%s', async (_name, request) => {
    const { answer, find, exchange } = world(request)
    expect(await answer()).toBeNull()
    expect([find.mock.calls.length, exchange.lane, exchange.answered]).toEqual([0, 'none', false])
  })

  test('and a text that nobody knows', async () => {
    const { answer, find, exchange } = world(requestOf(body), false)
    expect(await answer()).toBeNull()
    expect([find.mock.calls.length, exchange.lane]).toEqual([1, 'none'])
  })
})

describe('a text that is known', () => {
  test.each<readonly [string, object, string | null]>([
    ['its name', { operationName: 'Q' }, 'Q'],
    ['no name', {}, null],
    ['a name of null', { operationName: null }, null],
    ['variables of null', { variables: null }, null],
  ])('is looked for in the generation in service, with %s', async (_name, more, operationName) => {
    const { answer, find, exchange } = world(requestOf({ query: QUERY, ...more }))
    expect(await answer()).not.toBeNull()
    expect(exchange.lane).toBe('fast')
    expect(find.mock.calls[0]?.[0]).toBe(GENERATION)
    expect(find.mock.calls[0]?.[1]).toMatchObject({ text: QUERY, operationName })
  })

  test.each([
    [undefined, 'application/json', 200],
    ['application/graphql-response+json', 'application/graphql-response+json', 400],
  ])('is refused like any other: %s', async (accept, type, status) => {
    const headers = new Map([['accept-language', 'en'], ...(accept === undefined ? [] : [['accept', accept] as const])])
    const { answer, exchange } = world(requestOf({ query: QUERY, variables: { n: 'x' } }, { headers }))
    const found = await answer()
    expect([...(found?.headers ?? [])]).toEqual([
      ['cache-control', 'no-store'],
      ['content-type', `${type}; charset=utf-8`],
    ])
    expect(found?.status).toBe(status)
    expect(JSON.parse(found?.body ?? '')).toMatchObject({
      errors: [{ extensions: { code: 'BAD_USER_INPUT', clause: null } }],
      extensions: { sharing: { receipt: 'gx_1', catalogVersion: '1' } },
    })
    expect([[...exchange.codes], exchange.answered]).toEqual([['BAD_USER_INPUT'], false])
  })

  test('is nobody’s who is not known', async () => {
    const { answer, exchange } = world(requestOf({ query: QUERY, variables: { n: 1 } }))
    exchange.caller = null
    const found = await answer()
    // The front says so.
    expect(found).toBeNull()
  })

  test('whose answer fails inside is told so, and only operators hear why', async () => {
    const heard: unknown[] = []
    const hear = (event: unknown): void => void heard.push(event)
    subscribe('gongxiang:failure', hear)
    // There is nothing behind the house: what is looked for next is not there.
    const { answer, exchange } = world(requestOf({ query: QUERY, variables: { n: 1 } }))
    const found = await answer().finally(() => unsubscribe('gongxiang:failure', hear))
    expect([found?.status, [...exchange.codes]]).toEqual([500, ['INTERNAL']])
    expect(found?.body).not.toMatch(/undefined|TypeError|reading/)
    expect(heard).toMatchObject([{ receipt: 'gx_1', where: 'operation', code: 'INTERNAL' }])
  })
})
