import { appendFile, cp, readFile, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { scanChain } from '../../../gateway/cli/audit-scan.ts'
import { openTestLog, receipts, sampleEntry } from '../../kit/audit-samples.ts'
import { auditInside } from './run-inside.ts'
import { emptyFolder } from './run.ts'

const RECEIPT = 'gx_01JDCYCY00ABCDEFGHJKMNPQRS'

let folder = ''
const audit = (): string => join(folder, 'audit')
beforeEach(async () => {
  folder = await emptyFolder()
  const log = await openTestLog(auditFiles(audit()))
  for (const receipt of [...receipts('a', 12), RECEIPT, ...receipts('b', 12)]) {
    await log.append(await log.reserve(), sampleEntry(receipt))
  }
  const row = { of: RECEIPT, row: 2, rows: 2, items: [] }
  await log.append(await log.reserve(), sampleEntry('row-2', { method: 'verify', verification: row }))
  await log.close()
})

const show = (receipt: string, ...more: readonly string[]) =>
  auditInside(folder, ['show', receipt, '--directory', audit(), ...more])

/** Alters the line of a record in whatever segment it stands. */
async function alter(receipt: string, change: (line: string) => string): Promise<void> {
  for await (const { record, place } of scanChain({ directory: audit(), process: null }, {})) {
    if (record.receipt !== receipt) continue
    const path = join(audit(), place.file)
    const lines = (await readFile(path, 'utf8')).split('\n')
    lines[place.line - 1] = change(lines[place.line - 1] ?? '')
    await writeFile(path, lines.join('\n'))
    return
  }
  throw new Error(`no record ${receipt}`)
}

describe('audit show', () => {
  it('tells the seven elements first, then each decision with clause, grant and rule', async () => {
    const { code, out } = await show(RECEIPT, '--lang', 'en')
    expect(code).toBe(0)
    expect(out).toMatch(/Chain +test-chain, record 13\n/)
    expect(out).toMatch(/00000002\.ndjson, line \d+/)
    expect(out).toContain('its hash fits; record 14 follows it')
    const order = ['Route', 'User', 'Approver', 'Data content', 'Time', 'Method', 'Medium'].map((label) =>
      out.search(new RegExp(`^  ${label} `, 'm')),
    )
    expect(order.toSorted((a, b) => a - b)).toEqual(order)
    expect(order[0]).toBeGreaterThan(0)
    expect(out).toMatch(
      /User .*housing \/ housing-desk \/ H-1017, DESK, matter public-rental-housing, case C-2026-000123/,
    )
    expect(out).toContain('2026-11-23 10:00:00.000+08:00 (6.5 ms)')
    expect(out).toMatch(/^ {2}Household\.address +MASK +ZS-4\.08 +G-101 +M-ADDR$/m)
    expect(out).toMatch(/^ {2}Household\.photo +DENY +NO_GRANT +ZS-4\.08$/m)
    expect(out).toContain('Household 2026-11-22 18:00:00.000+08:00')
    expect(out).toMatch(/^ {2}2 +row-2 +\d+$/m)
  })

  it('speaks Chinese', async () => {
    const { out } = await show(RECEIPT, '--lang', 'zh')
    for (const word of ['具体途径', '使用人员', '批准人员', '数据内容', '时间', '方式', '介质类型', '散列完好'])
      expect(out).toContain(word)
  })

  it('shows a row of a batch with its operation, and the place as JSON', async () => {
    const { out } = await show('row-2', '--json')
    expect(JSON.parse(out)).toMatchObject({
      place: { chain: 'test-chain', seq: 26 },
      intact: true,
      follower: 'NONE',
      record: { receipt: 'row-2', verification: { of: RECEIPT } },
      rows: [],
    })
  })

  it('says when the line was altered, and when the record behind it knows another hash', async () => {
    await alter(RECEIPT, (line) => line.replace('H-1017', 'H-1018'))
    const altered = await show(RECEIPT, '--lang', 'en')
    expect([altered.code, altered.out]).toEqual([1, expect.stringContaining('its hash does not fit') as unknown])
    await alter('a-3', (line) => line.replace(/"hash":"[0-9a-f]{64}"\}$/, `"hash":"${'0'.repeat(64)}"}`))
    const { code, out } = await show('a-3', '--lang', 'en')
    expect([code, out]).toEqual([1, expect.stringContaining('record 5 knows another hash') as unknown])
  })

  it('finds a record in the folder of any of several processes', async () => {
    await cp(audit(), join(folder, 'many/2'), { recursive: true })
    const { code, out } = await auditInside(folder, ['show', 'b-3', '--directory', join(folder, 'many'), '--json'])
    expect([code, JSON.parse(out)]).toMatchObject([0, { place: { directory: join(folder, 'many/2') } }])
  })

  it('says what it does not find, and repeats nothing of what it was given', async () => {
    const none = await show('c-1')
    expect([none.code, none.err]).toEqual([1, expect.stringContaining('no record of these logs') as unknown])
    const bad = await show('张三')
    expect([bad.code, bad.err]).toEqual([1, expect.stringContaining('this is no receipt') as unknown])
    const empty = await auditInside(folder, ['show', 'a-1', '--directory', join(folder, 'none')])
    expect([empty.code, empty.err]).toEqual([1, expect.stringContaining('cannot be read') as unknown])
  })

  it('is not led astray by a torn line or free room', async () => {
    await appendFile(join(audit(), '00000001.ndjson'), `{"v":1,"kind":"rec${'\0'.repeat(300_000)}`)
    expect((await show('a-3')).code).toBe(0)
  })
})
