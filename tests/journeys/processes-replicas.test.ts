import { cp, readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { publicKeysFile } from '../../gateway/adapters/key-files.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { ownFolder, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'
import { DESK, DESK_MATTER } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { startRedis } from '../kit/redis.ts'
import type { TestRedis } from '../kit/redis.ts'
import { askFar, recordsText, startProxy, tokenFrom } from '../kit/several.ts'
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
 * Two gateways as on two machines: a data folder and an audit record each, the same keys and registers, one Redis. A
 * proxy that knows nothing hands each connection to the other one than the last.
 */

const redis: TestRedis | null = await startRedis()
afterAll(async () => redis?.stop())

describe.runIf(redis !== null)('two replicas behind any proxy', () => {
  let folder: OwnFolder
  let proxy: { url: string; close(): Promise<void> }
  const data = (name: string): string => join(folder.path, name)
  const first = (): string => data('one')

  beforeAll(async () => {
    folder = await ownFolder()
    const one = await start('one')
    await cp(keysDirectory({ dataDirectory: data('one') }), keysDirectory({ dataDirectory: data('two') }), {
      recursive: true,
    })
    await cp(join(data('one'), 'city'), join(data('two'), 'city'), { recursive: true })
    proxy = await startProxy([one, await start('two')])
  })
  afterAll(async () => {
    await proxy.close()
    await folder.close()
  })

  async function start(name: string): Promise<string> {
    const child = startProgram(folder.path, ['start'], {
      GONGXIANG_DATA_DIRECTORY: data(name),
      GONGXIANG_REDIS_URL: redis?.url ?? '',
      GONGXIANG_LIMITS_OFFICER_PER_MINUTE: '40',
      GONGXIANG_VERIFICATION_GRID_MS: '0',
      // An officer that begins anew must not meet the bound of the department.
      GONGXIANG_VERIFICATION_ATTEMPTS_PER_DEPARTMENT: '1000',
    })
    return (await child.printed(/GraphQL +(http:\/\/[\w.:]+)\/graphql[\s\S]*?\n$/))[1] ?? ''
  }

  const verify = (officer: string, claimed: string, person: string, key?: string): Promise<Reply> =>
    askFar(proxy.url, first(), {
      as: { ...SCHOOL, officer },
      ...SCHOOL_MATTER,
      query: VERIFY,
      variables: {
        input: {
          rows: [{ person: personKey(person), items: [claim(ADOPTION, claimed)] }],
          ...(key === undefined ? {} : { idempotencyKey: key }),
        },
      },
    })

  /** In which audit records receipts stand. */
  async function recordedBy(replies: readonly Reply[]): Promise<ReadonlySet<string>> {
    const names = new Set<string>()
    for (const name of ['one', 'two']) {
      const text = await recordsText(join(data(name), 'audit'))
      if (replies.some(({ receipt }) => text.includes(`"receipt":"${receipt}"`))) names.add(name)
    }
    return names
  }

  /**
   * On a busy machine Redis may be late, and what needs exact counts is then refused, as it must be: another officer
   * begins anew.
   */
  async function steady(ask: (officer: string) => Promise<readonly Reply[]>): Promise<readonly Reply[]> {
    for (let tries = 0; tries < 8; tries += 1) {
      const replies = await ask(`EDU-${2_000 + Math.floor(Math.random() * 1e6)}`)
      if (replies.every(({ status }) => status !== 503)) return replies
      await delay(1_100)
    }
    return expect.fail('Redis is late all the time')
  }

  test('a token of one is good at both', async () => {
    const replies = await steady(async (officer) => {
      const as: TokenSubject = { ...DESK, officer }
      const token = await tokenFrom(data('two'), as)
      const ask = { as, token, ...DESK_MATTER, query: DEMO_QUERY, variables: { number: DEMO_NUMBER } }
      return [await askFar(proxy.url, first(), ask), await askFar(proxy.url, first(), ask)]
    })
    expect(replies.map(({ status }) => status)).toEqual([200, 200])
    expect(replies[0]?.body.data).toEqual(replies[1]?.body.data)
    expect(await recordedBy(replies)).toEqual(new Set(['one', 'two']))
  })

  test('attempts are counted together', async () => {
    const replies = await steady(async (officer) => {
      const all: Reply[] = []
      for (const guess of ['1', '2', '3', '4', CERTIFICATE])
        all.push(await verify(officer, guess, numberOf('allThree')))
      return all
    })
    expect(replies.map((reply) => rowsOf(reply)[0]?.items[0]?.outcome ?? codesOf(reply)[0])).toEqual([
      'NO_MATCH',
      'NO_MATCH',
      'NO_MATCH',
      'RATE_LIMIT',
      'RATE_LIMIT',
    ])
    expect(await recordedBy(replies)).toEqual(new Set(['one', 'two']))
  })

  test('requests of a minute are counted together', async () => {
    const answered: number[] = []
    // A minute may end in the midst of a round, and while Redis is late each counts alone: then another round.
    for (let tries = 0; tries < 6 && !answered.includes(40); tries += 1) {
      const as: TokenSubject = { ...DESK, officer: `HUR-${3_000 + tries}` }
      const ask = { as, token: await tokenFrom(first(), as), ...DESK_MATTER, query: '{ __typename }' }
      const replies = await Promise.all(Array.from({ length: 60 }, () => askFar(proxy.url, first(), ask)))
      answered.push(replies.filter(({ status }) => status === 200).length)
    }
    expect(answered).toContain(40)
  })

  test('a repeated call is answered by the other one as by the first, and counts once', async () => {
    const calls = await steady(async (officer) => {
      const all: Reply[] = []
      for (let at = 0; at < 4; at += 1) all.push(await verify(officer, CERTIFICATE, numberOf('student'), officer))
      return all
    })
    const tokens = calls.map((reply) => rowsOf(reply)[0]?.token)
    expect(new Set(tokens).size).toBe(1)
    const answers = calls.map(({ body }) => body.data?.['verifyItems'] as { repeated: boolean } | undefined)
    expect(answers.map((one) => one?.repeated)).toEqual([false, true, true, true])
    expect(await recordedBy(calls)).toEqual(new Set(['one', 'two']))
  })

  test('a receipt of one is genuine at the other, and offline', async () => {
    const [verified] = await steady(async (officer) => [await verify(officer, CERTIFICATE, numberOf('student'))])
    const [row] = verified ? rowsOf(verified) : []
    const check = `query ($token: String!) { receipt(token: $token) { receipt } }`
    const ask = { as: SCHOOL, ...SCHOOL_MATTER, query: check, variables: { token: row?.token } }
    const replies = [await askFar(proxy.url, first(), ask), await askFar(proxy.url, first(), ask)]
    expect(replies.map(({ body }) => body.data?.['receipt'])).toEqual(
      [row, row].map((one) => ({ receipt: one?.receipt })),
    )
    const keys = publicKeysFile(keysDirectory({ dataDirectory: data('two') }), 'receipt')
    expect(await readFile(keys, 'utf8')).toContain('"keys"')
    const offline = startProgram(folder.path, ['receipt', 'verify', row?.token ?? '', '--keys', keys])
    expect(await offline.ended).toBe(0)
  })
})
