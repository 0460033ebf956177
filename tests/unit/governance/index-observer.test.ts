import { generateKeyPairSync } from 'node:crypto'
import { mkdtemp, readdir, readFile, rename, rm, truncate, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { chainSource, chainSources } from '../../../gateway/adapters/governance-chains.ts'
import type { AuditLog } from '../../../gateway/audit/audit-log.ts'
import { segmentsIn } from '../../../gateway/audit/files.ts'
import type { AuditRecord } from '../../../gateway/audit/record.ts'
import { sm2Signer } from '../../../gateway/audit/sm2.ts'
import type { Found } from '../../../gateway/governance/index/found.ts'
import { createObserver } from '../../../gateway/governance/index/observer.ts'
import type { Observer } from '../../../gateway/governance/index/observer.ts'
import type { GovernanceStore } from '../../../gateway/governance/store/store.ts'
import { appendAll, openTestLog, receipts } from '../../kit/audit-samples.ts'
import { openTestStore } from '../../kit/governance.ts'

const ALL = (): number => Number.MAX_SAFE_INTEGER
let directory: string
let store: GovernanceStore
let told: (Found & { readonly chain: string })[]
let seen: string[]
let now: number

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gx-observer-'))
  store = await openTestStore()
  told = []
  seen = []
  now = Date.parse('2026-11-23T02:00:00Z')
})
afterEach(() => store.close())

function observe(settle = 500): Observer {
  return createObserver({
    store,
    sources: () => chainSources(directory),
    clock: { now: () => now },
    settle,
    watch: {
      tick: async () => undefined,
      observe: async (records: readonly AuditRecord[]) => void seen.push(...records.map((one) => one.receipt)),
    },
    tell: (chain, found) => void told.push({ chain, ...found }),
  })
}

async function log(): Promise<AuditLog> {
  return openTestLog(auditFiles(directory))
}

/** Writes so many records as one life of a gateway would. */
async function write(prefix: string, count: number): Promise<void> {
  const one = await log()
  await appendAll(one, receipts(prefix, count))
  await one.close()
}

async function copied(): Promise<readonly string[]> {
  const rows = await store.db.selectFrom('audit_record').select(['receipt']).orderBy('chain').orderBy('seq').execute()
  return rows.map(({ receipt }) => receipt)
}

async function passAll(observer: Observer): Promise<void> {
  while ((await observer.pass(ALL)) > 0);
}

async function segments(): Promise<readonly string[]> {
  return segmentsIn(await readdir(directory)).map(({ name }) => join(directory, name))
}

/** Rewrites the lines of a segment. */
async function edit(file: string, change: (lines: readonly string[]) => readonly string[]): Promise<void> {
  const text = (await readFile(file, 'utf8')).replace(/\0+$/, '')
  await writeFile(file, change(text.split('\n')).join('\n'))
}

describe('the observer', () => {
  test('copies each record once, over segments, restarts of the log and restarts of its own', async () => {
    await write('a', 40)
    await passAll(observe())
    await write('b', 25)
    const observer = observe()
    await passAll(observer)
    await passAll(observer)
    expect((await segments()).length).toBeGreaterThan(4)
    expect(await copied()).toEqual([...receipts('a', 40), ...receipts('b', 25)])
    expect(seen).toEqual(await copied())
    expect(told).toEqual([])
    expect(await observer.lags()).toEqual([{ chain: 'test-chain', records: 0, seconds: 0 }])
  })

  test('takes what the writer acknowledged at once, and the rest when it has stood there for a while', async () => {
    const one = await log()
    await appendAll(one, receipts('a', 6))
    const observer = observe(500)
    await observer.pass(() => 4)
    expect(await copied()).toEqual(receipts('a', 4))
    expect((await observer.lags())[0]).toMatchObject({ records: 2 })
    now += 499
    await observer.pass(() => 0)
    expect(await copied()).toHaveLength(4)
    now += 1
    await observer.pass(() => 0)
    expect(await copied()).toEqual(receipts('a', 6))
    await one.close()
  })

  test('a torn line waits for its end, or for the segment that begins anew', async () => {
    await write('a', 3)
    const [first = ''] = await segments()
    await edit(first, (lines) => [...lines.slice(0, 4), (lines[2] ?? '').slice(0, 100)])
    const observer = observe()
    await passAll(observer)
    await write('b', 2)
    await passAll(observer)
    expect(await copied()).toEqual([...receipts('a', 3), ...receipts('b', 2)])
    expect(told).toEqual([])
  })

  test('names a record that is missing, one that was changed, and one that does not follow', async () => {
    await write('a', 12)
    const [first = ''] = await segments()
    // The header is line 0, record n line n.
    await edit(first, (lines) =>
      lines.filter((_, at) => at !== 3).map((line, at) => (at === 4 ? line.replace('"a-4"', '"x-4"') : line)),
    )
    await passAll(observe())
    expect(await copied()).toEqual(receipts('a', 12).filter((one) => one !== 'a-2' && one !== 'a-4'))
    expect(told.map(({ kind, from, to }) => [kind, from, to])).toEqual([
      ['GAP', 3, 3],
      ['CHANGED', 5, 5],
    ])
    const gaps = await store.db.selectFrom('audit_gap').select(['chain', 'kind', 'from_seq']).orderBy('id').execute()
    expect(gaps).toEqual([
      { chain: 'test-chain', kind: 'GAP', from_seq: 3 },
      { chain: 'test-chain', kind: 'CHANGED', from_seq: 5 },
    ])
  })

  test('a tail that is gone is told, its copies are kept, and what is written later is copied too', async () => {
    const one = await log()
    await appendAll(one, receipts('a', 8))
    await passAll(observe())
    await one.close()
    const [first = ''] = await segments()
    await edit(first, (lines) => [...lines.slice(0, 6), ''])
    for (const name of await readdir(directory)) if (name.startsWith('heads-')) await truncate(join(directory, name), 0)
    await passAll(observe())
    expect(told).toMatchObject([{ kind: 'TAIL_MISSING', chain: 'test-chain', from: 6, to: 8 }])
    await write('b', 3)
    await passAll(observe())
    expect(await copied()).toEqual([...receipts('a', 8), ...receipts('b', 3)])
    const chains = await store.db.selectFrom('audit_chain').select(['chain', 'seq']).orderBy('chain').execute()
    expect(chains).toEqual([
      { chain: 'test-chain', seq: 8 },
      { chain: 'test-chain~2', seq: 8 },
    ])
    expect(told).toHaveLength(1)
  })

  test('another chain under the same name is a fork', async () => {
    await write('a', 4)
    await passAll(observe())
    await rm(directory, { recursive: true })
    await write('b', 5)
    await passAll(observe())
    expect(told).toMatchObject([{ kind: 'FORKED', from: 1, to: 4 }])
    expect(await copied()).toEqual([...receipts('a', 4), ...receipts('b', 5)])
  })

  test('a chain that is gone is told once', async () => {
    await write('a', 2)
    const kept = directory
    directory = join(kept, 'all')
    await rename(kept, `${kept}-moved`)
    await auditFiles(join(directory, '1'))
      .lock()
      .then((unlock) => unlock())
    await rename(`${kept}-moved`, join(directory, '2'))
    const observer = observe()
    await passAll(observer)
    await rm(join(directory, '2'), { recursive: true })
    for (let looks = 0; looks < 3; looks += 1) {
      now += 60_000
      await observer.pass(ALL)
    }
    expect(told.map(({ kind, chain }) => [kind, chain])).toEqual([['CHAIN_MISSING', 'test-chain']])
  })

  test('while the store is down nothing is lost; afterwards it is copied in order, and a report is made (S20)', async () => {
    const observer = observe()
    await write('a', 3)
    await passAll(observer)
    await store.db.schema.alterTable('audit_route').renameTo('away').execute()
    await write('b', 9)
    await expect(observer.pass(ALL)).rejects.toThrow('audit_route')
    now += 90_000
    await expect(observer.pass(ALL)).rejects.toThrow('audit_route')
    expect(await copied()).toHaveLength(3)
    expect((await observer.lags())[0]).toMatchObject({ records: 9, seconds: 90 })
    await store.db.schema.alterTable('away').renameTo('audit_route').execute()
    await passAll(observer)
    expect(await copied()).toEqual([...receipts('a', 3), ...receipts('b', 9)])
    expect(told).toMatchObject([{ kind: 'OUTAGE', from: 4, to: 12 }])
    expect((await observer.lags())[0]).toMatchObject({ records: 0, seconds: 0 })
  })

  test('follows a chain of the national suite, and one that changes suites', async () => {
    await write('a', 3)
    const { privateKey, publicKey } = generateKeyPairSync('ec', { namedCurve: 'SM2' })
    const one = await openTestLog(auditFiles(directory), { signer: sm2Signer(privateKey, publicKey) })
    await appendAll(one, receipts('b', 3))
    await one.close()
    expect(await readFile((await segments()).at(-1) ?? '', 'utf8')).toContain('"digest":"SM3"')
    await passAll(observe())
    expect(await copied()).toEqual([...receipts('a', 3), ...receipts('b', 3)])
    expect(told).toEqual([])
  })

  test('two machines whose chains have one name are told apart, and none is taken for a fork', async () => {
    await write('a', 4)
    await passAll(observe())
    await rm(directory, { recursive: true })
    await write('b', 3)
    const source = chainSource(directory, 'another-machine')
    const parts = { store, clock: { now: () => now }, settle: 0, watch: null, tell: () => undefined }
    const other = createObserver({ ...parts, sources: async () => [source] })
    await expect(other.pass(ALL)).rejects.toMatchObject({ code: 'CHAIN_TAKEN' })
    expect(await copied()).toEqual(receipts('a', 4))
    // The first one has been silent for long: it is the same machine under a new name, and has lost its record.
    now += 3_600_000
    await passAll(other)
    expect(await copied()).toEqual([...receipts('a', 4), ...receipts('b', 3)])
  })

  test('a chain that cannot be read keeps no other from being copied', async () => {
    const root = directory
    directory = join(root, '2')
    await write('a', 4)
    directory = root
    const broken = chainSource(join(root, 'nowhere'), 'machine/1')
    const sources = async () => [broken, ...(await chainSources(root))]
    const parts = { store, clock: { now: () => now }, settle: 0, watch: null, tell: () => undefined }
    await expect(createObserver({ ...parts, sources }).pass(ALL)).rejects.toMatchObject({ code: 'ENOENT' })
    expect(await copied()).toEqual(receipts('a', 4))
  })
})
