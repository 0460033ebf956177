import type { DatabaseConnection, Driver, QueryResult } from 'kysely'
import type { Row } from '../register.ts'

/** One connection of a pool, lent for one statement. */
export interface Session {
  /** Runs a statement; every value of the rows is an exact text, or null. Rejects with the driver's error. */
  query(sql: string, parameters: readonly unknown[]): Promise<readonly Row[]>
  /** Asks the server, by another connection, to end what this one runs; ends this one where that cannot be asked. */
  cancel(): Promise<void>
  /** Back to the pool; a broken one is closed instead. */
  release(broken: boolean): void
}

/** A pool of connections to one server. */
export interface Sessions {
  /** Rejects where none is opened or becomes free in time. */
  acquire(): Promise<Session>
  close(): Promise<void>
}

/** How much longer than the server's own limit for a statement its answer is waited for, in milliseconds. */
const GRACE = 1000

/** A server that neither answers nor ends its statement in time. */
class NoAnswer extends Error {
  readonly code = 'NO_ANSWER'
}

interface Held extends DatabaseConnection {
  release(): void
}

/**
 * Kysely's driver over a pool: single statements alone, which all end. The server ends them after its limit, or once
 * nobody waits for them any more; the connection of one that does not answer at all is given up.
 */
export function sessionDriver(sessions: Sessions, statementTimeout: number): Driver {
  const held = new WeakMap<DatabaseConnection, Held>()
  return {
    init: async () => {},
    async acquireConnection() {
      const connection = heldConnection(await sessions.acquire(), statementTimeout + GRACE)
      held.set(connection, connection)
      return connection
    },
    releaseConnection: async (connection) => held.get(connection)?.release(),
    beginTransaction: refuse,
    commitTransaction: refuse,
    rollbackTransaction: refuse,
    destroy: () => sessions.close(),
  }
}

function heldConnection(session: Session, patience: number): Held {
  let broken = false
  return {
    async executeQuery<R>({ sql, parameters }: Statement, options?: Options): Promise<QueryResult<R>> {
      try {
        // Nothing checks what a department's tables hold but the decoders of its registers.
        return { rows: (await within(patience, session.query(sql, parameters))) as R[] }
      } catch (error) {
        if (error instanceof NoAnswer) {
          broken = true
          await session.cancel()
        }
        // Nobody waits any more, and Kysely would print the error with what the driver quotes in it.
        if (options?.signal?.aborted === true) return { rows: [] }
        throw error
      }
    },
    cancelQuery: () => session.cancel(),
    streamQuery: () => {
      throw new Error('Rows of a department are never streamed')
    },
    release: () => session.release(broken),
  }
}

type Statement = Parameters<DatabaseConnection['executeQuery']>[0]
type Options = Parameters<DatabaseConnection['executeQuery']>[1]

async function refuse(): Promise<never> {
  throw new Error('A department is only read: there are no transactions')
}

/**
 * Work that is waited for no longer than a time, in milliseconds; what comes of it afterwards is passed over.
 *
 * @throws NoAnswer, or what the work throws
 */
export function within<T>(patience: number, work: Promise<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    const timer = setTimeout(() => reject(new NoAnswer()), patience)
    const settled = (): void => clearTimeout(timer)
    work.then(resolve, reject)
    work.then(settled, settled)
  })
}
