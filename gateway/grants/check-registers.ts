import type { Party } from '../caller/parties.ts'
import type { Catalog, FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import { indexFields, indexResources } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { lackingInGrants, lackingInMatter } from './check-owed.ts'
import { consentRule } from './consent.ts'
import type { Grant, GrantMode } from './grant.ts'
import type { Case, Matter } from './registers.ts'

/** Something in a register that does not fit the catalogue, the parties or the regime. */
export interface RegisterFinding {
  readonly register: 'matters' | 'cases' | 'grants'
  /** Where it stands in the file, for its line. */
  readonly path: readonly (string | number)[]
  /** `error`: an entry that can never do what it says; `warning`: one that says more than it does. */
  readonly severity: 'error' | 'warning'
  readonly text: Text
  readonly clause: Clause | null
}

/** The registers as their files list them, and what they must fit. */
export interface RegisterCheck {
  readonly matters: readonly Matter[]
  readonly cases: readonly Case[]
  readonly grants: readonly Grant[]
  readonly parties: readonly Party[]
  readonly catalog: Catalog
  readonly regime: Regime
}

interface Context extends RegisterCheck {
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly resources: ReadonlyMap<string, ResourceEntry>
  readonly matterOf: ReadonlyMap<string, Matter>
  readonly partyOf: ReadonlyMap<string, Party>
}

/**
 * Holds matters, cases and grants against the catalogue, the parties and the regime. Nothing of this stops a gateway:
 * an entry that fits nothing opens nothing. But whoever wrote it meant something. Pure.
 */
export function checkRegisters(check: RegisterCheck): readonly RegisterFinding[] {
  const context: Context = {
    ...check,
    fields: indexFields(check.catalog),
    resources: indexResources(check.catalog),
    matterOf: new Map(check.matters.map((one) => [one.code, one])),
    partyOf: new Map(check.parties.map((one) => [one.code, one])),
  }
  return [
    ...check.matters.flatMap((one, at) => [...checkMatter(one, ['matters', at], context)]),
    ...check.cases.flatMap((one, at) => [...checkCase(one, ['cases', at], context)]),
    ...check.grants.flatMap((one, at) => [...checkGrant(one, ['grants', at], context)]),
  ]
}

type Path = readonly (string | number)[]

function* checkMatter(matter: Matter, path: Path, { fields, partyOf, regime }: Context): Iterable<RegisterFinding> {
  const tell = teller('matters', path)
  if (!partyOf.has(matter.department))
    yield tell(['department'], 'error', `没有部门 ${matter.department}`, `there is no party ${matter.department}`, null)
  for (const [list, index, at, use] of listed(matter.fields, (one) => (one === 'READ' ? 'fields' : 'verify'))) {
    const entry = fields.get(at)
    if (!entry) yield tell([list, index], 'error', `目录中没有 ${at}`, `the catalogue has no ${at}`, null)
    else {
      if (use === 'VERIFY' && entry.verify === null)
        yield tell(
          [list, index],
          'error',
          `${at} 未登记核实方式`,
          `${at} says nothing of how it is verified`,
          verificationClause(entry, regime),
        )
      for (const { other, clause } of lackingInMatter(entry, use, matter.fields, regime))
        yield tell(
          [list, index],
          'warning',
          `${at} 由 ${other} 决定,事项未列该项`,
          `${at} opens no further than ${other}, which the matter does not list so`,
          clause,
        )
    }
  }
}

/** By which clause a matter may verify at all; null where the regime has no verification. */
function verificationClause(entry: FieldEntry, { parameters }: Regime): Clause | null {
  const parameter = entry.class === 'NOT_SHARED' ? 'verification.notShared' : 'verification.conditionalUnmet'
  return parameters[parameter]?.clause ?? null
}

function* checkCase(file: Case, path: Path, { matterOf }: Context): Iterable<RegisterFinding> {
  const tell = teller('cases', path)
  const matter = matterOf.get(file.matter)
  if (!matter) yield tell(['matter'], 'error', `没有事项 ${file.matter}`, `there is no matter ${file.matter}`, null)
  else if (matter.department !== file.department)
    yield tell(
      ['department'],
      'error',
      `事项 ${matter.code} 属于 ${matter.department}`,
      `the matter ${matter.code} is ${matter.department}'s`,
      null,
    )
}

function* checkGrant(grant: Grant, path: Path, context: Context): Iterable<RegisterFinding> {
  yield* checkHolder(grant, path, context)
  yield* checkProviders(grant, path, context)
  const wanted = new Set(grant.matters.flatMap((code) => [...(context.matterOf.get(code)?.fields.keys() ?? [])]))
  for (const [list, index, at, mode] of listed(grant.fields, listOf)) {
    const tell = teller('grants', [...path, list, index])
    const entry = context.fields.get(at)
    if (!entry) yield tell([], 'error', `目录中没有 ${at}`, `the catalogue has no ${at}`, null)
    else {
      yield* checkConsent(grant, entry, mode, tell, context)
      yield* checkOwed(grant, entry, mode, tell, context)
      if (!wanted.has(at))
        yield tell(
          [],
          'warning',
          `授权所列事项都不需要 ${at}`,
          `no matter of the grant needs ${at}`,
          context.regime.parameters['access.minimalFields'].clause,
        )
    }
  }
  const { filters, exactFilters } = context.catalog
  const { parameters } = context.regime
  const { clause: bounding } = parameters['access.parameterControl'] ?? parameters['access.conditional.decider']
  const filterable = new Set(exactFilters.flatMap((place) => filters[place] ?? []))
  for (const at of grant.parameters.keys()) {
    if (!filterable.has(at))
      yield teller('grants', [...path, 'parameters', at])(
        [],
        'error',
        `没有参数精确按 ${at} 筛选,永远无法满足`,
        `no argument filters exactly by ${at}, so it can never be met`,
        bounding,
      )
  }
}

function* checkHolder(grant: Grant, path: Path, { partyOf, matterOf }: Context): Iterable<RegisterFinding> {
  const tell = teller('grants', path)
  const party = partyOf.get(grant.consumer)
  if (!party)
    yield tell(['consumer'], 'error', `没有部门 ${grant.consumer}`, `there is no party ${grant.consumer}`, null)
  for (const [index, code] of (grant.applications ?? []).entries()) {
    if (party && !party.applications.some((one) => one.code === code))
      yield tell(
        ['applications', index],
        'error',
        `${grant.consumer} 没有应用 ${code}`,
        `${grant.consumer} has no application ${code}`,
        null,
      )
  }
  for (const [index, code] of grant.matters.entries()) {
    const matter = matterOf.get(code)
    if (!matter) yield tell(['matters', index], 'error', `没有事项 ${code}`, `there is no matter ${code}`, null)
    else if (matter.department !== grant.consumer)
      yield tell(
        ['matters', index],
        'error',
        `事项 ${code} 属于 ${matter.department}`,
        `the matter ${code} is ${matter.department}'s`,
        null,
      )
  }
}

/** A provider consents to the use of its own data: one department's officer cannot consent for another. */
function* checkProviders(grant: Grant, path: Path, { fields, resources, regime }: Context): Iterable<RegisterFinding> {
  const providers = new Set(
    [...grant.fields.keys()].flatMap((at) => {
      const entry = fields.get(at)
      return entry ? [resources.get(entry.resource)?.department ?? entry.provider] : []
    }),
  )
  if (providers.size <= 1 || grant.approvals.filter(({ by }) => by === 'PROVIDER').length >= providers.size) return
  const names = [...providers].toSorted().join(', ')
  const { clause } = regime.parameters['access.conditional.decider']
  const tell = teller('grants', path)
  yield tell(
    [],
    'warning',
    `授权涉及多个提供部门(${names}),应分别批准`,
    `fields of several providers (${names}), each of which must consent`,
    clause,
  )
}

/** What the regime asks of a grant over this field, and what the grant lacks. */
function* checkConsent(
  grant: Grant,
  entry: FieldEntry,
  mode: GrantMode,
  tell: Teller,
  context: Context,
): Iterable<RegisterFinding> {
  const { regime, resources } = context
  const at = entry.coordinate
  const rule = consentRule(entry, resources.get(entry.resource) ?? null, regime)
  if (rule === null) {
    const open = entry.class === 'UNCONDITIONAL'
    const { clause } = regime.parameters[open ? 'sharing.meaning' : 'classes.notShared.meaning']
    if (open)
      yield tell([], 'warning', `${at} 无条件共享,无需授权`, `${at} is unconditional: no grant is needed`, clause)
    else yield tell([], 'error', `${at} 不予共享,授权无效`, `${at} is not shared: no grant opens it`, clause)
    return
  }
  const given = new Set(grant.approvals.map(({ by }) => by))
  if (!rule.approvals.some((needed) => needed.every((one) => given.has(one)))) {
    const needed = rule.approvals.map((one) => one.join(' + ')).join(' | ')
    yield tell([], 'error', `${at} 缺少批准:${needed}`, `${at} lacks an approval: ${needed}`, rule.clause)
  }
  if (rule.agreement && grant.agreement === null)
    yield tell([], 'error', `${at} 缺少保密协议`, `${at} lacks the security agreement`, rule.agreement)
  if (rule.parameters && grant.parameters.size === 0)
    yield tell(
      [],
      'error',
      `${at} 须管控参数,授权未列参数`,
      `${at} is parameter-controlled, and the grant fixes none`,
      rule.clause,
    )
  if (entry.class === 'CONDITIONAL' && entry.scope && !entry.scope.includes(grant.consumer))
    yield tell(
      [],
      'error',
      `${at} 不向 ${grant.consumer} 共享`,
      `${at} is not shared with ${grant.consumer}`,
      rule.clause,
    )
  if (mode === 'CLEAR' && (entry.verifyOnly || entry.subMode === 'COMPARE'))
    yield tell(
      [],
      'warning',
      `${at} 只供核实,授权不会使其可读`,
      `${at} is for comparison alone: the grant does not make it readable`,
      rule.clause,
    )
}

/** A grant that lists a value, and not what decides in its place, shows less than it says. */
function* checkOwed(
  grant: Grant,
  entry: FieldEntry,
  mode: GrantMode,
  tell: Teller,
  context: Context,
): Iterable<RegisterFinding> {
  const ofHolder = context.grants.filter(({ consumer }) => consumer === grant.consumer)
  const facts = { ...context, holder: grant.consumer }
  for (const { other, clause } of lackingInGrants(entry, mode, ofHolder, facts))
    yield tell(
      [],
      'warning',
      `${entry.coordinate} 由 ${other} 决定,该部门的授权未同样列出该项`,
      `${entry.coordinate} opens no further than ${other}, which no grant of the department lists so`,
      clause,
    )
}

type Teller = (
  below: Path,
  severity: RegisterFinding['severity'],
  zh: string,
  en: string,
  clause: Clause | null,
) => RegisterFinding

function teller(register: RegisterFinding['register'], path: Path): Teller {
  return (below, severity, zh, en, clause) => ({
    register,
    path: [...path, ...below],
    severity,
    text: { zh, en },
    clause,
  })
}

function listOf(mode: GrantMode): string {
  return { CLEAR: 'clear', MASKED: 'masked', VERIFY_ONLY: 'verifyOnly' }[mode]
}

/** Entries with the list and the place in it where the file has them: maps keep the order of the lists. */
function* listed<T>(
  fields: ReadonlyMap<Coordinate, T>,
  nameOf: (value: T) => string,
): Iterable<readonly [list: string, index: number, at: Coordinate, value: T]> {
  const counts = new Map<string, number>()
  for (const [at, value] of fields) {
    const list = nameOf(value)
    const index = counts.get(list) ?? 0
    counts.set(list, index + 1)
    yield [list, index, at, value]
  }
}
