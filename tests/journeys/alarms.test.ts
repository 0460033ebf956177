import { createHmac } from 'node:crypto'
import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import type { IncomingHttpHeaders, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { checkDigit } from '../../gateway/vocabulary/id-number.ts'
import type { AlarmMessage } from '../../gateway/governance/alarms/message.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { gongxiang } from '../unit/cli/run.ts'

/*
 * A gateway as it is shipped: a desk account tries sequential numbers at night, fewer than the limits refuse (S13). The
 * index hears of it in its own thread, and the receiver of the city's duty officer gets the signed alarm.
 */

const SECRET = 'a-secret-that-the-receiver-shares'
const DAY = 86_400_000

/** A number of one division and birth date; nobody has it. */
function neighbour(nth: number): string {
  const first = `44200019620230${String(nth + 1).padStart(3, '0')}`
  return first + checkDigit(first)
}

/** Two in the morning (UTC+8), tomorrow or the day after. */
const NIGHT = Math.ceil(Date.now() / DAY) * DAY + 18 * 3_600_000
const nightClock = { now: () => NIGHT + (performance.now() % 1_000), monotonic: () => performance.now() }

interface Post {
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

let posts: Post[]
let answers: number[]
let receiver: Server
let gateway: TestGateway

beforeEach(async () => {
  posts = []
  answers = []
  receiver = createServer((request, response) => {
    void text(request).then((body) => {
      posts.push({ headers: request.headers, body })
      response.writeHead(answers.shift() ?? 204, { location: '/elsewhere' }).end()
    })
  })
  await new Promise<void>((ready) => receiver.listen(0, '127.0.0.1', ready))
})

afterEach(async () => {
  await gateway.stop()
  await new Promise((done) => receiver.close(done))
})

async function open(alarms: object = {}): Promise<void> {
  const { port } = receiver.address() as AddressInfo
  const webhook = { url: `http://127.0.0.1:${port}/alarms`, secret: SECRET, privateNetwork: true }
  gateway = await startTestGateway({
    index: true,
    clock: nightClock,
    settings: { limits: { subjectsPerCase: 10_000 }, alarms: { webhook, ...alarms } },
  })
}

function ask(nth: number): Promise<Reply> {
  const query = 'query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { name household { registrationStatus } } }'
  const keys = [{ idDocumentType: 'RESIDENT_ID', idDocumentNumber: neighbour(nth) }]
  return gateway.ask({ ...DESK_MATTER, query, variables: { keys } })
}

const messages = (): readonly AlarmMessage[] => posts.map(({ body }) => JSON.parse(body) as AlarmMessage)
const soon = { timeout: 45_000, interval: 50 }
const kinds = (): readonly string[] => messages().map(({ event, alarm }) => `${alarm.rule} ${event.kind}`)

describe('sequential numbers at night', () => {
  test('raise a signed alarm with receipts and pseudonyms, on the log too, and suspend nobody by default', async () => {
    await open()
    const replies: Reply[] = []
    for (const nth of [0, 1, 2, 3]) replies.push(await ask(nth))
    expect(replies.map(({ status }) => status)).toEqual([200, 200, 200, 200])
    await vi.waitUntil(() => kinds().includes('ENUMERATION RAISED'), soon)
    const post = posts.find(({ body }) => body.includes('"ENUMERATION"'))
    const message = JSON.parse(post?.body ?? '') as AlarmMessage
    const stamp = String(post?.headers['x-gongxiang-timestamp'])
    const signature = createHmac('sha256', SECRET).update(`${stamp}.${post?.body}`).digest('hex')
    expect(post?.headers['x-gongxiang-signature']).toBe(`v1=${signature}`)
    expect(post?.headers['idempotency-key']).toBe(message.id)
    const records = await Promise.all(replies.map(({ receipt }) => gateway.recordOf(receipt)))
    expect(message.alarm).toMatchObject({
      state: 'OPEN',
      severity: 'HIGH',
      officer: DESK.officer,
      department: DESK.department,
      restore: null,
      evidence: { measure: 'NEIGHBOURS_OF_OFFICER', count: 4, limit: 4 },
    })
    expect(new Set(message.alarm.evidence.receipts)).toEqual(new Set(replies.map(({ receipt }) => receipt)))
    expect(new Set(message.alarm.evidence.subjects)).toEqual(new Set(records.flatMap(({ subjects }) => subjects)))
    const logged = readFileSync(join(gateway.directory, 'gateway.log'), 'utf8')
    const line = logged.split('\n').find((one) => one.includes('"msg":"alarm"'))
    expect(JSON.parse(line ?? '')).toMatchObject({ what: 'RAISED', alarm: message.alarm.id, rule: 'ENUMERATION' })
    for (const nth of [0, 1, 2, 3])
      expect(logged + posts.map(({ body }) => body).join()).not.toContain(neighbour(nth).slice(0, 14))
    expect((await ask(0)).status).toBe(200)
  })

  test('suspend the officer where that is configured; a command restores, decides and drafts the report', async () => {
    await open({ suspend: true })
    for (const nth of [0, 1, 2, 3]) await ask(nth)
    await vi.waitUntil(() => kinds().includes('ENUMERATION SUSPENDED'), soon)
    await vi.waitUntil(async () => (await ask(0)).status === 403, soon)
    expect(codesOf(await ask(0))).toEqual(['OFFICER_SUSPENDED'])
    const suspended = messages().find(({ event }) => event.kind === 'SUSPENDED')
    expect(suspended?.alarm.restore?.en).toContain(`gongxiang officer restore ${DESK.officer}`)
    const id = suspended?.alarm.id ?? ''
    const cli = (...args: readonly string[]) => gongxiang(gateway.directory, args)

    const listed = await cli('alarm', 'list', '--state', 'open', '--json')
    expect([listed.code, listed.out]).toEqual([0, expect.stringContaining(id)])
    const draft = await cli('alarm', 'show', id, '--incident')
    expect(draft.out).toContain('数据安全事件报告')
    expect(draft.out).toContain('ZS-6.05')
    const own = await cli(
      'alarm',
      'dismiss',
      id,
      '--by',
      DESK.officer,
      '--department',
      DESK.department,
      '--reason',
      'it was me',
    )
    expect([own.code, own.err]).toEqual([1, expect.stringContaining('nobody decides')])
    const auditor = ['--by', 'AUD-0001', '--department', 'audit-office']
    const decided = await cli('alarm', 'confirm', id, ...auditor, '--reason', 'numbers were tried out')
    expect([decided.code, decided.out]).toEqual([0, expect.stringContaining('CONFIRMED')])
    await vi.waitUntil(() => kinds().includes('ENUMERATION CONFIRMED'), soon)
  })

  test('a receiver that refuses, or sends elsewhere, is asked again; what was taken comes no second time', async () => {
    await open()
    answers.push(302)
    for (const nth of [0, 1, 2, 3]) await ask(nth)
    await vi.waitUntil(() => kinds().filter((kind) => kind === 'ENUMERATION RAISED').length === 2, {
      timeout: 60_000,
      interval: 50,
    })
    const ids = new Set(
      posts.filter(({ body }) => body.includes('"ENUMERATION"')).map(({ headers }) => headers['idempotency-key']),
    )
    expect(ids.size).toBe(1)
    expect(posts.every(({ headers }) => headers.host !== undefined)).toBe(true)
  })
})
