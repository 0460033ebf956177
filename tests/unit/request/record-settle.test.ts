import { describe, expect, it } from 'vitest'
import type { Reservation } from '../../../gateway/audit/audit-log.ts'
import { openExchange } from '../../../gateway/request/open-exchange.ts'
import type { House } from '../../../gateway/request/house.ts'
import type { HttpRequest } from '../../../gateway/request/http.ts'
import { record } from '../../../gateway/request/record.ts'
import { ZHONGSHAN } from '../grants/world.ts'

/* A call under a key of the caller's choosing is remembered once its record is durable, and not before (INV-7). */

const REQUEST: HttpRequest = {
  method: 'POST',
  address: '',
  search: '',
  rawHeaders: [],
  headers: new Map(),
  body: undefined,
  fault: null,
  signal: new AbortController().signal,
}
const ANSWER = { status: 200, headers: new Map<string, string>(), body: '{"data":{}}' }

/** As much of a house as a record needs; its disk does what the test says. */
function houseWith(append: () => Promise<void>): House {
  const none = new Uint8Array(32)
  const reservation: Reservation = { bytes: 1 }
  const house: Partial<House> = {
    clock: { now: () => 0, monotonic: () => 0 },
    ids: { receipt: () => 'gx_1', salt: () => new Uint8Array(16) },
    secrets: { subject: none, argument: none, counter: none, calls: [] },
    audit: {
      reserve: () => reservation,
      append: async () => {
        await append()
        return { seq: 1, hash: '' }
      },
      release: () => {},
      health: () => ({ ok: true, detail: '' }),
      findings: [],
      close: async () => {},
    },
    registers: {
      matters: { version: () => 1, find: () => null, ofDepartment: () => [] },
      cases: { find: () => null },
    },
    masks: 'strict',
    version: '0',
    catalogVersion: () => 'c',
    degraded: () => [],
    regime: ZHONGSHAN,
  }
  return house as House
}

async function settledAs(append: () => Promise<void>, complete = async (): Promise<void> => {}) {
  const house = houseWith(append)
  const exchange = openExchange(house, REQUEST)
  exchange.refused = { department: 'd', application: 'a', officer: 'o', roles: [] }
  const settled: string[] = []
  exchange.settle = {
    recorded: async () => {
      settled.push('recorded')
      await complete()
    },
    lost: async () => void settled.push('lost'),
  }
  const { status } = await record(house, exchange, ANSWER)
  return { settled, status }
}

describe('an answer that is remembered', () => {
  it('is remembered after its record', async () => {
    const order: string[] = []
    const { settled, status } = await settledAs(
      async () => void order.push('appended'),
      async () => void order.push('remembered'),
    )
    expect([settled, status, order]).toEqual([['recorded'], 200, ['appended', 'remembered']])
  })

  it('is forgotten where the record fails, and does not leave', async () => {
    const { settled, status } = await settledAs(() => Promise.reject(new Error('disk')))
    expect([settled, status]).toEqual([['lost'], 503])
  })

  it('leaves where it cannot be remembered: its record stands', async () => {
    const { settled, status } = await settledAs(
      async () => {},
      () => Promise.reject(new Error('store')),
    )
    expect([settled, status]).toEqual([['recorded'], 200])
  })
})
