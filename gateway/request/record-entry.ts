import { argumentHash, operationHash, subjectPseudonym } from '../audit/pseudonym.ts'
import type { AuditDatum, AuditEntry, AuditRoute, AuditVerification } from '../audit/record.ts'
import { isByReference } from '../caller/parties.ts'
import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import type { RejectedArgument } from '../compile/parameters.ts'
import { emergencyBehind, maskSetId } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { isAnalysis } from './admit-statistics.ts'
import { disclosed, grantIdsBehind } from './disclosed.ts'
import type { AnsweredOperation, Exchange, VerifiedRow } from './exchange.ts'
import type { House } from './house.ts'
import type { HttpAnswer } from './http.ts'
import { officersBehind, recordedEmergency } from './note-emergency.ts'
import { once } from './once.ts'

/** Stands for the approver where the law itself opens the data (ZS-4.07). */
const UNCONDITIONAL = 'NONE-UNCONDITIONAL'

/** Builds the record of a request (ZS-6.03): coordinates, decisions and pseudonyms, never a value. */
export function recordEntry(house: House, exchange: Exchange, answer: HttpAnswer): AuditEntry {
  const { operation } = exchange
  const who = exchange.caller ?? exchange.refused
  const salt = house.ids.salt()
  const { secrets } = exchange
  const grants = operation ? grantsUsed(operation) : []
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
    approvers: operation ? approversOf(operation, grants, exchange.startedAt) : [],
    grants,
    data: operation ? dataOf(operation) : [],
    subjects: subjectsOf(exchange),
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
 *
 * @param entry the record of the operation
 */
export function rowEntries({ operation, secrets, startedAt }: Exchange, entry: AuditEntry): readonly AuditEntry[] {
  const rows = operation?.verified ?? []
  if (!operation || rows.length < 2) return []
  return rows.map((row, index) => {
    const about = new Set<string | null>(row.items.map(({ coordinate }) => coordinate))
    const active = operation.active.filter(({ coordinate }) => about.has(coordinate))
    const own = { ...operation, active, verified: [row] }
    const grants = grantsUsed(own)
    return {
      ...entry,
      receipt: row.receipt,
      approvers: approversOf(own, grants, startedAt),
      grants,
      data: entry.data.filter(({ coordinate }) => about.has(coordinate)),
      subjects: [subjectPseudonym(secrets.subject, row.subject.type, row.subject.number)],
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

/** Each subject once. */
function subjectsOf({ operation, secrets }: Exchange): readonly string[] {
  const subjects = operation?.subjects ?? []
  return [...new Set(subjects.map(({ type, number }) => subjectPseudonym(secrets.subject, type, number)))]
}

function dataOf({ active, refused }: AnsweredOperation): readonly AuditDatum[] {
  if (refused === null || refused.length === 0) return dataOfActive(active)
  return [...dataOfActive(active), ...refused.map(rejectedDatum)].filter(firstOfItsKind())
}

const dataOfActive = once((active: readonly Use[]): readonly AuditDatum[] =>
  Object.freeze(active.map(datum).filter(firstOfItsKind())),
)

function grantsUsed(operation: AnsweredOperation): readonly string[] {
  return grantIdsBehind(disclosed(operation)).filter((id) => id !== null)
}

function approversOf(operation: AnsweredOperation, grants: readonly string[], now: number): string[] {
  const officers = grants.flatMap((id) => operation.grants.find(id)?.approvals.map(({ officer }) => officer) ?? [])
  const without = withoutGrant(disclosed(operation)).flatMap((decision) => standIns(decision, operation, now))
  return [...new Set([...officers, ...without])]
}

/** Decisions that rest on no grant, of those for which the same stand in only the first. */
const withoutGrant = once((told: readonly Use[]): readonly Decision[] => {
  const different = new Map<string, Decision>()
  for (const { decision, reconciled } of told) {
    if (decision.grant !== null || reconciled === true) continue
    const by = JSON.stringify([emergencyBehind(decision), decision.kind === 'MASK' ? decision.approval : null])
    if (!different.has(by)) different.set(by, decision)
  }
  return [...different.values()]
})

/** Who stands for an approver where no grant was needed. */
function standIns(decision: Decision, { grants }: AnsweredOperation, now: number): readonly string[] {
  const id = emergencyBehind(decision)
  const emergency = id === null ? undefined : grants.emergencies.get(id)
  // Who declared it, and who was the second (ZS-4.10).
  if (emergency) return officersBehind(emergency, now)
  // A mask without a grant rests on the method that was approved for the field (ZJ-22.3).
  return [decision.kind === 'MASK' ? (decision.approval ?? UNCONDITIONAL) : UNCONDITIONAL]
}

function datum({ coordinate, decision }: Use): AuditDatum {
  return {
    coordinate,
    decision: decision.kind,
    ...(decision.kind === 'DENY' || decision.kind === 'VERIFY_ONLY' ? { code: decision.code } : {}),
    clause: decision.clause,
    ...(decision.grant === null ? {} : { grant: decision.grant }),
    ...(decision.kind === 'MASK' ? { rule: decision.rule } : {}),
  }
}

/** An argument is named by its place or by what it filters by, never by its value (INV-6, NT-18.1). */
function rejectedDatum({ coordinate, code, clause, grant }: RejectedArgument): AuditDatum {
  return {
    coordinate,
    decision: 'DENY',
    code,
    ...(clause === null ? {} : { clause }),
    ...(grant === null ? {} : { grant }),
  }
}

/** A coordinate selected at several places is one datum. */
function firstOfItsKind(): (one: AuditDatum) => boolean {
  const seen = new Set<string>()
  return ({ coordinate }) => !seen.has(coordinate) && Boolean(seen.add(coordinate))
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
