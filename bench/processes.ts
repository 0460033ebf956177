import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { readdirSync, readFileSync } from 'node:fs'
import { availableParallelism } from 'node:os'
import { setTimeout as pause } from 'node:timers/promises'

/**
 * Where a process runs: what is measured has a core for itself, as far as the machine has two. `any` is for what works in
 * several threads and is measured for that.
 */
export type Core = 'measured' | 'around' | 'any'

export interface SpawnOptions {
  readonly core: Core
  /** Arguments of Node, the program first. */
  readonly args: readonly string[]
  readonly env?: Readonly<Record<string, string>>
  readonly cwd?: string
  /** Opens a channel for messages. */
  readonly ipc?: boolean
}

/** A process of the bench; its output is kept for when it fails. */
export interface Spawned {
  readonly pid: number
  readonly child: ChildProcess
  said(): string
  /** Resolves with what its output matched. @throws Error with its output where it ends, or says nothing for long */
  printed(pattern: RegExp): Promise<RegExpExecArray>
  /** Asks it to end, and makes it where it does not. */
  stop(): Promise<void>
}

/** So many that what works in two processes can have a core for each, beside what is around it. */
export const ENOUGH_CORES = 4
const around = availableParallelism() >= ENOUGH_CORES ? '2,3' : '1'
const CORES: Readonly<Record<Core, string>> = { measured: '0', around, any: '0,1' }
/** Milliseconds for a gateway to be ready, and to end. */
const PATIENCE = 60_000
const FAREWELL = 5_000

const pins = process.platform === 'linux' && availableParallelism() > 1

/** Every process that still runs, to be ended with the bench whatever happens to it. */
const running = new Set<ChildProcess>()
process.on('exit', () => {
  for (const child of running) child.kill('SIGKILL')
})

/** Starts a Node program of this Node, pinned where the system can. */
export function spawnNode({ core, args, env = {}, cwd, ipc = false }: SpawnOptions): Spawned {
  const pinned = pins ? ['taskset', '-c', CORES[core], process.execPath] : [process.execPath]
  const [command = '', ...rest] = [...pinned, ...args]
  const child = spawn(command, rest, {
    cwd,
    env: { ...plainEnvironment(), NODE_ENV: 'production', ...env },
    stdio: ['ignore', 'pipe', 'pipe', ...(ipc ? (['ipc'] as const) : [])],
    serialization: 'advanced',
  })
  running.add(child)
  let output = ''
  const keep = (chunk: Buffer): void => {
    // A gateway that logs each error must not fill the memory of the bench.
    output = (output + chunk.toString('utf8')).slice(-20_000)
  }
  child.stdout?.on('data', keep)
  child.stderr?.on('data', keep)
  const ended = new Promise<void>((resolve) => {
    child.once('error', () => resolve())
    child.once('exit', () => resolve())
  }).then(() => void running.delete(child))
  return {
    pid: child.pid ?? 0,
    child,
    said: () => output,
    async printed(pattern) {
      const until = performance.now() + PATIENCE
      for (;;) {
        const found = pattern.exec(output)
        if (found) return found
        if (!running.has(child) || performance.now() > until) throw new Error(`${args.join(' ')}: not ready\n${output}`)
        await pause(20)
      }
    },
    async stop() {
      child.kill('SIGTERM')
      const left = AbortSignal.timeout(FAREWELL)
      left.addEventListener('abort', () => child.kill('SIGKILL'))
      await ended
    },
  }
}

/** The environment without what npm and a configured gateway put there: each process has the same. */
function plainEnvironment(): Record<string, string> {
  const kept = Object.entries(process.env).filter(([name]) => !/^(npm_|GONGXIANG_|NODE_OPTIONS$)/.test(name))
  return Object.fromEntries(kept.flatMap(([name, value]) => (value === undefined ? [] : [[name, value]])))
}

/** What the kernel says of a process and its children. */
export interface Usage {
  /** Milliseconds of CPU since its start, in steps of ten. */
  readonly cpuMs: number
  /** Resident bytes now and at most. */
  readonly rssBytes: number
  readonly peakBytes: number
}

/** Read from outside: asking the process itself would be measured with it. Zero where there is no /proc. */
export function usageOf(pid: number): Usage {
  const all = [pid, ...childrenOf(pid)].map(usageOfOne)
  const sum = (of: (one: Usage) => number): number => all.reduce((total, one) => total + of(one), 0)
  return {
    cpuMs: sum((one) => one.cpuMs),
    rssBytes: sum((one) => one.rssBytes),
    peakBytes: sum((one) => one.peakBytes),
  }
}

/** Kernel ticks are a hundredth of a second on every Linux that Node runs on. */
const TICK_MS = 10

function usageOfOne(pid: number): Usage {
  const stat = textOf(`/proc/${pid}/stat`)
  // The name of a process may hold anything, blanks too: fields are counted from behind it.
  const fields = stat.slice(stat.lastIndexOf(')') + 2).split(' ')
  const status = textOf(`/proc/${pid}/status`)
  const kilobytes = (name: string): number => Number(new RegExp(`^${name}:\\s+(\\d+) kB`, 'm').exec(status)?.[1] ?? 0)
  return {
    cpuMs: (Number(fields[11] ?? 0) + Number(fields[12] ?? 0)) * TICK_MS,
    rssBytes: kilobytes('VmRSS') * 1024,
    peakBytes: kilobytes('VmHWM') * 1024,
  }
}

function childrenOf(pid: number): readonly number[] {
  const children = tasksOf(pid).flatMap((task) => textOf(`/proc/${pid}/task/${task}/children`).split(' '))
  const direct = children.map(Number).filter((one) => one > 0)
  return direct.flatMap((one) => [one, ...childrenOf(one)])
}

function tasksOf(pid: number): readonly string[] {
  try {
    return readdirSync(`/proc/${pid}/task`)
  } catch {
    return []
  }
}

function textOf(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    return ''
  }
}
