import { execFile } from 'node:child_process'
import { readFileSync } from 'node:fs'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'

const PROGRAM = resolve(import.meta.dirname, '../../gateway/cli/gongxiang.ts')
const ADDRESS = demoPeople.movedOut.residencePermit?.address
const STATION = demoPeople.movedOut.residencePermit?.policeStation
const NUMBER = demoPeople.movedOut.document.idDocumentNumber
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") {
  name residencePermit { residenceAddressDetail residencePoliceStation } } }`
const OFFICER = {
  department: 'public-security',
  application: 'command-centre',
  officer: 'PS-0107',
  name: '指挥 演示四',
  roles: ['DESK'],
} as const
const run = promisify(execFile)

interface Ran {
  readonly code: number
  readonly out: string
  readonly error: string
}

/** The command, in a process of its own. */
async function emergency(gateway: TestGateway, ...args: readonly string[]): Promise<Ran> {
  const config = ['--config', join(gateway.directory, 'gongxiang.yaml')]
  return run(process.execPath, [PROGRAM, ...config, 'emergency', ...args], {
    env: { PATH: process.env['PATH'] ?? '' },
  }).then(
    ({ stdout, stderr }) => ({ code: 0, out: stdout, error: stderr }),
    (error: { readonly code: number; readonly stdout: string; readonly stderr: string }) => ({
      code: error.code,
      out: error.stdout,
      error: error.stderr,
    }),
  )
}

function declare(gateway: TestGateway, id: string, ...more: readonly string[]): Promise<Ran> {
  const what = ['--id', id, '--incident', '20261120-0031', '--department', 'public-security']
  const who = ['--matter', 'missing-person-search', '--by', 'PS-0001', '--officer', 'PS-0107', '--reason', '走失儿童']
  const fields = ['--field', 'ResidencePermit.residenceAddressDetail', 'ResidencePermit.residencePoliceStation']
  return emergency(gateway, 'declare', ...what, ...who, ...fields, ...more)
}

function ask(gateway: TestGateway, id: string, officer: string = OFFICER.officer): Promise<Reply> {
  const headers = { 'x-emergency': id }
  return gateway.ask({ as: { ...OFFICER, officer }, matter: 'missing-person-search', headers, query: QUERY })
}

function permitIn({ body }: Reply): unknown {
  return (body.data as { readonly person: { readonly residencePermit: unknown } } | undefined)?.person.residencePermit
}

/** A running gateway follows its files within one second. */
async function followed(): Promise<void> {
  const at = Date.now() + 1_000
  while (Date.now() < at) await new Promise((done) => setTimeout(done, at - Date.now()))
}

/** What the log warned of, in the order of the lines. */
function warned({ directory }: TestGateway): readonly string[] {
  const lines = readFileSync(join(directory, 'gateway.log'), 'utf8').trim().split('\n')
  return lines.flatMap((line) => {
    const { level, msg, what, flaw } = JSON.parse(line) as Readonly<Record<string, unknown>>
    return msg === 'emergency' && level === 40 ? [[what, flaw].filter((one) => typeof one === 'string').join(' ')] : []
  })
}

describe('an emergency by the command line, against a running gateway (S10)', () => {
  // Half a day further on request: the operation stays compiled, and its clock alone ends it.
  const clock = { ahead: 0, now: () => Date.now() + clock.ahead, monotonic: () => systemClock.monotonic() }
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ clock })
  })
  afterAll(() => gateway.stop())

  test('declared, it opens what it lists, L4 aside', async () => {
    expect(codesOf(await ask(gateway, 'E-77'))).toEqual(['EMERGENCY_INVALID', 'EMERGENCY_INVALID'])
    const declared = await declare(gateway, 'E-77')
    expect([declared.code, declared.out.includes('residenceAddressDetail')]).toEqual([0, true])
    await followed()
    const alone = await ask(gateway, 'E-77')
    expect(alone.body.errors?.map(({ message }) => message)).toEqual([
      expect.stringContaining('四级数据须另一名人员批准'),
    ])
    expect(permitIn(alone)).toEqual({ residenceAddressDetail: null, residencePoliceStation: STATION })
  })

  test('approved by a second officer it opens L4; the record names who answers for it', async () => {
    expect((await emergency(gateway, 'approve', 'E-77', '--by', 'PS-0001')).error).toContain('APPROVER_INVOLVED')
    expect((await emergency(gateway, 'approve', 'E-77', '--by', 'PS-0002')).code).toBe(0)
    await followed()
    const open = await ask(gateway, 'E-77')
    expect(permitIn(open)).toEqual({ residenceAddressDetail: ADDRESS, residencePoliceStation: STATION })
    expect(codesOf(open)).toEqual([])
    const record = await gateway.recordOf(open.receipt)
    expect(record.approvers).toEqual(['NONE-UNCONDITIONAL', 'PS-0001', 'PS-0002'])
    expect(record.emergency).toMatchObject({ id: 'E-77', incident: '20261120-0031', approvedBy: 'PS-0002' })
    expect(record.subjects).toHaveLength(1)
  })

  test('ended it is closed within one second', async () => {
    const ended = await emergency(gateway, 'end', 'E-77', '--by', 'PS-0001', '--reason', '已找到')
    expect(ended.code).toBe(0)
    await followed()
    gateway.forget()
    expect(codesOf(await ask(gateway, 'E-77'))).toEqual(['EMERGENCY_INVALID', 'EMERGENCY_INVALID'])
    expect(departmentsSeen(gateway.seen)).toEqual(['public-security'])
  })

  test('it is reviewed by another officer; each step was a warning in the log', async () => {
    const [listed] = JSON.parse((await emergency(gateway, 'list', '--json')).out) as readonly object[]
    expect(listed).toMatchObject({ id: 'E-77', state: 'ENDED', minutesLeft: 0, review: { kind: 'DUE' } })
    expect((await emergency(gateway, 'review', 'E-77', '--by', 'PS-0107', '--outcome', '无误')).code).toBe(1)
    expect((await emergency(gateway, 'review', 'E-77', '--by', 'PS-0900', '--outcome', '无误')).code).toBe(0)
    expect((await emergency(gateway, 'list')).out).toMatch(/^E-77 .*ENDED .*reviewed by PS-0900/m)
    expect(warned(gateway)).toEqual(['misused UNKNOWN', 'in-force', 'used', 'approved', 'ended', 'misused ENDED'])
    expect((await gateway.verify()).faults).toEqual([])
  })

  test('it expires by the clock, with the operation compiled and in use before', async () => {
    expect((await declare(gateway, 'E-78', '--hours', '2')).code).toBe(0)
    await followed()
    expect(codesOf(await ask(gateway, 'E-78'))).toEqual(['EMERGENCY_INVALID'])
    clock.ahead = 2 * 3_600_000
    const late = await ask(gateway, 'E-78')
    clock.ahead = 0
    expect(codesOf(late)).toEqual(['EMERGENCY_INVALID', 'EMERGENCY_INVALID'])
    expect(permitIn(late)).toBeNull()
  })

  test('each refusal of a command names code, clause and what to do next, and writes nothing', async () => {
    const before = (await emergency(gateway, 'list', '--json')).out
    const again = await declare(gateway, 'E-77', '--hours', '25')
    expect([again.code, again.error.trim().split('\n')]).toEqual([
      1,
      [
        'gongxiang: ID_USED [ZS-4.10]: the ID was used before: E-77 → take another one; see: gongxiang emergency list',
        'gongxiang: HOURS_EXCEEDED [ZS-4.10]: an emergency lasts 1 to 24 whole hours: 25 → shorten it; if it goes on, declare it anew when it has expired',
      ],
    ])
    const unknown = await emergency(gateway, 'end', 'E-99', '--by', 'PS-0001', '--reason', 'x')
    expect(unknown.error).toContain('EMERGENCY_UNKNOWN')
    const minutes = /"minutesLeft": \d+/g
    const after = (await emergency(gateway, 'list', '--json')).out
    expect(after.replaceAll(minutes, '')).toBe(before.replaceAll(minutes, ''))
  })
})

describe('where the text knows no emergency', () => {
  test('none is declared, and the header changes nothing', async () => {
    const gateway = await startTestGateway({ regime: 'huizhou' })
    try {
      const declared = await declare(gateway, 'E-77')
      expect([declared.code, declared.error]).toEqual([1, expect.stringContaining('REGIME_SILENT')])
      const { body } = await ask(gateway, 'E-77')
      expect(new Set(body.errors?.map(({ extensions }) => extensions.code))).toEqual(new Set(['NO_GRANT']))
    } finally {
      await gateway.stop()
    }
  })
})
