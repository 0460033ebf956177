import { execFile, spawn } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { chown, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { delimiter, join } from 'node:path'
import { setTimeout as pause } from 'node:timers/promises'
import { promisify } from 'node:util'
import { createConnection } from 'mysql2/promise'
import { freePort } from './free-port.ts'

const runFile = promisify(execFile)
const START_LIMIT = 60_000

/** A MariaDB server of one test alone, which logs every statement. */
export interface PrivateMariadb {
  /** Of the user `gx`, who may only read, in the database `gx`. */
  readonly url: string
  /** Of the administrator, for tables and for what goes on in the server. */
  readonly adminUrl: string
  /** Runs statements as the administrator. */
  run(...statements: readonly string[]): Promise<void>
  /** The server's own log of statements until now. */
  log(): string
  /** Stops the server at once, as a crash would. */
  stop(): Promise<void>
  /** Starts it again, on the same port, over the same data. */
  restart(): Promise<void>
  /** SIGSTOP and SIGCONT: connected, but answering nothing. */
  freeze(): void
  thaw(): void
  /** Stops it and removes its files. */
  close(): Promise<void>
}

/**
 * Starts a private server in a temporary folder, on a free port of 127.0.0.1.
 * Without server binaries: an error in CI, elsewhere null and a loud message, so that nobody believes it ran.
 *
 * @param settings further arguments of mariadbd
 */
export async function startMariadb(...settings: readonly string[]): Promise<PrivateMariadb | null> {
  const [server, install] = [binary('mariadbd'), binary('mariadb-install-db')]
  if (server === null || install === null) {
    const message = 'No MariaDB server binaries (mariadbd, mariadb-install-db): the MariaDB tests cannot run'
    if (process.env['CI'] === 'true') throw new Error(message)
    process.stderr.write(`\n${'!'.repeat(100)}\n!! SKIPPED: ${message}\n${'!'.repeat(100)}\n`)
    return null
  }
  const folder = await mkdtemp(join(tmpdir(), 'gx-mariadb-'))
  // Tables and statements of a department: it knows its persons by name.
  await writeFile(join(folder, '.department-data'), '')
  const owner = serverUser()
  if (owner !== null) await chown(folder, owner.uid, owner.gid)
  const as = { ...owner, cwd: folder }
  const data = join(folder, 'data')
  const small = [
    '--no-defaults',
    `--datadir=${data}`,
    `--tmpdir=${folder}`,
    '--innodb-log-file-size=4M',
    '--innodb-flush-log-at-trx-commit=0',
  ]
  await runFile(install, [...small, '--auth-root-authentication-method=normal', '--skip-test-db'], as)
  return start({ server, folder, as, settings: [...small, ...settings] })
}

interface Place {
  readonly server: string
  readonly folder: string
  /** The server refuses to run as root. */
  readonly as: { readonly uid?: number; readonly gid?: number; readonly cwd: string }
  readonly settings: readonly string[]
}

async function start({ server, folder, as, settings }: Place): Promise<PrivateMariadb> {
  const [log, port] = [join(folder, 'log'), await freePort()]
  const [url, adminUrl] = [`mysql://gx@127.0.0.1:${port}/gx`, `mysql://root@127.0.0.1:${port}/mysql`]
  const words = [
    ...settings,
    `--port=${port}`,
    '--bind-address=127.0.0.1',
    `--socket=${join(folder, 'socket')}`,
    `--pid-file=${join(folder, 'pid')}`,
    '--general-log=1',
    `--general-log-file=${log}`,
    '--innodb-buffer-pool-size=16M',
    '--performance-schema=OFF',
    '--skip-name-resolve',
  ]
  let child: ChildProcess | null = null
  // A test process that ends early must not leave a server behind.
  const emergency = (): void => void child?.kill('SIGKILL')
  const begin = async (): Promise<void> => {
    const [command = server, ...rest] = [...bound(), server, ...words]
    child = spawn(command, rest, { ...as, stdio: 'ignore' })
    process.once('exit', emergency)
    await answers(adminUrl, child)
  }
  const stop = async (): Promise<void> => {
    process.removeListener('exit', emergency)
    const ending = child
    child = null
    if (ending === null || ending.exitCode !== null) return
    const ended = new Promise((resolve) => ending.once('exit', resolve))
    ending.kill('SIGKILL')
    await ended
  }
  const running = {
    url,
    adminUrl,
    run: (...statements: readonly string[]) => asAdministrator(adminUrl, statements),
    log: () => (existsSync(log) ? readFileSync(log, 'utf8') : ''),
    stop,
    restart: begin,
    freeze: () => void child?.kill('SIGSTOP'),
    thaw: () => void child?.kill('SIGCONT'),
    async close() {
      await stop()
      await rm(folder, { recursive: true, force: true })
    },
  }
  await begin()
  await running.run(
    'create database gx character set utf8mb4',
    "create user gx@'127.0.0.1'",
    "grant select on gx.* to gx@'127.0.0.1'",
  )
  return running
}

async function answers(url: string, child: ChildProcess): Promise<void> {
  const until = performance.now() + START_LIMIT
  for (;;) {
    if (child.exitCode !== null) throw new Error(`mariadbd ended with ${child.exitCode}`)
    try {
      return await asAdministrator(url, ['select 1'])
    } catch (error) {
      if (performance.now() > until) throw error
      await pause(50)
    }
  }
}

async function asAdministrator(url: string, statements: readonly string[]): Promise<void> {
  const connection = await createConnection({ uri: url, charset: 'utf8mb4' })
  try {
    // Not every server heeds what was asked for when the connection was made.
    for (const statement of ['set names utf8mb4', ...statements]) await connection.query(statement)
  } finally {
    connection.destroy()
  }
}

/** Words before a command, by which it ends with whoever started it, also where that one is killed. */
function bound(): readonly string[] {
  const setpriv = process.platform === 'linux' ? binary('setpriv') : null
  return setpriv === null ? [] : [setpriv, '--pdeathsig', 'KILL']
}

function binary(name: string): string | null {
  const folders = [...(process.env['PATH'] ?? '').split(delimiter), '/usr/sbin', '/usr/local/sbin']
  return folders.map((folder) => join(folder, name)).find((path) => existsSync(path)) ?? null
}

function serverUser(): { readonly uid: number; readonly gid: number } | null {
  if (process.getuid?.() !== 0) return null
  const users = readFileSync('/etc/passwd', 'utf8')
    .split('\n')
    .map((line) => line.split(':'))
  const user = users.find(([name]) => name === 'mysql') ?? users.find(([name]) => name === 'nobody')
  if (user === undefined) throw new Error('MariaDB cannot run as root, and there is no user mysql or nobody')
  return { uid: Number(user[2]), gid: Number(user[3]) }
}
