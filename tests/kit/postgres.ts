import { execFile, execFileSync } from 'node:child_process'
import { existsSync, readdirSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { promisify } from 'node:util'
import { freePort } from './free-port.ts'
import { keepText } from './keep.ts'

const run = promisify(execFile)

/** A PostgreSQL server of one test alone, which logs every statement. */
export interface PrivatePostgres {
  readonly url: string
  /** The server's own log until now. */
  log(): string
  /** Stops the server at once, as a crash would. */
  stop(): Promise<void>
  /** Starts it again, on the same port, over the same data. */
  restart(): Promise<void>
  /** Stops it and removes its files. */
  close(): Promise<void>
}

/**
 * Starts a private server in a temporary folder, on a free port of 127.0.0.1.
 * Without server binaries: an error in CI, elsewhere null and a loud message, so that nobody believes it ran.
 */
export async function startPostgres(): Promise<PrivatePostgres | null> {
  const binaries = binaryFolder()
  if (binaries === null) {
    const message = 'No PostgreSQL server binaries (initdb, pg_ctl): the PostgreSQL tests cannot run'
    if (process.env['CI'] === 'true') throw new Error(message)
    process.stderr.write(`\n${'!'.repeat(100)}\n!! SKIPPED: ${message}\n${'!'.repeat(100)}\n`)
    return null
  }
  const folder = await mkdtemp(join(tmpdir(), 'gx-pg-'))
  // Tables and statements of a department: it knows its persons by name.
  await writeFile(join(folder, '.department-data'), '')
  const owner = serverUser()
  if (owner !== null) await chown(folder, owner.uid, owner.gid)
  return start({ binaries, folder, as: { ...owner, cwd: folder } })
}

interface Place {
  readonly binaries: string
  readonly folder: string
  /** The server refuses to run as root. */
  readonly as: { readonly uid?: number; readonly gid?: number; readonly cwd: string }
}

async function start({ binaries, folder, as }: Place): Promise<PrivatePostgres> {
  const [data, log, port] = [join(folder, 'data'), join(folder, 'log'), await freePort()]
  const initdb = ['-D', data, '-U', 'gx', '-A', 'trust', '-E', 'UTF8', '--locale=C', '--no-sync']
  await run(join(binaries, 'initdb'), initdb, as)
  const settings = [
    `-p ${port} -k ${folder} -c listen_addresses=127.0.0.1 -c fsync=off -c log_statement=all`,
    "-c log_destination=stderr -c logging_collector=off -c log_line_prefix='%m [%p] ' -c timezone=UTC -c log_timezone=UTC",
  ]
  const pgCtl = join(binaries, 'pg_ctl')
  const stopArguments = ['-D', data, '-m', 'immediate', 'stop']
  // A test process that ends early must not leave a server behind.
  const emergency = (): void => void execFileSync(pgCtl, stopArguments, { ...as, stdio: 'ignore' })
  const begin = async (): Promise<void> => {
    await run(pgCtl, ['-D', data, '-l', log, '-o', settings.join(' '), '-w', '-t', '60', 'start'], as)
    process.once('exit', emergency)
  }
  const stop = async (): Promise<void> => {
    process.removeListener('exit', emergency)
    if (existsSync(join(data, 'postmaster.pid'))) await run(pgCtl, stopArguments, as)
  }
  await begin()
  return {
    url: `postgres://gx@127.0.0.1:${port}/postgres`,
    log: () => readFileSync(log, 'utf8'),
    stop,
    restart: begin,
    async close() {
      await stop()
      await keepText('postgres', governanceStatements(readFileSync(log, 'utf8')))
      await rm(folder, { recursive: true, force: true })
    },
  }
}

function binaryFolder(): string | null {
  const debian = '/usr/lib/postgresql'
  const versions = existsSync(debian) ? readdirSync(debian).toSorted((a, b) => Number(b) - Number(a)) : []
  const folders = [
    ...versions.map((version) => join(debian, version, 'bin')),
    ...(process.env['PATH'] ?? '').split(delimiter),
  ]
  return (
    folders.find((folder) => ['initdb', 'pg_ctl', 'postgres'].every((name) => existsSync(join(folder, name)))) ?? null
  )
}

function serverUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'postgres') ?? users.find(([name]) => name === 'nobody')
  if (user === undefined) throw new Error('PostgreSQL cannot run as root, and there is no user postgres or nobody')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}

/** Tables of the governance store: nothing of a person may ever have been in them. */
const GOVERNANCE = /\b(audit_|alarm|watched_subject|store_fact)/

/**
 * Of a server's log, the statements about the governance store with the values that they were given, removed rows and all:
 * a dump would show only what was left. What departments' tables were asked is left out.
 */
export function governanceStatements(log: string): string {
  const entries = log.split(/^(?=\d{4}-\d{2}-\d{2} [\d:.]+ UTC \[\d+\] )/m)
  const kept: string[] = []
  const wanted = new Set<string>()
  for (const entry of entries) {
    const [, process = '', kind = ''] = /^\S+ \S+ UTC \[(\d+)\] (\w+):/.exec(entry) ?? []
    // The values of a statement follow it, of the same server process.
    const goesOn = kind === 'DETAIL' || kind === 'STATEMENT' || kind === 'CONTEXT'
    const one = goesOn ? wanted.has(process) || GOVERNANCE.test(entry) : GOVERNANCE.test(entry)
    if (one) kept.push(entry)
    if (!goesOn) wanted[one ? 'add' : 'delete'](process)
  }
  return kept.join('')
}
