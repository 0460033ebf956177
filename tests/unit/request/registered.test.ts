import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import type { Caller } from '../../../gateway/caller/caller.ts'
import type { OperationMode, Party } from '../../../gateway/caller/parties.ts'
import { openExchange } from '../../../gateway/request/open-exchange.ts'
import type { HttpRequest } from '../../../gateway/request/http.ts'
import { registered } from '../../../gateway/request/registered.ts'
import { documentHash } from '../../../gateway/request/registered-operation.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { HUIZHOU, ZHONGSHAN, callerOf } from '../grants/world.ts'

const DOCUMENT = 'query Good { name }'
const HASH = documentHash(DOCUMENT)
const OTHER = 'query Good { sex }'
const NUMBER = '442099199001010012'
const where = { department: 'housing', application: 'desk', matter: 'M', operationName: null }
const ENTRY = { id: 'O', ...where, document: DOCUMENT, hash: HASH }

const heard: unknown[] = []
const hear = (event: unknown): void => void heard.push(event)
beforeEach(() => void heard.splice(0))
beforeEach(() => subscribe('gongxiang:unregistered', hear))
afterEach(() => unsubscribe('gongxiang:unregistered', hear))

function partyOf(operations: OperationMode | undefined): Party {
  const name = { zh: '窗口', en: 'Desk' }
  const desk = { code: 'desk', name, suspended: false, ...(operations ? { operations } : {}) }
  const facts = { type: 'DEPARTMENT', byReference: false, basis: ['ZS-1.06'], roles: [], suspended: false } as const
  return { code: 'housing', name, ...facts, delegations: [], applications: [desk] }
}

interface Situation {
  readonly mode?: OperationMode
  readonly caller?: Partial<Caller>
  readonly regime?: typeof ZHONGSHAN
}

/** The body that passes, or the code and words of the refusal; and what the record says of it. */
function step(body: unknown, { mode, caller = {}, regime = ZHONGSHAN }: Situation = {}) {
  const request: HttpRequest = {
    method: 'POST',
    address: '',
    search: '',
    rawHeaders: [],
    headers: new Map(),
    body,
    fault: null,
    signal: new AbortController().signal,
  }
  const ids = { receipt: () => 'gx_1', salt: () => new Uint8Array(16) }
  const none = new Uint8Array(32)
  const secrets = { subject: none, argument: none, counter: none, calls: [] }
  const exchange = openExchange({ clock: { now: () => 0, monotonic: () => 0 }, ids, secrets }, request)
  exchange.caller = callerOf(caller)
  const house = {
    regime,
    parties: { find: (code: string) => (code === 'housing' ? partyOf(mode) : null), all: () => [] },
    operations: {
      find: (_caller: Caller, wanted: { readonly id: string | null; readonly hash: string | null }) =>
        (wanted.id === null ? wanted.hash === HASH : wanted.id === 'O') ? { entry: ENTRY, name: 'Good' } : null,
      countUnregistered: () => 7,
    },
  }
  try {
    const passed = registered(house, exchange, request)
    return { body: passed.body, same: passed === request, registered: exchange.registered }
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    return { code: error.code, clause: error.clause, detail: error.detail, registered: exchange.registered }
  }
}

const refused = { code: 'OPERATION_NOT_REGISTERED', clause: 'ZS-4.01(3)', detail: null, registered: null }
const persisted = (sha256Hash: string) => ({ persistedQuery: { version: 1, sha256Hash } })
const MODES = ['OPEN', 'LOG', 'REQUIRED'] as const

describe.each(MODES)('where documents are %s', (mode) => {
  it.each([
    ['its id', { documentId: 'O' }],
    ['its hash', { documentId: `sha256:${HASH}` }],
    ["its hash, in the way of Apollo's clients", { extensions: persisted(HASH) }],
    ['its text', { query: DOCUMENT }],
    ['all of them', { query: DOCUMENT, documentId: 'O', extensions: persisted(HASH) }],
    [
      'its id, with nothing in the other places',
      { query: null, documentId: 'O', extensions: null, operationName: null },
    ],
  ])('a registered document runs by %s, with the values of the request', (_what, body) => {
    const variables = { n: NUMBER }
    const passed = step({ ...body, variables }, { mode })
    expect(passed).toMatchObject({
      body: { query: DOCUMENT, operationName: 'Good', variables },
      registered: { id: 'O' },
    })
    expect(JSON.stringify(passed)).not.toMatch(/documentId|persistedQuery/)
    expect(heard).toEqual([])
  })

  it.each([
    ['an id', { documentId: 'X' }],
    ['an id beside a document', { documentId: 'X', query: OTHER }],
    ['a hash', { documentId: `sha256:${documentHash(OTHER)}` }],
    ["a hash, in the way of Apollo's clients", { extensions: persisted(documentHash(OTHER)) }],
    ['the name of a member', { documentId: '__proto__' }],
    ['the name of a method', { documentId: 'constructor' }],
  ])('%s that nobody has is refused, in the same words', (_what, body) => {
    expect(step(body, { mode })).toEqual(refused)
  })

  it.each([
    ['a document and another id', { query: OTHER, documentId: 'O' }],
    ['a document and another hash', { query: OTHER, documentId: `sha256:${HASH}` }],
    ['a registered document and another hash', { query: DOCUMENT, extensions: persisted(documentHash(OTHER)) }],
    ['two hashes', { documentId: `sha256:${documentHash(OTHER)}`, extensions: persisted(HASH) }],
    ['an id and a hash', { documentId: 'O', extensions: persisted(documentHash(OTHER)) }],
    ['a text that is changed by a blank', { query: `${DOCUMENT} `, documentId: 'O' }],
    ['a text with half a character', { query: `${DOCUMENT}#\ud800`, documentId: 'O' }],
  ])('%s disagree', (_what, body) => {
    expect(step(body, { mode })).toMatchObject({
      code: 'BAD_REQUEST',
      detail: expect.stringContaining('different documents') as string,
      registered: null,
    })
  })

  it.each([
    ['an id that is no text', { documentId: 7 }],
    ['an id that is empty', { documentId: '' }],
    ['an id that is very long', { documentId: 'x'.repeat(129) }],
    ['a hash that is cut', { documentId: `sha256:${HASH.slice(1)}` }],
    ['a hash in capitals', { documentId: `sha256:${HASH.toUpperCase()}` }],
    ['a persisted query of another version', { extensions: { persistedQuery: { version: 2, sha256Hash: HASH } } }],
    ['a persisted query that is a text', { extensions: { persistedQuery: HASH } }],
    ['a persisted query without a hash', { query: DOCUMENT, extensions: { persistedQuery: { version: 1 } } }],
    ['a document that is no text beside an id', { query: { kind: 'Document' }, documentId: 'O' }],
    ['a name that is no text', { query: DOCUMENT, operationName: 5 }],
  ])('%s is malformed, and is not quoted', (_what, body) => {
    const outcome = step(body, { mode })
    expect(outcome.code).toBe('BAD_REQUEST')
    expect(outcome.detail).not.toContain(HASH.slice(1))
  })
})

describe('a document that is not registered', () => {
  it('runs as it came where documents are open, which they are where nothing is said', () => {
    const body = { query: OTHER, operationName: 'Good', extensions: { x: 1 } }
    for (const mode of ['OPEN', undefined] as const)
      expect(step(body, mode ? { mode } : {})).toEqual({ body, same: true, registered: null })
    expect(heard).toEqual([])
  })

  it('runs where they are logged; record and log are told, and the log nothing of the document', () => {
    expect(step({ query: OTHER }, { mode: 'LOG' })).toMatchObject({ body: { query: OTHER }, registered: { id: null } })
    expect(heard).toEqual([{ receipt: 'gx_1', department: 'housing', application: 'desk', count: 7 }])
  })

  it.each([
    ['a document', { query: OTHER }],
    ['an introspection', { query: '{ __schema { types { name } } }' }],
    ['an explanation', { query: '{ explain(document: "{ name }") { regime } }' }],
    ['a registered text with half a character', { query: `${DOCUMENT}\ud800` }],
    ['a document that is no text', { query: 7 }],
    ['nothing', {}],
    ['no object', undefined],
    ['a document under __proto__', JSON.parse('{"__proto__":{"documentId":"O"},"query":"{ sex }"}') as unknown],
  ])('is refused where registration is required: %s', (_what, body) => {
    expect(step(body, { mode: 'REQUIRED' })).toEqual(refused)
    expect(heard).toEqual([])
  })

  it('is refused by the clause of the regime in force', () => {
    expect(step({ query: OTHER }, { mode: 'REQUIRED', regime: HUIZHOU })).toMatchObject({ clause: 'HZ-5.5(2)' })
  })

  it("runs for an analyst, whatever the application's department asks", () => {
    for (const mode of MODES)
      expect(step({ query: OTHER }, { mode, caller: { roles: ['ANALYST'] } })).toMatchObject({
        same: true,
        registered: null,
      })
    expect(heard).toEqual([])
  })

  it('is refused for an application that is registered no longer', () => {
    expect(step({ query: OTHER }, { mode: 'OPEN', caller: { application: 'gone' } })).toEqual(refused)
    expect(step({ query: OTHER }, { mode: 'OPEN', caller: { department: 'gone' } })).toEqual(refused)
  })

  it('with its own hash runs as a plain document; the hash stays unknown', () => {
    const hash = documentHash(OTHER)
    const extensions = { ...persisted(hash), trace: true }
    expect(step({ query: OTHER, variables: { n: 1 }, extensions })).toMatchObject({
      body: { query: OTHER, variables: { n: 1 }, extensions: { trace: true } },
      registered: null,
    })
    expect(step({ extensions: persisted(hash) })).toEqual(refused)
  })

  it.each([
    ['nothing', {}],
    ['a document that is no text', { query: 7 }],
  ])('is for the front to refuse where it is malformed: %s', (_what, body) => {
    for (const mode of ['OPEN', 'LOG'] as const)
      expect(step(body, { mode })).toEqual({ body, same: true, registered: null })
    expect(heard).toEqual([])
  })
})
