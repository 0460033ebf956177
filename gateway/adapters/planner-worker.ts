import { parentPort, workerData } from 'node:worker_threads'
import type { OperationDefinitionNode } from 'graphql'
import { Kind, parse } from 'graphql'
import { createApolloPlanner } from '../compile/apollo-planner.ts'
import { told } from './planner-messages.ts'
import type { FromWorker, ToWorker } from './planner-messages.ts'

/*
 * The entry of the planner's thread: it is given a supergraph and pruned operations, and nothing else of a request.
 * Planning is synchronous, so it does one operation after the other; what takes too long is ended from outside.
 */

const { supergraphSdl } = workerData as { readonly supergraphSdl: string }
const planner = createApolloPlanner(supergraphSdl)
const send = (message: FromWorker): void => parentPort?.postMessage(message)

parentPort?.on('message', ({ id, text }: ToWorker) => void answer(id, text))
send({ kind: 'ready' })

async function answer(id: number, text: string): Promise<void> {
  try {
    send({ kind: 'planned', id, plan: JSON.stringify(await planner.plan(operationOf(text))) })
  } catch (error) {
    send({ kind: 'failed', id, error: told(error) })
  }
}

function operationOf(text: string): OperationDefinitionNode {
  const [operation] = parse(text, { noLocation: true }).definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('what is planned is one operation')
  return operation
}
