import { parentPort } from 'node:worker_threads'
import { told } from '../../gateway/adapters/planner-messages.ts'
import type { ToWorker } from '../../gateway/adapters/planner-messages.ts'
import { Failure } from '../../gateway/vocabulary/failure.ts'

/*
 * In place of the planner's thread: does what the only field of an operation says, so that what a real planner does
 * once in years can be seen.
 */

const hoard: unknown[] = []
let turns = 0

function answer(message: ToWorker): void {
  const { id, text } = message
  if (text.includes('crash')) process.exit(3)
  while (text.includes('forever')) turns += 1
  if (text.includes('hoard')) for (;;) hoard.push(Array.from({ length: 1_000 }, () => ({ more: id })))
  if (text.includes('fail')) {
    const error = told(new Failure('LIMIT_EXCEEDED', { clause: 'ZS-4.03', detail: { zh: '甲', en: 'a' } }))
    parentPort?.postMessage({ kind: 'failed', id, error })
    return
  }
  const said = text.includes('environment') ? Object.keys(process.env) : message
  // A plan that fetches nothing, and holds what is to be told.
  const plan = { kind: 'condition', variable: JSON.stringify(said), yes: null, no: null }
  parentPort?.postMessage({ kind: 'planned', id, plan: JSON.stringify(plan) })
}

parentPort?.on('message', answer)
parentPort?.postMessage({ kind: 'ready' })
