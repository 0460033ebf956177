import type { Taken } from '../limits/counters.ts'
import { taken } from '../limits/taken.ts'
import type { CountsLost } from './counts-lost.ts'

/** Counts made in memory while their file failed, to be written into it later. */
export interface Arrears {
  /** One more that is owed. Gives the way to strike it out again: false where it was written meanwhile. */
  owe(write: () => void): () => boolean
  /** A place that was taken in memory, not exact, and is owed; `back`: how it is given back once it stands in the file. */
  owed(got: Taken, how: { readonly write: () => void; readonly back: () => void }): Taken
  /** The file has failed again: what is owed is still at risk. */
  remind(): void
  /** Writes what is owed; throws as the file does, and what was not written stays owed. */
  settle(): void
}

/** Most counts that are owed: more would hold the process too long when they are written. Beyond, counts are lost. */
const MOST = 10_000

/** Nothing owed as yet. */
export function createArrears(lost: CountsLost): Arrears {
  const open = new Set<{ readonly write: () => void }>()
  let tooMany = false
  const owe: Arrears['owe'] = (write) => {
    lost.risk()
    if (open.size >= MOST) {
      tooMany = true
      return () => false
    }
    const one = { write }
    open.add(one)
    return () => {
      const struck = open.delete(one)
      if (struck && open.size === 0 && !tooMany) lost.save()
      return struck
    }
  }
  return {
    owe,
    owed(got, { write, back }) {
      const strike = owe(write)
      const giveBack = async (): Promise<void> => {
        await got.giveBack()
        if (!strike()) back()
      }
      return taken(got.total, giveBack, false)
    },
    remind() {
      if (open.size > 0 || tooMany) lost.risk()
    },
    settle() {
      for (const one of open) {
        one.write()
        open.delete(one)
      }
      if (tooMany) lost.lose()
      else lost.save()
      tooMany = false
    },
  }
}
