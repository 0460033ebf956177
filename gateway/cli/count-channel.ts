import type { AskCounts, CountAnswer, CountAsk } from '../adapters/counters-leased.ts'

/** Milliseconds that a count may take; a request must not wait for a supervisor that is stuck. */
const TIMEOUT = 250

/** Counts by messages. */
export interface CountChannel {
  readonly ask: AskCounts
  /** Takes the answers to a message. */
  answered(id: number, answers: readonly CountAnswer[]): void
}

interface Waiting {
  readonly ask: CountAsk
  readonly resolve: (answer: CountAnswer | null) => void
}

/**
 * Asks whoever counts for all: what is asked within one turn of the event loop goes in one message, so that a flood of
 * strangers costs one message for many.
 *
 * @param send gives false where nobody is there any more
 */
export function createCountChannel(send: (id: number, asks: readonly CountAsk[]) => boolean): CountChannel {
  const sent = new Map<number, { readonly waiting: readonly Waiting[]; readonly timer: NodeJS.Timeout }>()
  let collected: Waiting[] = []
  let nextId = 1

  const settle = (id: number, answers: readonly CountAnswer[]): void => {
    const message = sent.get(id)
    if (message === undefined) return
    sent.delete(id)
    clearTimeout(message.timer)
    for (const [at, { resolve }] of message.waiting.entries()) resolve(answers[at] ?? null)
  }
  const flush = (): void => {
    const waiting = collected
    collected = []
    const id = nextId++
    const timer = setTimeout(() => settle(id, []), TIMEOUT)
    sent.set(id, { waiting, timer })
    const asks = waiting.map(({ ask }) => ask)
    if (!send(id, asks)) settle(id, [])
  }
  return {
    ask: (ask) =>
      new Promise((resolve) => {
        if (collected.length === 0) setImmediate(flush)
        collected.push({ ask, resolve })
      }),
    answered: settle,
  }
}
