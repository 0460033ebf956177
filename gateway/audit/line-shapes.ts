import { CHAIN_ID } from './line-types.ts'
import type { HeadLine, HeaderLine, SealLine, Left } from './line-types.ts'
import type {
  AuditDatum,
  AuditEmergency,
  AuditEntry,
  AuditRecord,
  AuditRoute,
  AuditStatistics,
  AuditVerification,
} from './record.ts'
import { objectOf } from './shape.ts'
import type { ObjectShape, Shape } from './shape.ts'

const text: Shape = { kind: 'text' }
const maybeText: Shape = { kind: 'nullable', of: text }
const texts: Shape = { kind: 'list', of: text }
const count: Shape = { kind: 'count' }
const duration: Shape = { kind: 'duration' }
const hash: Shape = { kind: 'text', pattern: /^[0-9a-f]{64}$/ }
const key: Shape = { kind: 'text', pattern: /^[0-9a-f]{16}$/ }
const chain: Shape = { kind: 'text', pattern: CHAIN_ID }
const base64url: Shape = { kind: 'text', pattern: /^[A-Za-z0-9_-]+$/ }
const instant: Shape = {
  kind: 'text',
  pattern: /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/,
}
const oneOf = (...values: readonly (string | number | true)[]): Shape => ({ kind: 'one-of', values })
const list = (of: Shape): Shape => ({ kind: 'list', of })

const route = objectOf<AuditRoute>(
  {
    department: text,
    outcome: oneOf('ok', 'partial', 'failed', 'not-called'),
    entities: count,
    kept: count,
    milliseconds: duration,
    asOf: list(objectOf<AuditRoute['asOf'][number]>({ type: text, asOf: instant })),
  },
  ['kept'],
)

const datum = objectOf<AuditDatum>(
  {
    coordinate: text,
    decision: oneOf('ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY'),
    providers: texts,
    code: text,
    clause: text,
    grant: text,
    rule: text,
  },
  ['providers', 'code', 'clause', 'grant', 'rule'],
)

const verified = objectOf<AuditVerification['items'][number]>({
  coordinate: maybeText,
  outcome: { kind: 'nullable', of: oneOf('MATCH', 'NO_MATCH', 'NO_RECORD') },
  code: maybeText,
  attempt: { kind: 'nullable', of: count },
  claim: { kind: 'nullable', of: base64url },
})

/** What a caller of `append` supplies, in the order in which it is written. */
export const ENTRY_SHAPE = objectOf<AuditEntry>(
  {
    receipt: text,
    time: instant,
    method: oneOf('query', 'verify', 'mutation', 'introspection', 'refused', 'analysis', 'summary'),
    medium: oneOf('api-response'),
    route: list(route),
    department: maybeText,
    application: maybeText,
    officer: maybeText,
    roles: texts,
    actingFor: text,
    byReference: oneOf(true),
    explains: objectOf<NonNullable<AuditEntry['explains']>>({
      department: text,
      application: text,
      matter: maybeText,
    }),
    matter: maybeText,
    case: maybeText,
    emergency: objectOf<AuditEmergency>({
      id: text,
      incident: text,
      declaredBy: text,
      approvedBy: maybeText,
      until: instant,
    }),
    approvers: texts,
    grants: texts,
    data: list(datum),
    subjects: texts,
    objects: count,
    neighbours: list(objectOf<NonNullable<AuditEntry['neighbours']>[number]>({ group: text, count })),
    operation: {
      kind: 'nullable',
      of: objectOf<NonNullable<AuditEntry['operation']>>(
        { hash: maybeText, aliases: { kind: 'texts-by-name' }, registered: maybeText },
        ['registered'],
      ),
    },
    arguments: list(objectOf<AuditEntry['arguments'][number]>({ name: text, hash: base64url })),
    salt: base64url,
    versions: objectOf<AuditEntry['versions']>({ regime: text, catalog: text, gateway: text, masks: text }, ['masks']),
    generation: count,
    verification: objectOf<AuditVerification>(
      { of: text, row: count, rows: count, repeats: text, items: list(verified) },
      ['of', 'row', 'repeats'],
    ),
    statistics: list(objectOf<AuditStatistics>({ of: text, dimensions: texts, groups: count })),
    outcome: objectOf<AuditEntry['outcome']>({ status: count, codes: texts }),
    finding: objectOf<NonNullable<AuditEntry['finding']>>({
      kind: oneOf('NEIGHBOURHOOD', 'NO_HIT'),
      of: oneOf('OFFICER', 'APPLICATION', 'DEPARTMENT'),
      count,
    }),
    result: objectOf<AuditEntry['result']>({ bytes: count, entities: count }),
    milliseconds: duration,
    lane: oneOf('apollo', 'fast', 'none'),
    degraded: texts,
    count,
  },
  [
    'actingFor',
    'byReference',
    'explains',
    'emergency',
    'objects',
    'neighbours',
    'verification',
    'statistics',
    'finding',
    'count',
  ],
)

export const RECORD_SHAPE: ObjectShape = objectOf<AuditRecord>(
  { v: oneOf(1), kind: oneOf('record'), chain, seq: count, prev: hash, ...ENTRY_SHAPE.members, hash },
  ENTRY_SHAPE.optional,
)

const left = objectOf<Left>({ segment: count, records: count, state: oneOf('sealed', 'open', 'torn', 'retired') })

export const HEADER_SHAPE: ObjectShape = objectOf<HeaderLine>({
  v: oneOf(1),
  kind: oneOf('header'),
  chain,
  digest: oneOf('SHA-256'),
  segment: count,
  first: count,
  prev: hash,
  follows: list(left),
  heads: count,
  created: instant,
  key,
  signature: base64url,
})

export const SEAL_SHAPE: ObjectShape = objectOf<SealLine>({
  v: oneOf(1),
  kind: oneOf('seal'),
  chain,
  segment: count,
  records: count,
  last: count,
  hash,
  sealed: instant,
  key,
  signature: base64url,
})

export const HEAD_SHAPE: ObjectShape = objectOf<HeadLine>({
  v: oneOf(1),
  kind: oneOf('head'),
  chain,
  head: count,
  segment: count,
  seq: count,
  hash,
  time: instant,
  reason: oneOf('start', 'interval', 'stop'),
  key,
  signature: base64url,
})
