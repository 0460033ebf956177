import { mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { chainSource, chainSources } from '../../../gateway/adapters/governance-chains.ts'
import { segmentsIn } from '../../../gateway/audit/files.ts'
import { removeExpired } from '../../../gateway/audit/retention.ts'
import type { AuditEntry } from '../../../gateway/audit/record.ts'
import { createObserver } from '../../../gateway/governance/index/observer.ts'
import { rebuildChain } from '../../../gateway/governance/index/rebuild.ts'
import type { Rebuilt } from '../../../gateway/governance/index/rebuild.ts'
import { BULK_TABLES } from '../../../gateway/governance/store/columns.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { AUDIT_KEY, openTestLog, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { openTestStore } from '../../kit/governance.ts'

const ALL = (): number => Number.MAX_SAFE_INTEGER
// Every line that is looked at has stood there for a while.
const clock = ((): { now: () => number } => {
  let now = Date.parse('2026-11-23T02:00:00Z')
  return { now: () => (now += 1_000) }
})()

const word = fc.stringMatching(/^[a-z]{1,8}$/)
const datum = fc.record(
  {
    coordinate: fc.stringMatching(/^[A-Z][a-z]{1,5}\.[a-z]{1,5}$/),
    decision: fc.constantFrom('ALLOW' as const, 'MASK' as const, 'VERIFY_ONLY' as const, 'DENY' as const),
    providers: fc.array(word, { maxLength: 3 }),
    grant: word,
  },
  { requiredKeys: ['coordinate', 'decision'] },
)
/** Records of all shapes: with and without subjects, providers and case, at any time of some years, in Chinese too. */
const entry: fc.Arbitrary<Partial<AuditEntry>> = fc.record(
  {
    time: fc
      .date({ min: new Date('2024-01-01'), max: new Date('2027-12-31'), noInvalidDate: true })
      .map((date) => date.toISOString()),
    data: fc.array(datum, { maxLength: 4 }),
    subjects: fc.uniqueArray(word, { maxLength: 4 }),
    objects: fc.nat({ max: 4 }),
    case: fc.option(fc.string({ unit: 'binary', maxLength: 8 })),
    officer: fc.option(fc.constantFrom('H-1', '张-2')),
  },
  { requiredKeys: ['time'] },
)

async function write(directory: string, lives: readonly (readonly Partial<AuditEntry>[])[]): Promise<void> {
  let number = 0
  for (const life of lives) {
    const log = await openTestLog(auditFiles(directory))
    await Promise.all(
      life.map(async (changes) => log.append(await log.reserve(), sampleEntry(`r-${(number += 1)}`, changes))),
    )
    await log.close()
  }
}

async function follow(store: GovernanceStore, directory: string): Promise<void> {
  const sources = () => chainSources(directory)
  const observer = createObserver({ store, sources, clock, settle: 0, watch: null, tell: () => undefined })
  while ((await observer.pass(ALL)) > 0);
}

async function dump(store: GovernanceStore): Promise<unknown> {
  const tables = await Promise.all(
    BULK_TABLES.map(async (table) => {
      const rows: readonly object[] = await store.db.selectFrom(table).selectAll().execute()
      return rows.map((row) => JSON.stringify(row)).toSorted()
    }),
  )
  const chains = await store.db.selectFrom('audit_chain').select(['chain', 'seq', 'hash', 'told_seq']).execute()
  return [...tables, chains]
}

function rebuild(store: GovernanceStore, directory: string): Promise<Rebuilt | null> {
  const [source, publicKeys] = [chainSource(directory, 'test'), [AUDIT_KEY.publicKey]]
  return rebuildChain({ store, source, clock, publicKeys, settle: 0, progress: () => undefined })
}

describe('a rebuilt index', () => {
  test('equals the one that was followed, row for row, whatever was left of that', { timeout: 300_000 }, async () => {
    const lives = fc.array(fc.array(entry, { minLength: 1, maxLength: 12 }), { minLength: 1, maxLength: 3 })
    await fc.assert(
      fc.asyncProperty(lives, fc.nat(), async (some, damage) => {
        const directory = await mkdtemp(join(tmpdir(), 'gx-rebuild-'))
        const [followed, fresh] = [await openTestStore(), await openTestStore()]
        try {
          await write(directory, some)
          await follow(followed, directory)
          const before = await dump(followed)
          await rebuild(fresh, directory)
          expect(await dump(fresh)).toEqual(before)
          await damageOf(followed, damage)
          await rebuild(followed, directory)
          expect(await dump(followed)).toEqual(before)
        } finally {
          await Promise.all([followed.close(), fresh.close(), rm(directory, { recursive: true })])
        }
      }),
      { numRuns: 40 },
    )
  })

  test('keeps copies that no order removed and the segments have lost, tells of them, and keeps alarms', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gx-rebuild-'))
    const store = await openTestStore()
    await write(directory, [Array.from({ length: 30 }, () => ({})), Array.from({ length: 20 }, () => ({}))])
    await follow(store, directory)
    const alarm = { id: 'al_1', rule: 'HONEY', key: '{}', department: null, application: null, officer: null }
    const seen = { matter: null, raised_at: 1, seen_at: 1, times: 1, evidence: '{}' }
    await store.db
      .insertInto('alarm')
      .values({ ...alarm, ...seen })
      .execute()
    const names = segmentsIn(await readdir(directory)).map(({ name }) => join(directory, name))
    // By hand, without an order.
    await rm(names[0] ?? '')
    const last = names.at(-1) ?? ''
    const lines = (await readFile(last, 'utf8')).split('\n')
    // The seal and the last two records.
    await writeFile(last, [...lines.slice(0, -4), ''].join('\n'))
    const rebuilt = await rebuild(store, directory)
    const [gap] = await store.db.selectFrom('audit_gap').selectAll().execute()
    expect(gap).toMatchObject({ kind: 'GAP', from_seq: 1 })
    expect(gap?.to_seq).toBeGreaterThan(0)
    expect(rebuilt).toMatchObject({ chain: 'test-chain', dropped: 0, kept: 2 + (gap?.to_seq ?? 0) })
    const rows = await store.db.selectFrom('audit_record').select('seq').orderBy('seq').execute()
    expect(rows.map(({ seq }) => seq)).toEqual(Array.from({ length: 50 }, (_, at) => at + 1))
    await rebuild(store, directory)
    expect(await store.db.selectFrom('audit_gap').selectAll().execute()).toHaveLength(1)
    expect(await store.db.selectFrom('alarm').select('id').execute()).toEqual([{ id: 'al_1' }])
    await store.close()
  })

  test('drops the rows of segments that an order removed', async () => {
    const directory = await mkdtemp(join(tmpdir(), 'gx-rebuild-'))
    const store = await openTestStore()
    for (const year of [2022, 2024, 2027]) {
      const time = `${year}-05-01T08:00:00+08:00`
      const log = await openTestLog(auditFiles(directory), { clock: testClock(Date.parse(time)) })
      for (const nth of [1, 2, 3]) await log.append(await log.reserve(), sampleEntry(`${year}-${nth}`, { time }))
      await log.close()
    }
    await follow(store, directory)
    const now = Date.parse('2027-05-02T00:00:00Z')
    const signing = { chain: 'test-chain', signer: AUDIT_KEY.signer, clock: testClock(now) }
    const order = { by: 'A-1', second: 'A-2', reason: '保存期满', document: '数管〔2027〕1号', years: 3 }
    const parts = { files: auditFiles(directory), signing, publicKeys: [AUDIT_KEY.publicKey], known: now }
    expect(await removeExpired(parts, order)).toMatchObject({ kind: 'removed', plan: { records: 6 } })
    expect(await rebuild(store, directory)).toMatchObject({ dropped: 6, kept: 0 })
    const rows = await store.db.selectFrom('audit_record').select('seq').orderBy('seq').execute()
    expect(rows.map(({ seq }) => seq)).toEqual([7, 8, 9])
    expect(await store.db.selectFrom('audit_datum').select('seq').where('seq', '<', 7).execute()).toEqual([])
    expect(await store.db.selectFrom('audit_gap').selectAll().execute()).toEqual([])
    await store.close()
  })
})

/** Takes rows away, alters some, and adds one that is nobody's. */
async function damageOf({ db }: GovernanceStore, seed: number): Promise<void> {
  switch (seed % 4) {
    case 0:
      for (const table of BULK_TABLES) await db.deleteFrom(table).execute()
      return
    case 1:
      await db.deleteFrom('audit_datum').where('n', '=', 0).execute()
      return
    case 2:
      await db.updateTable('audit_record').set({ officer: 'X-9', hash: '0' }).execute()
      return
    default:
      await db.updateTable('audit_subject').set({ pseudonym: 'nobody', part: 'REACHED' }).execute()
  }
}
