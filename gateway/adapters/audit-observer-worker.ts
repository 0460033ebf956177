import { parentPort, workerData } from 'node:worker_threads'
import { runObserver } from '../governance/index/run-observer.ts'
import { connectGovernanceStore } from '../governance/store/store.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { openAlarms } from './alarms.ts'
import type { FromObserver, ObserverData } from './audit-observer-messages.ts'
import { chainSources } from './governance-chains.ts'

/*
 * The entry of the observer's thread: copying records costs the threads that answer nothing. It publishes nothing
 * itself, as nobody listens here; what it has to say it tells the thread that started it.
 */

const { address, directory, acknowledged, alarms: data } = workerData as ObserverData
const durable = new BigInt64Array(acknowledged)
const stopping = new AbortController()
const send = (message: FromObserver): void => parentPort?.postMessage(message)

// All that is ever said to it is to stop.
parentPort?.once('message', () => stopping.abort())

const store = connectGovernanceStore(address, { connections: 2 })
const alarms =
  data === null
    ? null
    : openAlarms({
        data,
        store,
        clock: systemClock,
        tell: (notice) => send({ kind: 'alarm', notice }),
        failed: (where, error) => send({ kind: 'trouble', where, code: codeOf(error) }),
      })
await runObserver({
  store,
  sources: () => chainSources(directory),
  clock: systemClock,
  watch: alarms,
  acknowledged: () => Number(Atomics.load(durable, 0)),
  stopping: stopping.signal,
  tell: {
    status: (ok, lags) => send({ kind: 'status', ok, lags }),
    failing: (error) => send({ kind: 'failing', code: codeOf(error) }),
    recovered: () => send({ kind: 'recovered' }),
    found: (chain, found) => send({ kind: 'found', chain, found }),
  },
})
await alarms?.close()
await store.close()
parentPort?.close()

/** The code of an error, or of what caused it; its message may quote an address. */
function codeOf(error: unknown): string | null {
  if (!(error instanceof Error)) return null
  if (error.cause instanceof Error) return codeOf(error.cause)
  return 'code' in error && typeof error.code === 'string' ? error.code : null
}
