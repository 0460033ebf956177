import { subjectPseudonym } from '../audit/pseudonym.ts'
import { caseKeyOf } from '../caller/caller.ts'
import { valueOf } from '../compile/calls.ts'
import { included } from '../compile/compiled-operation.ts'
import type { Call } from '../compile/compiled-operation.ts'
import { rejectionOf } from '../compile/parameters.ts'
import type { RejectedArgument } from '../compile/parameters.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { Grant } from '../grants/grant.ts'
import type { Exceeded, GrantUse, Spending } from '../limits/budget.ts'
import { DAY } from '../limits/counters.ts'
import type { RecordPlace } from '../project/project.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import { Failure } from '../vocabulary/failure.ts'
import { refusedTables } from './admit-statistics.ts'
import { checkAuthorityCalls } from './authority.ts'
import { disclosed, grantIdsBehind } from './disclosed.ts'
import { noteHits, suspectOf } from './enumeration.ts'
import type { AnsweredOperation, Exchange, RequestSubject } from './exchange.ts'
import type { Hits } from './hits.ts'
import { assertOneSubject, findIdentities } from './identities.ts'
import type { Identities, IdentityQuestion } from './identities.ts'
import type { House } from './house.ts'
import { tooMany } from './lookups.ts'
import { noteMisuse, noteUse } from './note-emergency.ts'
import { noteSpent } from './note-spent.ts'
import { identityOf } from './reached.ts'
import type { ReachedSubject } from './reached.ts'
import { checkRecordSize } from './record-size.ts'

/** An operation that may still be refused. */
export type AskingOperation = Omit<AnsweredOperation, 'outcomes' | 'records' | 'refused'>

type Variables = Readonly<Record<string, unknown>>

/**
 * Lets an operation through to the departments, or refuses it whole: for what its arguments hold, for the length of a
 * page, for how much was asked already, of each firm whichever identifier it was named by. A refusal that a person must answer for stands in the record with its
 * subjects and the arguments refused.
 *
 * @throws Failure LIMIT_EXCEEDED, FILTER_NOT_ALLOWED, PARAMETER_OUT_OF_GRANT, COPY_CONSENT_MISSING, RATE_LIMIT,
 * QUOTA_EXCEEDED, BAD_USER_INPUT, COUNTERS_UNAVAILABLE, ENUMERATION_SUSPECTED
 */
export async function admitOperation(
  house: House,
  exchange: Exchange,
  asking: AskingOperation,
  variables: Variables,
  question: IdentityQuestion,
): Promise<Identities> {
  noteMisuse(house, exchange, asking)
  checkRecordSize(asking, house.maxRecordBytes, house.limits.subjectsPerOperation)
  const rejection = rejectionOf(asking.compiled, variables)
  if (rejection) {
    const { code, clause, detail } = rejection
    const failure = new Failure(code, { ...(clause ? { clause } : {}), detail })
    throw refused(exchange, { ...asking, outcomes: [] }, failure, rejection.rejected)
  }
  exchange.exactly = isMostSensitive(asking, question.generation.fields)
  const early =
    (await orFailure(async () => refusedInexact(house, exchange))) ??
    longPage(house, asking, variables) ??
    (await orFailure(async () => unfitForAuthority(house, asking, variables, question)))
  if (early) throw refusedOperation(exchange, asking, early)
  const identities = await findIdentities(house, exchange, question, asking.subjects)
  const counted = { ...asking, subjects: asking.subjects.map(identities.of) }
  const failure =
    (await orFailure(async () => refusedApart(exchange, identities))) ??
    (await admitSubjects(house, exchange, counted)) ??
    (await orFailure(() => refusedTables(house, exchange, counted, variables)))
  if (failure) throw refusedOperation(exchange, counted, failure, identities.outcomes)
  noteUse(house, exchange, counted)
  return identities
}

/** Governance judges its arguments itself, before anything is read. @throws Failure BAD_USER_INPUT */
function unfitForAuthority(
  { authority = null }: House,
  { compiled }: AskingOperation,
  variables: Variables,
  { caller }: IdentityQuestion,
): null {
  checkAuthorityCalls(authority, compiled, variables, caller)
  return null
}

/** What is most sensitive is not counted of one firm under two identifiers (HZ-15.2). */
function refusedApart(exchange: Exchange, identities: Identities): null {
  assertOneSubject(exchange, identities)
  return null
}

/** What is told at L4, or holds what is; and what is compared as a verification would be, which is counted exactly too. */
function isMostSensitive({ active }: AskingOperation, fields: ReadonlyMap<Coordinate, FieldEntry>): boolean {
  const isL4 = (at: Coordinate): boolean => fields.get(at)?.level === 'L4'
  return active.some(({ coordinate: at, decision, compared }) => {
    if (compared === true && decision.kind === 'VERIFY_ONLY') return true
    return disclosesValue(decision) && (isL4(at) || (fields.get(at)?.embeds.some(isL4) ?? false))
  })
}

/** Where counts are known to be inexact, nothing need be counted to say so; days are what every operation is counted in. */
function refusedInexact(house: House, { exactly }: Exchange): null {
  if (exactly) house.assertExactCounts(DAY)
  return null
}

/** A refusal that was thrown, as one that was given back: it stands in the record like any other. */
async function orFailure(stage: () => Promise<Failure | null>): Promise<Failure | null> {
  try {
    return await stage()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
}

/**
 * Counts whom an operation asks about, against what looks like trying numbers out (S13) and against the bounds of
 * case, officer, grants and department.
 *
 * @returns why it must not go on; null where it may
 */
export async function admitSubjects(
  house: House,
  exchange: Exchange,
  asking: AskingOperation,
): Promise<Failure | null> {
  const { subjects } = asking
  const grants = grantsOf(asking).map((grant) => ({ grant: useOf(grant), calls: 1, rows: 0 }))
  // An attempt counts as one, whatever else stands in its way.
  return orFailure(async () => {
    const suspect = await suspectOf(house, exchange, subjects)
    return suspect ?? overspent(house, exchange, asking, { subjects, grants })
  })
}

/** Refuses an operation; the record has whom it asked about, what departments were asked, and nothing released. */
export function refusedOperation(
  exchange: Exchange,
  asking: AskingOperation,
  failure: Failure,
  outcomes: AnsweredOperation['outcomes'] = [],
): Failure {
  return refused(exchange, { ...asking, outcomes }, failure)
}

/**
 * Counts what an answer tells: everybody whom it reaches by a reference or in a list, as if asked about one by one
 * (S09), and its rows, against the same bounds. An answer over one of them does not leave; the refusal stands in the
 * record with those whom it would have told of, as many as a record has room for.
 *
 * @param answer persons and firms whom it reaches, each once; its records; and those asked about, by whether anything
 * was found of them
 * @returns everybody whom the operation concerns: those asked about, and those reached, and which is which
 * @throws Failure LIMIT_EXCEEDED, COPY_CONSENT_MISSING, RATE_LIMIT, QUOTA_EXCEEDED, COUNTERS_UNAVAILABLE,
 * ENUMERATION_SUSPECTED
 */
export async function admitAnswer(
  house: House,
  exchange: Exchange,
  operation: Omit<AnsweredOperation, 'records' | 'refused'>,
  answer: {
    readonly reached: readonly ReachedSubject[]
    readonly records: readonly RecordPlace[]
    readonly hits: Hits
  },
): Promise<Pick<AnsweredOperation, 'subjects' | 'parts'>> {
  const asked = new Set(operation.subjects.map(identityOf))
  const others = answer.reached.filter((one) => !asked.has(identityOf(one)))
  const [count, most] = [asked.size + others.length, house.limits.subjectsPerOperation]
  if (others.length > 0 && count > most) throw refused(exchange, operation, tooMany(count, most))
  const concerned = inParts(operation.subjects, others)
  const rowsOf = (grant: Grant): number => {
    const types = new Set(usesOf(operation, grant.id).map(({ coordinate }) => typeOf(coordinate)))
    return answer.records.filter(({ type }) => types.has(type)).length
  }
  const grants = grantsOf(operation).map((grant) => ({ grant: useOf(grant), calls: 0, rows: rowsOf(grant) }))
  const suspect = await noteHits(house, exchange, answer.hits)
  const spent = () => overspent(house, exchange, operation, { subjects: others, grants })
  const failure = suspect ?? (await orFailure(spent))
  if (failure) throw refused(exchange, { ...operation, ...concerned }, failure)
  return concerned
}

/** Those asked about, those whom the answer is about besides, and those whom it only reaches. */
function inParts(
  named: readonly RequestSubject[],
  others: readonly ReachedSubject[],
): Pick<AnsweredOperation, 'subjects' | 'parts'> {
  const objects = [...named, ...others.filter(({ object }) => object)]
  const subjects = [...objects, ...others.filter(({ object }) => !object)]
  return { subjects, parts: { named: named.length, objects: objects.length } }
}

/** Nothing of a refused operation was released: the record shows no data but what was refused. */
function refused(
  exchange: Exchange,
  operation: Omit<AnsweredOperation, 'records' | 'refused'>,
  failure: Failure,
  rejected: readonly RejectedArgument[] = [],
): Failure {
  exchange.operation = { ...operation, active: [], records: 0, refused: rejected }
  return failure
}

/** A page must be told its size, and is of bounded size; where copying needs consent, that is the reason (ZJ-23.2). */
function longPage(house: House, asking: AskingOperation, variables: Variables): Failure | null {
  const most = house.limits.pageSize
  const calls = asking.compiled.calls.filter(({ paged, when }) => paged !== null && included(when, variables))
  const long = calls.find((call) => isLong(call, variables, most))
  if (!long || isCopyAllowed(house, asking)) return null
  const copying = copyClause(house)
  if (copying !== null)
    return new Failure('COPY_CONSENT_MISSING', { clause: copying, detail: `${long.coordinate}(first:) > ${most}` })
  return new Failure('LIMIT_EXCEEDED', {
    detail: {
      zh: `${long.coordinate} 每页须写明 first,上限 ${most}`,
      en: `${long.coordinate} must be given first, at most ${most}`,
    },
  })
}

function isLong(call: Call, variables: Variables, most: number): boolean {
  const first = call.arguments.find(({ name }) => name === 'first')
  const value = first ? valueOf(first, variables) : undefined
  return typeof value === 'number' ? value > most : call.paged === 'LIST'
}

/** Counts what an operation is about to use up, all of it or nothing; the bound that stands in its way, if one does. */
async function overspent(
  house: House,
  exchange: Exchange,
  operation: AskingOperation,
  { subjects, grants }: { readonly subjects: readonly RequestSubject[]; readonly grants: Spending['grants'] },
): Promise<Failure | null> {
  const { caller, secrets, exactly } = exchange
  if (caller === null) throw new Error('an operation without a caller')
  const spent = await house.budget.spend({
    department: caller.department,
    application: caller.application,
    officer: caller.officer,
    case: caseKeyOf(caller),
    subjects: subjects.map(({ type, number }) => subjectPseudonym(secrets.counter, type, number)),
    grants,
    copying: isCopyAllowed(house, operation),
    exact: exactly,
  })
  noteSpent(exchange, spent)
  return spent.exceeded ? failureOf(house, operation, spent.exceeded) : null
}

/** Bounds beyond which asking one by one, or list by list, comes to copying. */
function isCopying(kind: Exceeded['kind']): boolean {
  return kind === 'OFFICER_HOUR' || kind === 'OFFICER' || kind === 'APPLICATION_HOUR' || kind === 'DEPARTMENT'
}

function failureOf(house: House, operation: AskingOperation, exceeded: Exceeded): Failure {
  const detail = detailOf(exceeded)
  if (exceeded.kind === 'GRANT') {
    const [use] = usesOf(operation, exceeded.grant)
    return new Failure('QUOTA_EXCEEDED', { ...(use ? { clause: use.decision.clause } : {}), detail })
  }
  const copying = isCopying(exceeded.kind) ? copyClause(house) : null
  if (copying !== null) return new Failure('COPY_CONSENT_MISSING', { clause: copying, detail })
  return new Failure('RATE_LIMIT', { clause: house.regime.parameters['access.minimalFields'].clause, detail })
}

function detailOf(exceeded: Exceeded): Text {
  const { most } = exceeded
  switch (exceeded.kind) {
    case 'CASE':
      return { zh: `本办件查询的不同对象超过 ${most} 个`, en: `more than ${most} different subjects in this case` }
    case 'OFFICER_HOUR':
      return {
        zh: `本人一小时内查询的不同对象超过 ${most} 个`,
        en: `more than ${most} different subjects by this officer in an hour`,
      }
    case 'OFFICER':
      return {
        zh: `本人今日查询的不同对象超过 ${most} 个`,
        en: `more than ${most} different subjects by this officer today`,
      }
    case 'APPLICATION_HOUR':
      return {
        zh: `本应用一小时内查询的不同对象超过 ${most} 个`,
        en: `more than ${most} different subjects by this application in an hour`,
      }
    case 'DEPARTMENT':
      return {
        zh: `本部门今日查询的不同对象超过 ${most} 个`,
        en: `more than ${most} different subjects by this department today`,
      }
    case 'GRANT': {
      const words = { calls: '调用次数', subjects: '查询对象', rows: '返回条数' } as const
      const { grant, of } = exceeded
      return { zh: `授权 ${grant} 今日的${words[of]}上限为 ${most}`, en: `grant ${grant} has ${most} ${of} a day` }
    }
  }
}

/** The clause by which data is asked for and not copied, or null (ZJ-23.2). */
function copyClause({ regime }: House): Clause | null {
  const mode = regime.parameters['access.mode']
  return mode?.value.includes('REQUEST_RESPONSE') ? mode.clause : null
}

/** Whether every grant that the operation uses carries the consent to copying; what no grant opens has none. */
function isCopyAllowed(house: House, operation: AskingOperation): boolean {
  if (copyClause(house) === null) return false
  const ids = grantIdsBehind(disclosed(operation))
  const consented = (id: string | null): boolean =>
    id !== null && (operation.grants.find(id)?.copyConsent ?? null) !== null
  return ids.length > 0 && ids.every(consented)
}

function usesOf(operation: AskingOperation, grant: string): AskingOperation['active'] {
  return disclosed(operation).filter(({ decision }) => decision.grant === grant)
}

function grantsOf(operation: AskingOperation): readonly Grant[] {
  return grantIdsBehind(disclosed(operation)).flatMap((id) => (id === null ? [] : (operation.grants.find(id) ?? [])))
}

function useOf({ id, quota }: Grant): GrantUse {
  return { id, ...quota }
}
