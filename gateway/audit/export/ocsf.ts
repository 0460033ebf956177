import { createHash } from 'node:crypto'
import type { AuditRecord } from '../record.ts'
import { canonicalJson } from './canonical.ts'
import { withoutPseudonyms } from './exported.ts'
import type { ExportedRecord, Exporter, ExportOptions } from './exported.ts'

/** Version of the schema that the events follow: the first that knows the profile `record_integrity`. */
const SCHEMA = '1.9.0-dev'
const CLASS = {
  category_uid: 6,
  category_name: 'Application Activity',
  class_uid: 6005,
  class_name: 'Datastore Activity',
}
const READ = { id: 1, name: 'Read' }
const UPDATE = { id: 2, name: 'Update' }
const QUERY = { id: 4, name: 'Query' }

const ACTIVITIES: Readonly<Record<AuditRecord['method'], { readonly id: number; readonly name: string }>> = {
  query: QUERY,
  verify: READ,
  mutation: UPDATE,
  introspection: { id: 99, name: 'Other' },
  refused: QUERY,
  analysis: QUERY,
  summary: QUERY,
}

interface Fingerprint {
  readonly algorithm: 'SHA-256'
  readonly algorithm_id: 3
  readonly value: string
}

/** The last event of a chain that was exported. */
interface Previous {
  readonly uid: string
  readonly type_uid: number
  readonly fingerprint: Fingerprint
}

/** Where the exported events of one chain begin, and where they are. */
interface EventChain {
  readonly uid: string
  previous: Previous | null
}

/**
 * OCSF Datastore Activity (6005) with the profile `record_integrity`, one event a line (NDJSON).
 *
 * Each event is attested: its fingerprint covers its canonical JSON (RFC 8785) without `fingerprint` and `signatures`,
 * and it names the event before it, so that a receiver finds one that was altered or left out on the way. These events
 * are a chain of their own, from the first exported one on; where each record stands in the gateway's chain, which is
 * signed, is in `unmapped.record`, and `raw_data_hash` is that of the line. Exporting the same records again gives the
 * same bytes.
 */
export function ocsf(options: ExportOptions): Exporter {
  const chains = new Map<string, EventChain>()
  return {
    head: '',
    write(one) {
      const { chain, seq } = one.record
      const events = chains.get(chain) ?? { uid: `${chain}/from/${seq}`, previous: null }
      chains.set(chain, events)
      const event = eventOf(one, options)
      const attestation = attest(event, events)
      events.previous = { uid: event.metadata.uid, type_uid: event.type_uid, fingerprint: attestation.fingerprint }
      return `${JSON.stringify({ ...event, attestation_list: [attestation] })}\n`
    },
  }
}

function attest(event: ReturnType<typeof eventOf>, { uid, previous }: EventChain) {
  const open = {
    uid: event.metadata.uid,
    authority_uid: 'gongxiang-audit-export',
    chain_uid: uid,
    ...(previous === null ? {} : { prev_event: previous }),
  }
  const fingerprint = sha256(canonicalJson({ ...event, attestation_list: [open] }))
  return { ...open, fingerprint }
}

function sha256(content: string | Uint8Array): Fingerprint {
  return { algorithm: 'SHA-256', algorithm_id: 3, value: createHash('sha256').update(content).digest('hex') }
}

function eventOf({ record, bytes }: ExportedRecord, { subjects }: ExportOptions) {
  const activity = ACTIVITIES[record.method]
  const typeUid = CLASS.class_uid * 100 + activity.id
  const time = Date.parse(record.time)
  return {
    ...CLASS,
    activity_id: activity.id,
    activity_name: activity.name,
    type_uid: typeUid,
    type_name: `${CLASS.class_name}: ${activity.name}`,
    ...severityOf(record),
    time,
    timezone_offset: 480,
    ...statusOf(record),
    ...aggregateOf(record, time),
    message: `${record.method} by ${record.department ?? 'an unknown caller'}: ${record.data.length} fields, ${record.result.entities} records`,
    metadata: metadataOf(record),
    actor: actorOf(record),
    src_endpoint: {
      name: record.department ?? 'unknown',
      ...(record.application === null ? {} : { svc_name: record.application }),
    },
    dst_endpoint: { name: record.chain, svc_name: 'gongxiang' },
    type: 'Database',
    type_id: 1,
    database: { name: 'gongxiang', uid: record.versions.catalog, type: 'Federated graph', type_id: 99 },
    http_response: {
      code: record.outcome.status,
      body_length: record.result.bytes,
      latency: Math.round(record.milliseconds),
    },
    raw_data_hash: sha256(bytes),
    raw_data_size: bytes.length,
    unmapped: unmappedOf(record, subjects),
  }
}

/** Numbers tried out are what someone must look at; everything else is business as usual, refused or not. */
function severityOf({ finding, emergency, outcome }: AuditRecord) {
  if (finding !== undefined) return { severity_id: 4, severity: 'High' }
  if (emergency !== undefined) return { severity_id: 3, severity: 'Medium' }
  return outcome.status >= 400 ? { severity_id: 2, severity: 'Low' } : { severity_id: 1, severity: 'Informational' }
}

function statusOf({ outcome }: AuditRecord) {
  const { status, codes } = outcome
  const success = status < 400
  return {
    status_id: success ? 1 : 2,
    status: success ? 'Success' : 'Failure',
    status_code: codes[0] ?? String(status),
    ...(codes.length > 0 ? { status_detail: codes.join(', ') } : {}),
  }
}

/** A summary stands for the refusals of one minute. */
function aggregateOf({ count }: AuditRecord, time: number) {
  const minute = 60_000
  return count === undefined || count < 2 ? {} : { count, start_time: time, end_time: time + minute, duration: minute }
}

function metadataOf({ chain, seq, receipt, versions, v, verification, time }: AuditRecord) {
  return {
    version: SCHEMA,
    profiles: ['record_integrity'],
    product: { name: 'Gongxiang', uid: 'gongxiang', version: versions.gateway },
    uid: `${chain}/${seq}`,
    original_event_uid: receipt,
    original_time: time,
    sequence: seq,
    log_name: 'gongxiang-audit',
    log_provider: chain,
    log_version: `audit-record/v${v}`,
    ...(verification?.of === undefined ? {} : { correlation_uid: verification.of }),
  }
}

function actorOf({ department, application, officer, grants }: AuditRecord) {
  const user =
    department === null
      ? { name: 'unknown', type_id: 0, type: 'Unknown' }
      : {
          ...(officer === null
            ? { name: application ?? department, type_id: 4, type: 'Service' }
            : { uid: officer, type_id: 1, type: 'User' }),
          org: { uid: department },
        }
  return {
    user,
    ...(application === null ? {} : { app_uid: application }),
    ...(grants.length === 0
      ? {}
      : {
          authorizations: grants.map((uid) => ({
            decision: 'ALLOW',
            policy: { uid, type: 'Grant', is_applied: true },
          })),
        }),
  }
}

/** Everything that the class has no place for: what was decided, on what ground, and the record's place in its chain. */
function unmappedOf(record: AuditRecord, subjects: boolean): object {
  const {
    chain,
    seq,
    prev,
    hash,
    kind: _,
    v: __,
    receipt: ___,
    time: ____,
    ...rest
  } = subjects ? record : withoutPseudonyms(record)
  return { record: { chain, seq, prev, hash }, ...rest }
}
