import { buildView } from '../../gateway/grants/view.ts'
import type { View } from '../../gateway/grants/view.ts'
import type { ParameterKey, Regime } from '../../gateway/regime/regime.ts'
import { explainField } from '../../gateway/request/explain-field.ts'
import { catalogRules } from '../../gateway/start/catalog-rules.ts'
import { readItems } from '../../gateway/start/composition.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../gateway/vocabulary/decision.ts'
import { instantOf } from '../cases/case-file.ts'
import type { AnyCase, CaseFile, ComposeCase, DecisionCase, ExplainCase } from '../cases/case-file.ts'
import { faultsToldOf } from '../cases/compose-case.ts'
import { clauseOf, lineOf } from '../cases/reading.ts'
import type { Reading } from '../cases/reading.ts'
import { said } from '../cases/run-case.ts'
import { readAmended } from '../kit/amended-city.ts'
import { refusedAs } from './requests.ts'
import { callerOf, createStandings } from './standing.ts'
import type { Standing } from './standing.ts'

/** Kinds of case, from what decides a request to what is only read. */
export const KINDS = ['decision', 'explanation', 'composition', 'reading'] as const
export type Kind = (typeof KINDS)[number]

type Answers = Readonly<Record<string, string | null>>

/** A case that can be decided under any profile, without a network. */
export interface OfflineCase {
  readonly kind: Kind
  readonly one: Pick<AnyCase, 'id' | 'clauses' | 'regime'>
  /** What the case wants, by coordinate or whatever else it is about. */
  readonly wanted: Answers
  /** What comes out for the same. */
  decide(regime: Regime): Answers | Promise<Answers>
}

/** Every case whose outcome rests on a profile, over the composed catalogue and the registers of each case. */
export async function openOffline(
  files: readonly CaseFile[],
  readings: readonly Reading[],
): Promise<readonly OfflineCase[]> {
  const standingOf = createStandings()
  const decided = files.flatMap(({ cases }) => cases).map((one) => openDecision(one, standingOf(one)))
  const explained = files.flatMap((file) => file.explanations).map((one) => openExplanation(one, standingOf(one)))
  const opened = (await Promise.all([...decided, ...explained])).flatMap((one) => one ?? [])
  return [
    // Those that compile a document take longest.
    ...opened.toSorted((a, b) => Number('request' in a.wanted) - Number('request' in b.wanted)),
    ...openCompositions(files.flatMap(({ compositions }) => compositions)),
    ...readings.flatMap(openReading),
  ]
}

/** Refusals that rest on the values and the number of requests: a view without a request knows nothing of them. */
const OF_REQUESTS = /^DENY (PARAMETER_OUT_OF_GRANT|FILTER_NOT_ALLOWED|COPY_CONSENT_MISSING|QUOTA_EXCEEDED|RATE_LIMIT) /
/** A refusal of the whole request that rests on a clause. */
const WITH_CLAUSE = /^[A-Z_]+ (ZS|HZ|NT|FS|ZJ|R809)-/

async function openDecision(one: DecisionCase, standing: Standing): Promise<OfflineCase | null> {
  const refused = one.want.errors?.['request'] ?? ''
  if (WITH_CLAUSE.test(refused)) {
    const decide = async (regime: Regime): Promise<Answers> => ({ request: await refusedAs(one, standing, regime) })
    return { kind: 'decision', one, wanted: { request: refused }, decide }
  }
  const decisions = Object.entries(one.want.decisions ?? {})
  const wanted = Object.fromEntries(decisions.filter(([, decision]) => !OF_REQUESTS.test(decision)))
  if (Object.keys(wanted).length === 0) return null
  const viewOf = await openViews(one, standing)
  const decide = (regime: Regime): Answers => {
    const { decisions: came } = viewOf(regime)
    return Object.fromEntries(Object.keys(wanted).map((at) => [at, wordsOf(came.get(at as Coordinate))]))
  }
  return { kind: 'decision', one, wanted, decide }
}

async function openViews(one: DecisionCase | ExplainCase, standing: Standing): Promise<(regime: Regime) => View> {
  const caller = await callerOf(one, standing)
  const { authority, grants } = standing
  return (regime) => buildView({ ...authority, regime }, caller, grants, instantOf(one))
}

/** As the case files write a decision: `DENY NO_GRANT ZS-4.08 grant G-1`. */
function wordsOf(decision: Decision | undefined): string | null {
  if (!decision) return null
  const how = decision.kind === 'DENY' ? decision.code : decision.kind === 'MASK' ? decision.rule : null
  const grant = decision.grant === null ? null : `grant ${decision.grant}`
  return [decision.kind, how, decision.clause, grant].filter((word) => word !== null).join(' ')
}

/** Each field explained by the function that `gongxiang explain` and Query.explain use, over the same view as a decision. */
async function openExplanation(one: ExplainCase, standing: Standing): Promise<OfflineCase> {
  const viewOf = await openViews(one, standing)
  const { authority, grants, parties } = standing
  const wanted = Object.entries(one.want.explained).map(([at, words]) => [at, JSON.stringify(words)] as const)
  const nameOf = (department: string) => parties.find(department)?.name ?? null
  const decide = (regime: Regime): Answers => {
    const { decisions } = viewOf(regime)
    const matter = one.caller.matter === undefined ? null : authority.matters.find(one.caller.matter)
    const shown = { fields: authority.fields, resources: authority.resources, decisions, matter }
    const explained = wanted.map(([name]) => {
      const at = name as Coordinate
      const decision = decisions.get(at)
      if (!decision) return [at, null] as const
      const words = { regime, grants, language: 'zh-CN', nameOf, clauseText: () => null } as const
      const use = { coordinate: at, path: [], decision, when: null }
      return [at, JSON.stringify(said(explainField(words, use, [], shown)))] as const
    })
    return Object.fromEntries(explained)
  }
  return { kind: 'explanation', one, wanted: Object.fromEntries(wanted), decide }
}

/** Each amended city is read once and judged under every profile. */
function openCompositions(cases: readonly ComposeCase[]): readonly OfflineCase[] {
  const items = readItems()
  const groups = [...Map.groupBy(cases, ({ catalogue }) => JSON.stringify(catalogue)).values()]
  return groups.flatMap((group) => {
    const city = group[0] ? readAmended(group[0].catalogue) : null
    if (city === null) return []
    return group.map((one): OfflineCase => {
      const decide = (regime: Regime): Answers => ({
        faults: JSON.stringify(faultsToldOf(city, catalogRules(regime, items), one)),
      })
      return { kind: 'composition', one, wanted: { faults: JSON.stringify(one.want.faults) }, decide }
    })
  })
}

/** Each line of a reading is a case of its own. */
function openReading({ regime, says }: Reading): readonly OfflineCase[] {
  return Object.entries(says).map(([key, line]) => ({
    kind: 'reading',
    one: { id: `reading ${key}`, clauses: [clauseOf(line) ?? ''], regime },
    wanted: { [key]: line },
    decide: (law) => ({ [key]: lineOf(law, key as ParameterKey) }),
  }))
}
