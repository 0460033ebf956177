import { expect, test } from 'vitest'
import { createSubgraphClients } from '../../../gateway/adapters/subgraph-clients.ts'
import type { DepartmentClient } from '../../../gateway/adapters/subgraph-clients.ts'

const REQUEST = { query: '{ a }', variables: {} }
const CONTEXT = { receipt: 'gx_1', consumer: 'tax', matter: null }
const NEVER = new AbortController().signal

/** A client of one department that answers so. */
function clientsOf(fetch: DepartmentClient['fetch'], timeout = 5_000) {
  const bounds = { concurrency: 4, timeoutMs: timeout }
  return createSubgraphClients(new Map([['tax', { fetch, close: async () => undefined }]]), () => bounds)
}

test('one over its time is left behind, and told', async () => {
  const told: unknown[] = []
  const clients = clientsOf((_request, _context, signal) => {
    signal.addEventListener('abort', () => told.push(signal.reason))
    return new Promise(() => undefined)
  }, 5)
  await expect(clients.fetch('tax', REQUEST, CONTEXT, NEVER)).rejects.toMatchObject({ name: 'TimeoutError' })
  expect(told).toHaveLength(1)
})

test("the caller's going away ends it at once", async () => {
  const gone = new AbortController()
  const clients = clientsOf(() => new Promise(() => undefined))
  const waiting = clients.fetch('tax', REQUEST, CONTEXT, gone.signal)
  gone.abort(new Error('gone'))
  await expect(waiting).rejects.toThrow('gone')
})

test('an unknown department is refused', async () => {
  const clients = clientsOf(async () => ({}))
  await expect(clients.fetch('water', REQUEST, CONTEXT, NEVER)).rejects.toThrow('no client for water')
})

test.each<[string, unknown, unknown]>([
  ['nothing', undefined, { sources: [] }],
  ['null', null, { sources: [] }],
  ['a list', [], { sources: [] }],
  ['null data', { data: null }, { data: null, sources: [] }],
  ['data and more', { data: { a: 1 }, errors: [], more: 1 }, { data: { a: 1 }, errors: [], sources: [] }],
  ['sources that are none', { data: {}, extensions: { sources: 'x' } }, { data: {}, sources: [] }],
  ['extensions that are none', { data: {}, extensions: null }, { data: {}, sources: [] }],
  [
    'sources of other shapes',
    {
      data: {},
      extensions: {
        sources: [
          null,
          { type: 'Record' },
          { type: 'Re cord', asOf: '2026-01-01T00:00:00Z' },
          { type: 'Record', asOf: '赵钱孙李' },
          { type: 'Record', asOf: '2026-01-01' },
          { type: 'Record', asOf: '2026-01-01T00:00:00.5+08:00', name: 'x' },
        ],
      },
    },
    { data: {}, sources: [{ type: 'Record', asOf: '2026-01-01T00:00:00.5+08:00' }] },
  ],
])('of an answer only the shape agreed on is taken: %s', async (_name, answer, taken) => {
  const clients = clientsOf(async () => answer as object)
  expect(await clients.fetch('tax', REQUEST, CONTEXT, NEVER)).toEqual(taken)
})
