import type { Caller } from '../caller/caller.ts'
import type { OperationMode } from '../caller/parties.ts'
import { publishUnregistered } from '../observe/channels.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { remember } from '../vocabulary/remember.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpRequest } from './http.ts'
import type { FoundOperation } from './operations.ts'
import { documentHash } from './registered-operation.ts'

/** What this step works with. */
type RegisteredHouse = Pick<House, 'operations' | 'parties' | 'regime'>

/**
 * Puts the registered document in the place of its id or hash, and holds a document against what the department asks of
 * its application: where registration is required, nothing else passes (ZS-4.01(3)). Behind this step a request is a
 * plain query. Nothing that a client sends is ever remembered as a document.
 *
 * @returns the request that the front answers
 * @throws Failure OPERATION_NOT_REGISTERED: with the same words for an id that nobody has and for somebody else's;
 * BAD_REQUEST: what refers to a document is malformed, or several parts of the body say different ones
 */
export function registered(house: RegisteredHouse, exchange: Exchange, request: HttpRequest): HttpRequest {
  const { caller } = exchange
  if (caller === null) throw new Error('a document without a caller')
  const body = membersOf(request.body)
  const asked = readAsked(body)
  const found = findOperation(house, caller, asked)
  if (found) {
    exchange.registered = { id: found.entry.id }
    return { ...request, body: plainBody(body, found.entry.document, found.name) }
  }
  const mode = modeOf(house, caller)
  // An id, or a hash alone, stands for nothing that could be run.
  const unknown = asked.id !== null || (asked.query === null && asked.hash !== null)
  if (unknown || mode === 'REQUIRED') throw notRegistered(house)
  // What then has no document is malformed, which the front tells.
  if (asked.query === null) return request
  if (mode === 'LOG') noteUnregistered(house, exchange, caller)
  return asked.referred ? { ...request, body: plainBody(body, asked.query, asked.operationName) } : request
}

/** What a body asks to run. */
interface Asked {
  readonly query: string | null
  /** The registered id that it names. */
  readonly id: string | null
  /** SHA-256 of the document, hex: stated, or of the query itself; all that is stated is the same. */
  readonly hash: string | null
  readonly operationName: string | null
  /** Whether it refers to a document by id or hash, with or without a query beside. */
  readonly referred: boolean
}

type Members = ReadonlyMap<string, unknown>

function membersOf(value: unknown): Members {
  return new Map(typeof value === 'object' && value !== null ? Object.entries<unknown>({ ...value }) : [])
}

function readAsked(body: Members): Asked {
  const documentId = readDocumentId(body.get('documentId') ?? null)
  const persisted = readPersistedQuery(membersOf(body.get('extensions')).get('persistedQuery') ?? null)
  const given = body.get('query') ?? null
  const query = typeof given === 'string' ? given : null
  const referred = documentId !== null || persisted !== null
  if (referred && given !== null && query === null) throw malformed(QUERY)
  const stated = documentId?.kind === 'hash' ? documentId.hash : null
  const own = query === null ? null : hashOf(query)
  const hashes = new Set([stated, persisted, own].filter((one) => one !== null))
  if (hashes.size > 1) throw malformed(DISAGREE)
  const [hash = null] = hashes
  return {
    query,
    id: documentId?.kind === 'id' ? documentId.id : null,
    hash,
    operationName: readOperationName(body.get('operationName') ?? null),
    referred,
  }
}

/** A text with half a character is no registered text, though its bytes may be those of one. */
const hashOf = remember((query: string): string => (query.isWellFormed() ? documentHash(query) : ''))

const HASH = /^[0-9a-f]{64}$/
const PREFIX = 'sha256:'
/** Characters; registered ids are shorter. */
const LONGEST_ID = 128

type DocumentId = { readonly kind: 'id'; readonly id: string } | { readonly kind: 'hash'; readonly hash: string }

/** `sha256:` and 64 hex digits, or a registered id (GraphQL over HTTP, persisted documents). */
function readDocumentId(value: unknown): DocumentId | null {
  if (value === null) return null
  if (typeof value !== 'string' || value === '' || value.length > LONGEST_ID) throw malformed(DOCUMENT_ID)
  if (!value.startsWith(PREFIX)) return { kind: 'id', id: value }
  const hash = value.slice(PREFIX.length)
  if (!HASH.test(hash)) throw malformed(DOCUMENT_ID)
  return { kind: 'hash', hash }
}

/** `extensions.persistedQuery` as Apollo's clients send it. */
function readPersistedQuery(value: unknown): string | null {
  if (value === null) return null
  const members = membersOf(value)
  const hash = members.get('sha256Hash')
  if (members.get('version') !== 1 || typeof hash !== 'string' || !HASH.test(hash)) throw malformed(PERSISTED)
  return hash
}

function readOperationName(value: unknown): string | null {
  if (value === null || typeof value === 'string') return value
  throw malformed(OPERATION_NAME)
}

function findOperation(
  { operations }: RegisteredHouse,
  caller: Caller,
  { id, hash, operationName }: Asked,
): FoundOperation | null {
  if (id === null && hash === null) return null
  const found = operations.find(caller, { id, hash, operationName })
  if (found && hash !== null && found.entry.hash !== hash) throw malformed(DISAGREE)
  return found
}

/** What the department asks; analysts write their own documents, and are bounded otherwise. */
function modeOf({ parties }: RegisteredHouse, { department, application, roles }: Caller): OperationMode {
  if (roles.includes('ANALYST')) return 'OPEN'
  const own = parties.find(department)?.applications.find(({ code }) => code === application)
  // Whatever was registered a moment ago and is no more may run nothing by it.
  return own ? (own.operations ?? 'OPEN') : 'REQUIRED'
}

function noteUnregistered({ operations }: RegisteredHouse, exchange: Exchange, caller: Caller): void {
  exchange.registered = { id: null }
  const { department, application } = caller
  const count = operations.countUnregistered(caller)
  publishUnregistered(() => ({ receipt: exchange.receipt, department, application, count }))
}

/** A body that nothing refers from: only the members that GraphQL over HTTP knows. */
function plainBody(body: Members, query: string, operationName: string | null): Readonly<Record<string, unknown>> {
  const extensions = body.get('extensions')
  const kept = [...membersOf(extensions)].filter(([name]) => name !== 'persistedQuery')
  const isMap = typeof extensions === 'object' && extensions !== null && !Array.isArray(extensions)
  return {
    query,
    ...(operationName === null ? {} : { operationName }),
    ...(body.has('variables') ? { variables: body.get('variables') } : {}),
    ...(body.has('extensions') ? { extensions: isMap ? Object.fromEntries(kept) : extensions } : {}),
  }
}

function notRegistered({ regime }: RegisteredHouse): Failure {
  return new Failure('OPERATION_NOT_REGISTERED', { clause: regime.parameters['access.minimalFields'].clause })
}

function malformed(detail: Text): Failure {
  return new Failure('BAD_REQUEST', { detail })
}

const DOCUMENT_ID: Text = {
  zh: 'documentId 应为 sha256: 加 64 位小写十六进制数,或已登记的编号',
  en: 'documentId is "sha256:" and 64 small hex digits, or a registered id',
}
const PERSISTED: Text = {
  zh: 'extensions.persistedQuery 应有 version: 1 和 64 位小写十六进制的 sha256Hash',
  en: 'extensions.persistedQuery has version: 1 and a sha256Hash of 64 small hex digits',
}
const OPERATION_NAME: Text = { zh: 'operationName 应为文本', en: 'operationName is a text' }
const QUERY: Text = { zh: 'query 应为文本', en: 'query is a text' }
const DISAGREE: Text = {
  zh: 'query、documentId 与 persistedQuery 指的不是同一文档',
  en: 'query, documentId and persistedQuery say different documents',
}
