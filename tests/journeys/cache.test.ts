import { spawn } from 'node:child_process'
import { join, resolve } from 'node:path'
import { text as readAll } from 'node:stream/consumers'
import { afterAll, beforeAll, beforeEach, describe, expect, test, vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { claim, numberOf, outcomesOf, personKey, verify } from '../kit/verify.ts'

/* What departments answered is kept for a moment, and nobody can tell but by the record (ZJ-23.2, wall 15). */

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const SELECTION =
  'name household { registrationStatus } socialInsurance { insuranceType employerName } disability { issuingAuthority }'
const [POLICE, INSURANCE, DISABILITY] = [
  'public-security',
  'human-resources-social-security',
  'disabled-persons',
] as const

let gateway: TestGateway
beforeAll(async () => {
  const settings = { cache: { realtimeTtlSeconds: 60 }, verification: { gridMs: 0 } }
  gateway = await startTestGateway({ settings })
})
afterAll(() => gateway.stop())

function ask(n: string = NUMBER, selection = SELECTION): Promise<Reply> {
  const query = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selection} } }`
  return gateway.ask({ as: DESK, ...DESK_MATTER, query, variables: { n } })
}

/** Asks, and gives the departments that were asked for it. */
async function askedFor(asking: () => Promise<Reply>): Promise<{ reply: Reply; asked: readonly string[] }> {
  gateway.forget()
  const reply = await asking()
  return { reply, asked: departmentsSeen(gateway.seen) }
}

async function routeOf({ receipt }: Reply) {
  const { route } = await gateway.recordOf(receipt)
  return Object.fromEntries(
    route.map(({ department, outcome, entities, kept }) => [department, [outcome, entities, kept]]),
  )
}

/** Everything that reaches a caller, but for what is of this one request. */
const shown = ({ status, headers, text, receipt }: Reply): unknown => [
  status,
  Object.keys(headers).toSorted(),
  text.replaceAll(receipt, ''),
]

/** Runs `gongxiang cache …` over this gateway's configuration. */
async function cli(words: readonly string[], input = ''): Promise<{ code: unknown; out: string; err: string }> {
  const program = resolve(import.meta.dirname, '../../gateway/cli/gongxiang.ts')
  const args = [program, '--config', join(gateway.directory, 'gongxiang.yaml'), 'cache', ...words]
  const child = spawn(process.execPath, args, { env: { PATH: process.env['PATH'] ?? '' } })
  child.stdin.end(input)
  const ended = new Promise((done) => child.once('exit', done))
  const [out, err] = await Promise.all([readAll(child.stdout), readAll(child.stderr)])
  return { code: await ended, out, err }
}
const WHY = ['--by', 'PS-0001', '--reason', '更正一批登记']

describe('an answer that is kept', () => {
  test('is given again without its department; only the record tells', async () => {
    const first = await askedFor(() => ask())
    const second = await askedFor(() => ask())
    expect(first.asked).toEqual([DISABILITY, INSURANCE, POLICE])
    // What is of level 4 is asked for each time.
    expect(second.asked).toEqual([DISABILITY])
    expect(shown(second.reply)).toEqual(shown(first.reply))
    expect(second.reply.body.extensions?.sharing.notes?.length).toBeGreaterThan(5)
    expect(await routeOf(first.reply)).toEqual({
      gateway: ['ok', 1, undefined],
      [POLICE]: ['ok', 1, undefined],
      [INSURANCE]: ['ok', 1, undefined],
      [DISABILITY]: ['ok', 1, undefined],
    })
    expect(await routeOf(second.reply)).toMatchObject({
      gateway: ['ok', 1, undefined],
      [POLICE]: ['ok', 1, 1],
      [INSURANCE]: ['ok', 1, 1],
      [DISABILITY]: ['ok', 1, undefined],
    })
    expect((await gateway.verify()).faults).toEqual([])
  })

  test('stands while its department is down', async () => {
    await ask()
    gateway.disturb(INSURANCE, () => Promise.reject(new Error('down')))
    const { body } = await ask()
    gateway.heal()
    expect(body.errors).toBeUndefined()
  })

  test('is asked for once by all who ask at the same time', async () => {
    const other = demoPeople.publicSecurityOnly.document.idDocumentNumber
    const { promise, resolve: release } = Promise.withResolvers<void>()
    gateway.disturb(POLICE, async (next) => (await promise, next()))
    gateway.forget()
    const all = Array.from({ length: 12 }, () => ask(other, 'name'))
    await vi.waitFor(() => expect(departmentsSeen(gateway.seen)).toEqual([POLICE]))
    release()
    const texts = new Set((await Promise.all(all)).map((reply) => JSON.stringify(reply.body.data)))
    gateway.heal()
    expect(texts.size).toBe(1)
    expect(gateway.seen.filter(({ department }) => department === POLICE)).toHaveLength(1)
  })
})

describe('what is proof, and what an emergency opens', () => {
  test('a verification is held against the source itself', async () => {
    await ask(NUMBER, 'name')
    expect((await askedFor(() => ask(NUMBER, 'name'))).asked).toEqual([])
    const rows = [{ person: personKey(NUMBER), items: [claim('Person.name', demoPeople.allThree.name)] }]
    for (let at = 0; at < 2; at += 1) {
      const { reply, asked } = await askedFor(() => verify(gateway, rows, { as: DESK, ...DESK_MATTER }))
      expect([outcomesOf(reply), asked]).toEqual([[['MATCH']], [POLICE]])
    }
  })

  test('a desk check, whose receipt is proof, too', async () => {
    const query = `query ($person: PersonKeyInput) { deskCheck(person: $person) { materials { status } } }`
    const variables = { person: personKey(numberOf('allThree')) }
    for (let at = 0; at < 2; at += 1) {
      const { asked } = await askedFor(() => gateway.ask({ as: DESK, ...DESK_MATTER, query, variables }))
      expect(asked).toEqual(expect.arrayContaining([INSURANCE, POLICE]))
    }
  })

  test('a request that states an emergency asks anew, and nothing of its answer is kept', async () => {
    const who = demoPeople.movedOut.document.idDocumentNumber
    const query = 'query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }'
    const headers = { 'x-emergency': 'E-NONE' }
    const urgent = () => gateway.ask({ as: DESK, ...DESK_MATTER, query, variables: { n: who }, headers })
    expect((await askedFor(urgent)).asked).toEqual([POLICE])
    expect((await askedFor(urgent)).asked).toEqual([POLICE])
    expect((await askedFor(() => ask(who, 'name'))).asked).toEqual([POLICE])
    expect((await askedFor(() => ask(who, 'name'))).asked).toEqual([])
  })
})

describe('gongxiang cache invalidate', () => {
  beforeEach(async () => {
    await ask()
    expect((await askedFor(() => ask())).asked).toEqual([DISABILITY])
  })

  /** Which departments are asked anew, once the running gateway has followed. */
  const askedAnew = async (expected: readonly string[]) => {
    await vi.waitFor(async () => expect((await askedFor(() => ask())).asked).toEqual(expected), {
      timeout: 5_000,
      interval: 50,
    })
  }

  test.each([
    ['--all', [], [DISABILITY, INSURANCE, POLICE]],
    ['--department', [POLICE], [DISABILITY, POLICE]],
    ['--resource', ['RS-23-01'], [DISABILITY, INSURANCE]],
  ])('%s %s', async (option, value, expected) => {
    const { code, out } = await cli(['invalidate', option, ...value, ...WHY])
    expect([code, out]).toEqual([0, expect.stringContaining('Invalidated: ')])
    await askedAnew(expected)
    await askedAnew([DISABILITY])
  })

  test('--subject asks for the number, and keeps no more of it than its keyed hash', async () => {
    const { code, out, err } = await cli(['invalidate', '--subject', 'RESIDENT_ID', ...WHY], `${NUMBER}\n`)
    expect([code, out.includes(NUMBER), err]).toEqual([0, false, ''])
    await askedAnew([DISABILITY, INSURANCE, POLICE])
    const listed = await cli(['list', '--json'])
    const events = JSON.parse(listed.out) as { scope: { kind: string } }[]
    expect(events.at(-1)).toMatchObject({ scope: { kind: 'subject' }, by: 'PS-0001', reason: '更正一批登记' })
    expect(listed.out).not.toContain(NUMBER)
    expect((await cli(['list'])).out).toContain('one subject')
  })

  test.each([
    [['--resource', 'GA-18-99'], 'the catalogue has no resource GA-18-99'],
    [['--department', 'nobody'], 'the catalogue has no department nobody'],
    [['--all', '--department', 'tax'], 'name one of'],
    [[], 'name one of'],
    [['--subject', '110101199003070011'], '--subject takes the type'],
    [['--subject', 'RESIDENT_ID'], 'no number was given'],
  ])('refuses %j', async (words, message) => {
    const { code, err } = await cli(['invalidate', ...words, ...WHY])
    expect([code === 0, err]).toEqual([false, expect.stringContaining(message)])
  })

  test('refuses a reason with a citizen’s number in it', async () => {
    const { code, err } = await cli(['invalidate', '--all', '--by', 'PS-0001', '--reason', `for ${NUMBER}`])
    expect([code === 0, err]).toEqual([false, expect.stringContaining('HZ-47.2')])
  })
})
