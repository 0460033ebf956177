import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { pino } from 'pino'
import type { Logger } from 'pino'
import type {
  AcceptanceEvent,
  AlarmNotice,
  AlertEvent,
  AuditFindingEvent,
  AnchorEvent,
  EmergencyNotice,
  FailureEvent,
  FetchEvent,
  LifecycleEvent,
  RejectionEvent,
  RequestEvent,
  SourceEvent,
  StaleEvent,
  UnregisteredEvent,
} from './channels.ts'
import { describeError } from './describe-error.ts'
import { prettyLine } from './pretty.ts'

/** How much is logged, in which form, and where to. */
export interface LogOptions {
  readonly level: 'silent' | 'error' | 'warn' | 'info' | 'debug' | 'trace'
  /** Lines for people in place of JSON. */
  readonly pretty: boolean
  /** Number of this process among several, in every line; left out of the lines of a process by itself. */
  readonly process?: number | null
  /** Where lines go, each with its line end; standard error by default. */
  readonly write?: (line: string) => void
}

/**
 * A pino logger. Give it to nobody: rooms publish events, and only the fields picked below are ever logged.
 */
function createLogger({ level, pretty, process: number = null, write }: LogOptions): Logger {
  const out = write ?? ((line: string) => void process.stderr.write(line))
  const destination = { write: pretty ? (line: string) => out(prettyLine(line)) : out }
  const base = number === null ? null : { process: number }
  return pino({ level, base, timestamp: pino.stdTimeFunctions.isoTime }, destination)
}

/** Fields are named one by one: what an event may carry beside them, by mistake, stays out. */
function logRequest(logger: Logger, event: RequestEvent): void {
  const { receipt, department, application, lane, status, codes, coordinates, fetches, milliseconds } = event
  const { requestId, context } = event.trace ?? {}
  const joined = { ...(requestId ? { requestId } : {}), ...(context ? { traceId: context.traceId } : {}) }
  const facts = { receipt, department, application, lane, status, codes, coordinates, fetches, milliseconds }
  const fields = { ...facts, ...joined }
  if (status >= 500) logger.error(fields, 'request')
  else logger.info(fields, 'request')
}

function logFetch(logger: Logger, event: FetchEvent): void {
  const { receipt, department, outcome, entities, milliseconds } = event
  const fields = { receipt, department, outcome, entities, milliseconds }
  if (outcome === 'ok') logger.debug(fields, 'fetch')
  else logger.warn(fields, 'fetch')
}

function logFailure(logger: Logger, event: FailureEvent): void {
  const { receipt, where, code } = event
  logger.error({ receipt, where, code, error: describeError(event.error) }, 'failure')
}

function logLifecycle(logger: Logger, event: LifecycleEvent): void {
  const { step, subject, milliseconds, count } = event
  const fields = { step, subject, milliseconds, count }
  if (step === 'degraded' || step === 'reload-refused') logger.warn(fields, 'lifecycle')
  else logger.info(fields, 'lifecycle')
}

/** Always a warning: an emergency steps over what everybody else has to apply for. */
function logEmergency(logger: Logger, { what, emergency, department, receipt, flaw }: EmergencyNotice): void {
  logger.warn({ what, emergency, department, receipt, flaw }, 'emergency')
}

/** A warning: whoever wants registration to be required looks for these first. */
function logUnregistered(logger: Logger, { receipt, department, application, count }: UnregisteredEvent): void {
  logger.warn({ receipt, department, application, count }, 'operation not registered')
}

/** A warning for the department: what it provides was answered nonetheless (S25). */
function logStale(logger: Logger, { department, resource, type, updateCycle, asOf }: StaleEvent): void {
  logger.warn({ department, resource, type, updateCycle, asOf }, 'source late')
}

function logAlert(logger: Logger, event: AlertEvent): void {
  const { kind, of, count, receipt, department, application, officer, subjects } = event
  logger.warn({ kind, of, count, receipt, department, application, officer, subjects }, 'alert')
}

/** An error where the record itself is in doubt, or nobody elsewhere knows of it any more. */
function logAnchor(logger: Logger, { anchor, chain, state, size, error }: AnchorEvent): void {
  const fields = { anchor, chain, state, size, ...(error === null ? {} : { error: describeError(error) }) }
  if (state === 'confirmed') logger.debug(fields, 'audit anchor')
  else if (state === 'recovered') logger.info(fields, 'audit anchor')
  else if (state === 'failed') logger.warn(fields, 'audit anchor')
  else logger.error(fields, 'audit anchor')
}

/** An error: somebody has to look at the record (`gongxiang audit verify`); a delay that is over is none. */
function logAuditFinding(logger: Logger, { kind, chain, from, to }: AuditFindingEvent): void {
  if (kind === 'OUTAGE') logger.info({ kind, chain, from, to }, 'audit index')
  else logger.error({ kind, chain, from, to }, 'audit index')
}

/** A pattern in the record; what it rests on stands in the governance store, by the alarm's ID. */
function logAlarm(logger: Logger, event: AlarmNotice): void {
  const { what, alarm, rule, severity, measure, count, limit, department, application, officer, matter, receipts } =
    event
  const who = { department, application, officer, matter }
  logger.warn({ what, alarm, rule, severity, measure, count, limit, ...who, receipts }, 'alarm')
}

function logSource(logger: Logger, event: SourceEvent): void {
  const { department, type, columns, persons, failure } = event
  if (failure === null) logger.trace({ department, type, columns, persons }, 'source')
  else logger.warn({ department, type, persons, failure }, 'source')
}

function logRejection(logger: Logger, event: RejectionEvent): void {
  const { manifest, reason, report, sha256, rows, badRows } = event
  logger.warn({ manifest, reason, report, sha256, rows, badRows }, 'file drop not taken')
}

function logAcceptance(logger: Logger, { manifest, version, sha256, rows }: AcceptanceEvent): void {
  logger.debug({ manifest, version, sha256, rows }, 'file drop taken')
}

/** Logs what the channels tell, until the returned function is called. */
export function startLog(options: LogOptions): () => void {
  const logger = createLogger(options)
  // The channels are ours and typed at their only publishers (channels.ts).
  const listeners = [
    ['gongxiang:request', (event: unknown) => logRequest(logger, event as RequestEvent)],
    ['gongxiang:fetch', (event: unknown) => logFetch(logger, event as FetchEvent)],
    ['gongxiang:failure', (event: unknown) => logFailure(logger, event as FailureEvent)],
    ['gongxiang:lifecycle', (event: unknown) => logLifecycle(logger, event as LifecycleEvent)],
    ['gongxiang:emergency', (event: unknown) => logEmergency(logger, event as EmergencyNotice)],
    ['gongxiang:unregistered', (event: unknown) => logUnregistered(logger, event as UnregisteredEvent)],
    ['gongxiang:stale', (event: unknown) => logStale(logger, event as StaleEvent)],
    ['gongxiang:alert', (event: unknown) => logAlert(logger, event as AlertEvent)],
    ['gongxiang:alarm', (event: unknown) => logAlarm(logger, event as AlarmNotice)],
    ['gongxiang:anchor', (event: unknown) => logAnchor(logger, event as AnchorEvent)],
    ['gongxiang:audit-finding', (event: unknown) => logAuditFinding(logger, event as AuditFindingEvent)],
    ['gongxiang:source', (event: unknown) => logSource(logger, event as SourceEvent)],
    ['gongxiang:rejection', (event: unknown) => logRejection(logger, event as RejectionEvent)],
    ['gongxiang:acceptance', (event: unknown) => logAcceptance(logger, event as AcceptanceEvent)],
  ] as const
  for (const [name, listener] of listeners) subscribe(name, listener)
  return () => {
    for (const [name, listener] of listeners) unsubscribe(name, listener)
  }
}
