import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { createRedisIdempotency } from '../../../gateway/adapters/idempotency-redis.ts'
import { openSqliteIdempotency } from '../../../gateway/adapters/idempotency-sqlite.ts'
import { callDigest } from '../../../gateway/verify/idempotency.ts'
import type { Begun, Idempotency } from '../../../gateway/verify/idempotency.ts'
import { startRedis } from '../../kit/redis.ts'

const redis = await startRedis()
afterAll(async () => redis?.stop())

/** A store, and a way to let time pass in it. */
interface Bench {
  readonly store: Idempotency
  lapse(seconds: number): Promise<void>
  close(): Promise<void>
}

function standing() {
  let now = Date.parse('2026-06-01T08:00:00Z')
  return { now: () => now, move: (seconds: number) => void (now += seconds * 1_000) }
}

async function inSqlite(): Promise<Bench> {
  const clock = standing()
  const store = openSqliteIdempotency(await sqliteFile(), clock)
  return { store, lapse: async (seconds) => clock.move(seconds), close: () => store.close() }
}

async function sqliteFile(): Promise<string> {
  return join(await mkdtemp(join(tmpdir(), 'gx-calls-')), 'state', 'idempotency.sqlite')
}

/** Redis keeps its own time: what is left of each key is shortened instead. */
async function inRedis(): Promise<Bench> {
  const url = redis?.url ?? ''
  const raw = new Redis(url)
  const store = await connected(url)
  return {
    store,
    async lapse(seconds) {
      for (const key of await raw.keys('*')) await raw.pexpire(key, (await raw.pttl(key)) - seconds * 1_000)
    },
    async close() {
      raw.disconnect()
      await store.close()
    },
  }
}

async function connected(url: string): Promise<Idempotency> {
  const store = createRedisIdempotency(url)
  // ioredis connects in the background.
  for (let tries = 0; tries < 100; tries += 1) {
    const begun = await store.begin('connect', 'connect', 1).catch(() => null)
    if (begun) return store
    await delay(20)
  }
  throw new Error('Redis does not answer')
}

function fresh(begun: Begun): Begun & { readonly kind: 'FRESH' } {
  if (begun.kind !== 'FRESH') throw new Error(`expected FRESH, found ${begun.kind}`)
  return begun
}

const kinds: readonly (readonly [string, boolean, () => Promise<Bench>])[] = [
  ['sqlite', true, inSqlite],
  ['redis', redis !== null, inRedis],
]

describe.each(kinds.filter(([, there]) => there))('calls remembered in %s', (_name, _there, open) => {
  let bench: Bench
  beforeAll(async () => {
    bench = await open()
  })
  afterAll(() => bench.close())
  const begin = (key: string, fingerprint = 'f', ttl = 3_600): Promise<Begun> =>
    bench.store.begin(key, fingerprint, ttl)

  test('are done once: whoever comes again is told what was told', async () => {
    const first = fresh(await begin('once'))
    expect(await begin('once')).toEqual({ kind: 'BUSY' })
    await first.complete('{"outcome":"相符"}')
    expect(await begin('once')).toEqual({ kind: 'DONE', text: '{"outcome":"相符"}' })
    expect(await begin('once')).toEqual({ kind: 'DONE', text: '{"outcome":"相符"}' })
    expect((await begin('another')).kind).toBe('FRESH')
  })

  test('may tell nothing', async () => {
    await fresh(await begin('empty')).complete('')
    expect(await begin('empty')).toEqual({ kind: 'DONE', text: '' })
  })

  test('are refused under a key that asked something else, before and after it was done', async () => {
    const first = fresh(await begin('conflict', 'one'))
    expect(await begin('conflict', 'other')).toEqual({ kind: 'CONFLICT' })
    await first.complete('told')
    expect(await begin('conflict', 'other')).toEqual({ kind: 'CONFLICT' })
    expect(await begin('conflict', 'one')).toEqual({ kind: 'DONE', text: 'told' })
  })

  test('are given up by whoever began them', async () => {
    const first = fresh(await begin('abandoned', 'one'))
    await first.abandon()
    const second = fresh(await begin('abandoned', 'other'))
    await second.complete('second')
    expect(await begin('abandoned', 'other')).toEqual({ kind: 'DONE', text: 'second' })
  })

  test('belong to one, however many begin at once', async () => {
    const begun = await Promise.all(Array.from({ length: 40 }, () => begin('crowd')))
    expect(begun.filter(({ kind }) => kind === 'FRESH')).toHaveLength(1)
    expect(begun.filter(({ kind }) => kind === 'BUSY')).toHaveLength(39)
  })

  test('are free again 60 seconds after a process that died began them', async () => {
    await begin('died')
    await bench.lapse(59)
    expect(await begin('died')).toEqual({ kind: 'BUSY' })
    await bench.lapse(2)
    expect((await begin('died', 'something else')).kind).toBe('FRESH')
  })

  test('are remembered for as long as was said, counted from their end', async () => {
    const first = fresh(await begin('remembered', 'f', 600))
    await bench.lapse(50)
    await first.complete('told')
    await bench.lapse(599)
    expect(await begin('remembered')).toEqual({ kind: 'DONE', text: 'told' })
    await bench.lapse(2)
    expect((await begin('remembered')).kind).toBe('FRESH')
  })

  test('that took too long are not completed or abandoned over whoever began them since', async () => {
    const slow = fresh(await begin('slow'))
    await bench.lapse(61)
    const second = fresh(await begin('slow'))
    await slow.complete('late')
    await slow.abandon()
    expect(await begin('slow')).toEqual({ kind: 'BUSY' })
    await second.complete('second')
    await slow.complete('later')
    await slow.abandon()
    expect(await begin('slow')).toEqual({ kind: 'DONE', text: 'second' })
  })

  test('that took too long are completed where nobody else began them', async () => {
    const slow = fresh(await begin('alone'))
    await bench.lapse(61)
    await slow.complete('late')
    expect(await begin('alone')).toEqual({ kind: 'DONE', text: 'late' })
  })

  test('are not undone once they are done', async () => {
    const first = fresh(await begin('settled'))
    await first.complete('told')
    await first.abandon()
    await first.complete('told otherwise')
    expect(await begin('settled')).toEqual({ kind: 'DONE', text: 'told' })
  })
})

describe('calls in a SQLite file', () => {
  test('are remembered over a restart, and shared by two processes', async () => {
    const path = await sqliteFile()
    const clock = standing()
    const [one, two] = [openSqliteIdempotency(path, clock), openSqliteIdempotency(path, clock)]
    const first = fresh(await one.begin('key', 'f', 60))
    expect(await two.begin('key', 'f', 60)).toEqual({ kind: 'BUSY' })
    await first.complete('told')
    await Promise.all([one.close(), two.close()])
    const later = openSqliteIdempotency(path, clock)
    expect(await later.begin('key', 'f', 60)).toEqual({ kind: 'DONE', text: 'told' })
    await later.close()
  })

  test('belong to their folder alone, and leave with their time', async () => {
    const path = await sqliteFile()
    const clock = standing()
    const store = openSqliteIdempotency(path, clock)
    await fresh(await store.begin('key-of-yesterday', 'f', 60)).complete('told yesterday')
    clock.move(3_600)
    await fresh(await store.begin('key-of-today', 'f', 60)).complete('told today')
    await store.close()
    expect((await stat(join(path, '..'))).mode & 0o077).toBe(0)
    const rows = spawnSync(process.execPath, ['-e', COUNT, path], { encoding: 'utf8' })
    expect(JSON.parse(rows.stdout)).toEqual(['key-of-today'])
  })

  test('of a process that is killed in the middle are held, whole, and free again', async () => {
    const path = await sqliteFile()
    const module = resolve(import.meta.dirname, '../../../gateway/adapters/idempotency-sqlite.ts')
    const child = spawnSync(process.execPath, ['--input-type=module', '-e', KILLED, module, path], { encoding: 'utf8' })
    expect(child.signal).toBe('SIGKILL')
    const clock = standing()
    clock.move((Date.now() - clock.now()) / 1_000)
    const store = openSqliteIdempotency(path, clock)
    expect(await store.begin('done', 'f', 60)).toEqual({ kind: 'DONE', text: 'told' })
    expect(await store.begin('begun', 'f', 60)).toEqual({ kind: 'BUSY' })
    clock.move(61)
    expect((await store.begin('begun', 'f', 60)).kind).toBe('FRESH')
    await store.close()
  })
})

const COUNT = `
const { DatabaseSync } = require('node:sqlite')
const rows = new DatabaseSync(process.argv[1]).prepare('SELECT key FROM calls').all()
process.stdout.write(JSON.stringify(rows.map((row) => row.key)))`

const KILLED = `
const { openSqliteIdempotency } = await import(process.argv[1])
const store = openSqliteIdempotency(process.argv[2], { now: () => Date.now() })
await (await store.begin('done', 'f', 3600)).complete('told')
await store.begin('begun', 'f', 3600)
process.kill(process.pid, 'SIGKILL')`

describe.skipIf(redis === null)('calls in a Redis', () => {
  test('that does not answer are not begun', async () => {
    const own = await startRedis()
    if (!own) throw new Error('Redis was there a moment ago')
    const store = await connected(own.url)
    const first = fresh(await store.begin('key', 'f', 60))
    await own.stop()
    const failed = await Promise.allSettled([store.begin('key', 'f', 60), first.complete('told')])
    expect(failed.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    await store.close()
  })

  test('belong to one of all replicas', async () => {
    const url = redis?.url ?? ''
    const stores = await Promise.all([connected(url), connected(url), connected(url)])
    const begun = await Promise.all(
      Array.from({ length: 30 }, async (_, at) => stores[at % 3]?.begin('replicas', 'f', 60)),
    )
    expect(begun.filter((one) => one?.kind === 'FRESH')).toHaveLength(1)
    await Promise.all(stores.map((store) => store.close()))
  })
})

test('digests tell calls apart, and nothing of them to whoever lacks the secret', () => {
  const [one, two] = [Buffer.alloc(32, 1), Buffer.alloc(32, 2)]
  expect(callDigest(one, ['a', 'b'])).toBe(callDigest(one, ['a', 'b']))
  const others = [
    callDigest(one, ['ab']),
    callDigest(one, ['b', 'a']),
    callDigest(one, ['a,b']),
    callDigest(two, ['a', 'b']),
  ]
  expect(new Set([...others, callDigest(one, ['a', 'b'])]).size).toBe(5)
  expect(callDigest(one, ['440620198001011234'])).toMatch(/^[\w-]{43}$/)
})

test('what is kept in a file is no more than digests and what was told', async () => {
  const path = await sqliteFile()
  const store = openSqliteIdempotency(path, standing())
  const secret = Buffer.alloc(32, 3)
  const begun = await store.begin(callDigest(secret, ['my-key']), callDigest(secret, [{ claimed: 'S-1234567' }]), 60)
  await fresh(begun).complete('{"outcome":"MATCH"}')
  await store.close()
  const bytes = await readFile(path, 'latin1')
  expect(bytes).toContain('MATCH')
  expect(bytes).not.toContain('S-1234567')
  expect(bytes).not.toContain('my-key')
})
