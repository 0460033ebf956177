import { chmod, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { followKeyFiles } from '../../../gateway/adapters/followed-keys.ts'
import type { FollowedKeys } from '../../../gateway/adapters/followed-keys.ts'
import { generateKeys, rotateKey } from '../../../gateway/adapters/key-files.ts'
import { KeyFault } from '../../../gateway/keys/key-fault.ts'
import { isSigningPurpose, isSm2Purpose, PURPOSES } from '../../../gateway/keys/purposes.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'

const REAL = { development: false, now: Date.now(), usedFrom: Date.now(), keep: 9 }
const BYTES = Buffer.from('what is signed')
let directory = ''
let followed: FollowedKeys
let told: string[] = []

const hear = (event: unknown): void => {
  const { step, subject } = event as { readonly step: string; readonly subject: string }
  told.push(`${step} ${subject}`)
}

beforeEach(async () => {
  told = []
  directory = join(await mkdtemp(join(tmpdir(), 'gongxiang-followed-')), 'keys')
  await generateKeys(directory, REAL)
  followed = await followKeyFiles(directory, 'production', systemClock)
  subscribe('gongxiang:lifecycle', hear)
})

afterEach(async () => {
  unsubscribe('gongxiang:lifecycle', hear)
  followed.close()
  await rm(join(directory, '..'), { recursive: true, force: true })
})

const heard = (line: string): Promise<unknown> => vi.waitUntil(() => told.includes(line), { timeout: 5_000 })
const inUse = (): string => followed.ring.secret('consumer-pseudonym').id

describe('a ring that follows its files', () => {
  it('takes a rotated key into use, of every purpose, and still checks by the older one', async () => {
    const { ring } = followed
    const before = ring.signing('receipt')
    const snapshot = ring.snapshot()
    for (const purpose of PURPOSES) {
      const made = await rotateKey(directory, purpose, REAL)
      const current = (): string => {
        if (isSm2Purpose(purpose)) return ring.sm2(purpose).id
        return isSigningPurpose(purpose) ? ring.signing(purpose).id : ring.secret(purpose).id
      }
      await vi.waitUntil(() => current() === made, { timeout: 5_000 })
    }
    expect(ring.verify('receipt', before.id, BYTES, before.sign(BYTES))).toBe(true)
    expect(snapshot.signing('receipt').id).toBe(before.id)
    expect(ring.signing('receipt').id).not.toBe(before.id)
  })

  it('checks a receipt by a key that the ring no longer has, taken over with the rotation', async () => {
    const { ring } = followed
    const before = ring.signing('receipt')
    for (const _ of [1, 2]) await rotateKey(directory, 'receipt', { ...REAL, keep: 0 })
    await vi.waitUntil(() => ring.signing('receipt').id !== before.id, { timeout: 5_000 })
    expect(ring.verify('receipt', before.id, BYTES, before.sign(BYTES))).toBe(true)
  })

  it.each([
    ['a damaged file', async (path: string) => writeFile(path, '{"version":1', { mode: 0o600 })],
    ['a file that is gone', async (path: string) => rm(path)],
    ['a file that others can read', async (path: string) => chmod(path, 0o644)],
  ])('keeps the last good keys in the place of %s, and says so', async (_what, harm) => {
    const before = inUse()
    await harm(join(directory, 'consumer-pseudonym.json'))
    await heard('reload-refused keys consumer-pseudonym')
    expect(inUse()).toBe(before)
    // Nobody else's keys are held up by it.
    const other = await rotateKey(directory, 'subject-pseudonym', REAL)
    await heard('reloaded keys subject-pseudonym')
    expect(followed.ring.secret('subject-pseudonym').id).toBe(other)
  })

  it('takes a mended file again', async () => {
    const path = join(directory, 'consumer-pseudonym.json')
    await chmod(path, 0o644)
    await heard('reload-refused keys consumer-pseudonym')
    await chmod(path, 0o600)
    await heard('reloaded keys consumer-pseudonym')
    const made = await rotateKey(directory, 'consumer-pseudonym', REAL)
    await expect.poll(inUse, { timeout: 5_000 }).toBe(made)
  })

  it('in production never takes a development key, not even later', async () => {
    const before = inUse()
    await rotateKey(directory, 'consumer-pseudonym', { ...REAL, development: true })
    await heard('reload-refused keys consumer-pseudonym')
    expect(inUse()).toBe(before)
  })

  it('is not opened at all where something is wrong, and then names everything', async () => {
    await rm(join(directory, 'cursor.json'))
    await chmod(join(directory, 'receipt.json'), 0o640)
    const error: unknown = await followKeyFiles(directory, 'production', systemClock).catch((thrown: unknown) => thrown)
    expect(error).toBeInstanceOf(KeyFault)
    expect(error).toMatchObject({ problems: [{ purpose: 'receipt' }, { purpose: 'cursor', kind: 'MISSING' }] })
  })

  it('no longer looks once it is closed', async () => {
    const before = inUse()
    followed.close()
    await rotateKey(directory, 'consumer-pseudonym', REAL)
    await new Promise((done) => setTimeout(done, 600))
    expect(inUse()).toBe(before)
  })
})
