import { Failure } from '../vocabulary/failure.ts'

/** Does work when all that came before is done, whatever became of it. */
export type InTurn = <T>(work: () => Promise<T>) => Promise<T>

/** A row of its own: of what comes to it, one thing at a time is done. */
export function oneByOne(): InTurn {
  let last: Promise<unknown> = Promise.resolve()
  return (work) => {
    const mine = last.then(work)
    last = mine.catch(() => undefined)
    return mine
  }
}

/** Room for those who are answered and those who wait for it. */
export interface Seats {
  /** Whether there is room for one more of an officer's. @throws Failure LIMIT_EXCEEDED where not */
  assertRoom(who: string): void
  /** Takes a seat; what comes back gives it up. @throws Failure LIMIT_EXCEEDED */
  enter(who: string): () => void
}

/** @param most seats at all, and how many of them one officer may have: the others are for others */
export function createSeats(most: { readonly all: number; readonly each: number }): Seats {
  const taken = new Map<string, number>()
  let all = 0
  const assertRoom = (who: string): void => {
    if (all >= most.all || (taken.get(who) ?? 0) >= most.each) throw crowded()
  }
  const leave = (who: string): void => {
    const left = (taken.get(who) ?? 1) - 1
    if (left > 0) taken.set(who, left)
    else taken.delete(who)
    all -= 1
  }
  return {
    assertRoom,
    enter(who) {
      assertRoom(who)
      taken.set(who, (taken.get(who) ?? 0) + 1)
      all += 1
      return () => leave(who)
    },
  }
}

function crowded(): Failure {
  return new Failure('LIMIT_EXCEEDED', {
    detail: {
      zh: '审计记录查询正忙,请稍后再试',
      en: 'Too many questions to the audit record wait for an answer; ask again in a moment.',
    },
  })
}
