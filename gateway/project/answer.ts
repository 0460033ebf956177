import type { CompiledOperation, Use } from '../compile/compiled-operation.ts'
import { activeUses } from '../compile/compiled-operation.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { message, remedy } from '../vocabulary/codes.ts'
import type { Code, Language } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { decidedBy } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'
import type { AnswerPath, Projected } from './project.ts'

/** One entry of `errors[]`: what happened, why, and what to do next (INV-12). */
export interface AnswerError {
  readonly message: string
  readonly path?: AnswerPath
  readonly extensions: {
    readonly code: Code
    readonly clause: Clause | null
    readonly coordinate?: Coordinate
    readonly remedy: string
  }
}

/** One entry of `extensions.sharing.decisions[]`. */
export interface AnswerDecision {
  readonly coordinate: Coordinate
  readonly path: readonly string[]
  readonly decision: Decision['kind']
  readonly code: string | null
  readonly clause: Clause
  readonly grant: string | null
  readonly rule: string | null
}

/** Whether a source is as recent as the regulation in force asks of it. */
export type Freshness = 'CURRENT' | 'BREACHED'

/**
 * One entry of `extensions.sharing.notes[]`: of a record the source's own time and whether that is in time, of a value that
 * sources differ about it.
 */
export type AnswerNote =
  | { readonly path: AnswerPath; readonly asOf: string; readonly freshness?: Freshness }
  | { readonly path: AnswerPath; readonly conflict: true }

/** Builds the error for a code at a place. */
export function answerError(
  code: Code,
  language: Language,
  facts: { path?: AnswerPath; clause?: Clause | null; coordinate?: Coordinate; detail?: string | null },
): AnswerError {
  const detail = facts.detail ? `${language === 'en' ? ': ' : '：'}${facts.detail}` : ''
  return {
    message: message(code, language) + detail,
    ...(facts.path ? { path: facts.path } : {}),
    extensions: {
      code,
      clause: facts.clause ?? null,
      ...(facts.coordinate ? { coordinate: facts.coordinate } : {}),
      remedy: remedy(code, language),
    },
  }
}

/**
 * One error per refused coordinate, without list indices (wall 6), then one per place that a source left empty, or at
 * which sources differ without one that is registered to be right.
 *
 * @param conflict the clause that wants one source for one datum; null where the regime's text has none
 */
export function answerErrors(
  operation: CompiledOperation,
  projected: Projected,
  variables: Readonly<Record<string, unknown>>,
  language: Language,
  conflict: Clause | null = null,
): AnswerError[] {
  const errors = [...refusals(activeUses(operation, variables), language)]
  for (const { code, path, coordinate } of projected.faults) {
    const clause = code === 'CONFLICT_UNRESOLVED' ? conflict : null
    errors.push(answerError(code, language, { path, clause, coordinate }))
  }
  return errors
}

/**
 * What is said of an operation's places, by the list of them: while none depends on variables, the list is the operation's
 * own and it is said once for all requests.
 */
interface Said {
  readonly refusals: Map<Language, readonly AnswerError[]>
  decisions: readonly AnswerDecision[] | null
}

const said = new WeakMap<readonly Use[], Said>()

function saidOf(uses: readonly Use[]): Said {
  const known = said.get(uses)
  if (known) return known
  const made: Said = { refusals: new Map(), decisions: null }
  said.set(uses, made)
  return made
}

function refusals(uses: readonly Use[], language: Language): readonly AnswerError[] {
  const { refusals: kept } = saidOf(uses)
  const known = kept.get(language)
  if (known) return known
  const seen = new Set<Coordinate>()
  const made = uses.flatMap(({ coordinate, path, decision, compared }) => {
    if (compared === true || decision.kind === 'ALLOW' || decision.kind === 'MASK' || seen.has(coordinate)) return []
    seen.add(coordinate)
    const detail = decidedText(decision, language)
    return [Object.freeze(answerError(decision.code, language, { path, clause: decision.clause, coordinate, detail }))]
  })
  kept.set(language, made)
  return made
}

/** Names the coordinate that decides in the field's place: the code and its remedy are about that one. */
function decidedText(decision: Decision, language: Language): string | null {
  const by = decidedBy(decision)
  const detail = decision.kind === 'DENY' ? (decision.detail ?? null) : null
  if (by === null && detail !== null) return language === 'en' ? detail.en : detail.zh
  if (by === null) return null
  return language === 'en' ? `decided by ${by}` : `由 ${by} 决定`
}

/** Decisions of the places that are part of this answer; all of them, or only when one is not ALLOW. */
export function answerDecisions(
  operation: CompiledOperation,
  variables: Readonly<Record<string, unknown>>,
  all: boolean,
): readonly AnswerDecision[] | null {
  const uses = activeUses(operation, variables)
  const kept = saidOf(uses)
  kept.decisions ??= Object.freeze(uses.map(answerDecision))
  return all || kept.decisions.some(({ decision }) => decision !== 'ALLOW') ? kept.decisions : null
}

function answerDecision({ coordinate, path, decision }: Use): AnswerDecision {
  return {
    coordinate,
    path,
    decision: decision.kind,
    code: decision.kind === 'DENY' || decision.kind === 'VERIFY_ONLY' ? decision.code : null,
    clause: decision.clause,
    grant: decision.grant,
    rule: decision.kind === 'MASK' ? decision.rule : null,
  }
}

/**
 * The source's time beside each record of the answer, then each value that sources differ about.
 *
 * @param freshnessOf whether the time of a record type is in time; null where the regime sets no time
 */
export function answerNotes(
  { records, conflicts }: Pick<Projected, 'records' | 'conflicts'>,
  times: ReadonlyMap<string, string>,
  freshnessOf: (type: string, asOf: string) => Freshness | null = () => null,
): AnswerNote[] {
  const notes: AnswerNote[] = []
  const facts = new Map([...times].map(([type, asOf]) => [type, factsOf(asOf, freshnessOf(type, asOf))] as const))
  if (facts.size > 0) {
    for (const record of records) {
      const fact = facts.get(record.type)
      // The path is put together when it is asked for.
      if (fact !== undefined) notes.push({ path: record.path, ...fact })
    }
  }
  for (const path of conflicts) notes.push({ path, conflict: true })
  return notes
}

function factsOf(asOf: string, freshness: Freshness | null): { readonly asOf: string; readonly freshness?: Freshness } {
  return freshness === null ? { asOf } : { asOf, freshness }
}
