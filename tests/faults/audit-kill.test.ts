import { spawn } from 'node:child_process'
import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditFiles, auditReader } from '../../gateway/adapters/audit-file.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { AUDIT_KEY, appendAll, openTestLog, receipts, recordsIn } from '../kit/audit-samples.ts'

const CHILD = join(import.meta.dirname, '../kit/audit-child.ts')
let directory = ''

beforeEach(async () => {
  directory = await mkdtemp(join(tmpdir(), 'gongxiang-audit-'))
})
afterEach(async () => {
  await rm(directory, { recursive: true })
})

/** Runs the child until it acknowledged so many records, kills it, and tells which it had acknowledged. */
async function killAfter(count: number): Promise<readonly string[]> {
  const child = spawn(process.execPath, [CHILD, directory], { stdio: ['ignore', 'pipe', 'inherit'] })
  const ended = new Promise<NodeJS.Signals | null>((resolve) => child.once('close', (_, signal) => resolve(signal)))
  let text = ''
  child.stdout.setEncoding('utf8').on('data', (chunk: string) => {
    text += chunk
    if (text.split('\n').length > count) child.kill('SIGKILL')
  })
  expect(await ended).toBe('SIGKILL')
  // What stands behind the last line feed was cut off while it was printed.
  return text.split('\n').slice(1, -1)
}

describe('kill -9 under load, on a real disk', () => {
  it('finds every acknowledged record again, and the next process goes on', { timeout: 60_000 }, async () => {
    const acknowledged: string[] = []
    for (const count of [40, 150, 400]) acknowledged.push(...(await killAfter(count)))
    expect(acknowledged.length).toBeGreaterThan(500)

    const log = await openTestLog(auditFiles(directory))
    await appendAll(log, receipts('after', 3))
    await log.close()

    const found = (await recordsIn(auditReader(directory))).map((record) => record.receipt)
    expect(found).toEqual(expect.arrayContaining([...acknowledged, ...receipts('after', 3)]))
    expect(new Set(found).size).toBe(found.length)
    expect((await verifyAudit(auditReader(directory), [AUDIT_KEY.publicKey])).faults).toEqual([])
  })
})
