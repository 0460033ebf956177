import { spawn, spawnSync } from 'node:child_process'
import type { ChildProcess } from 'node:child_process'
import { once } from 'node:events'
import { readFileSync } from 'node:fs'
import { mkdir, mkdtemp, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { hostname, tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { isLeased, leaseFile, takeLease } from '../../../gateway/adapters/audit-lease.ts'
import * as lease from '../../../gateway/adapters/audit-lease.ts'
import { unlockAudit } from '../../../gateway/cli/audit-unlock.ts'
import { directoryWriter, lockDirectory, lockFile, writerState } from '../../../gateway/adapters/audit-lock.ts'

vi.mock('../../../gateway/adapters/audit-lease.ts', { spy: true })

const CHILD = join(import.meta.dirname, '../../kit/audit-lock-child.ts')
const BOOT = readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
const OTHER_BOOT = '00000000-0000-4000-8000-000000000000'

let directory = ''
const children: ChildProcess[] = []
beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gongxiang-lock-'))
})
afterEach(async () => {
  vi.resetAllMocks()
  for (const child of children.splice(0)) {
    child.kill('SIGKILL')
    if (child.exitCode === null && child.signalCode === null) await once(child, 'close')
  }
  await rm(directory, { recursive: true })
})

/** A process that holds the lock until it is killed. */
async function holder(command = process.execPath, before: readonly string[] = []): Promise<ChildProcess> {
  const child = spawn(command, [...before, CHILD, directory], { stdio: ['pipe', 'pipe', 'inherit'] })
  children.push(child)
  await once(child.stdout, 'data')
  return child
}

/** As if other machines had the same folder open. */
function shared(): void {
  vi.mocked(lease.isSharedDisk).mockReturnValue(true)
}

const lockText = (changes: object = {}): string =>
  JSON.stringify({ pid: 4_000_001, birth: '77', host: hostname(), boot: BOOT, ...changes })
const leave = (text: string) => writeFile(lockFile(directory), text)
const lockAgain = async () => (await lockDirectory(directory))()
const own = (): unknown => JSON.parse(readFileSync(lockFile(directory), 'utf8'))

describe('a live writer', () => {
  it('keeps every other process out, whatever became of its lock', async () => {
    const child = await holder()
    const kept = readFileSync(lockFile(directory), 'utf8')
    for (const text of [kept, '', '\0\0\0\0', kept.slice(0, 9), 'not ours', lockText()]) {
      await leave(text)
      expect(writerState(directory).kind, text).toBe('live')
      expect(directoryWriter(directory), text).not.toBeNull()
      await expect(lockDirectory(directory), text).rejects.toThrow('already writes this audit directory')
      expect(readFileSync(lockFile(directory), 'utf8')).toBe(text)
    }
    await rm(lockFile(directory))
    await expect(lockDirectory(directory)).rejects.toThrow('another process already writes')
    expect(child.exitCode).toBeNull()
  })

  it('keeps out though its lease was deleted: a new one is free', async () => {
    const child = await holder()
    await rm(leaseFile(directory))
    await expect(lockDirectory(directory)).rejects.toThrow(`process ${child.pid} already writes`)
    expect(() => unlockAudit(directory, hostname())).toThrow('a gateway writes')
    child.kill('SIGKILL')
    await once(child, 'close')
    await lockAgain()
  })

  it('keeps out while it is stopped, and no longer once it is killed', async () => {
    const child = await holder()
    child.kill('SIGSTOP')
    await expect(lockDirectory(directory)).rejects.toThrow(`process ${child.pid} already writes`)
    child.kill('SIGKILL')
    await once(child, 'close')
    await lockAgain()
  })

  it('is one alone of many that start at once over a dead one', async () => {
    const dead = await holder()
    dead.kill('SIGKILL')
    await once(dead, 'close')
    const outcomes = await Promise.all(
      Array.from({ length: 6 }, async () => {
        const child = spawn(process.execPath, [CHILD, directory], { stdio: ['pipe', 'pipe', 'ignore'] })
        children.push(child)
        return Promise.race([once(child.stdout, 'data').then(() => 'held'), once(child, 'close').then(() => 'refused')])
      }),
    )
    expect(outcomes.toSorted()).toEqual(['held', ...Array<string>(5).fill('refused')])
  })

  it('of this process has one lock, given back once', async () => {
    const unlock = await lockDirectory(directory)
    expect(own()).toMatchObject({ pid: process.pid, host: hostname(), boot: BOOT })
    expect(writerState(directory)).toEqual({ kind: 'live', pid: process.pid })
    await expect(lockDirectory(directory)).rejects.toThrow(`process ${process.pid} already writes`)
    await unlock()
    await unlock()
    expect(await readdir(directory)).toEqual(['writer.lease'])
    expect(writerState(directory)).toEqual({ kind: 'none' })
  })
})

describe('a lock that nobody holds any more', () => {
  const dead: readonly (readonly [string, string])[] = [
    ['of a process of this run of the machine, in this container or another', lockText()],
    ['with our own process ID, as containers give it', lockText({ pid: process.pid })],
    ['with the ID of a process that lives and is none of ours', lockText({ pid: process.ppid, birth: null })],
    ['of an earlier run of the machine', lockText({ boot: OTHER_BOOT })],
    ['of another machine, from which the disk was moved', lockText({ boot: OTHER_BOOT, host: 'gone-1' })],
    ['of an earlier version', JSON.stringify({ pid: 4_000_001, birth: '1' })],
    ['empty', ''],
    ['of zeros', '\0'.repeat(80)],
    ['torn', lockText().slice(0, 25)],
    ['torn within its first word', '{"pi'],
  ]

  it.each(dead)('is taken over: %s', async (_, text) => {
    await leave(text)
    expect(writerState(directory)).toEqual({ kind: 'dead' })
    const unlock = await lockDirectory(directory)
    expect(own()).toMatchObject({ pid: process.pid })
    await unlock()
  })
})

describe('a lock of which nothing is known', () => {
  it.each([
    ['of another program', 'locked by backup.sh'],
    ['of another program, in JSON', '{"owner":"backup"}'],
    ['a list', '[]'],
  ])('is not taken over: %s', async (_, text) => {
    await leave(text)
    await expect(lockDirectory(directory)).rejects.toThrow(
      /writer\.lock stands in the way: it is none of ours.*audit unlock/,
    )
    expect(readFileSync(lockFile(directory), 'utf8')).toBe(text)
    expect(isLeased(directory)).toBe(false)
    expect((await readdir(directory)).toSorted()).toEqual(['writer.lease', 'writer.lock'])
  })

  it('is not taken over where it cannot be read at all', async () => {
    await rm(lockFile(directory), { force: true })
    await mkdir(lockFile(directory))
    await expect(lockDirectory(directory)).rejects.toThrow('it cannot be read (EISDIR)')
  })

  it('is not taken over on a disk that other machines have open', async () => {
    shared()
    for (const text of ['', lockText().slice(0, 30), lockText({ boot: OTHER_BOOT, host: 'hall-2' })]) {
      await leave(text)
      expect(writerState(directory).kind).toBe('unknown')
      expect(directoryWriter(directory)).toBeNull()
      await expect(lockDirectory(directory)).rejects.toThrow('gongxiang audit unlock')
    }
    await expect(lockDirectory(directory)).rejects.toThrow('it is held by hall-2 (process 4000001)')
    // Of the same name, and another run: a replica that was moved while its old machine is only cut off.
    await leave(lockText({ boot: OTHER_BOOT }))
    await expect(lockDirectory(directory)).rejects.toThrow('may be running and is not seen from here')
    // Our own machine in its present run: the lease says all.
    await leave(lockText())
    await lockAgain()
  })
})

describe('a lock that anybody could have written', () => {
  it.each([
    ['of the first process of the machine', '{"pid":1}'],
    ['of a process that lives, without its time of birth', JSON.stringify({ pid: process.ppid })],
    ['with this machine, too', lockText({ pid: process.ppid, birth: null })],
  ])('has nobody verify leniently: %s', async (_, text) => {
    await leave(text)
    expect(directoryWriter(directory)).toBeNull()
    vi.mocked(lease.isLeased).mockReturnValue(null)
    expect(directoryWriter(directory)).toBeNull()
  })

  it('is removed by the operator, where it names no machine', async () => {
    await leave('{"pid":1}')
    await expect(lockDirectory(directory)).rejects.toThrow('audit unlock')
    expect(unlockAudit(directory, null)).toContain('is gone')
    await lockAgain()
  })
})

describe('an auditor, who may read the lock and not the lease', () => {
  it('sees a live writer by its process, and a dead one', async () => {
    const child = await holder()
    vi.mocked(lease.isLeased).mockReturnValue(null)
    expect(writerState(directory)).toEqual({ kind: 'live', pid: child.pid })
    child.kill('SIGKILL')
    await once(child, 'close')
    expect(writerState(directory)).toEqual({ kind: 'dead' })
  })

  it('finds the lock open to the group where the record is', async () => {
    const unlock = await lockDirectory(directory, 0o640)
    const modes = await Promise.all([lockFile, leaseFile].map(async (of) => (await stat(of(directory))).mode & 0o777))
    expect(modes).toEqual([0o640, 0o600])
    await unlock()
  })
})

describe('the operator', () => {
  it('removes a lock of another machine by naming it, and no other', async () => {
    shared()
    await leave(lockText({ boot: OTHER_BOOT, host: 'hall-2' }))
    expect(() => unlockAudit(directory, null)).toThrow('add --host hall-2')
    expect(() => unlockAudit(directory, 'hall-3')).toThrow('add --host hall-2')
    expect(unlockAudit(directory, 'hall-2')).toContain('is gone')
    expect(unlockAudit(directory, null)).toContain('There is no lock')
    await lockAgain()
  })

  it('removes a lock of another program, and never that of a live writer', async () => {
    await leave('locked by backup.sh')
    expect(unlockAudit(directory, null)).toContain('is gone')
    await holder()
    expect(() => unlockAudit(directory, hostname())).toThrow('a gateway writes')
    await leave('locked by backup.sh')
    expect(() => unlockAudit(directory, null)).toThrow('a gateway writes')
  })
})

const canUnshare = spawnSync('unshare', ['--pid', '--fork', '--mount-proc', 'true']).status === 0

describe.runIf(canUnshare)('a writer in a container of the same machine', () => {
  it('keeps out while it lives, and no longer once it is killed, though its process ID means nothing here', async () => {
    const child = await holder('unshare', ['--pid', '--fork', '--kill-child', '--mount-proc', process.execPath])
    expect(own()).toMatchObject({ pid: 1, boot: BOOT })
    await expect(lockDirectory(directory)).rejects.toThrow('process 1 already writes')
    child.kill('SIGKILL')
    await once(child, 'close')
    await vi.waitUntil(() => writerState(directory).kind === 'dead')
    await lockAgain()
  })
})

describe('the lease', () => {
  it('is held by one, seen by all, and given back', () => {
    expect(isLeased(directory)).toBe(false)
    const giveBack = takeLease(directory)
    expect(takeLease(directory)).toBeNull()
    expect(isLeased(directory)).toBe(true)
    giveBack?.()
    expect(isLeased(directory)).toBe(false)
    takeLease(directory)?.()
  })

  it('that is another file stops the start, and names it', async () => {
    await writeFile(leaseFile(directory), 'no database '.repeat(200))
    await expect(lockDirectory(directory)).rejects.toThrow(/writer\.lease cannot be locked/)
    expect(writerState(directory)).toEqual({ kind: 'none' })
  })
})
