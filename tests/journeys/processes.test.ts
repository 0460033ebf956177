import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { appendGrantEvent } from '../../gateway/adapters/grant-events.ts'
import { rotateKey } from '../../gateway/adapters/key-files.ts'
import { appendOfficerEvent } from '../../gateway/adapters/officer-events.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { grantEventsFile, keysDirectory, officerEventsFile } from '../../gateway/config/config.ts'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { ownFolder, startProgram } from '../kit/child-gateway.ts'
import type { Child, OwnFolder } from '../kit/child-gateway.ts'
import { parseExposition } from '../kit/exposition.ts'
import { DESK, DESK_MATTER } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { askFar, processOf, tokenFrom } from '../kit/several.ts'
import type { FarAsk } from '../kit/several.ts'
import {
  ADOPTION,
  CERTIFICATE,
  claim,
  numberOf,
  personKey,
  rowsOf,
  SCHOOL,
  SCHOOL_MATTER,
  VERIFY,
} from '../kit/verify.ts'

/*
 * Two processes behind one port, as `gongxiang start --processes 2` starts them. Whatever bounds, revokes or suspends
 * holds over both; each has an audit chain of its own; one that dies takes nothing with it but what it was doing.
 */

/** Requests of one officer in a minute: few enough to be counted out. */
const PER_MINUTE = 40

let folder: OwnFolder
let gateway: Child
let url: string
let metricsUrl: string
const data = (): string => join(folder.path, 'data')
const audit = (): string => join(data(), 'audit')

beforeAll(async () => {
  folder = await ownFolder()
  gateway = startProgram(folder.path, ['start', '--processes', '2'], {
    GONGXIANG_LIMITS_OFFICER_PER_MINUTE: String(PER_MINUTE),
    GONGXIANG_LIMITS_STRANGER_PER_MINUTE: '10000',
    GONGXIANG_METRICS_PORT: '0',
    GONGXIANG_VERIFICATION_GRID_MS: '0',
    GONGXIANG_CACHE_ENABLED: 'false',
  })
  url = (await gateway.printed(/GraphQL +(http:\/\/[\w.:]+)\/graphql[\s\S]*?\n$/))[1] ?? ''
  metricsUrl = (await gateway.printed(/metrics at (\S+)/))[1] ?? ''
})
afterAll(() => folder.close())

/** A desk officer of one test alone: nobody else's requests count against this one. */
const officer = (name: string): TokenSubject => ({ ...DESK, officer: `HUR-${name}` })

const desk = (as: TokenSubject, more: Partial<FarAsk> = {}): Promise<Reply> =>
  askFar(url, data(), { as, ...DESK_MATTER, query: DEMO_QUERY, variables: { number: DEMO_NUMBER }, ...more })

/** Asks until each process has given an answer that fits; gives all answers by process. */
async function untilBoth(ask: () => Promise<Reply>, fits: (reply: Reply) => boolean): Promise<void> {
  const fitting = new Set<number>()
  await vi.waitUntil(
    async () => {
      const reply = await ask()
      // A stranger's request stands in no chain.
      if (reply.status === 401) return false
      const one = await processOf(audit(), reply.receipt)
      if (fits(reply)) fitting.add(one)
      else fitting.delete(one)
      return fitting.size === 2
    },
    { timeout: 30_000, interval: 50 },
  )
}

async function gongxiang(...args: string[]): Promise<{ code: number | NodeJS.Signals | null; out: string }> {
  const child = startProgram(folder.path, args)
  return { code: await child.ended, out: child.out() }
}

/** Process IDs of the two, from the lock of each chain. */
async function pids(): Promise<readonly number[]> {
  const read = async (number: number): Promise<number> => {
    const text = await readFile(join(audit(), String(number), 'writer.lock'), 'utf8')
    return (JSON.parse(text) as { pid: number }).pid
  }
  return [await read(1), await read(2)]
}

describe('two processes', () => {
  test('answer both, each with a chain of its own, and all chains prove together', async () => {
    const as = officer('1001')
    await untilBoth(
      () => desk(as),
      ({ status, body }) => status === 200 && body.data?.['person'] !== null,
    )
    const { code, out } = await gongxiang('audit', 'verify')
    expect(out).toMatch(/chain gateway-1, [1-9]\d* records[\s\S]*chain gateway-2, [1-9]\d* records/)
    expect(code).toBe(0)
    expect(new Set(await pids()).size).toBe(2)
  })

  test('are ready together, and counted together on one address', async () => {
    const ready = await fetch(metricsUrl.replace('/metrics', '/health/ready'))
    const said = (await ready.json()) as { status: string; checks: Record<string, { ok: boolean; detail: string }> }
    const { 'audit-index': index, ...processes } = said.checks
    expect(said.status).toBe('ready')
    expect(processes).toEqual({
      'process-1': { ok: true, detail: 'ready' },
      'process-2': { ok: true, detail: 'ready' },
    })
    expect(index?.ok).toBe(true)
    const samples = parseExposition(await (await fetch(metricsUrl)).text())
    for (const process of ['1', '2'])
      expect(samples).toContainEqual({ name: 'gongxiang_process_up', labels: { process }, value: 1 })
    const counted = samples
      .filter(({ name }) => name === 'gongxiang_requests_total')
      .map(({ labels }) => labels['process'])
    expect(new Set(counted)).toEqual(new Set(['1', '2']))
  })

  test('let an officer ask no more often in a minute than one process would', async () => {
    const as = officer('1002')
    const token = await tokenFrom(data(), as)
    const minute = (): number => Math.floor(Date.now() / 60_000)
    for (let tries = 0; tries < 3; tries += 1) {
      const begun = minute()
      const replies = await Promise.all(Array.from({ length: 2 * PER_MINUTE }, () => desk(as, { token })))
      // A minute that ended meanwhile has begun to count anew.
      if (minute() !== begun) continue
      const answered = replies.filter(({ status }) => status === 200).length
      expect(answered).toBeLessThanOrEqual(PER_MINUTE)
      expect(answered).toBeGreaterThan(PER_MINUTE * 0.75)
      expect(replies.filter(({ status }) => status === 429).length).toBe(replies.length - answered)
      return
    }
    expect.fail('no round within one minute')
  })

  test('let nobody guess more often than one process would', async () => {
    const as = { ...SCHOOL, officer: 'EDU-1003' }
    const guess = (claimed: string): Promise<Reply> =>
      askFar(url, data(), {
        as,
        ...SCHOOL_MATTER,
        query: VERIFY,
        variables: {
          input: { rows: [{ person: personKey(numberOf('allThree')), items: [claim(ADOPTION, claimed)] }] },
        },
      })
    const replies = await Promise.all(['1', '2', '3', '4', '5', '6', '7', CERTIFICATE].map(guess))
    const compared = replies.filter((reply) => rowsOf(reply)[0]?.items[0]?.outcome === 'NO_MATCH')
    expect(compared).toHaveLength(3)
    expect(replies.filter((reply) => codesOf(reply).includes('RATE_LIMIT'))).toHaveLength(5)
    expect(new Set(await Promise.all(replies.map(({ receipt }) => processOf(audit(), receipt)))).size).toBe(2)
  })

  test('answer a repeated call once, whichever it reaches', async () => {
    const as = { ...SCHOOL, officer: 'EDU-1004' }
    const rows = [{ person: personKey(numberOf('student')), items: [claim(ADOPTION, CERTIFICATE)] }]
    const call = (): Promise<Reply> =>
      askFar(url, data(), {
        as,
        ...SCHOOL_MATTER,
        query: VERIFY,
        variables: { input: { rows, idempotencyKey: 'processes-1004' } },
      })
    const [first] = rowsOf(await call())
    expect(first?.items[0]?.outcome).toBe('MATCH')
    await untilBoth(call, (reply) => rowsOf(reply)[0]?.token === first?.token)
  })

  test('both refuse what a revoked grant allowed', async () => {
    const as = officer('1005')
    const refused = (reply: Reply): boolean =>
      (reply.body.errors ?? []).some(
        ({ path, extensions }) => path?.join('.') === 'person.disability.issueDate' && extensions.code === 'NO_GRANT',
      )
    expect(refused(await desk(as))).toBe(false)
    await appendGrantEvent(grantEventsFile({ dataDirectory: data() }), {
      kind: 'GRANT_REVOKED',
      grant: 'G-102',
      at: new Date().toISOString(),
      by: 'DPF-0004',
      reason: 'the purpose has ended',
    })
    await untilBoth(
      () => desk(officer(`1005-${Math.floor(Math.random() * 1e6)}`)),
      (reply) =>
        (reply.body.errors ?? []).some(({ extensions }) => extensions.coordinate?.startsWith('DisabilityCertificate')),
    )
  })

  test('both refuse a suspended officer', async () => {
    const as = officer('1006')
    expect((await desk(as)).status).toBe(200)
    await appendOfficerEvent(officerEventsFile({ dataDirectory: data() }), {
      kind: 'OFFICER_SUSPENDED',
      department: as.department,
      officer: as.officer,
      at: new Date().toISOString(),
      by: 'HUR-0001',
      reason: 'left the department',
    })
    await untilBoth(
      () => desk(as),
      (reply) => codesOf(reply).includes('OFFICER_SUSPENDED'),
    )
  })

  test('both follow a rotated key: tokens of before are strangers’', async () => {
    const as = officer('1007')
    const old = await tokenFrom(data(), as)
    const now = Date.now()
    await rotateKey(keysDirectory({ dataDirectory: data() }), 'token-signing', {
      development: true,
      now,
      usedFrom: now,
      keep: 0,
    })
    await untilBoth(
      () => desk(officer('1008')),
      ({ status }) => status === 200,
    )
    // What is a stranger's is in no chain: of a dozen on connections of their own, some come to each.
    const round = async (): Promise<readonly number[]> =>
      (await Promise.all(Array.from({ length: 12 }, () => desk(as, { token: old })))).map(({ status }) => status)
    await expect.poll(round, { timeout: 20_000, interval: 200 }).toEqual(Array.from({ length: 12 }, () => 401))
  })

  test('go on when one is killed: the other answers, another one takes its place and its chain', async () => {
    const before = await pids()
    process.kill(before[1] ?? 0, 'SIGKILL')
    const as = officer('1009')
    // Whoever was handed to it in this very moment is cut off, and tries again.
    const answer = (): Promise<number> =>
      desk(as).then(
        ({ status }) => status,
        () => 0,
      )
    await expect.poll(answer, { timeout: 5_000, interval: 50 }).toBe(200)
    await vi.waitUntil(async () => (await pids())[1] !== before[1], { timeout: 30_000, interval: 100 })
    await untilBoth(
      () => desk(officer(`1009-${Math.floor(Math.random() * 1e6)}`)),
      ({ status }) => status === 200,
    )
    expect((await pids())[0]).toBe(before[0])
    const samples = parseExposition(await (await fetch(metricsUrl)).text())
    expect(samples).toContainEqual({ name: 'gongxiang_process_restarts_total', labels: { process: '2' }, value: 1 })
    expect((await gongxiang('audit', 'verify')).code).toBe(0)
  })

  test('do nothing at SIGHUP, and finish what is under way at SIGTERM', async () => {
    process.kill(gateway.pid, 'SIGHUP')
    const as = officer('1010')
    const token = await tokenFrom(data(), as)
    expect((await desk(as, { token })).status).toBe(200)
    const both = await pids()
    const underWay = Array.from({ length: 8 }, () => desk(as, { token }).catch(() => null))
    expect(await gateway.stop('SIGTERM')).toBe(0)
    // Who was let in was answered, and whoever was answered stands in a chain.
    const answered = (await Promise.all(underWay)).filter((reply) => reply !== null)
    for (const { receipt } of answered) await processOf(audit(), receipt)
    for (const pid of both) expect(() => process.kill(pid, 0)).toThrow('ESRCH')
    const { code, out } = await gongxiang('audit', 'verify', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject({ ok: true, chains: [{ process: 1 }, { process: 2 }], faults: [] })
  })
})
