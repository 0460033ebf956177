import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'

/** V8's own collection, as `--expose-gc` offers it. */
type Collect = (options: { readonly type: 'major'; readonly execution: 'sync'; readonly flavor: 'last-resort' }) => void

/**
 * Gives back to the machine what only the start needed: texts, syntax trees and schemas on the way to the one that serves
 * take more room than the gateway itself, and V8 would keep it for later. Takes a few hundred milliseconds, before anybody
 * is told that the gateway is ready.
 */
export function giveBackMemory(): void {
  setFlagsFromString('--expose-gc')
  const collect: unknown = runInNewContext('gc')
  // Another runtime may have no such thing.
  if (typeof collect !== 'function') return
  const run = collect as Collect
  run({ type: 'major', execution: 'sync', flavor: 'last-resort' })
}
