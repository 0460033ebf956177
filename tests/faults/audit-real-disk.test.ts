import { execFileSync, spawnSync } from 'node:child_process'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { mkdir, readdir, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, test, vi } from 'vitest'
import { auditFiles, auditReader } from '../../gateway/adapters/audit-file.ts'
import type { AuditLog } from '../../gateway/audit/audit-log.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { AUDIT_KEY, openTestLog, recordsIn, sampleEntry } from '../kit/audit-samples.ts'

/* What a machine really does when its disk is full or gone (S20): file systems of our own, small, filled and broken. */

const mounts: string[] = []

function mount(...words: readonly string[]): boolean {
  return spawnSync('mount', words).status === 0
}

/** Takes away whatever is mounted there. */
function unmount(place: string): void {
  execFileSync('umount', [place])
  mounts.splice(mounts.indexOf(place), 1)
}

const canMount = ((): boolean => {
  const place = mkdtempSync(join(tmpdir(), 'gx-mount-'))
  const can = mount('-t', 'tmpfs', '-o', 'size=64k', 'tmpfs', place)
  if (can) execFileSync('umount', [place])
  rmSync(place, { recursive: true })
  return can
})()

let folder = ''
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gx-disk-'))
})
afterEach(async () => {
  for (const place of mounts.toReversed()) unmount(place)
  await rm(folder, { recursive: true })
})

const timers = (callback: () => void, milliseconds: number) => {
  const timer = setTimeout(callback, milliseconds)
  return () => clearTimeout(timer)
}

function open(directory: string): Promise<AuditLog> {
  const sizes = { segmentBytes: 65_536, headEveryRecords: 50, retryMillis: 20 }
  return openTestLog(auditFiles(directory), { clock: systemClock, schedule: timers, ...sizes })
}

/** Appends one behind the other in so many hands, until each is refused or has done so many. */
async function load(log: AuditLog, name: string, hands: number, each: number) {
  const acknowledged: string[] = []
  const refusals = new Set<unknown>()
  await Promise.all(
    Array.from({ length: hands }, async (_, hand) => {
      for (let index = 0; index < each; index += 1) {
        const receipt = `${name}-${hand}-${index}`
        try {
          await log.append(await log.reserve(), sampleEntry(receipt))
        } catch (error) {
          refusals.add(error instanceof Error && 'code' in error ? error.code : error)
          return
        }
        acknowledged.push(receipt)
      }
    }),
  )
  return { acknowledged, refusals: [...refusals] }
}

/** Every acknowledged record stands there, once, in a chain that is whole. */
async function proved(directory: string, acknowledged: readonly string[]): Promise<void> {
  const reader = auditReader(directory)
  const found = (await recordsIn(reader)).map(({ receipt }) => receipt)
  expect(new Set(found).size).toBe(found.length)
  expect(acknowledged.filter((receipt) => !new Set(found).has(receipt))).toEqual([])
  expect((await verifyAudit(reader, [AUDIT_KEY.publicKey])).faults).toEqual([])
}

test('segments are left one after the other under load, on a real disk', { timeout: 60_000 }, async () => {
  const directory = join(folder, 'audit')
  const log = await open(directory)
  const { acknowledged, refusals } = await load(log, 'a', 64, 40)
  await log.close()
  expect([acknowledged.length, refusals]).toEqual([64 * 40, []])
  expect((await readdir(directory)).filter((name) => /^\d+\.ndjson$/.test(name)).length).toBeGreaterThan(40)
  await proved(directory, acknowledged)
})

test.skipIf(canMount || process.env['CI'] !== undefined)(
  'NOT RUN: full and broken disks need the right to mount (root)',
  () => {
    expect(canMount).toBe(true)
  },
)

describe.runIf(canMount || process.env['CI'] !== undefined)('a disk of its own', { timeout: 60_000 }, () => {
  it('that is full: refuses before anything is fetched, and goes on by itself once there is room', async () => {
    const directory = join(folder, 'small')
    await mkdir(directory)
    expect(mount('-t', 'tmpfs', '-o', 'size=1m', 'tmpfs', directory)).toBe(true)
    mounts.push(directory)
    const log = await open(directory)
    const full = await load(log, 'full', 16, 10_000)
    expect(full.refusals).toEqual(['AUDIT_UNAVAILABLE'])
    expect(full.acknowledged.length).toBeGreaterThan(300)
    expect(log.health()).toMatchObject({ ok: false, detail: expect.stringContaining('ENOSPC') as unknown })
    expect(() => log.reserve()).toThrow(expect.objectContaining({ code: 'AUDIT_UNAVAILABLE' }) as Error)
    expect(mount('-o', 'remount,size=8m', directory)).toBe(true)
    await vi.waitUntil(() => log.health().ok, { timeout: 10_000 })
    const after = await load(log, 'after', 16, 20)
    expect(after.refusals).toEqual([])
    await log.close()
    await proved(directory, [...full.acknowledged, ...after.acknowledged])
  })

  it('that is full of something else from the start on: says so, and leaves nothing half-made', async () => {
    const directory = join(folder, 'small')
    await mkdir(directory)
    expect(mount('-t', 'tmpfs', '-o', 'size=256k', 'tmpfs', directory)).toBe(true)
    mounts.push(directory)
    writeFileSync(join(directory, 'else'), Buffer.alloc(200_000))
    await expect(open(directory)).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
    rmSync(join(directory, 'else'))
    expect(mount('-o', 'remount,size=8m', directory)).toBe(true)
    const log = await open(directory)
    const { acknowledged } = await load(log, 'a', 4, 4)
    await log.close()
    await proved(directory, acknowledged)
  })

  const hasExt4 = spawnSync('mkfs.ext4', ['-V']).status === 0

  it.runIf(hasExt4)('that the system takes away from under it: nothing answered is lost when it is back', async () => {
    const [image, directory] = [join(folder, 'image'), join(folder, 'disk')]
    await mkdir(directory)
    execFileSync('truncate', ['-s', '24M', image])
    execFileSync('mkfs.ext4', ['-q', '-F', image])
    expect(mount('-o', 'loop', image, directory)).toBe(true)
    mounts.push(directory)
    const place = join(directory, 'audit')
    const log = await open(place)
    const before = await load(log, 'before', 16, 30)
    expect(before.refusals).toEqual([])
    const during = load(log, 'during', 16, 10_000)
    await new Promise((done) => setTimeout(done, 150))
    // The file system gives up as after an error of the disk: read-only at once, what was not flushed is gone.
    expect(mount('-o', 'remount,abort', directory)).toBe(true)
    const { acknowledged, refusals } = await during
    expect(refusals).toEqual(['AUDIT_UNAVAILABLE'])
    expect(log.health()).toMatchObject({ ok: false, detail: expect.stringMatching(/EROFS|EIO/) as unknown })
    await log.close().catch(() => undefined)
    unmount(directory)
    expect(mount('-o', 'loop', image, directory)).toBe(true)
    mounts.push(directory)
    const again = await open(place)
    const after = await load(again, 'after', 4, 4)
    await again.close()
    await proved(place, [...before.acknowledged, ...acknowledged, ...after.acknowledged])
  })
})
