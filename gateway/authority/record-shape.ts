import type { AuditRecord } from '../audit/record.ts'
import { BUILTIN } from '../builtin/subgraph.ts'
import type { FoundRecord } from '../governance/queries/records.ts'
import type { Supervision } from '../grants/supervision.ts'
import type { Viewed, ViewedIn, ViewerPseudonyms } from './viewer-pseudonyms.ts'

/** Who looks, and by which pseudonyms; null for those who see the record's own. */
export interface Viewer {
  readonly supervision: Supervision
  readonly pseudonyms: ViewerPseudonyms | null
}

/** A record as `AuditRecord` of the schema has it; what the viewer's standing does not see is null. */
export function shapeRecord(found: FoundRecord, viewer: Viewer): object {
  const record = readRecord(found)
  const shared = sharedPart(found, record)
  if (found.standing === 'PROVIDER') return { ...NOTHING, ...shared, ...ofProvider(found, record, viewer) }
  return { ...shared, ...whole(found, record, viewer) }
}

function readRecord({ row }: FoundRecord): AuditRecord {
  // The index copies lines that were proved to be records.
  return JSON.parse(row.record) as AuditRecord
}

/** What each standing sees. */
function sharedPart({ standing, row }: FoundRecord, record: AuditRecord): object {
  return {
    standing,
    receipt: record.receipt,
    time: record.time,
    method: record.method.toUpperCase(),
    medium: record.medium,
    department: record.department,
    actingFor: record.actingFor ?? null,
    application: record.application,
    matter: record.matter,
    regime: record.versions.regime,
    catalogVersion: record.versions.catalog,
    count: row.count,
  }
}

/** Everything that a record of the own department, or any to one who oversees, tells. */
function whole(found: FoundRecord, record: AuditRecord, { supervision, pseudonyms }: Viewer): object {
  const { row } = found
  const oversight = supervision.kind === 'OVERSIGHT'
  return {
    officer: record.officer,
    officerPseudonym: null,
    roles: record.roles,
    case: record.case,
    emergency: record.emergency?.id ?? null,
    approvers: record.approvers,
    grants: record.grants,
    data: dataOf(found),
    subjects: subjectsOf(record, inStanding(pseudonyms, 'CONSUMER')),
    route: record.route.map(oversight ? routeWhole : routeShape),
    operation: record.operation?.hash ?? null,
    registeredOperation: record.operation?.registered ?? null,
    arguments: record.arguments,
    status: record.outcome.status,
    codes: record.outcome.codes,
    entities: record.result.entities,
    // How long it took tells what was found (wall 15), and numbers of two own records how many of others lie between.
    milliseconds: oversight ? record.milliseconds : null,
    lane: record.lane,
    partOf: row.part_of,
    chain: oversight ? row.chain : null,
    seq: oversight ? row.seq : null,
    hash: row.hash,
  }
}

/** Of another department's record nothing but what stands in `sharedPart` and `ofProvider`. */
const NOTHING = {
  officer: null,
  roles: null,
  case: null,
  emergency: null,
  approvers: null,
  operation: null,
  registeredOperation: null,
  arguments: null,
  status: null,
  codes: null,
  entities: null,
  milliseconds: null,
  lane: null,
  partOf: null,
  chain: null,
  seq: null,
  hash: null,
} as const

/**
 * What a provider learns of the use of its data: the coordinates, grants and calls that were its own. The officer is a
 * pseudonym, so that it sees a pattern and no person. Whom it was about it is told only where nobody else was asked, or
 * it was about one alone: in any other record some of them may have been asked of others.
 */
function ofProvider(found: FoundRecord, record: AuditRecord, { supervision, pseudonyms }: Viewer): object {
  const own = supervision.kind === 'DEPARTMENT' ? supervision.department : null
  const route = record.route.filter(({ department, outcome }) => department === own && outcome !== 'not-called')
  const others = record.route.some(
    ({ department, outcome }) => department !== own && department !== BUILTIN && outcome !== 'not-called',
  )
  const told = route.length > 0 && (!others || record.subjects.length === 1)
  const { officer } = record
  const provided = inStanding(pseudonyms, 'PROVIDER')
  const grants = found.data.flatMap(({ grant_id: grant }) => grant ?? [])
  return {
    officerPseudonym:
      officer === null || provided === null ? null : provided('officer', JSON.stringify([record.department, officer])),
    grants: [...new Set(grants)],
    data: dataOf(found),
    subjects: told && provided ? subjectsOf(record, provided) : null,
    route: route.map(routeShape),
  }
}

/** One entry for each coordinate, with every department that provides it. */
function dataOf({ data }: FoundRecord): readonly object[] {
  const each = Map.groupBy(data, ({ coordinate }) => coordinate)
  return [...each].flatMap(([coordinate, rows]) => {
    const [first] = rows
    if (first === undefined) return []
    const { decision, code, clause, grant_id: grant, rule } = first
    const providers = rows.map(({ provider }) => provider).filter((one) => one !== '')
    return [{ coordinate, decision, code, clause, grant, maskingRule: rule, providers }]
  })
}

/** By the record's own pseudonyms, or by the viewing department's. */
function subjectsOf({ subjects, objects }: AuditRecord, pseudonyms: StandingPseudonyms | null): readonly object[] {
  return subjects.map((pseudonym, index) => ({
    pseudonym: pseudonyms ? pseudonyms('subject', pseudonym) : pseudonym,
    part: objects === undefined ? 'UNKNOWN' : index < objects ? 'OBJECT' : 'REACHED',
  }))
}

type StandingPseudonyms = (kind: Viewed, name: string) => string

function inStanding(pseudonyms: ViewerPseudonyms | null, standing: ViewedIn): StandingPseudonyms | null {
  return pseudonyms && ((kind, name) => pseudonyms(standing, kind, name))
}

type Route = AuditRecord['route'][number]

/** What came from the cache tells that a firm was asked for before, and the time that a call took tells what it found. */
function routeShape({ department, outcome, entities }: Route): object {
  return { department, outcome, entities, kept: null, milliseconds: null }
}

function routeWhole({ department, outcome, entities, kept, milliseconds }: Route): object {
  return { department, outcome, entities, kept: kept ?? 0, milliseconds }
}
