import type { Kysely } from 'kysely'
import { subjectPseudonyms } from '../audit/pseudonym.ts'
import { listAlarms } from '../governance/alarms/alarms.ts'
import type { AlarmFilter } from '../governance/alarms/alarms.ts'
import { readChains } from '../governance/queries/chains.ts'
import { recordOf, recordPage } from '../governance/queries/records.ts'
import type { RecordFilter } from '../governance/queries/scope.ts'
import { drawSample } from '../governance/queries/sample.ts'
import { countUse } from '../governance/queries/use.ts'
import type { GovernanceTables } from '../governance/store/tables.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { Failure } from '../vocabulary/failure.ts'
import { instant, shapeAlarm, shapeChains } from './alarm-shape.ts'
import type { Asker } from './asker.ts'
import type { Listing, Places } from './cursors.ts'
import { readArguments, soughtSubject } from './read-arguments.ts'
import type { ArgumentsOf } from './read-arguments.ts'
import { shapeRecord } from './record-shape.ts'
import type { Viewer } from './record-shape.ts'
import type { InTurn } from './turns.ts'
import { viewerPseudonyms } from './viewer-pseudonyms.ts'

/** What the resolvers of one call work with. */
export interface AuthorityCall {
  readonly db: Kysely<GovernanceTables>
  readonly keys: Pick<KeyRing, 'secret' | 'secrets'>
  readonly places: Places
  readonly asker: Asker
  /** Milliseconds since the epoch. */
  readonly now: number
  /** Root fields are answered one after the other: together they would go through the store for as long as all of them. */
  readonly inTurn: InTurn
}

type Resolve = (root: unknown, given: unknown, call: AuthorityCall) => Promise<object | null>

const PAGE = 20
const GROUPS = 100

const ANSWERS: Readonly<Record<string, Resolve>> = {
  auditRecords,
  auditRecord,
  auditSample,
  auditUse,
  alarms,
  auditChains: async (_root, _given, call) => shapeChains(await readChains(overseen(call).db)),
}

/** `Query` of the subgraph. Whatever role opened the field, rows are chosen by the asker's standing once more. */
export const QUERIES: Readonly<Record<string, Resolve>> = Object.fromEntries(
  Object.entries(ANSWERS).map(([field, answer]): [string, Resolve] => [
    field,
    (root, given, call) => call.inTurn(() => answer(root, given, call)),
  ]),
)

async function auditRecords(_root: unknown, given: unknown, call: AuthorityCall): Promise<object> {
  const read = readArguments('Query.auditRecords', given)
  const { db, places, asker } = call
  const listing = listingOf('auditRecords', asker, read.filter)
  const after = read.after ? places.openRecord(read.after, listing) : null
  const page = await recordPage(db, asker.supervision, filterOf(call, read), { first: read.first ?? PAGE, after })
  const viewer = viewerOf(call)
  return {
    nodes: page.records.map((one) => shapeRecord(one, viewer)),
    endCursor: page.next ? places.sealRecord(page.next, listing) : null,
    hasNextPage: page.next !== null,
  }
}

async function auditRecord(_root: unknown, given: unknown, call: AuthorityCall): Promise<object | null> {
  const { receipt } = readArguments('Query.auditRecord', given)
  const found = await recordOf(call.db, call.asker.supervision, receipt)
  return found ? shapeRecord(found, viewerOf(call)) : null
}

async function auditSample(_root: unknown, given: unknown, call: AuthorityCall): Promise<object> {
  const ask = readArguments('Query.auditSample', given)
  const { population, complete, records } = await drawSample(overseen(call).db, ask)
  const viewer = viewerOf(call)
  return { population, complete, records: records.map((one) => shapeRecord(one, viewer)) }
}

async function auditUse(_root: unknown, given: unknown, { db, asker }: AuthorityCall): Promise<object> {
  const { by, filter, most } = readArguments('Query.auditUse', given)
  const dimensions = [...new Set(by)]
  const use = await countUse(db, asker.supervision, filter ?? {}, dimensions, most ?? GROUPS)
  return { ...use, since: use.since === null ? null : instant(use.since) }
}

async function alarms(_root: unknown, given: unknown, call: AuthorityCall): Promise<object> {
  const read = readArguments('Query.alarms', given)
  const { db, places, asker } = overseen(call)
  const listing = listingOf('alarms', asker, read.filter)
  const after = read.after ? { after: places.openAlarm(read.after, listing) } : {}
  const first = read.first ?? PAGE
  const found = await listAlarms({ db }, { ...asked(read.filter), ...after, first: first + 1 })
  const shown = found.slice(0, first)
  const last = shown.at(-1)
  const more = found.length > first
  return {
    nodes: shown.map(shapeAlarm),
    endCursor: more && last ? places.sealAlarm(last, listing) : null,
    hasNextPage: more,
  }
}

/** Without what asks nothing. */
function asked(filter: ArgumentsOf<'Query.alarms'>['filter']): AlarmFilter {
  const { state, rule, department, officer, since, until } = filter ?? {}
  return {
    ...(state ? { state } : {}),
    ...(rule ? { rule } : {}),
    ...(department ? { department } : {}),
    ...(officer ? { officer } : {}),
    ...(since === null || since === undefined ? {} : { since }),
    ...(until === null || until === undefined ? {} : { until }),
  }
}

/** What only those see who oversee everything: refused here too, should a view ever open it to others. */
export function overseen(call: AuthorityCall): AuthorityCall {
  if (call.asker.supervision.kind !== 'OVERSIGHT') throw new Failure('ROLE_MISSING')
  return call
}

/** The list that a cursor belongs to. */
export function listingOf(field: Listing['field'], { supervision, caller }: Asker, filter: unknown): Listing {
  return { field, supervision, officer: JSON.stringify([caller.department, caller.officer]), filter }
}

function viewerOf({ keys, asker: { supervision } }: AuthorityCall): Viewer {
  const pseudonyms = supervision.kind === 'DEPARTMENT' ? viewerPseudonyms(keys, supervision.department) : null
  return { supervision, pseudonyms }
}

/** What is looked for; a number is turned into its pseudonyms by every key that is kept, and goes no further. */
function filterOf({ keys }: AuthorityCall, { filter }: ArgumentsOf<'Query.auditRecords'>): RecordFilter {
  if (!filter) return {}
  const { person: _person, legalEntity: _firm, ...rest } = filter
  const subject = soughtSubject(filter)
  if (subject === null) return rest
  const secrets = keys.secrets('subject-pseudonym').map(({ key }) => new Uint8Array(key.export()))
  return { ...rest, pseudonyms: subjectPseudonyms(secrets, subject.type, subject.number) }
}
