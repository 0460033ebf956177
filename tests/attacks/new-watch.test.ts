import { mkdir, rm, utimes, writeFile } from 'node:fs/promises'
import { dirname } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { residentNumber } from '../../city/identity.ts'
import { readOfficerEvents } from '../../gateway/adapters/officer-events.ts'
import { officerEventsFile } from '../../gateway/config/config.ts'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { emptyFolder, gongxiang } from '../unit/cli/run.ts'
import { person } from './attack.ts'

/* Attempts to try numbers out unnoticed, to have a colleague suspended for it, and to leave no trace (S13, FS-27). */

const MATTER = { code: 'names', title: '演示事项', department: DESK.department, fields: ['Person.name'] }

let gateway: TestGateway
beforeAll(async () => {
  const registers = { matters: { matters: [MATTER] }, cases: { cases: [] }, grants: { grants: [] } }
  gateway = await startTestGateway({ registers })
})
afterAll(() => gateway.stop())

const ask = (
  officer: string,
  n: string,
  { type = 'RESIDENT_ID', signal }: { type?: string; signal?: AbortSignal } = {},
) =>
  gateway.ask({
    as: { ...DESK, officer },
    matter: 'names',
    query: person('name').replace('RESIDENT_ID', type),
    variables: { n },
    ...(signal ? { signal } : {}),
  })
/** Numbers of one division and day of birth, which differ in the last four characters alone. */
const neighbours = (birth: string, many: number): readonly string[] =>
  Array.from({ length: many }, (_, at) => residentNumber('442090', birth, at + 1))

describe('neighbouring numbers', () => {
  test('of residents are found after five', async () => {
    const codes = []
    for (const number of neighbours('1990-01-01', 6)) codes.push(...codesOf(await ask('W-1', number)))
    expect(codes).toEqual(['ENUMERATION_SUSPECTED'])
  })

  // A residence permit of Hong Kong, Macao and Taiwan residents (GB 11643 too: 81, 82 or 83, birth date, three digits, a
  // check digit) is tried out in as few attempts; `askedSubject` looks at RESIDENT_ID alone.
  test('of residence permits are found too', async () => {
    const codes = []
    for (const number of neighbours('1990-01-02', 8))
      codes.push(...codesOf(await ask('W-2', `810000${number.slice(6)}`, { type: 'HMT_RESIDENCE_PERMIT' })))
    expect(codes).toContain('ENUMERATION_SUSPECTED')
  })
})

describe('a colleague', () => {
  const [first, ...others] = neighbours('1991-01-01', 16)
  async function trap(): Promise<Reply> {
    for (const [at, number] of others.entries()) await ask(`W-1${at % 3}`, number)
    return ask('W-99', first ?? '')
  }

  // Three who keep to five each use up the fifteen of the application; suspended is who then asks about one person born on
  // that day in that division. What the application or the department did too much says nothing of its last officer.
  test('who asks about one person is not suspended for what others tried out', async () => {
    expect(codesOf(await trap())).toEqual(['ENUMERATION_SUSPECTED'])
    expect(codesOf(await ask('W-99', residentNumber('442090', '1955-01-01', 20)))).toEqual([])
  })
})

describe('a suspension', () => {
  // A lock that seems to be of the future, as after a clock that was set back, is never stale (`takeOver`): until the clock
  // has caught up each request that finds somebody out waits for it in vain, and no suspension outlives a restart.
  test('is written over a lock of the future', async () => {
    const lock = `${officerEventsFile(gateway.config)}.lock`
    await mkdir(dirname(lock), { recursive: true })
    await writeFile(lock, '')
    const later = new Date(Date.now() + 3_600_000)
    await utimes(lock, later, later)
    try {
      const codes = []
      for (const number of neighbours('1993-01-01', 6))
        codes.push(...codesOf(await ask('W-50', number, { signal: AbortSignal.timeout(3_000) })))
      expect(codes).toEqual(['ENUMERATION_SUSPECTED'])
      const { events } = await readOfficerEvents(officerEventsFile(gateway.config))
      expect(events.map(({ officer }) => officer)).toContain('W-50')
    } finally {
      await rm(lock, { force: true })
    }
  })

  test('holds before it is written', async () => {
    expect(codesOf(await ask('W-50', residentNumber('442090', '1955-01-01', 20)))).toEqual(['OFFICER_SUSPENDED'])
  })
})

describe('who decides on an officer', () => {
  const decide = async (folder: string, name: string, by: string): Promise<string> => {
    const facts = ['--department', DESK.department, '--by', by, '--reason', '演示']
    const { code, out, err } = await gongxiang(folder, ['officer', name, 'HUR-0117', ...facts])
    return `${code} ${out}${err}`
  }

  test('is not that officer in small letters', async () => {
    const folder = await emptyFolder()
    expect(await decide(folder, 'suspend', 'HUR-0001')).toMatch(/^0 /)
    expect(await decide(folder, 'restore', 'hur-0117')).toContain('nobody decides on their own standing')
  })
})
