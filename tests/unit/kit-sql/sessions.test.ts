import { CompiledQuery } from 'kysely'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { sessionDriver } from '../../../subgraphs/kit/sql/sessions.ts'
import type { Session } from '../../../subgraphs/kit/sql/sessions.ts'

afterEach(() => vi.useRealTimers())

function driverOver(query: Session['query']) {
  const calls: string[] = []
  const session: Session = {
    query,
    cancel: async () => void calls.push('cancel'),
    release: (broken) => void calls.push(broken ? 'closed' : 'kept'),
  }
  return { calls, driver: sessionDriver({ acquire: async () => session, close: async () => {} }, 100) }
}
const SELECT = CompiledQuery.raw('select 1')

describe('the sessions of the SQL adapter', () => {
  test('end after the time of a statement and a little more, and are not used again', async () => {
    vi.useFakeTimers()
    const { calls, driver } = driverOver(() => new Promise(() => {}))
    const connection = await driver.acquireConnection()
    const answer = connection.executeQuery(SELECT).catch((error: unknown) => error)
    await vi.advanceTimersByTimeAsync(1099)
    expect(calls).toEqual([])
    await vi.advanceTimersByTimeAsync(1)
    expect(await answer).toMatchObject({ code: 'NO_ANSWER' })
    await driver.releaseConnection(connection)
    expect(calls).toEqual(['cancel', 'closed'])
  })

  test('keep to themselves what fails when nobody waits any more', async () => {
    const { calls, driver } = driverOver(async () => Promise.reject(new Error('quotes a number')))
    const connection = await driver.acquireConnection()
    expect(await connection.executeQuery(SELECT, { signal: AbortSignal.abort() })).toEqual({ rows: [] })
    await expect(connection.executeQuery(SELECT)).rejects.toThrow('quotes a number')
    await driver.releaseConnection(connection)
    expect(calls).toEqual(['kept'])
  })

  test('have no transactions and stream nothing', async () => {
    const { driver } = driverOver(async () => [])
    const connection = await driver.acquireConnection()
    await expect(driver.beginTransaction(connection, {})).rejects.toThrow('only read')
    await expect(driver.commitTransaction(connection)).rejects.toThrow('only read')
    expect(() => connection.streamQuery(SELECT, 10)).toThrow('never streamed')
  })
})
