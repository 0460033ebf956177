import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { createLeasedCounters, createLeases } from '../../gateway/adapters/counters-leased.ts'
import type { AskCounts } from '../../gateway/adapters/counters-leased.ts'
import { createCachingClient } from '../../gateway/cache/client.ts'
import { createCounts } from '../../gateway/cache/counts.ts'
import { createLocalEpochs } from '../../gateway/cache/epochs.ts'
import { createMemoryLayer } from '../../gateway/cache/memory.ts'
import { createKeySupply } from '../../gateway/cache/names.ts'
import { createPlans } from '../../gateway/compile/plan-cache.ts'
import type { FetchKeeping } from '../../gateway/compile/plan.ts'
import type { SubgraphClient } from '../../gateway/execute/subgraph-client.ts'
import { A, cacheKey } from '../kit/cache.ts'

/* What is shared by several must not cost one of them what another one has done, or has no more time for. */

const KEEP: FetchKeeping = {
  cycle: 86_400,
  personal: true,
  others: false,
  resources: [],
  catalog: 'c1',
  shape: new Map([['Person', new Map([['name', { lists: 0, of: 'string', optional: false }]])]]),
}

test('whoever joins a fetch under way has its own time, not what is left of the first one’s', async () => {
  const deadlines: number[] = []
  const late = Promise.withResolvers<void>()
  const inner: SubgraphClient = {
    async fetch(_department, _ask, _context, _signal, deadline = Infinity) {
      deadlines.push(deadline)
      await late.promise
      if (deadline < 1_000) throw new Error('its time is over')
      return { data: { _entities: [{ name: '甲' }] }, sources: [] }
    },
  }
  const clock = { now: () => 0 }
  const key = cacheKey()
  const client = createCachingClient({
    inner,
    keys: createKeySupply({ secret: () => key }),
    memory: createMemoryLayer({ entries: 10, bytes: 100_000 }),
    store: null,
    epochs: createLocalEpochs({ life: 1_000, now: () => 0 }),
    clock,
    regime: () => 'zhongshan',
    life: { most: 60, realtime: 5 },
    counts: createCounts(),
  })
  const ask = (deadline: number) =>
    client.fetch(
      'public-security',
      { query: '{ q }', variables: { representations: [A] }, rules: { idempotent: true, keep: KEEP } },
      { receipt: 'r', consumer: 'housing', matter: null },
      new AbortController().signal,
      deadline,
    )
  const first = ask(10).catch(() => null)
  const second = ask(10_000).then(({ data }) => data)
  late.resolve()
  await first
  await expect(second).resolves.toEqual({ _entities: [{ name: '甲' }] })
})

test('a department does not wait in the line of another one', async () => {
  const asked: string[] = []
  const first = Promise.withResolvers<never>()
  const plans = createPlans({
    plan(_operation, asker = '') {
      asked.push(asker)
      return asker === 'hostile' ? first.promise : Promise.resolve(null)
    },
  })
  const question = (asker: string) => ({
    pruned: '{ q }',
    operation: () => ({ kind: 'OperationDefinition', operation: 'query', selectionSet: { selections: [] } }) as never,
    asker,
  })
  const refused = plans.planFor(question('hostile')).catch(() => 'refused')
  const other = plans.planFor(question('other')).catch(() => 'refused')
  first.reject(new Error('too many documents wait to be planned'))
  await refused
  expect(await other).toBe(null)
})

test('an answer that comes too late lets nobody pass a bound by the minute again', async () => {
  const folder = mkdtempSync(join(tmpdir(), 'gx-late-'))
  let now = Date.parse('2026-06-01T08:00:00Z')
  const clock = { now: () => now }
  const lease = createLeases(2, clock)
  let late = false
  const ask: AskCounts = (one) => Promise.resolve(late ? null : lease(one))
  const counters = createLeasedCounters(folder, ask, clock)
  let had = 0
  const burst = async (): Promise<void> => {
    for (let times = 0; times < 100; times += 1) if ((await counters.take('officer', 1, 60, 60)).total <= 60) had += 1
  }
  try {
    await burst()
    late = true
    now += 200
    await burst()
  } finally {
    await counters.close()
    rmSync(folder, { recursive: true, force: true })
  }
  expect(had).toBeLessThanOrEqual(60)
})
