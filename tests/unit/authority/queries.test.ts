import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditEntry, AuditRecord } from '../../../gateway/audit/record.ts'
import { indexRecords } from '../../../gateway/governance/index/index-records.ts'
import { recordOf, recordPage } from '../../../gateway/governance/queries/records.ts'
import { drawPlaces, drawSample } from '../../../gateway/governance/queries/sample.ts'
import type { Position, RecordFilter, Scope } from '../../../gateway/governance/queries/scope.ts'
import { DIMENSIONS, countUse } from '../../../gateway/governance/queries/use.ts'
import type { Dimension, UseFilter } from '../../../gateway/governance/queries/use.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { sampleEntry } from '../../kit/audit-samples.ts'
import { chained, storesForTests } from '../../kit/governance.ts'
import type { TestStores } from '../../kit/governance.ts'

/* Queries over the governance store, held against a plain walk over the same records. */

const DEPARTMENTS = ['housing', 'tax', 'health', 'police']
const OFFICERS = ['O-1', 'O-2', 'O-3']
const MATTERS = ['m-1', 'm-2']
const COORDINATES = ['A.x', 'A.y', 'B.z', 'C.w']
const CODES = ['NO_GRANT', 'NOT_SHARED', 'NOTXSHARED']
const PEOPLE = ['p-1', 'p-2', 'p-3', 'p-4']
const START = Date.parse('2026-03-01T00:00:00Z')
const OVERSIGHT: Scope = { kind: 'OVERSIGHT' }

/** A small generator of our own: the same records in every run. */
function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_103_515_245) + 12_345) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

function pick<T>(list: readonly T[], roll: (below: number) => number): T {
  const one = list[roll(list.length)]
  if (one === undefined) throw new Error('nothing to pick from')
  return one
}

function entryOf(number: number, roll: (below: number) => number): AuditEntry {
  const data = Array.from({ length: roll(4) }, () => {
    const refused = roll(3) === 0
    return {
      coordinate: pick(COORDINATES, roll),
      decision: refused ? ('DENY' as const) : ('ALLOW' as const),
      ...(refused ? { code: pick(CODES, roll) } : {}),
      ...(roll(2) === 0 ? { grant: `G-${roll(3)}` } : {}),
      providers: [...new Set([pick(DEPARTMENTS, roll), pick(DEPARTMENTS, roll)])].toSorted(),
    }
  })
  const acting = roll(5) === 0 ? pick(DEPARTMENTS, roll) : null
  const subjects = [...new Set(Array.from({ length: roll(3) }, () => pick(PEOPLE, roll)))]
  return sampleEntry(`gx_${String(number).padStart(5, '0')}`, {
    // Several in one millisecond, and a clock that steps back.
    time: new Date(START + Math.floor(number / 3) * 60_000 - (number % 17 === 0 ? 3_600_000 : 0)).toISOString(),
    method: pick(['query', 'verify', 'refused'] as const, roll),
    department: roll(10) === 0 ? null : pick(DEPARTMENTS, roll),
    ...(acting === null ? {} : { actingFor: acting }),
    officer: pick(OFFICERS, roll),
    application: `app-${roll(2)}`,
    matter: pick(MATTERS, roll),
    case: `C-${roll(2)}`,
    data: data.filter(({ coordinate }, index) => data.findIndex((one) => one.coordinate === coordinate) === index),
    subjects,
    objects: subjects.length,
    outcome: { status: 200, codes: data.flatMap(({ code }) => code ?? []) },
  })
}

const roll = dice(11)
const CHAINS: ReadonlyMap<string, readonly AuditRecord[]> = new Map(
  ['gateway-1', 'gateway-2'].map((chain) => [
    chain,
    chained(
      Array.from({ length: 150 }, (_, index) => entryOf(index * 2 + (chain === 'gateway-1' ? 0 : 1), roll)),
      chain,
    ),
  ]),
)
const ALL = [...CHAINS.values()].flat()

let stores: TestStores
let open: readonly GovernanceStore[]
beforeAll(async () => {
  stores = await storesForTests()
  open = await Promise.all(stores.kinds.map((kind) => kind.open()))
  for (const store of open)
    for (const [chain, records] of CHAINS) await indexRecords(store, { chain, replica: 'test' }, records, START)
}, 120_000)
afterAll(() => stores.close())

/** Whether one datum has all of it. */
function hasDatum(record: AuditRecord, filter: RecordFilter, provider: string | null, code: string | null): boolean {
  return record.data.some(
    (datum) =>
      (!filter.coordinate || datum.coordinate === filter.coordinate) &&
      (!filter.grant || datum.grant === filter.grant) &&
      (code === null || datum.code === code) &&
      (provider === null || (datum.providers ?? []).includes(provider)),
  )
}

function fitsRecord(record: AuditRecord, filter: RecordFilter): boolean {
  const at = Date.parse(record.time)
  return (
    (!filter.receipt || record.receipt === filter.receipt) &&
    (!filter.department || record.department === filter.department) &&
    (!filter.application || record.application === filter.application) &&
    (!filter.officer || record.officer === filter.officer) &&
    (!filter.matter || record.matter === filter.matter) &&
    (!filter.case || record.case === filter.case) &&
    (!filter.method || record.method === filter.method) &&
    (!filter.since || at >= filter.since) &&
    (!filter.until || at < filter.until)
  )
}

function fitsWhole(record: AuditRecord, filter: RecordFilter): boolean {
  const asksData = filter.coordinate || filter.provider || filter.grant
  return (
    fitsRecord(record, filter) &&
    (!filter.code || record.outcome.codes.includes(filter.code)) &&
    (!asksData || hasDatum(record, filter, filter.provider ?? null, null)) &&
    (!filter.pseudonyms || record.subjects.some((one) => filter.pseudonyms?.includes(one)))
  )
}

/** In which standing a plain walk shows a record; null where not. */
function standingOf(scope: Scope, filter: RecordFilter, record: AuditRecord): string | null {
  if (scope.kind === 'OVERSIGHT') return fitsWhole(record, filter) ? 'OVERSIGHT' : null
  const { department } = scope
  if (record.department === department || record.actingFor === department)
    return fitsWhole(record, filter) ? 'CONSUMER' : null
  const hidden = filter.officer || filter.case || filter.pseudonyms
  if (hidden || (filter.provider && filter.provider !== department)) return null
  return fitsRecord(record, filter) && hasDatum(record, filter, department, filter.code ?? null) ? 'PROVIDER' : null
}

function naive(scope: Scope, filter: RecordFilter): readonly string[] {
  const found = ALL.flatMap((record) => {
    const standing = standingOf(scope, filter, record)
    return standing === null ? [] : [{ record, standing, at: Date.parse(record.time) }]
  })
  const sorted = found.toSorted(
    (a, b) => b.at - a.at || b.record.seq - a.record.seq || (a.record.chain < b.record.chain ? 1 : -1),
  )
  return sorted.map(({ record, standing }) => `${standing} ${record.receipt}`)
}

async function paged(
  store: GovernanceStore,
  scope: Scope,
  filter: RecordFilter,
  first: number,
  look?: { readonly window: number; readonly steps: number },
): Promise<readonly string[]> {
  const found: string[] = []
  let after: Position | null = null
  for (let pages = 0; pages < 2_000; pages += 1) {
    const page: Awaited<ReturnType<typeof recordPage>> = await recordPage(
      store.db,
      scope,
      filter,
      { first, after },
      look,
    )
    expect(page.records.length).toBeLessThanOrEqual(first)
    found.push(...page.records.map(({ standing, row }) => `${standing} ${receiptOf(row.record)}`))
    if (page.next === null) return found
    after = page.next
  }
  throw new Error('the pages do not end')
}

function receiptOf(text: string): string {
  return (JSON.parse(text) as AuditRecord).receipt
}

const FILTERS: readonly RecordFilter[] = [
  {},
  { officer: 'O-1' },
  { department: 'tax' },
  { department: 'housing', matter: 'm-1' },
  { provider: 'tax' },
  { provider: 'police', coordinate: 'A.x' },
  { coordinate: 'B.z', grant: 'G-1' },
  { code: 'NO_GRANT' },
  // `_` stands for any character in a pattern of SQL, and must not here.
  { code: 'NOT_SHARED' },
  { code: 'NOT_SHARED', coordinate: 'A.y' },
  { method: 'verify', application: 'app-1' },
  { case: 'C-1' },
  { pseudonyms: ['p-1', 'p-2'] },
  { pseudonyms: ['p-3'], coordinate: 'A.x', officer: 'O-2' },
  { pseudonyms: [] },
  { receipt: 'gx_00042' },
  { receipt: "gx_00042' or '1'='1" },
  { since: START + 600_000, until: START + 3_000_000 },
  { since: START + 600_000, until: START + 3_000_000, provider: 'health' },
]
const SCOPES: readonly Scope[] = [
  OVERSIGHT,
  ...['housing', 'tax', 'nobody', '%'].map((department) => ({ kind: 'DEPARTMENT' as const, department })),
]

describe('records', () => {
  test.each(FILTERS.map((filter) => [JSON.stringify(filter), filter] as const))(
    '%s: page by page what a plain walk finds, in every scope',
    async (_name, filter) => {
      for (const store of open)
        for (const scope of SCOPES) {
          const expected = filter.pseudonyms?.length === 0 ? [] : naive(scope, filter)
          expect(await paged(store, scope, filter, 7)).toEqual(expected)
        }
    },
    60_000,
  )

  test('a page that looked far enough ends, and the next goes on from there', async () => {
    for (const store of open)
      for (const filter of [{ code: 'NO_GRANT' }, { officer: 'O-1', coordinate: 'A.x' }, {}])
        for (const scope of SCOPES) {
          const look = { window: 5, steps: 2 }
          expect(await paged(store, scope, filter, 4, look)).toEqual(naive(scope, filter))
        }
  }, 60_000)

  test('of another department none but the own data', async () => {
    for (const { db } of open) {
      const scope = { kind: 'DEPARTMENT', department: 'tax' } as const
      const { records } = await recordPage(db, scope, {}, { first: 100, after: null })
      const foreign = records.filter(({ standing }) => standing === 'PROVIDER')
      expect(foreign.length).toBeGreaterThan(10)
      expect(new Set(foreign.flatMap(({ data }) => data.map(({ provider }) => provider)))).toEqual(new Set(['tax']))
    }
  })

  test('a receipt out of scope is as one that was never given', async () => {
    const foreign = ALL.find(
      ({ department, data }) => department !== 'tax' && !data.some(({ providers = [] }) => providers.includes('tax')),
    )
    for (const { db } of open) {
      const scope = { kind: 'DEPARTMENT', department: 'tax' } as const
      expect(foreign && (await recordOf(db, OVERSIGHT, foreign.receipt))?.row.seq).toBe(foreign?.seq)
      expect(await recordOf(db, scope, foreign?.receipt ?? '')).toBeNull()
      expect(await recordOf(db, scope, 'gx_never')).toBeNull()
    }
  })
})

describe('a sample', () => {
  const period = { since: START - 7_200_000, until: START + 90 * 60_000 }

  test('is the same for the same seed, in every store, and another for another', async () => {
    const samples = await Promise.all(
      open.map(async ({ db }) => {
        const of = async (seed: string) =>
          (await drawSample(db, { count: 12, seed, ...period })).records.map(({ row }) => receiptOf(row.record))
        return [await of('a'), await of('a'), await of('b')]
      }),
    )
    const [first] = samples
    for (const [one, again, other] of samples) {
      expect(one).toHaveLength(12)
      expect(again).toEqual(one)
      expect(other).not.toEqual(one)
      expect(one).toEqual(first?.[0])
    }
  })

  test('is drawn from the period alone, and is all of it where that is smaller', async () => {
    for (const { db } of open) {
      const inside = ALL.filter(({ time }) => {
        const at = Date.parse(time)
        return at >= period.since && at < period.until
      })
      const few = { since: START + 600_000, until: START + 660_000 }
      expect((await drawSample(db, { count: 5, seed: 'x', ...period })).population).toBe(inside.length)
      const all = await drawSample(db, { count: 100, seed: 'x', ...few })
      expect(all.records).toHaveLength(all.population)
      expect(all.complete).toBe(true)
      expect(await drawSample(db, { count: 5, seed: 'x', since: 0, until: 1 })).toMatchObject({
        population: 0,
        records: [],
      })
    }
  })

  test('favours no place', () => {
    const drawn = Array.from({ length: 2_000 }, (_, index) => drawPlaces(`seed ${index}`, 10, 3)).flat()
    const counts = Map.groupBy(drawn, (place) => place)
    expect([...counts.keys()].toSorted((a, b) => a - b)).toEqual([1, 2, 3, 4, 5, 6, 7, 8, 9, 10])
    for (const [, list] of counts) expect(Math.abs(list.length - 600)).toBeLessThan(120)
  })
})

describe('use', () => {
  function naiveUse(scope: Scope, filter: UseFilter, by: readonly Dimension[]): ReadonlyMap<string, readonly number[]> {
    const named = filter.provider || filter.consumer
    const provider = scope.kind === 'DEPARTMENT' && !named ? scope.department : filter.provider
    const rows = ALL.flatMap((record) =>
      record.data.flatMap((datum) => (datum.providers ?? []).map((one) => ({ record, datum, provider: one }))),
    ).filter(
      (row) =>
        (!provider || row.provider === provider) &&
        (!filter.consumer || [row.record.department, row.record.actingFor].includes(filter.consumer)) &&
        (!filter.coordinate || row.datum.coordinate === filter.coordinate) &&
        (!filter.matter || row.record.matter === filter.matter) &&
        (scope.kind === 'OVERSIGHT' || provider === scope.department || filter.consumer === scope.department),
    )
    const values = (row: (typeof rows)[number]): Readonly<Record<Dimension, string | null>> => ({
      CONSUMER: row.record.actingFor ?? row.record.department,
      PROVIDER: row.provider,
      MATTER: row.record.matter,
      COORDINATE: row.datum.coordinate,
      MONTH: new Date(Date.parse(row.record.time) + 8 * 3_600_000).toISOString().slice(0, 7),
    })
    const groups = Map.groupBy(rows, (row) => JSON.stringify(by.map((one) => values(row)[one])))
    return new Map(
      [...groups].map(([key, list]) => [
        key,
        [
          new Set(list.map(({ record }) => record.receipt)).size,
          list.filter(({ datum }) => datum.decision === 'ALLOW').length,
          list.filter(({ datum }) => datum.decision === 'DENY').length,
        ],
      ]),
    )
  }

  const questions: readonly [UseFilter, readonly Dimension[]][] = [
    [{}, ['PROVIDER', 'COORDINATE']],
    [{ provider: 'tax' }, ['CONSUMER', 'MONTH']],
    [{ consumer: 'housing' }, ['PROVIDER', 'MATTER']],
    [{ consumer: 'tax' }, ['PROVIDER']],
    [{ provider: 'tax', consumer: 'housing', coordinate: 'A.x' }, ['MATTER']],
    [{ provider: 'police' }, ['CONSUMER']],
  ]
  test.each(questions.map((one) => [JSON.stringify(one), ...one] as const))(
    '%s: the groups that a plain walk counts, of the scope alone',
    async (_name, filter, by) => {
      for (const { db } of open)
        for (const scope of SCOPES) {
          const { groups, complete } = await countUse(db, scope, filter, by, 500)
          const counted = new Map(
            groups.map((group) => {
              const { consumer, provider, matter, coordinate, month } = group
              const all = {
                CONSUMER: consumer,
                PROVIDER: provider,
                MATTER: matter,
                COORDINATE: coordinate,
                MONTH: month,
              }
              for (const one of DIMENSIONS.filter((name) => !by.includes(name))) expect(all[one]).toBeNull()
              return [
                JSON.stringify(by.map((one) => all[one])),
                [group.operations, group.released, group.refused],
              ] as const
            }),
          )
          expect(complete).toBe(true)
          expect(counted).toEqual(naiveUse(scope, filter, by))
        }
    },
  )

  test('a batch is one operation, and each of its rows is compared once', async () => {
    const compared = (number: number, of: string | null, rows: number): AuditEntry =>
      sampleEntry(`gx_batch_${number}`, {
        method: 'verify',
        department: 'housing',
        data: [{ coordinate: 'A.x', decision: 'VERIFY_ONLY', code: 'VERIFY_ONLY', providers: ['tax'] }],
        verification: { rows, items: [], ...(of === null ? {} : { of, row: number }) },
      })
    const entries = [
      compared(0, null, 3),
      ...[1, 2, 3].map((row) => compared(row, 'gx_batch_0', 3)),
      compared(4, null, 1),
    ]
    for (const kind of stores.kinds) {
      const store = await kind.open()
      await indexRecords(store, { chain: 'c', replica: 'test' }, chained(entries, 'c'), START)
      const { groups } = await countUse(store.db, OVERSIGHT, {}, ['COORDINATE'], 10)
      expect(groups).toMatchObject([{ coordinate: 'A.x', operations: 2, compared: 4, released: 0, refused: 0 }])
    }
  })

  test('tells when it does not show everything', async () => {
    for (const { db } of open) {
      const { groups, complete } = await countUse(db, OVERSIGHT, {}, ['COORDINATE'], 2)
      expect(groups).toHaveLength(2)
      expect(complete).toBe(false)
    }
  })
})
