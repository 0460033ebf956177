import { spawn } from 'node:child_process'
import { readFile, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { governanceAddress } from '../../gateway/config/config.ts'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { numberOf } from '../kit/verify.ts'

/* `gongxiang report` beside a running gateway: the number is typed, the report is noted, and nothing keeps the number. */

const NUMBER = numberOf('allThree')
let gateway: TestGateway
let receipt: string

beforeAll(async () => {
  gateway = await startTestGateway({ index: true })
  const query = `query ($n: IdNumber!) {
    person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name household { householdTownship } } }`
  receipt = (await gateway.ask({ as: DESK, ...DESK_MATTER, query, variables: { n: NUMBER } })).receipt
  const store = await openGovernanceStore(governanceAddress(gateway.config))
  const indexed = () => store.db.selectFrom('audit_record').select('receipt').where('receipt', '=', receipt).execute()
  await vi.waitFor(async () => expect(await indexed()).toHaveLength(1), { timeout: 20_000, interval: 50 })
  await store.close()
}, 60_000)
afterAll(() => gateway.stop())

interface Ended {
  readonly code: number | null
  readonly out: string
  readonly notes: string
}

const WHO = ['--by', 'DA-0007', '--reason', '公民申请 2026-118'] as const

/** Runs the command on the gateway's own configuration, with something on its standard input. */
function report(parameters: readonly string[], typed = `${NUMBER}\n`): Promise<Ended> {
  const program = join(process.cwd(), 'gateway/cli/gongxiang.ts')
  const config = ['--config', join(gateway.directory, 'gongxiang.yaml')]
  const child = spawn(process.execPath, [program, ...config, 'report', ...parameters], { cwd: gateway.directory })
  const [out, notes]: [Buffer[], Buffer[]] = [[], []]
  child.stdout.on('data', (chunk: Buffer) => out.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => notes.push(chunk))
  // One that refuses its options has no use for what is typed.
  child.stdin.on('error', () => undefined)
  child.stdin.end(typed)
  const text = (of: readonly Buffer[]): string => Buffer.concat([...of]).toString('utf8')
  return new Promise((resolve) => {
    child.on('close', (code) => resolve({ code, out: text(out), notes: text(notes) }))
  })
}

describe('a citizen’s report', () => {
  test('is written for the owner alone, once, and stands in the journal', async () => {
    const file = join(gateway.directory, 'report.html')
    const made = await report(['citizen', ...WHO, '--lang', 'zh', '--out', file])
    expect(made.code).toBe(0)
    const page = await readFile(file, 'utf8')
    expect(page).toContain(receipt)
    expect(page).toContain('公共租赁住房申请')
    expect(page).not.toContain(NUMBER)
    expect(page).not.toContain('HUR-0117')
    expect((await stat(file)).mode & 0o777).toBe(0o600)
    const [reference = ''] = /rp_[0-9A-Z]{26}/.exec(made.notes) ?? []
    expect(page).toContain(reference)
    const again = await report(['citizen', ...WHO, '--out', file])
    expect([again.code, again.notes]).toEqual([1, expect.stringContaining('is there already')])
    expect(await readFile(file, 'utf8')).toBe(page)
    const journal = await report(['journal', '--json'])
    const { faults, reports } = JSON.parse(journal.out) as { faults: unknown; reports: readonly { id: string }[] }
    expect([journal.code, faults, reports.map(({ id }) => id)]).toEqual([0, [], [reference]])
    expect(journal.out).not.toContain(NUMBER)
  }, 60_000)

  test('takes the number from nowhere else, and repeats it to nobody', async () => {
    const argued = await report(['citizen', NUMBER, ...WHO])
    const reasoned = await report(['citizen', '--by', 'DA-0007', '--reason', `about ${NUMBER}`])
    const wrong = await report(['citizen', ...WHO], '110101199003074510\n')
    const none = await report(['citizen', ...WHO], '')
    expect([argued, reasoned, wrong, none].map(({ code }) => code)).toEqual([1, 1, 1, 1])
    expect([argued, reasoned, wrong, none].map(({ notes }) => notes).join('')).not.toMatch(/\d{17}/)
    expect([argued, reasoned, wrong, none].map(({ out }) => out).join('')).toBe('')
  }, 60_000)
})

describe('other reports', () => {
  test.each<[string, readonly string[], string]>([
    ['provider', ['provider', 'public-security', '--format', 'csv', '--lang', 'zh'], '公安部门'],
    [
      'consumer',
      ['consumer', 'housing-urban-rural', '--matter', 'public-rental-housing', '--format', 'json'],
      '"operations": 1',
    ],
    ['yearly', ['yearly', '--year', String(new Date().getFullYear()), '--format', 'csv', '--lang', 'zh'], 'USE-1'],
  ])(
    '%s',
    async (_name, parameters, expected) => {
      const made = await report([...parameters, ...WHO], '')
      expect([made.code, made.out]).toEqual([0, expect.stringContaining(expected)])
    },
    60_000,
  )

  test.each<[string, readonly string[], string]>([
    ['a department that nobody knows', ['provider', 'nobody', ...WHO], 'no department nobody'],
    ['no reason', ['provider', 'tax', '--by', 'DA-0007', '--reason', ' '], 'reason'],
    [
      'a stretch that ends first',
      ['provider', 'tax', ...WHO, '--since', '2026-03-01', '--until', '2026-01-01'],
      '--since',
    ],
  ])(
    'are refused with %s',
    async (_name, parameters, expected) => {
      const refused = await report(parameters, '')
      expect([refused.code, refused.out, refused.notes]).toEqual([1, '', expect.stringContaining(expected)])
    },
    60_000,
  )
})
