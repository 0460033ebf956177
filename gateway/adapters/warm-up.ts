import { setImmediate as turn } from 'node:timers/promises'
import type { Generation } from '../compile/generation.ts'
import type { UsedOperation } from '../compile/used-operation.ts'

/** How many of the most used operations a new generation compiles before it is asked, and for how long at most. */
export const WARM = { operations: 100, milliseconds: 2_000 }

/** So many at once: while one is planned in the other thread, this one compiles the next. */
const TOGETHER = 4

/**
 * Compiles what the generation before was asked most, for the views that asked it. What cannot be compiled any more,
 * such as a field that is gone, is left to be refused when it is asked; nothing here ever fails.
 *
 * @param isOver told before each operation
 */
export async function warmUp(
  next: Pick<Generation, 'warm'>,
  used: readonly UsedOperation[],
  { milliseconds, isOver }: { readonly milliseconds: number; readonly isOver: () => boolean },
): Promise<void> {
  const left = used.values()
  const time = Promise.withResolvers<void>()
  let late = false
  const timer = setTimeout(() => {
    late = true
    time.resolve()
  }, milliseconds)
  const work = async (): Promise<void> => {
    for (const one of left) {
      if (late || isOver()) return
      await next.warm(one).catch(() => undefined)
      // Requests are answered meanwhile.
      await turn()
    }
  }
  await Promise.race([time.promise, Promise.all(Array.from({ length: TOGETHER }, work))])
  clearTimeout(timer)
}
