import { Failure } from '../../../gateway/vocabulary/failure.ts'

/** What is used of tedious, the driver for SQL Server, which an installation adds where it needs it. */
export interface Tedious {
  readonly Connection: new (settings: object) => TediousConnection
  readonly Request: new (sql: string, done: (error?: Error | null) => void) => TediousRequest
  readonly TYPES: { readonly VarChar: unknown; readonly NVarChar: unknown }
}

/** A connection, opened by `connect`, that runs one statement at a time. */
export interface TediousConnection {
  readonly closed?: boolean
  connect(done: (error?: Error) => void): void
  on(event: 'error' | 'end', listener: () => void): unknown
  execSql(request: TediousRequest): void
  /** Asks the server to end the statement under way. */
  cancel(): boolean
  close(): void
}

/** One statement; a row is told as soon as it comes. */
export interface TediousRequest {
  addParameter(name: string, type: unknown, value: string): void
  on(event: 'row', listener: (columns: readonly TediousValue[]) => void): unknown
}

/** A value with what is known of its column. */
export interface TediousValue {
  readonly value: unknown
  readonly metadata: {
    readonly colName: string
    readonly type: { readonly name: string }
    readonly scale?: number | undefined
  }
}

/** What is used of tarn, the pool that goes with it. */
export interface Tarn {
  readonly Pool: new (settings: object) => TarnPool
}

/** A pool of connections. */
export interface TarnPool {
  acquire(): { readonly promise: Promise<TediousConnection> }
  release(connection: TediousConnection): unknown
  destroy(): Promise<unknown>
}

/** The packages that SQL Server needs. */
export interface MssqlModules {
  readonly tedious: Tedious
  readonly tarn: Tarn
}

/**
 * Loads them. They are no part of the installation: their tree is larger than all the rest of it.
 *
 * @throws Failure `SOURCE_UNAVAILABLE`, which says what to install
 */
export async function mssqlModules(load: (name: string) => Promise<unknown> = optional): Promise<MssqlModules> {
  const [tedious, tarn] = await Promise.all([load('tedious'), load('tarn')]).catch(() => [null, null])
  if (!isTedious(tedious) || !isTarn(tarn)) {
    const detail = 'SQL Server needs two more packages beside the gateway: npm install tedious@20 tarn@3'
    throw new Failure('SOURCE_UNAVAILABLE', { detail })
  }
  return { tedious, tarn }
}

const optional = (name: string): Promise<unknown> => import(name)

function isTedious(module: unknown): module is Tedious {
  return has(module, 'Connection') && has(module, 'Request') && has(module, 'TYPES')
}

function isTarn(module: unknown): module is Tarn {
  return has(module, 'Pool')
}

function has(module: unknown, name: string): boolean {
  return typeof module === 'object' && module !== null && name in module
}
