import { Failure } from '../vocabulary/failure.ts'
import type { Counters, Taken, TakenTogether, Wanted } from './counters.ts'

/** Places that were taken; however often they are given back, it is done once. */
export function taken(total: number, giveBack: () => void | Promise<void>, exact = true): Taken {
  let given = false
  return {
    total,
    exact,
    async giveBack() {
      if (given) return
      given = true
      await giveBack()
    },
  }
}

/** What a refusal has taken: nothing. */
export function refused(total: number, exact = true): Taken {
  return { total, exact, giveBack: async () => {} }
}

export type { Wanted as Bound } from './counters.ts'

/** Everything was taken, or one bound stood in the way and nothing was. */
export type TakenAll<B extends Wanted> =
  | {
      readonly kind: 'TAKEN'
      /** Of each bound, in their order. */
      readonly totals: readonly number[]
      giveBack(this: void): Promise<void>
    }
  | { readonly kind: 'BROKEN'; readonly bound: B; readonly total: number }

/**
 * Counts against several bounds: against all of them, or, where one would be broken, against none. One after another,
 * the narrowest first: what a narrow bound refuses must not even for a moment stand in the way of others.
 *
 * @param exact whether what is counted may not go on over a count that others may have passed unseen (wall 16)
 * @throws Failure COUNTERS_UNAVAILABLE, and nothing is taken
 */
export async function takeAll<B extends Wanted>(
  counters: Pick<Counters, 'take' | 'takeDistinct' | 'takeTogether'>,
  bounds: readonly B[],
  exact: boolean,
): Promise<TakenAll<B>> {
  if (bounds.length === 0) return { kind: 'TAKEN', totals: [], giveBack: async () => {} }
  const together = counters.takeTogether?.(bounds) ?? null
  return together === null ? takeInTurn(counters, bounds, exact) : judge(together, bounds, exact)
}

/** What was taken at once is judged as if one after another: the first that stands in the way is told. */
async function judge<B extends Wanted>(
  { totals, exact: exactly, broken, giveBack }: TakenTogether,
  bounds: readonly B[],
  exact: boolean,
): Promise<TakenAll<B>> {
  const inexact = exact ? bounds.findIndex(({ waived }, at) => exactly[at] === false && waived !== true) : -1
  if (inexact !== -1 && (broken === null || inexact <= broken)) {
    if (broken === null) await giveBack()
    throw new Failure('COUNTERS_UNAVAILABLE')
  }
  if (broken === null) return { kind: 'TAKEN', totals, giveBack }
  const bound = bounds[broken]
  if (bound === undefined) throw new Error('a bound that was not asked for stands in the way')
  return { kind: 'BROKEN', bound, total: totals[broken] ?? 0 }
}

async function takeInTurn<B extends Wanted>(
  counters: Pick<Counters, 'take' | 'takeDistinct'>,
  bounds: readonly B[],
  exact: boolean,
): Promise<TakenAll<B>> {
  const had: Taken[] = []
  const totals: number[] = []
  const giveBack = async (): Promise<void> => void (await Promise.all(had.map((one) => one.giveBack())))
  for (const bound of bounds) {
    const got = await takeOne(counters, bound)
    totals.push(got.total)
    const [within, holds] = [got.total <= bound.most, bound.waived !== true]
    if (within) had.push(got)
    if (exact && holds && !got.exact) {
      await giveBack()
      throw new Failure('COUNTERS_UNAVAILABLE')
    }
    if (!within && holds) {
      await giveBack()
      return { kind: 'BROKEN', bound, total: got.total }
    }
  }
  return { kind: 'TAKEN', totals, giveBack }
}

function takeOne(counters: Pick<Counters, 'take' | 'takeDistinct'>, bound: Wanted): Promise<Taken> {
  const { key, window, places, most } = bound
  return typeof places === 'number'
    ? counters.take(key, places, window, most)
    : counters.takeDistinct(key, places, window, most)
}
