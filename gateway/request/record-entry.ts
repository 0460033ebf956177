import { argumentHash, neighbourhoodPseudonym, operationHash, subjectPseudonym } from '../audit/pseudonym.ts'
import type { AuditEntry, AuditRoute, AuditVerification } from '../audit/record.ts'
import { isByReference } from '../caller/parties.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import { maskSetId } from '../vocabulary/decision.ts'
import { isAnalysis } from './admit-statistics.ts'
import type { AnsweredOperation, Exchange, RequestSubject, VerifiedRow } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpAnswer } from './http.ts'
import { recordedEmergency } from './note-emergency.ts'
import { once } from './once.ts'
import { identityOf } from './reached.ts'
import { approval } from './record-approvers.ts'
import { dataOf } from './record-data.ts'

/** Builds the record of a request (ZS-6.03): coordinates, decisions and pseudonyms, never a value. */
export function recordEntry(house: House, exchange: Exchange, answer: HttpAnswer): AuditEntry {
  const { operation } = exchange
  const who = exchange.caller ?? exchange.refused
  const salt = house.ids.salt()
  const { secrets } = exchange
  return {
    receipt: exchange.receipt,
    time: new Date(exchange.startedAt).toISOString(),
    method: methodOf(operation),
    medium: 'api-response',
    route: routeOf(operation),
    department: who?.department ?? null,
    application: who?.application ?? null,
    officer: who?.officer ?? null,
    roles: who?.roles ?? [],
    ...standing(exchange),
    ...explained(house, exchange),
    ...statedPurpose(house, exchange),
    ...recordedEmergency(house, exchange),
    ...approval(operation, exchange.startedAt),
    data: operation ? dataOf(operation) : [],
    ...subjectsOf(exchange),
    ...neighboursOf(exchange),
    operation: operation
      ? {
          hash: operationHash(secrets.argument, operation.hash),
          aliases: recordableAliases(operation.compiled),
          ...(exchange.registered ? { registered: exchange.registered.id } : {}),
        }
      : null,
    arguments: [...(operation?.arguments ?? [])].map(([name, value]) => ({
      name,
      hash: argumentHash(secrets.argument, salt, name, value),
    })),
    salt: Buffer.from(salt).toString('base64url'),
    versions: {
      regime: house.regime.regime,
      catalog: operation?.catalogVersion ?? house.catalogVersion(),
      gateway: house.version,
      masks: maskSetId(house.masks),
    },
    generation: operation?.generation ?? 0,
    ...verification(operation),
    ...statistics(operation),
    outcome: { status: answer.status, codes: [...exchange.codes] },
    ...(exchange.finding ? { finding: exchange.finding } : {}),
    ...(exchange.counted ? { counted: exchange.counted } : {}),
    ...(exchange.exceeded ? { exceeded: exchange.exceeded } : {}),
    result: { bytes: Buffer.byteLength(answer.body), entities: operation?.records ?? 0 },
    milliseconds: round(house.clock.monotonic() - exchange.started),
    lane: exchange.lane,
    degraded: house.degraded(),
  }
}

/** What was compared; of several rows each has a record of its own (`rowEntries`). */
function verification(operation: AnsweredOperation | null): Pick<AuditEntry, 'verification'> {
  if (!operation?.verified || operation.refused !== null) return {}
  const { verified, repeats, records } = operation
  const [only, ...others] = verified
  const items = only && others.length === 0 ? comparedItems(only) : []
  return { verification: { rows: records, ...(repeats === undefined ? {} : { repeats }), items } }
}

/** What was counted by what, and how many groups were told; never a count. */
function statistics(operation: AnsweredOperation | null): Pick<AuditEntry, 'statistics'> {
  if (!operation?.counted || operation.refused !== null) return {}
  return { statistics: operation.counted.map(({ of, dimensions, groups }) => ({ of, dimensions, groups })) }
}

function comparedItems({ items }: VerifiedRow): AuditVerification['items'] {
  return items.map(({ coordinate, outcome, code, attempt, claim }) => ({ coordinate, outcome, code, attempt, claim }))
}

/**
 * The records of a batch's rows, one for each: what was verified of one person is found and proved without the others.
 * What was counted and found of the whole operation stands in its own record alone, or it would be counted twice.
 *
 * @param entry the record of the operation
 */
export function rowEntries({ operation, secrets, startedAt }: Exchange, entry: AuditEntry): readonly AuditEntry[] {
  const rows = operation?.verified ?? []
  if (!operation || rows.length < 2) return []
  const { neighbours: _neighbours, counted: _counted, exceeded: _exceeded, approvals: _approvals, ...shared } = entry
  return rows.map((row, index) => {
    const about = new Set<string | null>(row.items.map(({ coordinate }) => coordinate))
    const active = operation.active.filter(({ coordinate }) => about.has(coordinate))
    return {
      ...shared,
      receipt: row.receipt,
      ...approval({ ...operation, active, verified: [row] }, startedAt),
      data: entry.data.filter(({ coordinate }) => about.has(coordinate)),
      subjects: [subjectPseudonym(secrets.subject, row.subject.type, row.subject.number)],
      objects: 1,
      verification: { of: entry.receipt, row: index + 1, rows: rows.length, items: comparedItems(row) },
      result: { ...entry.result, entities: 1 },
    }
  })
}

/** For whom, and in what standing, a known caller acted (ZS-7.04, ZS-1.04). */
function standing({ caller }: Exchange): Pick<AuditEntry, 'actingFor' | 'byReference'> {
  if (caller === null) return {}
  return {
    ...(caller.actingFor ? { actingFor: caller.actingFor.department } : {}),
    ...(isByReference(caller.party) ? { byReference: true } : {}),
  }
}

/** What the registers know; anything else is the caller's own text, which could be anything (HZ-47.2). */
const UNREGISTERED = '(unregistered)'

function known(stated: string | null, register: { find(code: string): unknown }): string | null {
  return stated === null || register.find(stated) !== null ? stated : UNREGISTERED
}

function statedPurpose({ registers }: House, { caller }: Exchange): { matter: string | null; case: string | null } {
  if (caller === null) return { matter: null, case: null }
  return { matter: known(caller.matter, registers.matters), case: known(caller.case, registers.cases) }
}

/** Whose view was explained: an authority may see what another department may learn, never unseen (wall 19). */
function explained({ registers }: House, { explains }: Exchange): Pick<AuditEntry, 'explains'> {
  return explains ? { explains: { ...explains, matter: known(explains.matter, registers.matters) } } : {}
}

function methodOf(operation: AnsweredOperation | null): AuditEntry['method'] {
  if (!operation || operation.refused !== null) return 'refused'
  if (operation.verified) return 'verify'
  if (isAnalysis(operation)) return 'analysis'
  return operation.introspectionOnly ? 'introspection' : operation.compiled.kind
}

/** Route (具体途径): the departments asked, or the gateway alone. */
function routeOf(operation: AnsweredOperation | null): AuditRoute[] {
  const routes = (operation?.outcomes ?? []).map((one) => ({
    department: one.department,
    outcome: one.outcome === 'invalid' ? ('failed' as const) : one.outcome,
    entities: one.entities,
    ...(one.kept === undefined ? {} : { kept: one.kept }),
    milliseconds: round(one.milliseconds),
    asOf: one.asOf,
  }))
  return routes.length > 0
    ? routes
    : [{ department: 'gateway', outcome: 'not-called', entities: 0, milliseconds: 0, asOf: [] }]
}

/** Each subject once, those first whom the operation was about. */
function subjectsOf({ operation, secrets }: Exchange): Pick<AuditEntry, 'subjects' | 'objects'> {
  const { subjects: concerned, parts } = operation ?? { subjects: [] }
  const pseudonyms = concerned.map(({ type, number }) => subjectPseudonym(secrets.subject, type, number))
  const subjects = [...new Set(pseudonyms)]
  return { subjects, objects: parts ? new Set(pseudonyms.slice(0, parts.objects)).size : subjects.length }
}

/** Of the resident numbers that were looked up, whether or not they exist: how many different ones are neighbours (S13). */
function neighboursOf({ operation, secrets }: Exchange): Pick<AuditEntry, 'neighbours'> {
  const { subjects, parts } = operation ?? { subjects: [] }
  const counts = new Map<string, number>()
  for (const { type, number } of differentOf(subjects.slice(0, parts?.named ?? subjects.length))) {
    const group = neighbourhoodPseudonym(secrets.subject, type, number)
    if (group !== null) counts.set(group, (counts.get(group) ?? 0) + 1)
  }
  return counts.size === 0 ? {} : { neighbours: Array.from(counts, ([group, count]) => ({ group, count })) }
}

function differentOf(subjects: readonly RequestSubject[]): Iterable<RequestSubject> {
  return subjects.length < 2 ? subjects : new Map(subjects.map((one) => [identityOf(one), one] as const)).values()
}

/** Aliases are the caller's own text: one that could carry a number is recorded by its place alone. */
const recordableAliases = once(({ aliases }: CompiledOperation): Record<string, string> => {
  const entries = Object.entries(aliases).map(([alias, coordinates], index) => {
    const plain = alias.length <= 40 && alias.replace(/\D/g, '').length < 5
    return [plain ? alias : `(alias ${index + 1})`, coordinates.join(' ')] as const
  })
  return Object.fromEntries(entries)
})

function round(milliseconds: number): number {
  return Math.round(milliseconds * 1_000) / 1_000
}
