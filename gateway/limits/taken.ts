import type { Taken } from './counters.ts'

/** Places that were taken; however often they are given back, it is done once. */
export function taken(total: number, giveBack: () => void | Promise<void>): Taken {
  let given = false
  return {
    total,
    async giveBack() {
      if (given) return
      given = true
      await giveBack()
    },
  }
}

/** What a refusal has taken: nothing. */
export function refused(total: number): Taken {
  return { total, giveBack: async () => {} }
}
