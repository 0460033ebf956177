import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { sql } from 'kysely'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { auditFiles } from '../../gateway/adapters/audit-file.ts'
import { chainSource, chainSources } from '../../gateway/adapters/governance-chains.ts'
import { createObserver } from '../../gateway/governance/index/observer.ts'
import { dropBefore, rebuildChain } from '../../gateway/governance/index/rebuild.ts'
import { BULK_TABLES } from '../../gateway/governance/store/columns.ts'
import { VERSION } from '../../gateway/governance/store/migrations.ts'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import type { GovernanceStore } from '../../gateway/governance/store/store.ts'
import { appendAll, openTestLog, receipts, sampleEntry } from '../kit/audit-samples.ts'
import { chained, insertRecords, storesForTests } from '../kit/governance.ts'
import type { StoreKind, TestStores } from '../kit/governance.ts'

let stores: TestStores
beforeAll(async () => {
  stores = await storesForTests()
})
afterAll(() => stores.close())

function kindOf(kind: GovernanceStore['kind']): StoreKind {
  const found = stores.kinds.find((one) => one.kind === kind)
  if (found === undefined) throw new Error(`no ${kind}`)
  return found
}

describe.each(['sqlite', 'postgres'] as const)('a governance store in %s', (kind) => {
  test('keeps every part of a record, numbers as numbers', async () => {
    const store = await kindOf(kind).open()
    const [record] = chained([sampleEntry('r-1')])
    await insertRecords(store, record ? [record] : [])
    const row = await store.db.selectFrom('audit_record').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({
      chain: 'test-chain',
      seq: 1,
      receipt: 'r-1',
      at: Date.parse('2026-11-23T10:00:00+08:00'),
      day: '2026-11-23',
      milliseconds: 6.5,
      case_number: 'C-2026-000123',
      codes: '["NO_GRANT"]',
    })
    expect(JSON.parse(row.record)).toEqual(record)
    const data = await store.db.selectFrom('audit_datum').select(['n', 'coordinate', 'provider']).orderBy('n').execute()
    expect(data.map(({ n, coordinate }) => [n, coordinate])).toEqual([
      [0, 'Person.name'],
      [1, 'Household.address'],
      [2, 'Household.photo'],
    ])
    const total = await store.db
      .selectFrom('audit_record')
      .select((eb) => eb.fn.sum<number>('entities').as('entities'))
      .executeTakeFirstOrThrow()
    expect(total.entities).toBe(1)
  })

  test('the same records twice are there once', async () => {
    const store = await kindOf(kind).open()
    const records = chained([sampleEntry('r-1'), sampleEntry('r-2'), sampleEntry('r-3')])
    await insertRecords(store, records.slice(0, 2))
    await insertRecords(store, records)
    const rows = await store.db.selectFrom('audit_record').select('seq').orderBy('seq').execute()
    expect(rows).toEqual([{ seq: 1 }, { seq: 2 }, { seq: 3 }])
    const chain = await store.db.selectFrom('audit_chain').selectAll().executeTakeFirstOrThrow()
    expect(chain).toMatchObject({ seq: 3, told_seq: 3, hash: records[2]?.hash })
  })

  test('several that open it together make its tables once', async () => {
    const address = await kindOf(kind).address()
    const opened = await Promise.all([1, 2, 3].map(() => openGovernanceStore(address)))
    const facts = await opened[0]?.db.selectFrom('store_fact').selectAll().execute()
    expect(facts).toEqual([{ name: 'version', value: String(VERSION) }])
    await Promise.all(opened.map((store) => store.close()))
  })

  test('a store of a newer program is left alone', async () => {
    const address = await kindOf(kind).address()
    const store = await openGovernanceStore(address)
    await store.db.updateTable('store_fact').set({ value: '99' }).where('name', '=', 'version').execute()
    await store.close()
    await expect(openGovernanceStore(address)).rejects.toMatchObject({ kind: 'NEWER' })
  })

  test('takes odd texts, and numbers as large as times', async () => {
    const store = await kindOf(kind).open()
    const [record] = chained([sampleEntry('r-1', { case: 'nul \0 half \ud800', time: '2199-12-31T23:59:59.999Z' })])
    await insertRecords(store, record ? [record] : [])
    const row = await store.db.selectFrom('audit_record').selectAll().executeTakeFirstOrThrow()
    expect(row).toMatchObject({ case_number: 'nul \u{FFFD} half \u{FFFD}', at: Date.parse('2199-12-31T23:59:59.999Z') })
    expect(JSON.parse(row.record)).toEqual(record)
  })

  test('two that copy the same chain at the same time take turns', async () => {
    const address = await kindOf(kind).address()
    const opened = await Promise.all([1, 2].map(() => openGovernanceStore(address)))
    const records = chained(Array.from({ length: 300 }, (_, at) => sampleEntry(`r-${at}`)))
    const parts = Array.from({ length: 30 }, (_, at) => records.slice(10 * at, 10 * at + 10))
    await Promise.all(
      opened.map(async (store) => {
        for (const part of parts) await insertRecords(store, part)
      }),
    )
    const count = await opened[0]?.db
      .selectFrom('audit_datum')
      .select((eb) => eb.fn.countAll<number>().as('n'))
      .execute()
    expect(count).toEqual([{ n: 900 }])
    await Promise.all(opened.map((store) => store.close()))
  })

  test('a batch that fails in the middle leaves nothing', async () => {
    const store = await kindOf(kind).open()
    await store.db.schema.alterTable('audit_route').renameTo('away').execute()
    await expect(insertRecords(store, chained([sampleEntry('r-1')]))).rejects.toThrow('audit_route')
    for (const table of ['audit_record', 'audit_datum', 'audit_chain'] as const)
      expect(await store.db.selectFrom(table).selectAll().execute()).toEqual([])
  })

  test('followed from segments, rebuilt, and rebuilt into an empty store, it is the same', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gx-governance-'))
    const log = await openTestLog(auditFiles(directory))
    await appendAll(log, receipts('a', 60))
    await log.close()
    const [store, fresh] = [await kindOf(kind).open(), await kindOf(kind).open()]
    const clock = { now: () => Date.parse('2026-11-23T02:00:00Z') }
    const sources = () => chainSources(directory)
    const observer = createObserver({ store, sources, clock, settle: 0, watch: null, tell: () => undefined })
    while ((await observer.pass(() => 0)) > 0);
    const before = await dump(store)
    for (const one of [store, fresh]) {
      const source = chainSource(directory, 'test')
      await rebuildChain({ store: one, source, clock, publicKeys: [], settle: 0, progress: () => undefined })
      expect(await dump(one)).toEqual(before)
    }
    expect(await dropBefore(store, 'test-chain', 11)).toBe(10)
    expect((await store.db.selectFrom('audit_datum').selectAll().where('seq', '<', 11).execute()).length).toBe(0)
  })
})

test('PostgreSQL has a partition for each month of UTC+8; one can be taken away and its month be made again', async (context) => {
  if (stores.postgres === null) return context.skip()
  const store = await kindOf('postgres').open()
  const times = ['2026-10-31T15:59:59.999Z', '2026-10-31T16:00:00Z', '2026-12-31T16:00:00Z']
  const records = chained(times.map((time, at) => sampleEntry(`r-${at}`, { time })))
  await insertRecords(store, records)
  const partitions = async (): Promise<readonly string[]> => {
    const found = await sql<{ name: string }>`
      select c.relname as name from pg_inherits i join pg_class c on c.oid = i.inhrelid
      where i.inhparent = 'audit_record'::regclass order by 1`.execute(store.db)
    return found.rows.map(({ name }) => name)
  }
  expect(await partitions()).toEqual(['audit_record_2026_10', 'audit_record_2026_11', 'audit_record_2027_01'])
  for (const table of ['audit_record', 'audit_datum', 'audit_subject', 'audit_route']) {
    await sql.raw(`alter table ${table} detach partition ${table}_2026_10`).execute(store.db)
    await sql.raw(`alter table ${table}_2026_10 rename to kept_${table}_2026_10`).execute(store.db)
  }
  expect(await store.db.selectFrom('audit_record').select('receipt').orderBy('seq').execute()).toEqual([
    { receipt: 'r-1' },
    { receipt: 'r-2' },
  ])
  const plan = await sql<Record<string, string>>`explain select * from audit_subject
    where pseudonym = 'x' and at between ${Date.parse(times[1] ?? '')} and ${Date.parse('2026-11-30T00:00:00Z')}`.execute(
    store.db,
  )
  const text = JSON.stringify(plan.rows)
  expect(text).toContain('audit_subject_2026_11')
  expect(text).not.toContain('audit_subject_2027_01')
})

async function dump(store: GovernanceStore): Promise<unknown> {
  return Promise.all(
    BULK_TABLES.map(async (table) => {
      const rows: readonly object[] = await store.db.selectFrom(table).selectAll().execute()
      return rows.map((row) => JSON.stringify(row)).toSorted()
    }),
  )
}
