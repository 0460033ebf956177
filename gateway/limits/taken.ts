import { Failure } from '../vocabulary/failure.ts'
import type { Counters, Taken } from './counters.ts'

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

/** One bound, and what is counted against it. */
export interface Bound {
  readonly key: string
  /** Seconds. */
  readonly window: number
  /** So many events, or these different members. */
  readonly places: number | readonly string[]
  readonly most: number
  /** Whether it is counted without holding. */
  readonly waived?: boolean
}

/** Everything was taken, or one bound stood in the way and nothing was. */
export type TakenAll<B extends Bound> =
  | {
      readonly kind: 'TAKEN'
      /** Of each bound, in their order. */
      readonly totals: readonly number[]
      giveBack(): Promise<void>
    }
  | { readonly kind: 'BROKEN'; readonly bound: B; readonly total: number }

/**
 * Counts against several bounds: against all of them, or, where one would be broken, against none. One after another,
 * the narrowest first: what a narrow bound refuses must not even for a moment stand in the way of others.
 *
 * @param exact whether what is counted may not go on over a count that others may have passed unseen (wall 16)
 * @throws Failure COUNTERS_UNAVAILABLE, and nothing is taken
 */
export async function takeAll<B extends Bound>(
  counters: Pick<Counters, 'take' | 'takeDistinct'>,
  bounds: readonly B[],
  exact: boolean,
): Promise<TakenAll<B>> {
  const had: Taken[] = []
  const giveBack = async (): Promise<void> => void (await Promise.all(had.map((one) => one.giveBack())))
  for (const bound of bounds) {
    const got = await takeOne(counters, bound)
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
  return { kind: 'TAKEN', totals: had.map(({ total }) => total), giveBack }
}

function takeOne(counters: Pick<Counters, 'take' | 'takeDistinct'>, bound: Bound): Promise<Taken> {
  const { key, window, places, most } = bound
  return typeof places === 'number'
    ? counters.take(key, places, window, most)
    : counters.takeDistinct(key, places, window, most)
}
