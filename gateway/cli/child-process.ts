import { fork } from 'node:child_process'
import { fileURLToPath } from 'node:url'
import type { CountAnswer, CountAsk } from '../adapters/counters-leased.ts'
import type { Config } from '../config/config.ts'
import type { Readiness } from '../http/server.ts'
import type { Family } from '../observe/metrics/family.ts'
import type { ToProcess, ToSupervisor } from './process-messages.ts'
import { CommandFault } from './terminal.ts'

const PROGRAM = fileURLToPath(new URL('process.ts', import.meta.url))

/** Milliseconds that a process may take to say how it is. */
const LOOK = 2_000

/** What a process says of itself when it is asked. */
export interface Looked {
  readonly readiness: Readiness
  readonly families: readonly Family[]
}

/** What a process told when it was ready. */
export interface ReadyProcess {
  readonly url: string
  readonly port: number
  readonly graphiql: boolean
}

/** One gateway process, as its supervisor has it. */
export interface ChildProcess {
  readonly pid: number
  /** Resolves when it serves; rejects with what it was refused for, or when it ends before. */
  readonly ready: Promise<ReadyProcess>
  /** How it ended: its exit code, or the signal. Never rejects. */
  readonly ended: Promise<number | NodeJS.Signals>
  isRunning(): boolean
  /** How it is; null where it does not say so in time. */
  look(): Promise<Looked | null>
  /** Has it finish what is under way and end. */
  stop(): void
  kill(): void
}

/** What a process is started with. */
export interface ChildOptions {
  readonly number: number
  readonly config: Config
  /** Whether it tells its steps to the person at the terminal. */
  readonly spoken: boolean
  readonly count: (ask: CountAsk) => CountAnswer
}

/** Starts one process; its log goes where the supervisor's goes. */
export function startChild({ number, config, spoken, count }: ChildOptions): ChildProcess {
  // By structured clones: a metric may be infinite, which JSON does not know.
  const child = fork(PROGRAM, [], { stdio: ['ignore', 'inherit', 'inherit', 'ipc'], serialization: 'advanced' })
  const ready = Promise.withResolvers<ReadyProcess>()
  const ended = Promise.withResolvers<number | NodeJS.Signals>()
  const looks = createLooks()
  // Whoever waits for it to be ready is told; whoever does not must not be stopped by it.
  ready.promise.catch(() => undefined)

  const send = (message: ToProcess): void => {
    // One that has just gone is told nothing; that it is gone is seen by its end.
    if (child.connected) child.send(message, () => undefined)
  }
  const take = (message: ToSupervisor): void => {
    switch (message.kind) {
      case 'hello':
        return send({ kind: 'begin', number, config, spoken })
      case 'ready':
        return ready.resolve({ url: message.url, port: message.port, graphiql: message.graphiql })
      case 'failed':
        return ready.reject(new CommandFault(`process ${number} cannot start`))
      case 'count':
        return send({ kind: 'counted', id: message.id, answers: message.asks.map(count) })
      case 'seen': {
        const { readiness, families } = message
        return looks.settle(message.id, { readiness, families })
      }
    }
  }
  // The program is ours, and nobody else has this channel.
  child.on('message', (message: unknown) => take(message as ToSupervisor))
  child.once('error', (error) => {
    ready.reject(error)
    ended.resolve(1)
  })
  child.once('exit', (code, signal) => {
    ready.reject(new CommandFault(`process ${number} ended before it was ready (${signal ?? code})`))
    ended.resolve(signal ?? code ?? 1)
    looks.settleAll()
  })
  return {
    pid: child.pid ?? -1,
    ready: ready.promise,
    ended: ended.promise,
    isRunning: () => child.exitCode === null && child.signalCode === null,
    look: () => looks.open((id) => send({ kind: 'look', id })),
    stop: () => send({ kind: 'stop' }),
    kill: () => void child.kill('SIGKILL'),
  }
}

/** Questions to a process that wait for their answer, each for a while. */
function createLooks() {
  const waiting = new Map<number, (looked: Looked | null) => void>()
  let next = 1
  const settle = (id: number, looked: Looked | null): void => waiting.get(id)?.(looked)
  return {
    open(ask: (id: number) => void): Promise<Looked | null> {
      const id = next++
      return new Promise((resolve) => {
        const timer = setTimeout(() => settle(id, null), LOOK)
        waiting.set(id, (looked) => {
          clearTimeout(timer)
          waiting.delete(id)
          resolve(looked)
        })
        ask(id)
      })
    },
    settle,
    settleAll(): void {
      for (const id of waiting.keys()) settle(id, null)
    },
  }
}
