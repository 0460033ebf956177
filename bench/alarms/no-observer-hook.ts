import { createRequire, syncBuiltinESMExports } from 'node:module'
import { isMainThread } from 'node:worker_threads'
import type * as Threads from 'node:worker_threads'

/*
 * Loaded before the gateway (`--import`): the thread that copies the record starts and does nothing. No setting of the
 * product does this; the bench prices the index and the alarms by it.
 */

/** Waits to be told to end, as the real one does. */
const IDLE = "import{parentPort}from'node:worker_threads';parentPort.once('message',()=>parentPort.close())"

if (isMainThread) {
  const threads = createRequire(import.meta.url)('node:worker_threads') as typeof Threads
  const { Worker } = threads
  threads.Worker = class extends Worker {
    constructor(entry: string | URL, options: ConstructorParameters<typeof Worker>[1]) {
      const isObserver = String(entry).endsWith('/audit-observer-worker.ts')
      super(isObserver ? new URL(`data:text/javascript,${encodeURIComponent(IDLE)}`) : entry, options)
    }
  }
  syncBuiltinESMExports()
}
