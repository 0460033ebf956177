import type { Config } from '../config/config.ts'
import { startGateway } from '../main.ts'
import { giveBackMemory } from '../start/give-back.ts'
import type { RunningGateway } from '../main.ts'
import { createCountChannel } from './count-channel.ts'
import type { ToProcess, ToSupervisor } from './process-messages.ts'
import { createProgress, SILENT_PROGRESS } from './progress.ts'
import { printFailure, terminalLanguage } from './terminal.ts'

/*
 * One of several gateway processes: started by processes.ts alone, which tells it everything by messages. It ends when
 * it is told to, when it is sent SIGTERM, and when its supervisor is gone; each time it lets running requests finish.
 */

let starting: Promise<RunningGateway | null> | null = null
let ending = false

/** False where the supervisor is gone. */
function send(message: ToSupervisor): boolean {
  if (!process.connected) return false
  process.send?.(message, undefined, {}, () => undefined)
  return true
}

const counts = createCountChannel((id, asks) => send({ kind: 'count', id, asks }))

async function begin(number: number, config: Config, spoken: boolean): Promise<RunningGateway | null> {
  try {
    const progress = spoken ? createProgress(terminalLanguage(process.env)) : SILENT_PROGRESS
    const gateway = await startGateway(config, progress, { process: { number, counts: counts.ask } })
    giveBackMemory()
    const { url, port, graphiql } = gateway
    send({ kind: 'ready', url, port, graphiql })
    return gateway
  } catch (error) {
    process.exitCode = 1
    printFailure(error)
    send({ kind: 'failed' })
    disconnect()
    return null
  }
}

async function look(id: number): Promise<void> {
  const gateway = await starting
  if (gateway === null) return
  send({ kind: 'seen', id, readiness: await gateway.readiness(), families: gateway.families() })
}

async function end(): Promise<void> {
  if (ending) return
  ending = true
  try {
    await (await starting)?.stop()
  } catch {
    // What could not be closed in order is in the log; the exit code says so to the supervisor.
    process.exitCode = 1
  }
  disconnect()
}

/** Without its channel nothing keeps the process alive any more. */
function disconnect(): void {
  if (process.connected) process.disconnect?.()
}

// The supervisor is the only one at the other end.
process.on('message', (received: unknown) => {
  const message = received as ToProcess
  switch (message.kind) {
    case 'begin':
      starting ??= begin(message.number, message.config, message.spoken)
      return
    case 'counted':
      return counts.answered(message.id, message.answers)
    case 'look':
      return void look(message.id)
    case 'stop':
      return void end()
  }
})
process.on('disconnect', () => void end())
process.on('SIGTERM', () => void end())
// A terminal sends these to all of its processes: the supervisor alone obeys, and tells the others.
for (const signal of ['SIGINT', 'SIGHUP'] as const) process.on(signal, () => undefined)
send({ kind: 'hello' })
