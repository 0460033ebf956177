import type {
  CheckpointLine,
  HeadLine,
  HeaderLineV1,
  HeaderLineV2,
  HoldLine,
  HoldScope,
  Left,
  ReleaseLine,
  RemovalLine,
  SealLineV1,
  SealLineV2,
} from './line-types.ts'
import type {
  AuditApproval,
  AuditCounted,
  AuditDatum,
  AuditEmergency,
  AuditEntry,
  AuditExceeded,
  AuditRecord,
  AuditRoute,
  AuditStatistics,
  AuditVerification,
} from './record.ts'
import { objectOf, textOf } from './shape.ts'
import type { ObjectShape, Shape } from './shape.ts'

const text: Shape = { kind: 'text' }
const maybeText: Shape = { kind: 'nullable', of: text }
const texts: Shape = { kind: 'list', of: text }
const count: Shape = { kind: 'count' }
const duration: Shape = { kind: 'duration' }
const hash: Shape = textOf('0-9a-f', 64, 64)
const key: Shape = textOf('0-9a-f', 16, 16)
const chain: Shape = textOf('A-Za-z0-9._-', 1, 64)
const hash64: Shape = { kind: 'text', pattern: /^[A-Za-z0-9+/]{43}=$/ }
const base64url: Shape = textOf('A-Za-z0-9_-', 1)
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
    approval: text,
  },
  ['providers', 'code', 'clause', 'grant', 'rule', 'approval'],
)

const approval = objectOf<AuditApproval>(
  {
    grant: text,
    approvers: list(
      objectOf<AuditApproval['approvers'][number]>({
        by: oneOf('PROVIDER', 'PLATFORM', 'AGENCY', 'AUTHORITY'),
        officer: text,
      }),
    ),
    agreement: text,
    copyConsent: text,
  },
  ['agreement', 'copyConsent'],
)

const counted = objectOf<AuditCounted>(
  { case: count, officerHour: count, officerDay: count, applicationHour: count, departmentDay: count },
  ['case', 'officerHour', 'officerDay', 'applicationHour', 'departmentDay'],
)

const exceeded = objectOf<AuditExceeded>(
  {
    bound: oneOf(
      'CASE',
      'OFFICER_HOUR',
      'OFFICER_DAY',
      'APPLICATION_HOUR',
      'DEPARTMENT_DAY',
      'GRANT_CALLS',
      'GRANT_SUBJECTS',
      'GRANT_ROWS',
    ),
    count,
    most: count,
    grant: text,
  },
  ['grant'],
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
    approvals: list(approval),
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
    counted,
    exceeded,
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
    'approvals',
    'objects',
    'neighbours',
    'verification',
    'statistics',
    'finding',
    'counted',
    'exceeded',
    'count',
  ],
)

export const RECORD_SHAPE: ObjectShape = objectOf<AuditRecord>(
  { v: oneOf(1, 2), kind: oneOf('record'), chain, seq: count, prev: hash, ...ENTRY_SHAPE.members, hash },
  ENTRY_SHAPE.optional,
)

const left = objectOf<Left>({ segment: count, records: count, state: oneOf('sealed', 'open', 'torn', 'retired') })
const signed = { key, signature: base64url }
const digest = oneOf('SHA-256', 'SM3')

const header = { segment: count, first: count, prev: hash, follows: list(left), heads: count }
const seal = { segment: count, records: count, last: count, hash }

export const HEADER_SHAPE_V1: ObjectShape = objectOf<HeaderLineV1>({
  v: oneOf(1),
  kind: oneOf('header'),
  chain,
  digest: oneOf('SHA-256'),
  ...header,
  created: instant,
  ...signed,
})

export const HEADER_SHAPE: ObjectShape = objectOf<HeaderLineV2>({
  v: oneOf(2),
  kind: oneOf('header'),
  chain,
  digest,
  ...header,
  tree: list(hash64),
  orders: count,
  created: instant,
  ...signed,
})

export const SEAL_SHAPE_V1: ObjectShape = objectOf<SealLineV1>({
  v: oneOf(1),
  kind: oneOf('seal'),
  chain,
  ...seal,
  sealed: instant,
  ...signed,
})

export const SEAL_SHAPE: ObjectShape = objectOf<SealLineV2>({
  v: oneOf(2),
  kind: oneOf('seal'),
  chain,
  ...seal,
  root: hash64,
  log: hash64,
  sealed: instant,
  ...signed,
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
  ...signed,
})

export const CHECKPOINT_SHAPE: ObjectShape = objectOf<CheckpointLine>({
  v: oneOf(2),
  kind: oneOf('checkpoint'),
  checkpoint: text,
})

const order = { chain, order: count, prev: hash, time: instant, by: text, second: text, reason: text }

export const REMOVAL_SHAPE: ObjectShape = objectOf<RemovalLine>({
  v: oneOf(2),
  kind: oneOf('removal'),
  ...order,
  document: text,
  years: count,
  segments: list(count),
  records: list(count),
  hash,
  tree: list(hash64),
  digest,
  times: list(instant),
  ...signed,
})

export const HOLD_SHAPE: ObjectShape = objectOf<HoldLine>({
  v: oneOf(2),
  kind: oneOf('hold'),
  ...order,
  id: text,
  scope: objectOf<HoldScope>({ from: instant, to: instant, subjects: texts }, ['from', 'to', 'subjects']),
  ...signed,
})

export const RELEASE_SHAPE: ObjectShape = objectOf<ReleaseLine>({
  v: oneOf(2),
  kind: oneOf('release'),
  ...order,
  id: text,
  ...signed,
})
