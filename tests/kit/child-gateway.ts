import { spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { appendFileSync } from 'node:fs'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { removeButKeepRecords } from './keep.ts'

export const PROGRAM = resolve(import.meta.dirname, '../../gateway/cli/gongxiang.ts')

/** Nothing of this process's environment but what any program needs; logs at trace level, for the search after a run. */
const BASE = {
  PATH: process.env['PATH'] ?? '',
  LANG: 'en_US.UTF-8',
  TMPDIR: tmpdir(),
  GONGXIANG_LOG_LEVEL: 'trace',
  GONGXIANG_PORT: '0',
  GONGXIANG_CITY_PEOPLE: '60',
  GONGXIANG_GRAPHIQL_ENABLED: 'false',
} as const

type Environment = Readonly<Record<string, string>>

/** Programs that still run, and the folder of each: none may outlive the test that started it. */
const living = new Map<ChildProcess, string>()
process.once('exit', () => living.forEach((_folder, child) => child.kill('SIGKILL')))

/** A running program of ours, as its user meets it. */
export interface Child {
  readonly pid: number
  /** Standard output until now; it is kept in memory alone, because a welcome rightly names a citizen. */
  out(): string
  /** Standard error until now: the log. It is also on disk, in `err.log` of the folder. */
  err(): string
  /** Resolves with the match as soon as standard output (or `err`) has one; rejects where the program ends without. */
  printed(pattern: RegExp, stream?: 'out' | 'err'): Promise<RegExpExecArray>
  /** Exit code, or the signal that ended it. */
  readonly ended: Promise<number | NodeJS.Signals | null>
  /** Sends a signal and gives how the program ended. */
  stop(signal?: NodeJS.Signals): Promise<number | NodeJS.Signals | null>
}

/**
 * Starts `gongxiang …` as a process of its own, in `folder`; `before` are words that go before it, such as a tracer.
 *
 * @param program that of this repository, or of a copy of it
 */
export function startProgram(
  folder: string,
  args: readonly string[],
  environment: Environment = {},
  before: readonly string[] = [],
  program = PROGRAM,
): Child {
  const [command = '', ...words] = [...before, process.execPath, program, ...args]
  const child = spawn(command, words, {
    cwd: folder,
    env: { ...BASE, GONGXIANG_DATA_DIRECTORY: join(folder, 'data'), ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  living.set(child, folder)
  child.once('close', () => living.delete(child))
  let [out, err] = ['', '']
  const listeners = new Set<() => void>()
  const ended = new Promise<number | NodeJS.Signals | null>((done, reject) => {
    child.once('error', reject)
    child.once('close', (code, signal) => done(code ?? signal))
  })
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    out += text
    for (const listener of listeners) listener()
  })
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    err += text
    appendFileSync(join(folder, 'err.log'), text)
    for (const listener of listeners) listener()
  })
  return {
    pid: child.pid ?? -1,
    out: () => out,
    err: () => err,
    ended,
    printed(pattern, stream = 'out') {
      const { promise, resolve: found, reject } = Promise.withResolvers<RegExpExecArray>()
      const look = (): void => {
        const match = pattern.exec(stream === 'out' ? out : err)
        if (match) found(match)
      }
      listeners.add(look)
      look()
      const missed = (): void => reject(new Error(`ended without printing ${String(pattern)}:\n${out}\n${err}`))
      ended.then(missed, reject)
      return promise
    },
    async stop(signal = 'SIGTERM') {
      child.kill(signal)
      return ended
    },
  }
}

/** A folder of one test alone; `close` ends what was started in it, and leaves only its log and audit record. */
export interface OwnFolder {
  readonly path: string
  close(): Promise<void>
}

export async function ownFolder(): Promise<OwnFolder> {
  const path = await mkdtemp(join(tmpdir(), 'gx-child-'))
  return {
    path,
    async close() {
      const left = [...living].filter(([, folder]) => folder === path).map(([child]) => child)
      for (const child of left) child.kill('SIGKILL')
      await Promise.all(left.map((child) => once(child, 'close')))
      await removeButKeepRecords(path)
    },
  }
}

/** A gateway in a process of its own. */
export interface ChildGateway extends Child {
  /** `http://host:port`, as printed. */
  readonly url: string
}

const READY = /(?:GraphQL +|ready at )(http:\/\/[\w.[\]:]+)[\s\S]*?\n$/

/** Starts a gateway and waits until it has said that it is ready. */
export async function startChildGateway(
  folder: string,
  environment: Environment = {},
  before: readonly string[] = [],
): Promise<ChildGateway> {
  const child = startProgram(folder, ['start'], environment, before)
  const [, url = ''] = await child.printed(READY)
  return { ...child, url }
}

/** The demonstration's tokens by profile, as the welcome prints them. */
export function printedTokens(out: string): Readonly<Record<string, string>> {
  return Object.fromEntries(
    [...out.matchAll(/^([\w-]+) {2}\S+ \/ .*\n(eyJ[\w.-]+)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']),
  )
}

/** The commands to paste, as the welcome prints them. */
export function printedCommands(out: string): readonly string[] {
  return [...out.matchAll(/^curl (?:.*\\\n)+.*$/gm)].map((match) => match[0])
}

/** A GraphQL answer, as far as tests look at it. */
export interface Answer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly {
    readonly message: string
    readonly path?: readonly unknown[]
    readonly extensions: Readonly<Record<string, unknown>>
  }[]
  readonly extensions?: { readonly sharing?: Readonly<Record<string, unknown>> }
}

/** Asks a gateway as a department's application would. */
export async function askGateway(
  url: string,
  headers: Environment,
  query: string,
  variables: Readonly<Record<string, unknown>> = {},
): Promise<{ readonly status: number; readonly receipt: string | null; readonly answer: Answer }> {
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', ...headers },
    body: JSON.stringify({ query, variables }),
  })
  const answer = (await response.json()) as Answer
  return { status: response.status, receipt: response.headers.get('x-receipt'), answer }
}
