import { chmod, mkdir, readFile, rm, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { anchorStateFile, anchorStateIn } from '../../../gateway/adapters/anchor-state.ts'
import { folderAnchor } from '../../../gateway/adapters/anchor-folder.ts'
import { anchorPath } from '../../../gateway/adapters/anchor-store.ts'
import { formatCheckpoint } from '../../../gateway/audit/checkpoint.ts'
import { checkAnchors } from '../../../gateway/cli/doctor/anchors.ts'
import { writeLastBackup } from '../../../gateway/cli/backup-note.ts'
import type { Check } from '../../../gateway/cli/doctor/finding.ts'
import { checkBackups, checkGrowth, checkHolds, checkIndexLag, checkModes } from '../../../gateway/cli/doctor/record.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { openGovernanceStore } from '../../../gateway/governance/store/store.ts'
import { auditOf, dataOf, makeKeys, openHouseLog } from '../../kit/audit-house.ts'
import { AUDIT_KEY, receipts, sampleEntry, testClock } from '../../kit/audit-samples.ts'
import { emptyFolder, gongxiang } from './run.ts'

let folder = ''
beforeEach(async () => {
  folder = await emptyFolder()
  await makeKeys(folder)
  const log = await openHouseLog(folder, { clock: testClock(Date.now()) })
  for (const name of receipts('a', 12)) await log.append(await log.reserve(), sampleEntry(name))
  await log.close()
})

const state = (): string => join(dataOf(folder), 'state')

async function told(check: Check, env: Readonly<Record<string, string>> = {}) {
  const config = await loadConfig({ file: undefined, env, cwd: folder, role: 'gateway' })
  return (await check(config)).map(({ state: how, check: name, text }) => `${how} ${name} ${text.en}`)
}

function checkpoint(seq: number): string {
  const place = { seq, root: `${'A'.repeat(43)}=`, digest: 'SHA-256', hash: 'a'.repeat(64), head: 1 } as const
  const facts = { origin: 'gongxiang/gateway', chain: 'gateway', ...place, segment: 1, reason: 'interval' } as const
  return formatCheckpoint({ ...facts, time: '2026-11-23T02:00:00.000Z' }, AUDIT_KEY.signer).note
}

describe('doctor: backups', () => {
  it('tells the age of the last one, and that it is no longer whole', async () => {
    expect(await told(checkBackups)).toEqual(['ok backup the embedded mode needs no backup'])
    const { out } = await gongxiang(folder, ['backup', '--to', 'backups', '--without-keys', '--json'])
    const made = JSON.parse(out) as { readonly folder: string; readonly created: string }
    expect(await told(checkBackups)).toEqual([`ok backup the last backup is ${made.folder}, 0 h old`])
    await writeLastBackup(state(), {
      folder: made.folder,
      created: new Date(Date.now() - 27 * 3_600_000).toISOString(),
    })
    expect(await told(checkBackups)).toEqual([`warn backup the last backup is ${made.folder}, 27 h old`])
    await rm(join(made.folder, 'audit/00000001.ndjson'))
    expect(await told(checkBackups)).toEqual([
      expect.stringMatching(/^fail .*audit\/00000001\.ndjson \(missing\)/) as unknown,
    ])
    await rm(made.folder, { recursive: true })
    expect(await told(checkBackups)).toEqual([expect.stringMatching(/^fail .*manifest/) as unknown])
  })
})

describe('doctor: the record', () => {
  it('tells how far a second place is behind, or ahead, by asking it', async () => {
    expect(await told(checkAnchors)).toEqual([])
    const env = { GONGXIANG_AUDIT_ANCHORS_FOLDER: join(folder, 'anchor') }
    expect(await told(checkAnchors, env)).toEqual([
      expect.stringMatching(/^fail audit\.anchors\.folder cannot be reached: ENOENT/) as unknown,
    ])
    await mkdir(join(folder, 'anchor'))
    expect(await told(checkAnchors, env)).toEqual(['ok audit.anchors.folder gateway: 12 records behind'])
    const late = { ...env, GONGXIANG_AUDIT_ANCHORS_LATE_MS: '1' }
    expect(await told(checkAnchors, late)).toEqual(['warn audit.anchors.folder gateway: 12 records behind'])
    const at = '2026-11-23T02:00:00.000Z'
    anchorStateIn(anchorStateFile(state(), 'gateway', 'folder')).save({ size: 10, root: '', at })
    const place = folderAnchor(join(folder, 'anchor'))
    await place.put(anchorPath('gateway', 10), checkpoint(10))
    expect(await told(checkAnchors, env)).toEqual([`ok audit.anchors.folder gateway: 2 records behind (${at})`])
    await place.put(anchorPath('gateway', 20), checkpoint(20))
    expect(await told(checkAnchors, env)).toEqual([
      'fail audit.anchors.folder gateway: it knows 8 records more than are here',
    ])
  })

  it('tells how far the index is behind, and what was found missing', async () => {
    expect(await told(checkIndexLag)).toEqual([])
    const store = await openGovernanceStore({ file: join(state(), 'governance.sqlite') })
    expect(await told(checkIndexLag)).toEqual(['ok index.lag the index is 12 records behind'])
    const gap = { chain: 'gateway', found_at: 1, kind: 'GAP', from_seq: 2, to_seq: 3, detail: 'x' }
    await store.db.insertInto('audit_gap').values(gap).execute()
    await store.close()
    expect(await told(checkIndexLag)).toContain('warn index.gaps 1 gaps were found in the record')
  })

  it('names the holds in force', async () => {
    expect(await told(checkHolds)).toEqual([])
    const officers = ['--officer', 'DA-1', '--second', 'DA-2', '--reason', 'evidence']
    await gongxiang(folder, ['audit', 'hold', 'add', 'CASE-1', ...officers])
    expect(await told(checkHolds)).toEqual(['ok audit.holds holds in force: CASE-1'])
  })

  it('fails on a hold that was changed, and no command takes it for none', async () => {
    const officers = ['--officer', 'DA-1', '--second', 'DA-2', '--reason', 'evidence']
    await gongxiang(folder, ['audit', 'hold', 'add', 'CASE-1', ...officers])
    const order = join(auditOf(folder), 'order-00000001.ndjson')
    await writeFile(order, (await readFile(order, 'utf8')).replace('evidence', 'evidenze'))
    expect(await told(checkHolds)).toEqual([
      `fail audit.holds orders on keeping and removing are damaged, holds may be missing: ${auditOf(folder)}`,
    ])
    const list = await gongxiang(folder, ['audit', 'hold', 'list', '--lang', 'en'])
    expect([list.code, list.err]).toEqual([1, expect.stringContaining('the orders that stand are damaged') as unknown])
    const plan = ['audit', 'retention', '--years', '3', '--document', 'D', ...officers, '--lang', 'en']
    expect((await gongxiang(folder, plan)).out).toContain('no segment may go; the orders that stand are damaged')
  })

  it('sees folders that other accounts can look into, the group of auditors aside', async () => {
    expect(await told(checkModes)).toEqual(['ok modes keys and record are closed to other accounts'])
    await chmod(auditOf(folder), 0o750)
    expect(await told(checkModes)).toEqual([
      `fail modes ${auditOf(folder)} has mode 0750: other accounts can look into it`,
    ])
    expect(await told(checkModes, { GONGXIANG_AUDIT_GROUP: 'root' })).toEqual([expect.stringMatching(/^ok/) as unknown])
    await mkdir(state(), { recursive: true })
    await chmod(state(), 0o755)
    await chmod(join(dataOf(folder), 'keys'), 0o711)
    expect(await told(checkModes)).toHaveLength(3)
  })

  it('tells for how long the disk suffices', async () => {
    expect(await told(checkGrowth)).toEqual([expect.stringMatching(/^ok disk\.growth .* about \d+ days$/) as unknown])
    await writeFile(join(folder, 'x'), '')
    expect(await told(checkGrowth, { GONGXIANG_AUDIT_DIRECTORY: join(folder, 'nowhere') })).toEqual([])
  })
})
