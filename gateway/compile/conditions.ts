import { Failure } from '../vocabulary/failure.ts'
import type { Condition, Conjunction, When } from './compiled-operation.ts'

/** Distinct conjunctions at one place of a document; each is a selection of its own in what is planned. */
const MAX_ALTERNATIVES = 32

/**
 * A disjunction without repetitions and without what another alternative already covers; null where one of them
 * always holds.
 *
 * @throws Failure LIMIT_EXCEEDED
 */
export function anyOf(alternatives: readonly Conjunction[]): When {
  const distinct = new Map<string, Conjunction>()
  for (const one of alternatives) {
    if (one.length === 0) return null
    distinct.set(identity(one), one)
    if (distinct.size > MAX_ALTERNATIVES)
      throw new Failure('LIMIT_EXCEEDED', {
        detail: {
          zh: `同一字段的不同条件超过 ${MAX_ALTERNATIVES} 种`,
          en: `one field stands under more than ${MAX_ALTERNATIVES} different conditions`,
        },
      })
  }
  const kept: Conjunction[] = []
  for (const one of [...distinct.values()].toSorted((a, b) => a.length - b.length))
    if (!kept.some((weaker) => implies(one, weaker))) kept.push(one)
  return kept
}

/** Whether whatever fulfils the first fulfils the second too. */
export function implies(stronger: Conjunction, weaker: Conjunction): boolean {
  return weaker.every((wanted) => stronger.some((one) => same(one, wanted)))
}

/** The alternatives as a list: a place without conditions has one, which is empty. */
export function alternativesOf(when: When): readonly Conjunction[] {
  return when ?? ALWAYS
}

const ALWAYS: readonly Conjunction[] = [[]]

function same(a: Condition, b: Condition): boolean {
  return a.variable === b.variable && a.equals === b.equals
}

function identity(conjunction: Conjunction): string {
  return conjunction
    .map(({ variable, equals }) => `${variable}=${equals}`)
    .toSorted()
    .join()
}
