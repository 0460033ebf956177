import { classLabel } from '../grants/class-label.ts'
import type { Use } from '../compile/compiled-operation.ts'
import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { Grant, GrantIndex } from '../grants/grant.ts'
import type { Matter } from '../grants/registers.ts'
import { unlock } from '../grants/unlock.ts'
import type { Recipient, Unlock } from '../grants/unlock-parts.ts'
import type { Regime } from '../regime/regime.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { message } from '../vocabulary/codes.ts'
import type { Language, RefusalCode, Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { decidedBy, emergencyBehind } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'

/** What the words of an explanation come from. */
export interface ExplainWords {
  readonly regime: Regime
  readonly grants: GrantIndex
  readonly language: Language
  /** Name of a department, from the register of parties. */
  nameOf(department: string): Text | null
  /** The regulation's own words. */
  clauseText(clause: Clause): string | null
}

/** What was decided for the standing that is explained, and about what. */
export interface ExplainedView {
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  /** Catalogue entries by record type. */
  readonly resources: ReadonlyMap<string, ResourceEntry>
  readonly decisions: ReadonlyMap<Coordinate, Decision>
  /** The stated matter, as the register has it. */
  readonly matter: Matter | null
}

/** One step of an application in the user's language. */
export interface ExplainedStep {
  readonly step: string
  readonly workingDays: number | null
  readonly clause: Clause | null
  readonly text: string
}

/** What would unlock a field, in the user's language. */
export interface ExplainedUnlock {
  readonly procedure: string
  readonly whom: readonly string[]
  readonly mustState: string | null
  /** Working days until the answer; null where the text states none. */
  readonly workingDays: number | null
  readonly steps: readonly ExplainedStep[]
  readonly agreement: Clause | null
  readonly verification: Clause | null
  readonly clause: Clause
  readonly text: string
}

/** One coordinate of the operation, with what was decided and why. */
export interface ExplainedField {
  readonly coordinate: Coordinate
  readonly paths: readonly string[]
  readonly title: string | null
  readonly class: string | null
  readonly classLabel: string | null
  readonly level: string | null
  readonly provider: string | null
  readonly providerTitle: string | null
  readonly decision: Decision['kind']
  readonly code: string | null
  readonly clause: Clause
  readonly clauseText: string | null
  readonly grant: string | null
  /** First instant at which the grant no longer holds, ISO 8601 in the city's own time. */
  readonly grantUntil: string | null
  readonly approvers: readonly string[]
  readonly maskRule: string | null
  /** The coordinate whose decision stands in the place of the field's own; null where none does. */
  readonly because: Coordinate | null
  readonly reason: string
  readonly unlock: ExplainedUnlock | null
}

/** Explains the decision on one coordinate, wherever it stands in the document. */
export function explainField(
  words: ExplainWords,
  { coordinate, decision }: Use,
  paths: readonly string[],
  view: ExplainedView,
): ExplainedField {
  const entry = view.fields.get(coordinate) ?? null
  const { regime } = words
  const grant = decision.grant === null ? null : words.grants.find(decision.grant)
  const because = decidedBy(decision)
  const way = wayTo(coordinate, decision, view, regime)
  return {
    coordinate,
    paths,
    title: entry ? titleIn(view, entry) : null,
    class: entry?.class ?? null,
    classLabel: entry ? classLabel(regime, entry.class).zh : null,
    level: entry?.level ?? null,
    provider: entry?.provider ?? null,
    providerTitle: entry ? inWords(words, words.nameOf(entry.provider), entry.provider) : null,
    decision: decision.kind,
    code: decision.kind === 'DENY' || decision.kind === 'VERIFY_ONLY' ? decision.code : null,
    clause: decision.clause,
    clauseText: words.clauseText(decision.clause),
    grant: decision.grant,
    grantUntil: grant ? inShanghai(grant.validUntil) : null,
    approvers: grant ? grant.approvals.map(({ by, officer }) => `${by} ${officer}`) : [],
    maskRule: decision.kind === 'MASK' ? decision.rule : null,
    because,
    reason: inWords(words, reasonWith(because, reasonOf(decision, grant), view), ''),
    unlock: way ? explainUnlock(words, way) : null,
  }
}

/** What would unlock a field; where another coordinate decides in its place, what would unlock that one. */
function wayTo(at: Coordinate, decision: Decision, view: ExplainedView, regime: Regime): Unlock | null {
  const by = decidedBy(decision)
  const other = by === null ? undefined : view.decisions.get(by)
  const way = by !== null && other ? unlockIn(view, by, other, regime) : null
  if (by === null || way === null) return unlockIn(view, at, decision, regime)
  const named = nameIn(view, by)
  const text = {
    zh: `由 ${named} 决定,须开通的是该项:${way.text.zh}`,
    en: `${named} decides, so that is what has to be opened: ${way.text.en}`,
  }
  return { ...way, text }
}

function unlockIn(view: ExplainedView, at: Coordinate, decision: Decision, regime: Regime): Unlock | null {
  const entry = view.fields.get(at)
  return entry ? unlock(entry, view.resources.get(entry.resource) ?? null, decision, regime, view.matter) : null
}

function nameIn(view: ExplainedView, at: Coordinate): string {
  const entry = view.fields.get(at)
  return entry ? `${at} ${titleIn(view, entry)}` : at
}

/** A field of a record that no regulation lists is said to be proposed wherever it is explained. */
function titleIn({ resources }: ExplainedView, { title, resource }: FieldEntry): string {
  return resources.get(resource)?.proposed === true ? `${title}(拟定)` : title
}

/** A code says what is wrong with the one that decides: without its name the sentence would be taken for the field's own. */
function reasonWith(because: Coordinate | null, reason: Text, view: ExplainedView): Text {
  if (because === null) return reason
  const named = nameIn(view, because)
  return { zh: `${reason.zh},由 ${named} 决定`, en: `${reason.en}, decided by ${named}` }
}

function inShanghai(instant: number): string {
  return new Date(instant + CITY_OFFSET).toISOString().replace(/(\.000)?Z$/, '+08:00')
}

/** Why the decision is so, in a sentence. */
function reasonOf(decision: Decision, grant: Grant | null): Text {
  const { clause } = decision
  const by = reasonToShow(decision, grant)
  switch (decision.kind) {
    case 'ALLOW':
      return { zh: `${by.zh},提供原值`, en: `the clear value ${by.en}` }
    case 'MASK':
      return { zh: `${by.zh},脱敏提供 (${decision.rule})`, en: `masked by ${decision.rule} ${by.en}` }
    case 'VERIFY_ONLY':
      return refusedFor(decision.code, clause, null)
    case 'DENY':
      return refusedFor(decision.code, clause, decision.detail ?? null)
  }
}

/** By what a value is shown: a grant, a declared emergency (ZS-4.10), or the law alone. */
function reasonToShow(decision: Decision, grant: Grant | null): Text {
  const { clause } = decision
  const id = emergencyBehind(decision)
  if (id !== null)
    return {
      zh: `因已宣布的紧急情况 ${id} (${clause}),无须授权`,
      en: `in the declared emergency ${id} (${clause}), without a grant`,
    }
  return grant
    ? { zh: `依授权 ${grant.id} (${clause})`, en: `under grant ${grant.id} (${clause})` }
    : { zh: `依 ${clause},无须授权`, en: `by ${clause}, without a grant` }
}

function refusedFor(code: RefusalCode, clause: Clause, detail: Text | null): Text {
  return {
    zh: `${message(code, 'zh-CN')}${detail ? `:${detail.zh}` : ''} (${clause})`,
    en: `${message(code, 'en')}${detail ? `: ${detail.en}` : ''} (${clause})`,
  }
}

function explainUnlock(words: ExplainWords, way: Unlock): ExplainedUnlock {
  const answer = way.steps.filter(({ step }) => step === 'CHECK' || step === 'ANSWER')
  const days = answer.map(({ workingDays }) => workingDays)
  const known = days.filter((one) => one !== null)
  return {
    procedure: way.procedure,
    whom: way.whom.map((one) => whomInWords(words, one)),
    mustState: way.mustState ? inWords(words, way.mustState, '') : null,
    // Where one step has no limit, the whole has none.
    workingDays: days.length > 0 && known.length === days.length ? known.reduce((sum, one) => sum + one, 0) : null,
    steps: way.steps.map(({ text, ...step }) => ({ ...step, text: inWords(words, text, '') })),
    agreement: way.agreement,
    verification: way.verification,
    clause: way.clause,
    text: inWords(words, way.text, ''),
  }
}

const ROLES: Readonly<Record<Recipient['role'], Text>> = {
  PROVIDER: { zh: '数据提供部门', en: 'provider' },
  PLATFORM: { zh: '共享平台', en: 'sharing platform' },
  AGENCY: { zh: '公共数据工作机构', en: 'working agency' },
  AUTHORITY: { zh: '数据主管部门', en: 'data authority' },
  SELF: { zh: '本部门', en: 'your own department' },
}

function whomInWords(words: ExplainWords, { role, department }: Recipient): string {
  const what = inWords(words, ROLES[role], role)
  return department === null ? what : `${inWords(words, words.nameOf(department), department)} (${what})`
}

function inWords({ language }: ExplainWords, text: Text | null, otherwise: string): string {
  if (text === null) return otherwise
  return language === 'en' ? text.en : text.zh
}
