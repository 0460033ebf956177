import { spawnSync } from 'node:child_process'
import { mkdtemp, readFile, rm, stat, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditFiles, auditReader } from '../../../gateway/adapters/audit-file.ts'
import type { AuditFiles } from '../../../gateway/audit/files.ts'
import { verifyAudit } from '../../../gateway/audit/verify.ts'
import { AUDIT_KEY, appendAll, openTestLog, receipts, recordsIn } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

let directory = ''
beforeEach(async () => {
  directory = join(await mkdtemp(join(tmpdir(), 'gongxiang-audit-')), 'log')
})
afterEach(async () => {
  await rm(join(directory, '..'), { recursive: true })
})

const adapters: readonly (readonly [string, () => AuditFiles])[] = [
  ['real disk', () => auditFiles(directory)],
  ['faulty disk without faults', () => new FaultyAuditFiles()],
]

describe.each(adapters)('the port AuditFiles: %s', (_, make) => {
  it('writes, reads, cuts and renames', async () => {
    const files = make()
    const unlock = await files.lock()
    const file = await files.create('spare-00000001')
    await file.write(Buffer.from('hello world'), 0)
    await file.write(Buffer.from('HELLO'), 0)
    await file.sync()
    await file.truncate(7)
    await file.close()
    await files.rename('spare-00000001', '00000001.ndjson')
    await files.syncDirectory()
    expect(Buffer.from(await files.read('00000001.ndjson')).toString()).toBe('HELLO w')
    expect(Buffer.from(await files.read('00000001.ndjson', 3)).toString()).toBe('HEL')
    const again = await files.open('00000001.ndjson')
    await again.write(Buffer.from('J'), 0)
    await again.sync()
    await again.close()
    expect(Buffer.from(await files.read('00000001.ndjson', 100)).toString()).toBe('JELLO w')
    expect((await files.list()).filter((name) => name !== 'writer.lock')).toEqual(['00000001.ndjson'])
    await unlock()
  })

  it('refuses what would lose something', async () => {
    const files = make()
    const unlock = await files.lock()
    await (await files.create('00000001.ndjson')).close()
    await expect(files.create('00000001.ndjson')).rejects.toMatchObject({ code: 'EEXIST' })
    await expect(files.open('00000002.ndjson')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(files.read('00000002.ndjson')).rejects.toMatchObject({ code: 'ENOENT' })
    await expect(files.removeSpare('00000001.ndjson')).rejects.toThrow('not removed')
    await (await files.create('spare-00000001')).close()
    await files.removeSpare('spare-00000001')
    expect(await files.list()).not.toContain('spare-00000001')
    await unlock()
  })

  it('has one writer', async () => {
    const files = make()
    const unlock = await files.lock()
    expect(await files.writer()).not.toBeNull()
    await expect(files.lock()).rejects.toThrow(/already writes|EEXIST/)
    await unlock()
    expect(await files.writer()).toBeNull()
    await (
      await files.lock()
    )()
  })

  it('carries a log', async () => {
    const files = make()
    const log = await openTestLog(files)
    await appendAll(log, receipts('a', 40))
    await log.close()
    expect((await recordsIn(files)).map((record) => record.receipt)).toEqual(receipts('a', 40))
    expect((await verifyAudit(files, [AUDIT_KEY.publicKey])).faults).toEqual([])
    expect((await files.list()).filter((name) => name.startsWith('spare'))).toEqual([])
  })
})

describe('the real disk', () => {
  it('keeps the log from other users', async () => {
    const log = await openTestLog(auditFiles(directory))
    await log.close()
    expect((await stat(directory)).mode & 0o777).toBe(0o700)
    for (const name of await auditReader(directory).list())
      expect((await stat(join(directory, name))).mode & 0o777).toBe(0o600)
  })

  it('really takes the room of a segment, and gives it back at the end', async () => {
    const log = await openTestLog(auditFiles(directory), { segmentBytes: 1 << 20 })
    const path = join(directory, '00000001.ndjson')
    const open = await stat(path)
    expect(open.size).toBe(1 << 20)
    expect(open.blocks * 512).toBeGreaterThanOrEqual(1 << 20)
    await log.close()
    expect((await stat(path)).size).toBeLessThan(4096)
  })

  it('refuses a second writer of another process, and takes over the lock of a dead one', async () => {
    const log = await openTestLog(auditFiles(directory))
    const child = join(import.meta.dirname, '../../kit/audit-child.ts')
    const second = spawnSync(process.execPath, [child, directory], { encoding: 'utf8' })
    expect(second.status).not.toBe(0)
    expect(second.stderr).toContain(`process ${process.pid} already writes this audit directory`)
    await log.close()

    const dead = spawnSync(process.execPath, ['-e', '0']).pid
    for (const stale of [
      JSON.stringify({ pid: dead, birth: '1' }),
      JSON.stringify({ pid: process.pid, birth: '1' }),
      '',
    ]) {
      await writeFile(join(directory, 'writer.lock'), stale)
      await (await openTestLog(auditFiles(directory))).close()
    }
  })

  it('knows a process that only has the same ID', async () => {
    await (await openTestLog(auditFiles(directory))).close()
    await writeFile(join(directory, 'writer.lock'), JSON.stringify({ pid: process.ppid, birth: '1' }))
    expect(await auditReader(directory).writer()).toBeNull()
    const birth = (await readFile(`/proc/${process.ppid}/stat`, 'utf8')).replace(/^.*\) /s, '').split(' ')[19]
    await writeFile(join(directory, 'writer.lock'), JSON.stringify({ pid: process.ppid, birth }))
    expect(await auditReader(directory).writer()).toBe(process.ppid)
  })

  it('tells the operator when the place cannot be written', async () => {
    await writeFile(directory, 'a file')
    await expect(openTestLog(auditFiles(directory))).rejects.toMatchObject({ code: 'AUDIT_UNAVAILABLE' })
  })
})
