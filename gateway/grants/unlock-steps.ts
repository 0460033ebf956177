import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { AnyParameter, Regime } from '../regime/regime.ts'
import { workingDays } from '../regime/term.ts'
import type { Term } from '../regime/term.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Approver } from './grant.ts'

/** One step of an application, and how long it may take. */
export interface UnlockStep {
  /** The form is checked, the application answered, the data delivered; the matter's minimal set is changed. */
  readonly step: 'CHECK' | 'ANSWER' | 'DELIVERY' | 'AMEND_MATTER'
  /** Null where the text states none: it is never borrowed from another regime, and never a default. */
  readonly workingDays: number | null
  /** The clause that sets the days; null where the text is silent. */
  readonly clause: Clause | null
  readonly text: Text
}

/** A time limit, what may be added to it, and the parameter that holds both. */
interface Limit {
  readonly term: Term | undefined
  readonly extension?: Term | undefined
  readonly parameter: AnyParameter | null
}

/** The steps of an application for a field, by whom it is decided, under a regime. */
export function unlockSteps(
  entry: FieldEntry,
  resource: ResourceEntry | null,
  decider: Approver,
  regime: Regime,
): readonly UnlockStep[] {
  const intake = regime.parameters['access.conditional.intakeDeadline']
  return [
    // A check of the form is a step only where the text has one (NT-21).
    ...(intake ? [step('CHECK', { term: intake.value, parameter: intake })] : []),
    step('ANSWER', answerLimit(entry, resource, decider, regime)),
    step('DELIVERY', deliveryLimit(entry, regime)),
  ]
}

/** Whoever decides has a time limit of his own: the platform another one than the provider (NT-22, NT-23). */
function answerLimit(
  entry: FieldEntry,
  resource: ResourceEntry | null,
  decider: Approver,
  { parameters }: Regime,
): Limit {
  if (entry.class === 'UNCONDITIONAL') {
    const parameter = parameters['access.unconditional.decisionDeadline']
    const controlled = parameters['access.parameterControl'] !== null && resource?.parameterControl === true
    const { reply, underParameterControl, extension } = parameter?.value ?? {}
    return { term: controlled ? underParameterControl : reply, extension, parameter }
  }
  const parameter = parameters['access.conditional.decisionDeadline']
  const { reply, platform, extension } = parameter?.value ?? {}
  return { term: decider === 'PLATFORM' ? platform : reply, extension, parameter }
}

function deliveryLimit(entry: FieldEntry, { parameters }: Regime): Limit {
  const parameter =
    entry.class === 'UNCONDITIONAL'
      ? parameters['access.unconditional.deliveryDeadline']
      : parameters['access.conditional.deliveryDeadline']
  return { term: parameter?.value, parameter }
}

/** A step that a regime may set a time limit for. */
type TimedStep = Exclude<UnlockStep['step'], 'AMEND_MATTER'>

const WORDS: Readonly<Record<TimedStep, Text>> = {
  CHECK: { zh: '形式审查', en: 'check of the form' },
  ANSWER: { zh: '答复', en: 'answer' },
  DELIVERY: { zh: '提供', en: 'delivery' },
}

function step(kind: TimedStep, { term, extension, parameter }: Limit): UnlockStep {
  const what = WORDS[kind]
  const days = workingDays(term)
  if (term === undefined || parameter === null || days === null) {
    const text = { zh: `${what.zh}:未规定期限`, en: `${what.en}: no time limit is stated` }
    return { step: kind, workingDays: null, clause: null, text }
  }
  const clause = settingClause(parameter, days)
  const longer = workingDays(extension)
  const more =
    longer === null
      ? { zh: '', en: '' }
      : { zh: `,经同意可延长 ${longer} 个工作日`, en: `, extensible with consent by ${longer}` }
  const time = days === 0 ? { zh: '即时', en: 'at once' } : { zh: `${days} 个工作日`, en: `${days} working days` }
  const text = {
    zh: `${what.zh}:${time.zh}${more.zh} (${clause})`,
    en: `${what.en}: ${time.en}${more.en} (${clause})`,
  }
  return { step: kind, workingDays: days, clause, text }
}

const NUMERALS = ['', '一', '两', '三', '四', '五', '六', '七', '八', '九', '十']

/** A parameter may rest on several clauses: the one whose words hold the number is the one that sets it. */
function settingClause(parameter: AnyParameter, days: number): Clause {
  const numbers = [String(days), NUMERALS[days], days === 2 ? '二' : undefined].filter((one) => one)
  const setting = [parameter, ...(parameter.also ?? [])].find(({ quote }) =>
    numbers.some((number) => new RegExp(`(?<![\\d十])${number}个?工作日`).test(quote.replaceAll(/\s/g, ''))),
  )
  return (setting ?? parameter).clause
}

/** What follows when nobody answers: silence opens nothing by itself (INV-4); in some regimes somebody must act. */
export function silenceOf(entry: FieldEntry, { parameters }: Regime): Text {
  const effect = parameters['silence.effect']
  switch (effect?.value) {
    case 'AUTHORITY_PROVIDES': {
      const limit = workingDays(parameters['silence.directProvisionDeadline']?.value)
      const within =
        limit === null ? { zh: '', en: '' } : { zh: `在 ${limit} 个工作日内`, en: ` within ${limit} working days` }
      return {
        zh: `逾期未答复的,由数据主管部门${within.zh}径行提供 (${effect.clause})`,
        en: `if no answer comes, the data authority provides it directly${within.en} (${effect.clause})`,
      }
    }
    case 'NEGOTIATION':
      // Of applications for catalogued data (HZ-44.1); on the path of conditional data the text is silent (HZ-45).
      return entry.class === 'UNCONDITIONAL'
        ? {
            zh: `逾期未答复或者不同意的,由数据主管部门组织协商 (${effect.clause})`,
            en: `without an answer, or refused, the data authority organises a negotiation (${effect.clause})`,
          }
        : UNSTATED
    case 'URGING':
      return {
        zh: `逾期未答复的,由数据主管部门跟踪督促 (${effect.clause}),逾期不等于同意`,
        en: `if no answer comes, the data authority urges the provider (${effect.clause}); silence opens nothing`,
      }
    case undefined:
      return UNSTATED
  }
}

const UNSTATED: Text = {
  zh: '逾期未答复的后果未作规定,逾期不等于同意',
  en: 'what follows when no answer comes is not stated; silence opens nothing',
}
