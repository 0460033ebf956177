import { createPublicKey, verify } from 'node:crypto'
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
} from '../../../gateway/adapters/key-files.ts'
import { KeyFault } from '../../../gateway/keys/key-fault.ts'
import { openKeyRing } from '../../../gateway/keys/key-ring.ts'
import { PURPOSES, SECRET_PURPOSES, SIGNING_PURPOSES } from '../../../gateway/keys/purposes.ts'
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
    expect(await readdir(join(directory, 'public'))).toHaveLength(SIGNING_PURPOSES.length)
  })
})

describe('production', () => {
  it('makes nothing, and names every key that is missing', async () => {
    expect(await kinds('production')).toEqual(PURPOSES.map((purpose) => `${purpose} MISSING`))
  })

  it('refuses development keys, also where one is only still accepted', async () => {
    await generateKeys(directory, { development: true, now: NOW })
    expect(await kinds('production')).toEqual(PURPOSES.map((purpose) => `${purpose} DEVELOPMENT`))
    for (const purpose of PURPOSES) await rotateKey(directory, purpose, { development: false, now: NOW, keep: 1 })
    expect(await kinds('production')).toHaveLength(PURPOSES.length)
    for (const purpose of PURPOSES) await rotateKey(directory, purpose, { development: false, now: NOW, keep: 0 })
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
  const options = { development: false, now: NOW, keep: 1 }

  it('puts a new key in front and still accepts the older one, up to the number kept', async () => {
    await generateKeys(directory, options)
    const open = () => openKeyRing(createKeyFiles(directory), { allowDevelopment: false })
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

  it('never takes back a public key of the audit record', async () => {
    await generateKeys(directory, options)
    for (const _ of [1, 2, 3]) await rotateKey(directory, 'audit-head', { ...options, keep: 0 })
    await generateKeys(directory, options)
    expect(await readPublicKeys(publicKeysFile(directory, 'audit-head'))).toHaveLength(4)
    expect(await readPublicKeys(publicKeysFile(directory, 'receipt'))).toHaveLength(1)
  })
})
