import { readFileSync } from 'node:fs'
import { isIP } from 'node:net'
import iconv from 'iconv-lite'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

/** The kinds of database servers that are read. */
export type SqlServer = 'POSTGRES' | 'MYSQL' | 'MSSQL'

/** How gently a department's database is used. */
export interface SqlLimits {
  /** Connections at most. */
  readonly connections: number
  /** Milliseconds until the server itself ends a statement. */
  readonly statementTimeout: number
  /** Milliseconds to wait for a connection, whether it is opened or another one must become free. */
  readonly connectTimeout: number
}

/** Encryption of the connections; the server's certificate is verified unless the address says otherwise. */
export interface SqlTls {
  readonly rejectUnauthorized: boolean
  /** Certificates in PEM: the authority of the server, where it is none of the usual ones, and our own with its key. */
  readonly ca?: string
  readonly cert?: string
  readonly key?: string
}

/** Where a database is, and how it is used. Holds a password: never printed, never part of a message. */
export interface SqlAddress {
  readonly server: SqlServer
  readonly host: string
  readonly port: number
  readonly user: string
  readonly password: string
  readonly database: string
  readonly tls: SqlTls | null
  /** What the bytes in columns that the server takes for latin1 really are; null where it is right. */
  readonly encoding: string | null
  readonly limits: SqlLimits
}

const SCHEMES: Readonly<Record<string, SqlServer>> = {
  'postgres:': 'POSTGRES',
  'postgresql:': 'POSTGRES',
  'mysql:': 'MYSQL',
  'mariadb:': 'MYSQL',
  'mssql:': 'MSSQL',
  'sqlserver:': 'MSSQL',
}
const PORTS: Readonly<Record<SqlServer, number>> = { POSTGRES: 5432, MYSQL: 3306, MSSQL: 1433 }
const GENTLE: SqlLimits = { connections: 4, statementTimeout: 3000, connectTimeout: 2000 }
const PARAMETERS = [
  'ssl',
  'sslmode',
  'sslca',
  'sslrootcert',
  'sslcert',
  'sslkey',
  'encoding',
  'connections',
  'statementTimeout',
  'connectTimeout',
] as const
type Parameters = Readonly<Partial<Record<(typeof PARAMETERS)[number], string>>>

/**
 * Reads the address of a database. Parameters after `?`:
 * - `ssl`: `true` verifies the server's certificate and name, `no-verify` encrypts alone, `false` (the default) does
 *   not; PostgreSQL's `sslmode` is understood as well, and its `require` verifies too
 * - `sslca` (or `sslrootcert`), `sslcert`, `sslkey`: PEM files
 * - `encoding`, of MySQL and MariaDB: what columns declared as latin1 really hold, e.g. `gbk`
 * - `connections`, `statementTimeout`, `connectTimeout`: a count and milliseconds
 *
 * @throws Failure `SOURCE_UNAVAILABLE`, which quotes nothing of an address but its scheme and the name of a parameter
 */
export function sqlAddress(text: string): SqlAddress {
  if (!URL.canParse(text)) throw bad('is no address')
  const url = new URL(text)
  const server = SCHEMES[url.protocol]
  if (server === undefined) throw bad(`has a scheme that is none of ${Object.keys(SCHEMES).join(' ')}`)
  if (url.hostname === '') throw bad('names no host')
  const given = parametersOf(url)
  const host = url.hostname.replaceAll(/^\[|\]$/g, '')
  const tls = tlsOf(given)
  // Its driver would compare the certificate with the name "localhost".
  if (server === 'MYSQL' && tls?.rejectUnauthorized === true && isIP(host) !== 0)
    throw bad('names its host by number: the certificate of MySQL and MariaDB is verified by name')
  return {
    server,
    host,
    port: url.port === '' ? PORTS[server] : Number(url.port),
    user: decoded(url.username),
    password: decoded(url.password),
    database: decoded(url.pathname.slice(1)),
    tls,
    encoding: encodingOf(server, given),
    limits: {
      connections: wholeNumber(given, 'connections', GENTLE.connections, 64),
      statementTimeout: wholeNumber(given, 'statementTimeout', GENTLE.statementTimeout, 600_000),
      connectTimeout: wholeNumber(given, 'connectTimeout', GENTLE.connectTimeout, 60_000),
    },
  }
}

/** A misspelt parameter must not be passed over: it could be the one that encrypts. */
function parametersOf({ searchParams }: URL): Parameters {
  const given = [...searchParams].map(([name, value]) => {
    const known = PARAMETERS.find((one) => one === name)
    if (known === undefined) throw bad(`has a parameter that is none of ${PARAMETERS.join(' ')}`)
    return [known, value] as const
  })
  return Object.fromEntries(given)
}

function decoded(part: string): string {
  try {
    return decodeURIComponent(part)
  } catch {
    throw bad('has a % that is no escape; write it as %25')
  }
}

const TLS_MODES: Readonly<Record<string, 'OFF' | 'VERIFY' | 'ENCRYPT'>> = {
  false: 'OFF',
  disable: 'OFF',
  true: 'VERIFY',
  require: 'VERIFY',
  'verify-ca': 'VERIFY',
  'verify-full': 'VERIFY',
  'no-verify': 'ENCRYPT',
}

function tlsOf({ ssl, sslmode, sslca, sslrootcert, sslcert, sslkey }: Parameters): SqlTls | null {
  const files = { ca: sslca ?? sslrootcert, cert: sslcert, key: sslkey }
  const named = Object.values(files).some((file) => file !== undefined)
  const mode = TLS_MODES[ssl ?? sslmode ?? (named ? 'true' : 'false')]
  if (mode === undefined) throw bad(`has an ssl that is none of ${Object.keys(TLS_MODES).join(' ')}`)
  if (mode === 'OFF') {
    if (named) throw bad('names certificates and turns encryption off')
    return null
  }
  const read = Object.entries(files).flatMap(([name, file]): readonly [string, string][] =>
    file === undefined ? [] : [[name, pem(file)]],
  )
  return { rejectUnauthorized: mode === 'VERIFY', ...Object.fromEntries(read) }
}

function pem(file: string): string {
  try {
    return readFileSync(file, 'utf8')
  } catch {
    throw bad('names a certificate or key that cannot be read')
  }
}

function encodingOf(server: SqlServer, { encoding }: Parameters): string | null {
  if (encoding === undefined) return null
  if (server !== 'MYSQL') throw bad('has an encoding, which only MySQL and MariaDB have')
  if (!iconv.encodingExists(encoding)) throw bad('has an encoding that is not known')
  return encoding
}

function wholeNumber(given: Parameters, name: keyof SqlLimits, usual: number, most: number): number {
  const text = given[name]
  if (text === undefined) return usual
  const value = /^\d{1,9}$/.test(text) ? Number(text) : 0
  if (value < 1 || value > most) throw bad(`has a ${name} that is no whole number from 1 to ${most}`)
  return value
}

function bad(what: string): Failure {
  return new Failure('SOURCE_UNAVAILABLE', { detail: `The address of a database (databaseUrl) ${what}` })
}
