import { afterAll, beforeAll, describe, expect, it } from 'vitest'
import { copyStore, loadStore } from '../../../gateway/governance/export/store-copy.ts'
import { GENESIS } from '../../../gateway/audit/line-types.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { storesForTests } from '../../kit/governance.ts'
import type { TestStores } from '../../kit/governance.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await storesForTests()
}, 60_000)
afterAll(() => stores.close())

const kinds = ['sqlite', 'postgres'] as const
const pairs = kinds.flatMap((from) => kinds.map((to) => [from, to] as const))

/** An empty store of a kind; null where the machine has no such server. */
async function open(kind: GovernanceStore['kind']): Promise<GovernanceStore | null> {
  return (await stores.kinds.find((one) => one.kind === kind)?.open()) ?? null
}

async function fill({ db }: GovernanceStore): Promise<void> {
  const alarm = {
    rule: 'R',
    key: '{"a":"王"}',
    department: null,
    application: null,
    officer: 'H-1',
    matter: null,
    raised_at: 1_700_000_000_123,
    seen_at: 2,
    times: 3,
    evidence: '{}',
  }
  await db
    .insertInto('alarm')
    .values([
      { id: 'al_1', ...alarm },
      { id: 'al_2', ...alarm },
    ])
    .execute()
  const event = { at: 5, kind: 'RAISED', officer: null, reason: "it's" }
  await db
    .insertInto('alarm_event')
    .values([
      { alarm: 'al_1', ...event },
      { alarm: 'al_2', ...event },
    ])
    .execute()
  await db.deleteFrom('alarm_event').where('alarm', '=', 'al_1').execute()
  await db
    .insertInto('alarm_event')
    .values({ alarm: 'al_1', ...event })
    .execute()
  const [last] = await db.selectFrom('alarm_event').select('id').orderBy('id', 'desc').execute()
  await db
    .insertInto('alarm_delivery')
    .values({ event: last?.id ?? 0, sink: 'log', holder: null, held_until: 0, attempts: 1, next_at: 7, done_at: null })
    .execute()
  await db
    .insertInto('watched_subject')
    .values({ pseudonym: 'p', kind: 'HONEY', officer: '', since: 1, by: 'DA-1' })
    .execute()
  const chain = {
    replica: 'r',
    seq: 9,
    hash: 'f'.repeat(64),
    told_seq: 12,
    first_seen: 1,
    last_seen: 2,
    retired_at: null,
  }
  await db
    .insertInto('audit_chain')
    .values([
      { chain: 'gateway', ...chain },
      { chain: 'gateway~2', ...chain },
    ])
    .execute()
}

/** Since when alarms are raised, and how far records were judged. */
const FACTS = [
  { name: 'alarms:judged:gateway', value: '9' },
  { name: 'alarms:since', value: '1' },
]

async function linesOf(store: GovernanceStore): Promise<string[]> {
  const lines: string[] = []
  await copyStore(store, async (line) => void lines.push(line))
  return lines
}

describe('a copy of the governance store', () => {
  it.for(pairs)('goes from %s into %s, and rows keep their numbers', async ([from, to], { skip }) => {
    const [source, target] = [await open(from), await open(to)]
    if (source === null || target === null) return skip('no server here')
    await fill(source)
    await source.db.insertInto('store_fact').values(FACTS).execute()
    const lines = await linesOf(source)
    // A gateway was started over the empty store.
    await target.db.insertInto('store_fact').values({ name: 'alarms:since', value: '999' }).execute()
    expect(await loadStore(target, lines)).toEqual({ kind: 'loaded', rows: lines.length })
    for (const table of ['alarm', 'alarm_event', 'alarm_delivery', 'watched_subject'] as const) {
      const rows = await source.db.selectFrom(table).selectAll().execute()
      expect(rows.length).toBeGreaterThan(0)
      expect(await target.db.selectFrom(table).selectAll().execute()).toEqual(rows)
    }
    const facts = await target.db.selectFrom('store_fact').selectAll().where('name', '<>', 'version').execute()
    expect(facts.toSorted((a, b) => a.name.localeCompare(b.name))).toEqual(FACTS)
    // Nothing is copied into the new index yet, and how far the chain had come stays known.
    expect(await target.db.selectFrom('audit_chain').selectAll().execute()).toMatchObject([
      { chain: 'gateway', seq: 0, hash: GENESIS, told_seq: 12 },
    ])
    const before = await target.db.selectFrom('alarm_event').select('id').execute()
    await target.db
      .insertInto('alarm_event')
      .values({ alarm: 'al_1', at: 9, kind: 'CONFIRMED', officer: 'H-2', reason: null })
      .execute()
    const after = await target.db.selectFrom('alarm_event').select('id').orderBy('id', 'desc').executeTakeFirstOrThrow()
    expect(before.map(({ id }) => id)).not.toContain(after.id)
  })

  it.for(kinds)('is loaded into no %s store that has rows, and not in part', async (kind, { skip }) => {
    const [source, target] = [await open(kind), await open(kind)]
    if (source === null || target === null) return skip('no server here')
    await fill(source)
    const lines = await linesOf(source)
    expect(await loadStore(source, lines)).toMatchObject({ kind: 'not-empty' })
    expect(await loadStore(target, [...lines, '{"table":"audit_record","row":{"chain":"c"}}'])).toEqual({
      kind: 'unreadable',
      line: lines.length + 1,
    })
    const broken = lines.map((line) => line.replace('"alarm":"al_2"', '"alarm":"al_9"'))
    await expect(loadStore(target, broken)).rejects.toThrow(/foreign key/i)
    expect(await linesOf(target)).toEqual([])
  })
})
