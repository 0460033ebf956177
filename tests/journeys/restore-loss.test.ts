import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import type { AuditLog } from '../../gateway/audit/audit-log.ts'
import { makeKeys, openHouseLog } from '../kit/audit-house.ts'
import { receipts, sampleEntry } from '../kit/audit-samples.ts'
import { gongxiangInside } from '../unit/cli/run-inside.ts'
import { emptyFolder } from '../unit/cli/run.ts'

let folder = ''
beforeEach(async () => {
  folder = await emptyFolder()
  await makeKeys(folder)
})

const to = (): string => join(folder, 'backups')
const restore = (...args: readonly string[]) => gongxiangInside(folder, ['restore', '--from', to(), ...args])

async function backedUp(): Promise<void> {
  const { code, err } = await gongxiangInside(folder, ['backup', '--to', to(), '--without-keys', '--json'])
  expect([code, err]).toEqual([0, ''])
}

async function append(log: AuditLog, names: readonly string[]): Promise<void> {
  for (const name of names) await log.append(await log.reserve(), sampleEntry(name))
}

describe('a restored chain that may have lost records', () => {
  const CONTINUE = 'do not write this chain on'

  it('is not to be written on unless a checkpoint shows that nothing is lost', async () => {
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 12))
    await log.close()
    const older = join(folder, 'older.note')
    await writeFile(older, (await gongxiangInside(folder, ['audit', 'checkpoint'])).out)
    await backedUp()
    const same = await restore('--check', '--checkpoint', older)
    expect([same.code, same.out]).toEqual([0, expect.stringContaining('nothing is lost') as unknown])
    expect(same.out).not.toContain(CONTINUE)
    expect((await restore('--check')).out).toContain(CONTINUE)
    const further = await openHouseLog(folder)
    await append(further, receipts('b', 7))
    await further.close()
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await backedUp()
    const behind = await restore('--check', '--checkpoint', older)
    expect([behind.code, behind.out]).toEqual([0, expect.stringContaining('older than the backup') as unknown])
    expect(behind.out).toContain(CONTINUE)
  })

  it('is held against checkpoints of it that are older than the backup', async () => {
    const log = await openHouseLog(folder, { directory: join(folder, 'fork/audit') })
    await append(log, receipts('x', 5))
    await log.close()
    const kept = join(folder, 'fork.note')
    await writeFile(
      kept,
      (await gongxiangInside(folder, ['audit', 'checkpoint', '--directory', join(folder, 'fork/audit')])).out,
    )
    const own = await openHouseLog(folder)
    await append(own, receipts('a', 12))
    await own.close()
    await backedUp()
    const { code, out } = await restore('--check', '--checkpoint', kept)
    expect([code, out]).toEqual([1, expect.stringContaining('is of another chain of the same name') as unknown])
    expect(out).toContain(CONTINUE)
    expect(out).not.toContain('nothing is lost')
  })
})
