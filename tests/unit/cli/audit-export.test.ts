import { createHash } from 'node:crypto'
import { readFile, readdir, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { parse } from 'csv-parse/sync'
import { beforeEach, describe, expect, it } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { csvRow } from '../../../gateway/audit/export/csv.ts'
import type { AuditEntry } from '../../../gateway/audit/record.ts'
import { openTestLog, sampleEntry } from '../../kit/audit-samples.ts'
import { ocsfMisfits } from '../../kit/ocsf.ts'
import { auditInside } from './run-inside.ts'
import { emptyFolder } from './run.ts'

const PSEUDONYM = 'Zr1C0TnJ0v9uKQmYQ8mW3l'
const CLAIM = 'Y2xhaW0'

/** Every kind of record that there is. */
const ENTRIES: readonly Partial<AuditEntry>[] = [
  {},
  {
    method: 'refused',
    outcome: { status: 401, codes: ['UNAUTHENTICATED'] },
    department: null,
    application: null,
    officer: null,
    roles: [],
    matter: null,
    case: null,
    grants: [],
    approvers: [],
    data: [],
    subjects: [],
    arguments: [],
    operation: null,
    route: [],
    lane: 'none',
  },
  {
    method: 'summary',
    count: 17,
    outcome: { status: 429, codes: ['LIMIT_EXCEEDED'] },
    department: null,
    application: null,
    officer: null,
  },
  {
    method: 'verify',
    verification: {
      of: 'gx_batch',
      row: 1,
      rows: 2,
      items: [{ coordinate: 'Person.name', outcome: 'MATCH', code: null, attempt: 1, claim: CLAIM }],
    },
  },
  { method: 'mutation', officer: null, actingFor: 'housing', byReference: true },
  { method: 'analysis', statistics: [{ of: 'Household', dimensions: ['Household.type'], groups: 3 }] },
  { method: 'introspection', data: [] },
  { finding: { kind: 'NEIGHBOURHOOD', of: 'OFFICER', count: 6 } },
  { emergency: { id: 'em-1', incident: 'I-1', declaredBy: 'H-1', approvedBy: null, until: '2026-11-24T00:00:00Z' } },
]

let folder = ''
const audit = (): string => join(folder, 'audit')
beforeEach(async () => {
  folder = await emptyFolder()
  const log = await openTestLog(auditFiles(audit()))
  for (const [at, changes] of ENTRIES.entries()) await log.append(await log.reserve(), sampleEntry(`e-${at}`, changes))
  await log.close()
})

const exported = (format: string, ...more: readonly string[]) =>
  auditInside(folder, ['export', '--format', format, '--directory', audit(), '--out', '-', ...more])

const lines = (text: string): readonly Record<string, unknown>[] =>
  text
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Record<string, unknown>)

describe('audit export --format ocsf', () => {
  it('keeps to the definitions of the class, its objects and the profile', async () => {
    const { code, out } = await exported('ocsf', '--subjects')
    const events = lines(out)
    expect([code, events.length]).toEqual([0, ENTRIES.length])
    expect(events.flatMap((event) => ocsfMisfits(event))).toEqual([])
    expect(events[2]).toMatchObject({ count: 17, duration: 60_000, severity_id: 2, status_id: 2 })
    expect(events[7]).toMatchObject({ severity_id: 4, type_uid: 600_504 })
  })

  it('is held to them by a check that finds what is wrong', async () => {
    const [event = {}] = lines((await exported('ocsf')).out)
    const wrong = [
      { ...event, actor: undefined },
      { ...event, colour: 'red' },
      { ...event, activity_id: 12 },
      { ...event, time: 'today' },
      { ...event, database: undefined },
      { ...event, attestation_list: [{ uid: 'x' }] },
      { ...event, metadata: { version: '1.9.0-dev', product: { name: 'x' }, profiles: [] } },
    ]
    for (const one of wrong) expect(ocsfMisfits(lines(JSON.stringify(one))[0] ?? {})).not.toEqual([])
  })

  it('attests each event, so that one altered or left out on the way is found', async () => {
    const events = lines((await exported('ocsf')).out)
    expect(attestationFaults(events)).toEqual([])
    expect(attestationFaults(events.with(3, { ...events[3], status_code: 'X' }))).toEqual([3])
    expect(attestationFaults(events.toSpliced(4, 1))).toEqual([4])
    const again = await exported('ocsf')
    expect(lines(again.out)).toEqual(events)
    const line = (await readFile(join(audit(), '00000001.ndjson'), 'utf8')).split('\n')[1] ?? ''
    expect(events[0]).toMatchObject({
      raw_data_hash: { value: createHash('sha256').update(line).digest('hex') },
      raw_data_size: Buffer.byteLength(line),
      unmapped: { record: { seq: 1 }, data: [{ coordinate: 'Person.name' }, {}, {}] },
    })
  })
})

describe('audit export --format cloudevents', () => {
  it('has the members of CloudEvents 1.0, and names a record for ever', async () => {
    const events = lines((await exported('cloudevents', '--subjects')).out)
    for (const [at, event] of events.entries()) {
      expect(event).toMatchObject({
        specversion: '1.0',
        id: String(at + 1),
        source: 'urn:gongxiang:audit:test-chain',
        subject: `e-${at}`,
        datacontenttype: 'application/json',
      })
      expect(event['type']).toMatch(/^gongxiang\.audit\.[a-z]+\.v\d$/)
      expect(event['dataschema']).toMatch(/^urn:gongxiang:schema:audit-record:v\d$/)
      expect(Object.keys(event).every((name) => /^[a-z0-9]{1,20}$/.test(name))).toBe(true)
    }
    expect(events[0]).toMatchObject({
      type: expect.stringContaining('query') as unknown,
      data: { subjects: [PSEUDONYM] },
    })
  })
})

describe('audit export --format csv', () => {
  it('is a table in Chinese with a mark, one row a record', async () => {
    const { out } = await exported('csv')
    expect(out.startsWith('\uFEFF回执号,')).toBe(true)
    const rows = parse(out, { bom: true, columns: true }) as Record<string, string>[]
    expect(rows.map((row) => row['方式'])).toEqual([
      '查询',
      '整体拒绝',
      '拒绝汇总',
      '核实',
      '办理',
      '统计分析',
      '查看目录',
      '查询',
      '查询',
    ])
    expect(rows[0]).toMatchObject({
      '时间(UTC+8)': '2026-11-23 10:00:00.000',
      使用人员: 'H-1017',
      数据内容: 'Person.name; Household.address',
      未提供: 'Household.photo NO_GRANT',
      相对人数: '1',
    })
    expect(rows[2]).toMatchObject({ 次数: '17', 使用部门: '' })
  })

  it('writes no cell that a spreadsheet would run', () => {
    const cells = ['=1+1', '+cmd', '-2', '@SUM(A1)', '\t=1', '\uFF1D1', ' =1', 'plain', '2026', 'a,"b"\nc']
    const [row = []] = parse(csvRow(cells))
    expect(row.map((cell) => cell.startsWith("'"))).toEqual([
      true,
      true,
      true,
      true,
      true,
      true,
      true,
      false,
      false,
      false,
    ])
    expect(row.at(-1)).toBe('a,"b"\nc')
  })
})

describe('audit export', () => {
  it('tells no pseudonym and no keyed hash unless it is asked to', async () => {
    for (const format of ['ocsf', 'cloudevents', 'csv']) {
      const { out } = await exported(format)
      for (const kept of [PSEUDONYM, CLAIM, 'q80', 'c2FsdHNhbHRzYWx0c2FsdA'])
        expect([format, out.includes(kept)]).toEqual([format, false])
      expect((await exported(format, '--subjects')).out).toContain(PSEUDONYM)
    }
  })

  it('takes filters and times, makes a file for its owner alone, and writes over none', async () => {
    const out = join(folder, 'out.csv')
    const args = ['export', '--format', 'csv', '--directory', audit(), '--out', out, '--method', 'verify']
    const first = await auditInside(folder, args)
    expect([first.code, first.err]).toEqual([0, expect.stringContaining('1 records were exported') as unknown])
    expect((await stat(out)).mode & 0o777).toBe(0o600)
    const before = await readFile(out, 'utf8')
    const second = await auditInside(folder, args)
    expect([second.code, second.err]).toEqual([1, expect.stringContaining('is there already') as unknown])
    expect(await readFile(out, 'utf8')).toBe(before)
    expect((await readdir(folder)).filter((name) => name.endsWith('.part'))).toEqual([])
    expect(lines((await exported('cloudevents', '--until', '2026-11-22')).out || '{}')).toEqual([{}])
  })

  it('says when lines were altered', async () => {
    const path = join(audit(), '00000001.ndjson')
    await writeFile(path, (await readFile(path, 'utf8')).replace('H-1017', 'H-1018'))
    const { code, err } = await exported('csv')
    expect([code, err]).toEqual([1, expect.stringContaining('1 were altered') as unknown])
  })
})

interface Attested {
  readonly metadata: { readonly uid: string }
  readonly attestation_list: readonly {
    readonly fingerprint: { readonly value: string }
    readonly prev_event?: { readonly uid: string; readonly fingerprint: { readonly value: string } }
  }[]
}

/** A receiver's check, written from the words of the profile alone: the events at which something does not fit. */
function attestationFaults(events: readonly Record<string, unknown>[]): readonly number[] {
  const all = events as unknown as readonly Attested[]
  return all.flatMap((event, at) => {
    const [attestation] = event.attestation_list
    const { fingerprint, ...open } = attestation ?? { fingerprint: { value: '' } }
    const own = createHash('sha256')
      .update(sorted({ ...event, attestation_list: [open] }))
      .digest('hex')
    const before = all[at - 1]?.attestation_list[0]?.fingerprint.value
    return own === fingerprint.value && attestation?.prev_event?.fingerprint.value === before ? [] : [at]
  })
}

function sorted(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(sorted).join(',')}]`
  if (typeof value !== 'object' || value === null) return JSON.stringify(value)
  const members = Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1))
  return `{${members.map(([name, member]) => `${JSON.stringify(name)}:${sorted(member)}`).join(',')}}`
}
