import { createHash } from 'node:crypto'
import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Redis } from 'ioredis'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import { generate } from '../../city/generate.ts'
import { demoPeople } from '../../city/demo-people.ts'
import { composeAmended } from '../kit/amended-city.ts'
import { CITY, leaksIn } from '../kit/gateway-canaries.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { Registers, TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { startRedisServer } from '../kit/redis-server.ts'
import type { RedisServer } from '../kit/redis-server.ts'
import { attack, AS_DESK, AS_MARKET, comparable, leaksAfter, person } from './attack.ts'
import type { Outcome } from './attack.ts'

/* What is kept must tell nobody anything: not whom another department asked about, nor what was withdrawn, nor whoever reads Redis. */

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const [POLICE, INSURANCE] = ['public-security', 'human-resources-social-security'] as const

/** Both departments may see the same of everybody. */
const matter = (code: string, department: string) => ({
  code,
  title: '核查',
  department,
  fields: [
    'Person.name',
    'Person.sex',
    'HouseholdRegistration.registrationStatus',
    'HouseholdRegistration.householdTownship',
    'SocialInsuranceEnrolment.employerName',
    'SocialInsuranceEnrolment.insuranceType',
    'HouseholdRegistration.photo',
  ],
})
const grant = (id: string, consumer: string, code: string) => ({
  id,
  consumer,
  matters: [code],
  clear: [
    'SocialInsuranceEnrolment.employerName',
    'SocialInsuranceEnrolment.insuranceType',
    'HouseholdRegistration.photo',
  ],
  validFrom: '2026-01-01T00:00:00+08:00',
  validUntil: '2031-01-01T00:00:00+08:00',
  approver: 'PS-0001',
  agreement: 'XY-1',
})
const [HOUSING, MARKET] = [AS_DESK.as.department, AS_MARKET.as.department]
const registers: Registers = {
  matters: { matters: [matter(AS_DESK.matter, HOUSING), matter(AS_MARKET.matter, MARKET)] },
  cases: { cases: [{ number: AS_DESK.case, matter: AS_DESK.matter, department: HOUSING }] },
  grants: { grants: [grant('G-1', HOUSING, AS_DESK.matter), grant('G-2', MARKET, AS_MARKET.matter)] },
}
const many = 1_000_000
const limits = {
  subjectsPerCase: 10_000,
  subjectsPerOfficerHour: many,
  subjectsPerOfficerDay: many,
  subjectsPerApplicationHour: many,
  subjectsPerDepartmentDay: many,
  neighboursPerOfficer: many,
  neighboursPerApplication: many,
  neighboursPerDepartment: many,
  officerPerMinute: many,
}

let redis: RedisServer
let gateway: TestGateway
beforeAll(async () => {
  // As it is on disk: what is compressed could not be searched.
  redis = await startRedisServer('--rdbcompression', 'no')
  const cache = { realtimeTtlSeconds: 60, commandTimeoutMs: 1_000, redis: { url: redis.url } }
  gateway = await startTestGateway({ registers, settings: { cache, limits } })
  await isUsed()
})
afterAll(async () => {
  await gateway.stop()
  await redis.remove()
})

/** Until the gateway has read the epochs. */
async function isUsed(): Promise<void> {
  const query = person('household { registrationStatus }')
  await vi.waitFor(
    async () => {
      await attack(gateway, { ...AS_DESK, query })
      expect((await attack(gateway, { ...AS_DESK, query })).departments).toEqual([])
    },
    { timeout: 20_000, interval: 50 },
  )
}

describe('another department’s look (wall 15)', () => {
  test('at a person is no hit: the department is asked for each', async () => {
    const query = person('name sex socialInsurance { employerName }')
    expect((await attack(gateway, { ...AS_DESK, query })).departments).toEqual([INSURANCE, POLICE])
    const other = await attack(gateway, { ...AS_MARKET, query })
    expect(other.departments).toEqual([INSURANCE, POLICE])
    expect(other.record.route.some(({ kept }) => kept !== undefined)).toBe(false)
    expect((await attack(gateway, { ...AS_MARKET, query })).departments).toEqual([])
  })

  test('under way is not waited for', async () => {
    const { promise, resolve } = Promise.withResolvers<void>()
    gateway.disturb(POLICE, async (next) => (await promise, next()))
    gateway.forget()
    const query = person('household { householdTownship }')
    const variables = { n: NUMBER }
    const both = [AS_DESK, AS_MARKET].map((who) => gateway.ask({ ...who, query, variables }))
    const asked = () => gateway.seen.filter(({ department }) => department === POLICE)
    await vi.waitFor(() => expect(asked()).toHaveLength(2))
    resolve()
    await Promise.all(both)
    gateway.heal()
    expect(new Set(asked().map(({ context }) => context.consumer))).toEqual(new Set([HOUSING, MARKET]))
  })
})

describe('what is of level 4', () => {
  test('is kept nowhere, nor what stands beside it', async () => {
    const query = person('household { registrationStatus photo }')
    for (let at = 0; at < 2; at += 1)
      expect((await attack(gateway, { ...AS_DESK, query })).departments).toEqual([POLICE])
  })
})

describe('the answer', () => {
  test('says nothing of a hit, in body or headers', async () => {
    const query = person('sex household { householdTownship }')
    const [miss, hit] = [await attack(gateway, { ...AS_DESK, query }), await attack(gateway, { ...AS_DESK, query })]
    expect([miss.departments, hit.departments]).toEqual([[POLICE], []])
    expect(comparable(hit)).toEqual(comparable(miss))
    const headersOf = ({ reply: { headers } }: Outcome) => ({ ...headers, 'x-receipt': '', date: '' })
    expect(headersOf(hit)).toEqual(headersOf(miss))
  })
})

describe('whoever reads Redis', () => {
  test('finds no value, no number and no unkeyed hash, in keys, values or its file (HZ-47.2)', async () => {
    const people = [...generate(CITY)]
      .map(({ document }) => document)
      .filter(({ idDocumentType }) => idDocumentType === 'RESIDENT_ID')
    const selections = [
      'name',
      'sex',
      'name sex',
      'household { registrationStatus }',
      'household { householdTownship }',
      'household { registrationStatus householdTownship }',
      'name household { registrationStatus }',
      'name household { householdTownship }',
      'sex household { registrationStatus }',
      'sex household { householdTownship }',
      'socialInsurance { employerName }',
      'socialInsurance { insuranceType }',
      'socialInsurance { employerName insuranceType }',
    ]
    let [entities, kept] = [0, 0]
    const ask = async (
      selection: string,
      who: readonly object[],
      as: typeof AS_DESK | typeof AS_MARKET,
    ): Promise<void> => {
      const query = `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) { ${selection} } }`
      const reply = await gateway.ask({ ...as, query, variables: { keys: who } })
      expect([reply.status, codesOf(reply)]).toEqual([200, []])
      for (const one of (await gateway.recordOf(reply.receipt)).route) {
        if (one.department === 'gateway') continue
        entities += one.entities
        kept += one.kept ?? 0
      }
    }
    for (const as of [AS_DESK, AS_MARKET]) for (const one of selections) await ask(one, people, as)
    // A few are asked about far more often than all others, as in a city.
    for (let at = 0; at < 300; at += 1) {
      const rank = Math.floor(people.length ** (((at * 7_919) % 1_000) / 1_000))
      const selection = selections[at % selections.length] ?? ''
      await ask(selection, people.slice(Math.max(0, rank - 15), rank + 1), at % 2 === 0 ? AS_DESK : AS_MARKET)
    }
    const stored = Number(await redis.command('DBSIZE'))
    expect(stored).toBeGreaterThanOrEqual(1_000)
    expect(kept / entities).toBeGreaterThan(0.5)
    expect(await leaksInRedis(NAMES)).toEqual([])
    expect(await leaksAfter(gateway)).toEqual([])
  })

  test('would find a value that was put there in clear, and an unkeyed hash of a number', async () => {
    await redis.command('SET', 'gongxiang:cache:planted', `{"name":"x","idDocumentNumber":"${NUMBER}"}`)
    expect(await leaksInRedis()).not.toEqual([])
    for (const algorithm of ['sha1', 'sha256', 'md5'])
      for (const encoding of ['hex', 'base64', 'base64url'] as const) {
        const hash = createHash(algorithm).update(NUMBER).digest(encoding)
        await redis.command('DEL', 'gongxiang:cache:planted')
        await redis.command('SET', 'gongxiang:cache:planted', hash)
        expect((await leaksInRedis()).length, `${algorithm} ${encoding}`).toBeGreaterThan(0)
        await redis.command('DEL', 'gongxiang:cache:planted')
        await redis.command('SET', `gongxiang:cache:${hash}`, '1')
        expect((await leaksInRedis()).length, `${algorithm} ${encoding} as a key`).toBeGreaterThan(0)
        await redis.command('DEL', `gongxiang:cache:${hash}`)
      }
    await redis.command('DEL', 'gongxiang:cache:planted')
    expect(await leaksInRedis()).toEqual([])
  })
})

/** Places and employers of the city that answers hold. */
const NAMES = [
  '中山市示范电子第1有限公司',
  'HouseholdRegistration',
  'registrationStatus',
  'RESIDENT_ID',
  HOUSING,
  MARKET,
]

/** Everything that Redis holds, written out and searched: each key, each value, and its file. */
async function leaksInRedis(further: readonly string[] = []): Promise<readonly string[]> {
  const directory = await mkdtemp(join(tmpdir(), 'gx-redis-dump-'))
  const client = new Redis(redis.url)
  try {
    const parts: Buffer[] = []
    for await (const keys of client.scanBufferStream({ count: 1_000 }) as AsyncIterable<Buffer[]>)
      for (const key of keys) {
        const value =
          (await client.type(key)) === 'hash'
            ? Buffer.from(JSON.stringify(await client.hgetall(key)))
            : ((await client.getBuffer(key)) ?? Buffer.alloc(0))
        parts.push(key, Buffer.from('\n'), value, Buffer.from('\n'))
      }
    await client.save()
    await writeFile(join(directory, 'keys-and-values'), Buffer.concat(parts))
    await writeFile(join(directory, 'file'), await readFile(join(redis.directory, 'dump.rdb')))
    return await leaksIn(directory, further)
  } finally {
    client.disconnect()
    await rm(directory, { recursive: true, force: true })
  }
}

describe('what is withdrawn while it is kept (S23)', () => {
  test('is not given again: from the new catalogue on every kept value is of no use', async () => {
    const query = person('name socialInsurance { employerName insuranceType }')
    const before = await attack(gateway, { ...AS_DESK, query })
    expect((await attack(gateway, { ...AS_DESK, query })).departments).toEqual([])
    expect(JSON.stringify(before.reply.body.data)).toContain('中山市示范电子')
    const share = {
      class: 'NOT_SHARED',
      grounds: ['LAW 《中华人民共和国统计法》第九条'],
      conditions: null,
      subMode: null,
    }
    await gateway.compose(composeAmended({ 'SocialInsuranceEnrolment.employerName': { share } }, 'zhongshan'))
    const after = await attack(gateway, { ...AS_DESK, query })
    expect(after.reply.text).not.toContain('中山市示范电子')
    expect(codesOf(after.reply).length).toBeGreaterThan(0)
    // The rest is asked for anew, by the new catalogue.
    expect(after.departments).toEqual([INSURANCE, POLICE])
    expect(after.words).not.toContain('employerName')
    expect((await attack(gateway, { ...AS_DESK, query })).departments).toEqual([])
  })
})
