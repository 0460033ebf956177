/** What a fetch under way brings for each of its entities. */
export interface Flight<Item, Landing> {
  /** Adds an item before the flight starts; gives its place. Whoever asks for the name meanwhile finds the flight. */
  add(name: string, item: Item): number
  readonly names: readonly string[]
  readonly items: readonly Item[]
  /** Aborted once nobody waits any more. */
  readonly signal: AbortSignal
  /** Whether somebody else than who started it waits, or has waited. */
  readonly shared: boolean
  start(fly: (flight: Flight<Item, Landing>) => Promise<Landing>): void
  /** Nobody finds it from now on, so that `shared` stays what it is. Done at its end at the latest. */
  land(): void
  /** Waits with the others; rejects at once when this one goes, which the others do not notice. */
  wait(signal: AbortSignal): Promise<Landing>
}

/** What is under way, by name: who asks for the same meanwhile waits for it and does not ask again. */
export interface Flights<Item, Landing> {
  find(name: string): { readonly flight: Flight<Item, Landing>; readonly place: number } | null
  /** A new flight, with nothing on board. */
  board(): Flight<Item, Landing>
  /** Names under way. */
  readonly size: number
}

export function createFlights<Item, Landing>(): Flights<Item, Landing> {
  const places = new Map<string, { readonly flight: Flight<Item, Landing>; readonly place: number }>()

  const board = (): Flight<Item, Landing> => {
    const names: string[] = []
    const items: Item[] = []
    const control = new AbortController()
    let landing: Promise<Landing> | null = null
    let landed = false
    let waiting = 0
    let ever = 0
    const leave = (): void => {
      for (const name of names) if (places.get(name)?.flight === flight) places.delete(name)
    }
    const depart = (): void => {
      waiting -= 1
      if (waiting > 0 || landed) return
      // Nobody may join what is given up.
      leave()
      control.abort()
    }
    const flight: Flight<Item, Landing> = {
      names,
      items,
      signal: control.signal,
      get shared() {
        return ever > 1
      },
      add(name, item) {
        const place = names.push(name) - 1
        items.push(item)
        places.set(name, { flight, place })
        return place
      },
      land: leave,
      start(fly) {
        landing = fly(flight).finally(() => {
          landed = true
          leave()
        })
        // Each who waits is told; with nobody left there is nobody to tell.
        landing.catch(() => undefined)
      },
      wait(signal) {
        waiting += 1
        ever += 1
        if (landing === null) throw new Error('a flight that was not started')
        return untilGone(landing, signal).finally(depart)
      },
    }
    return flight
  }
  return {
    find: (name) => places.get(name) ?? null,
    board,
    get size() {
      return places.size
    },
  }
}

/** The promise, or a rejection as soon as the signal is aborted. */
function untilGone<T>(promise: Promise<T>, signal: AbortSignal): Promise<T> {
  if (signal.aborted) return Promise.reject(new Error('nobody waits'))
  const gone = Promise.withResolvers<never>()
  const stop = (): void => gone.reject(new Error('nobody waits'))
  signal.addEventListener('abort', stop, { once: true })
  return Promise.race([promise, gone.promise]).finally(() => signal.removeEventListener('abort', stop))
}
