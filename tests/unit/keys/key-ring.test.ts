import { createPublicKey, verify } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { chmod, mkdtemp, readdir, readFile, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import {
  createKeyFiles,
  generateKeys,
  openKeyFiles,
  publicKeysFile,
  readPublicKeys,
  rotateKey,
  usedFrom,
} from '../../../gateway/adapters/key-files.ts'
import { sm2Sign, verifySm2 } from '../../../gateway/audit/sm2.ts'
import { KeyFault } from '../../../gateway/keys/key-fault.ts'
import { openKeyRing } from '../../../gateway/keys/key-ring.ts'
import type { KeyRing } from '../../../gateway/keys/key-ring.ts'
import type { StoredRing } from '../../../gateway/keys/key-source.ts'
import { standings } from '../../../gateway/keys/key-states.ts'
import { PURPOSES, SECRET_PURPOSES, SIGNING_PURPOSES, SM2_PURPOSES, usualKeep } from '../../../gateway/keys/purposes.ts'
import type { Purpose } from '../../../gateway/keys/purposes.ts'
import { DAY, LONGEST_WINDOW, windowAt, windowEnd } from '../../../gateway/limits/counters.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'

const NOW = 1_795_334_400_000
const BYTES = Buffer.from('what is signed')
let directory = ''

beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'gongxiang-keys-')), 'keys')
})

async function kinds(mode: 'embedded' | 'production'): Promise<readonly string[]> {
  const error: unknown = await openKeyFiles(directory, mode, systemClock).catch((thrown: unknown) => thrown)
  if (!(error instanceof KeyFault)) throw new Error('was opened', { cause: error })
  return error.problems.map(({ purpose, kind }) => `${purpose} ${kind}`)
}

describe('the embedded mode', () => {
  it('makes a key for every purpose, no two alike, for this user alone', async () => {
    const ring = await openKeyFiles(directory, 'embedded', systemClock)
    const ids = [
      ...SIGNING_PURPOSES.map((purpose) => ring.signing(purpose).id),
      ...SM2_PURPOSES.map((purpose) => ring.sm2(purpose).id),
      ...SECRET_PURPOSES.map((purpose) => ring.secret(purpose).id),
    ]
    expect(new Set(ids).size).toBe(PURPOSES.length)
    expect(ring.development).toEqual(PURPOSES)
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    for (const purpose of PURPOSES) {
      const file = join(directory, `${purpose}.json`)
      expect((await stat(file)).mode & 0o777).toBe(0o600)
      expect(JSON.parse(await readFile(file, 'utf8'))).toMatchObject({ keys: [{ development: true }] })
    }
    expect((await readdir(directory)).filter((name) => name.endsWith('.tmp'))).toEqual([])
  })

  it('keeps its keys over a restart, and over two starts at once', async () => {
    const rings = await Promise.all([1, 2, 3, 4].map(() => openKeyFiles(directory, 'embedded', systemClock)))
    const again = await openKeyFiles(directory, 'embedded', systemClock)
    for (const purpose of SIGNING_PURPOSES)
      expect(new Set([...rings, again].map((ring) => ring.signing(purpose).id)).size).toBe(1)
  })

  it('makes each key once, however many processes start at once', async () => {
    const made = await Promise.all([1, 2, 3, 4].map(() => generateKeys(directory, { development: true, now: NOW })))
    expect(made.flat().toSorted()).toEqual(PURPOSES.toSorted())
  })

  it('signs, and hashes with 32 bytes', async () => {
    const ring = await openKeyFiles(directory, 'embedded', systemClock)
    const key = ring.signing('audit-head')
    const signature = key.sign(BYTES)
    expect(signature).toHaveLength(64)
    expect(verify(null, BYTES, key.publicKey, signature)).toBe(true)
    expect(ring.verify('audit-head', key.id, BYTES, signature)).toBe(true)
    expect(ring.verify('receipt', key.id, BYTES, signature)).toBe(false)
    expect(ring.verify('audit-head', key.id, Buffer.from('another'), signature)).toBe(false)
    expect(ring.secret('subject-pseudonym').key.symmetricKeySize).toBe(32)
  })

  it('publishes the public halves, and nothing else', async () => {
    const ring = await openKeyFiles(directory, 'embedded', systemClock)
    for (const purpose of SIGNING_PURPOSES) {
      const text = await readFile(publicKeysFile(directory, purpose), 'utf8')
      expect(JSON.parse(text)).toEqual(ring.publicJwks(purpose))
      expect(text).not.toMatch(/"d"|"k"/)
      const [jwk] = ring.publicJwks(purpose).keys
      expect(createPublicKey({ format: 'jwk', key: { ...jwk } }).equals(ring.signing(purpose).publicKey)).toBe(true)
    }
    expect(await readdir(join(directory, 'public'))).toHaveLength(SIGNING_PURPOSES.length + SM2_PURPOSES.length)
  })

  it('makes an SM2 pair whose halves belong together, read again the same', async () => {
    const ring = await openKeyFiles(directory, 'embedded', systemClock)
    const { privateKey, publicKey, id } = ring.sm2('audit-head-sm2')
    expect(verifySm2(publicKey, BYTES, sm2Sign(privateKey, BYTES))).toBe(true)
    const path = publicKeysFile(directory, 'audit-head-sm2')
    const text = await readFile(path, 'utf8')
    expect(JSON.parse(text)).toMatchObject({ keys: [{ kty: 'EC', crv: 'SM2', kid: id, development: true }] })
    expect(text).not.toMatch(/"d"|"k"/)
    const der = (key: KeyObject) => key.export({ type: 'spki', format: 'der' })
    expect((await readPublicKeys(path)).map(der)).toEqual([der(publicKey)])
    const newer = await rotateKey(directory, 'audit-head-sm2', { development: true, now: NOW, keep: 0 })
    expect((await readPublicKeys(path)).map(der)).toEqual([expect.anything(), der(publicKey)])
    expect((await openKeyFiles(directory, 'embedded', systemClock)).sm2('audit-head-sm2').id).toBe(newer)
  })
})

describe('production', () => {
  it('makes nothing, and names every key that is missing', async () => {
    expect(await kinds('production')).toEqual(PURPOSES.map((purpose) => `${purpose} MISSING`))
  })

  it('refuses development keys, also where one is only still accepted', async () => {
    await generateKeys(directory, { development: true, now: NOW })
    expect(await kinds('production')).toEqual(PURPOSES.map((purpose) => `${purpose} DEVELOPMENT`))
    const rotated = { development: false, now: NOW, usedFrom: NOW }
    for (const purpose of PURPOSES) await rotateKey(directory, purpose, { ...rotated, keep: 1 })
    expect(await kinds('production')).toHaveLength(PURPOSES.length)
    for (const purpose of PURPOSES) await rotateKey(directory, purpose, { ...rotated, keep: 0 })
    expect((await openKeyFiles(directory, 'production', systemClock)).development).toEqual([])
  })

  it('refuses files that others can read, damaged ones and those of another purpose, all at once', async () => {
    await generateKeys(directory, { development: false, now: NOW })
    await chmod(join(directory, 'receipt.json'), 0o640)
    await writeFile(join(directory, 'cursor.json'), '{')
    const other = await readFile(join(directory, 'argument-hash.json'), 'utf8')
    await writeFile(join(directory, 'subject-pseudonym.json'), other)
    const audit = await readFile(join(directory, 'audit-head.json'), 'utf8')
    await writeFile(join(directory, 'audit-head.json'), audit.replace(/"d": "[^"]+"/, '"d": "short"'))
    const disguised = other.replace('"argument-hash"', '"call-context"')
    await writeFile(join(directory, 'call-context.json'), disguised)
    expect(await kinds('production')).toEqual([
      'call-context INVALID',
      'audit-head INVALID',
      'receipt READABLE_BY_OTHERS',
      'subject-pseudonym INVALID',
      'cursor INVALID',
    ])
  })

  it('says nothing of the key itself', async () => {
    await generateKeys(directory, { development: true, now: NOW })
    const stored = await Promise.all(PURPOSES.map(async (one) => readFile(join(directory, `${one}.json`), 'utf8')))
    const secrets = stored.flatMap((text) => [...text.matchAll(/"[dk]": "([^"]+)"/g)].map(([, secret = '']) => secret))
    expect(secrets).toHaveLength(PURPOSES.length)
    const error: unknown = await openKeyFiles(directory, 'production', systemClock).catch((thrown: unknown) => thrown)
    for (const secret of secrets) expect(String(error)).not.toContain(secret)
  })
})

describe('rotation', () => {
  const options = { development: false, now: NOW, usedFrom: NOW, keep: 1 }
  const open = (now = NOW): Promise<KeyRing> =>
    openKeyRing(createKeyFiles(directory), { allowDevelopment: false, now: () => now })
  const idsOf = (keys: readonly { readonly id: string }[]): string[] => keys.map(({ id }) => id)

  beforeEach(async () => {
    await generateKeys(directory, options)
  })

  it('puts a new key in front and still accepts the older one, up to the number kept', async () => {
    const first = (await open()).signing('call-context')
    const second = await rotateKey(directory, 'call-context', options)
    const ring = await open()
    expect(ring.signing('call-context').id).toBe(second)
    expect(ring.verify('call-context', first.id, BYTES, first.sign(BYTES))).toBe(true)
    expect(ring.publicJwks('call-context').keys.map(({ kid }) => kid)).toEqual([second, first.id])
    await rotateKey(directory, 'call-context', options)
    expect((await open()).verify('call-context', first.id, BYTES, first.sign(BYTES))).toBe(false)
    await rotateKey(directory, 'cursor', options)
    expect((await open()).secrets('cursor')).toHaveLength(2)
  })

  it('publishes and accepts a key before it signs, and keeps the one in use until then', async () => {
    const first = (await open()).signing('call-context').id
    const second = await rotateKey(directory, 'call-context', { development: false, now: NOW, keep: 0 })
    const before = await open(NOW + 1_000)
    expect(before.signing('call-context').id).toBe(first)
    expect(before.publicJwks('call-context').keys.map(({ kid }) => kid)).toEqual([second, first])
    const after = await open(NOW + 60_000)
    expect(after.signing('call-context').id).toBe(second)
    const sent = after.signing('call-context')
    expect(before.verify('call-context', sent.id, BYTES, sent.sign(BYTES))).toBe(true)
    // Another rotation meanwhile leaves the one in use, and may forget what was never used.
    const third = await rotateKey(directory, 'call-context', { development: false, now: NOW + 1_000, keep: 0 })
    expect((await open(NOW + 2_000)).signing('call-context').id).toBe(first)
    expect((await open(NOW + 60_000)).signing('call-context').id).toBe(third)
  })

  it('gives the secret in use first, then the older ones, then what is only announced', async () => {
    const first = (await open()).secret('cursor').id
    const second = await rotateKey(directory, 'cursor', { ...options, keep: 9 })
    const third = await rotateKey(directory, 'cursor', { ...options, usedFrom: NOW + 5_000, keep: 9 })
    expect(idsOf((await open()).secrets('cursor'))).toEqual([second, first, third])
    expect(idsOf((await open(NOW + 5_000)).secrets('cursor'))).toEqual([third, second, first])
  })

  it('gives no secret before its time where only used ones are wanted, not even one that another was put before', async () => {
    const used = async (now: number): Promise<string[]> => idsOf((await open(now)).usedSecrets('consumer-pseudonym'))
    const first = (await open()).secret('consumer-pseudonym').id
    const second = await rotateKey(directory, 'consumer-pseudonym', { ...options, usedFrom: NOW + 5_000, keep: 9 })
    expect([await used(NOW), await used(NOW + 5_000)]).toEqual([[first], [second, first]])
    const third = await rotateKey(directory, 'consumer-pseudonym', { ...options, keep: 9 })
    expect(idsOf((await open()).secrets('consumer-pseudonym'))).toEqual([third, second, first])
    expect([await used(NOW), await used(NOW + 5_000)]).toEqual([
      [third, first],
      [third, second, first],
    ])
  })

  it('takes the oldest key where the clock stands before all of them', async () => {
    const first = (await open()).secret('cursor').id
    await rotateKey(directory, 'cursor', { ...options, usedFrom: NOW + 5_000 })
    expect((await open(0)).secret('cursor').id).toBe(first)
  })

  it('changes the key of counters at the end of their longest window, and not a moment before', async () => {
    const ids = async (now: number): Promise<string> => (await open(now)).secret('counter-member').id
    const first = await ids(NOW)
    const second = await rotateKey(directory, 'counter-member', { development: false, now: NOW, keep: 0 })
    const end = windowEnd(NOW, LONGEST_WINDOW)
    expect([await ids(NOW), await ids(end - 1), await ids(end)]).toEqual([first, first, second])
    for (const window of [LONGEST_WINDOW, DAY])
      expect([windowAt(end - 1, window) + 1, windowEnd(end - 1, window)]).toEqual([windowAt(end, window), end])
    // However often and with how little kept it is rotated within a window.
    for (const _ of [1, 2, 3])
      await rotateKey(directory, 'counter-member', { development: false, now: NOW + 1_000, keep: 0 })
    expect(await ids(end - 1)).toBe(first)
  })

  it.each(['audit-head', 'receipt'] as const)(
    'never takes back a public key of %s, and checks by it',
    async (purpose) => {
      const first = (await open()).signing(purpose)
      for (const _ of [1, 2, 3]) await rotateKey(directory, purpose, { ...options, keep: 0 })
      await generateKeys(directory, options)
      expect(await readPublicKeys(publicKeysFile(directory, purpose))).toHaveLength(4)
      const ring = await open()
      expect(ring.verify(purpose, first.id, BYTES, first.sign(BYTES))).toBe(true)
      expect(ring.verify(purpose, first.id, Buffer.from('another'), first.sign(BYTES))).toBe(false)
      expect(ring.publicJwks(purpose).keys).toHaveLength(4)
      expect(await readPublicKeys(publicKeysFile(directory, 'call-context'))).toHaveLength(1)
    },
  )

  it('proves nothing in production by a key that was made for development', async () => {
    directory = `${directory}-tried`
    await generateKeys(directory, { development: true, now: NOW })
    const tried = (await openKeyFiles(directory, 'embedded', systemClock)).signing('receipt')
    for (const purpose of PURPOSES) await rotateKey(directory, purpose, { ...options, keep: 0 })
    const signature = tried.sign(BYTES)
    expect((await open()).verify('receipt', tried.id, BYTES, signature)).toBe(false)
    const embedded = await openKeyFiles(directory, 'embedded', systemClock)
    expect(embedded.verify('receipt', tried.id, BYTES, signature)).toBe(true)
  })

  it('is one at a time: a second one meanwhile is refused, and nothing is lost', async () => {
    const rotated = await Promise.all(
      [1, 2, 3, 4].map(() => rotateKey(directory, 'consumer-pseudonym', { ...options, keep: 9 })),
    )
    const made = rotated.filter((one) => typeof one === 'string')
    const refused = rotated.filter((one) => typeof one !== 'string')
    expect(made.length).toBeGreaterThan(0)
    for (const { message } of refused) expect(message).toContain('is being rotated by another process')
    const ids = idsOf((await open()).secrets('consumer-pseudonym'))
    expect(ids).toEqual(expect.arrayContaining(made))
    expect(ids).toHaveLength(made.length + 1)
    expect((await readdir(directory)).filter((name) => /lock|tmp/.test(name))).toEqual([])
  })

  it('leaves an operator the keys as they stand', async () => {
    const load = async (): Promise<StoredRing> => {
      const ring = await createKeyFiles(directory).load('call-context')
      if ('kind' in ring) throw new Error(ring.message)
      return ring
    }
    await rotateKey(directory, 'call-context', { ...options, now: NOW + 1, usedFrom: NOW + 1, keep: 9 })
    await rotateKey(directory, 'call-context', { ...options, now: NOW + 2, usedFrom: NOW + 10_000, keep: 9 })
    const at = (instant: number): string => new Date(instant).toISOString()
    expect(standings(await load(), NOW + 2).map(({ state, succeeded }) => [state, succeeded])).toEqual([
      ['ANNOUNCED', null],
      ['IN_USE', null],
      ['ACCEPTED', at(NOW + 1)],
    ])
    expect(standings(await load(), NOW + 10_000).map(({ state, succeeded }) => [state, succeeded])).toEqual([
      ['IN_USE', null],
      ['ACCEPTED', at(NOW + 10_000)],
      ['ACCEPTED', at(NOW + 1)],
    ])
  })

  it('is not felt by a snapshot that was taken before', async () => {
    let now = NOW
    await rotateKey(directory, 'consumer-pseudonym', { ...options, usedFrom: NOW + 1_000 })
    const ring = await openKeyRing(createKeyFiles(directory), { allowDevelopment: false, now: () => now })
    const then = ring.snapshot()
    now += 1_000
    expect(ring.secret('consumer-pseudonym').id).not.toBe(then.secret('consumer-pseudonym').id)
    expect(then.snapshot().secret('consumer-pseudonym').id).toBe(then.secret('consumer-pseudonym').id)
  })
})

describe('when a rotated key is first used', () => {
  const GRACE = 10_000
  const WAITS: Readonly<Record<Purpose, number>> = {
    'token-signing': GRACE,
    'call-context': GRACE,
    'audit-head': 0,
    'audit-head-sm2': 0,
    receipt: GRACE,
    report: 0,
    'subject-pseudonym': 0,
    'argument-hash': 0,
    cursor: GRACE,
    'counter-member': windowEnd(NOW, LONGEST_WINDOW) - NOW,
    'consumer-pseudonym': 0,
    cache: GRACE,
    'viewer-pseudonym': 0,
  }

  it.each(PURPOSES)('%s', (purpose) => {
    expect(usedFrom(purpose, NOW) - NOW).toBe(WAITS[purpose])
  })

  it('keeps every key that records are searched by, unless it is told otherwise', () => {
    expect(PURPOSES.filter((purpose) => usualKeep(purpose) > 9)).toEqual(['subject-pseudonym', 'argument-hash'])
  })
})
