import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { randomFor } from '../../city/random.ts'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { composeAmended } from '../kit/amended-city.ts'
import { BOUNDS, NARROW } from './lanes-bounds.ts'
import type { BoundCase } from './lanes-bounds.ts'
import { codesAmiss } from './lanes-codes.ts'
import { codesOfPair, differences, laneTaken } from './lanes-compare.ts'
import { planted, PLANTED } from './lanes-faults.ts'
import { VALID } from './lanes-kind.ts'
import type { Kind } from './lanes-kind.ts'
import { KINDS } from './lanes-kinds.ts'
import { WIRE } from './lanes-wire.ts'
import { AS_DESK, AS_MARKET, drawingOf, laneRegisters, NUMBER, RECLASSIFIED, requestOf, WIDE } from './lanes-world.ts'
import { startLaneGateway } from './lanes.ts'
import type { LaneGateway, LaneRequest, Pair } from './lanes.ts'

/* Two lanes, one meaning: whatever is asked, the lane that answers makes no difference to anybody. */

const OTHERS = [...KINDS, ...WIRE]
/** Every kind comes once at least. */
const RUNS = Math.max(Number(process.env['GONGXIANG_RUNS'] ?? 320), 2 * OTHERS.length)
const SEED = Number(process.env['GONGXIANG_SEED'] ?? 20_261_122)

const started: LaneGateway[] = []
async function start(options: Parameters<typeof startLaneGateway>[0]): Promise<LaneGateway> {
  const lanes = await startLaneGateway({ registers: laneRegisters(), ...options })
  started.push(lanes)
  return lanes
}
afterAll(async () => {
  for (const { gateway } of started) await gateway.stop()
})

/** The city under its own law, with bounds that nothing here reaches. */
let lanes: LaneGateway
beforeAll(async () => {
  const at = '2026-06-01T00:00:00.000Z'
  const facts = { department: AS_DESK.as.department, officer: 'HUR-0999', at, by: 'HUR-0001', reason: 'a test' }
  lanes = await start({
    events: [{ kind: 'GRANT_REVOKED', grant: 'WITHDRAWN', at, by: 'HRSS-0031', reason: 'the purpose has ended' }],
    officers: [{ kind: 'OFFICER_SUSPENDED', ...facts }],
    settings: WIDE,
  })
  await lanes.gateway.compose(composeAmended(RECLASSIFIED, 'zhongshan'))
})

const occurred: string[] = []

describe('random requests', () => {
  interface Run {
    readonly kind: string
    readonly request: LaneRequest
    readonly pair: Pair
  }
  const runs: Run[] = []
  /** A text with a value in it is not remembered: in JSON its quotes are escaped. */
  const holdsText = ({ request: { body } }: Run): boolean =>
    /\\"|: ?\d{5}|\d\.\d/.test(String(body).split('"variables"')[0] ?? '')
  let records: readonly AuditRecord[] = []

  beforeAll(async () => {
    const drawing = drawingOf(lanes.gateway)
    for (let number = 0; number < RUNS; number += 1) {
      const kind: Kind = number % 2 === 0 ? VALID : (OTHERS[(number >> 1) % OTHERS.length] ?? VALID)
      const random = randomFor(SEED, number)
      const { request, ...around } = kind.draw(random, drawing)
      const pair = await lanes.pair(request, random.chance(0.5) ? 'apollo' : 'fast', around)
      runs.push({ kind: kind.name, request, pair })
    }
    records = await lanes.gateway.records()
    for (const { pair } of runs) occurred.push(...codesOfPair(lanes, pair, records))
  }, 3_600_000)

  test('mean the same in both lanes: status, headers, bytes, record, and what departments are asked', () => {
    const found = runs.flatMap(({ kind, request, pair }) => {
      const lines = differences(lanes, pair, records)
      const how = `${kind}, ${pair.order[0]} first, GONGXIANG_SEED=${SEED} GONGXIANG_RUNS=${RUNS}`
      return lines.length > 0 ? [[how, ...lines, JSON.stringify(request).slice(0, 4_000)].join('\n')] : []
    })
    expect(found).toEqual([])
  })

  const share = (of: readonly Run[]): number =>
    of.filter(({ pair }) => laneTaken(lanes, pair, 'fast', records) === 'fast').length / of.length

  test('take the fast lane: three in ten of all, most of those that nothing is wrong with', () => {
    expect(share(runs)).toBeGreaterThanOrEqual(0.3)
    const valid = runs.filter(({ kind }) => kind === VALID.name)
    const [withText, without] = [valid.filter(holdsText), valid.filter((one) => !holdsText(one))]
    expect(share(without)).toBeGreaterThan(0.9)
    expect(share(withText)).toBeLessThan(share(without))
  })

  test('never take it where it is switched off', () => {
    expect(runs.filter(({ pair }) => laneTaken(lanes, pair, 'apollo', records) === 'fast')).toEqual([])
  })

  test('leave a record that holds together', async () => {
    expect((await lanes.gateway.verify()).faults).toEqual([])
  })
})

describe('requests that reach a bound of the gateway', () => {
  const open = new Map<string, LaneGateway>()
  beforeAll(async () => {
    for (const regime of new Set(BOUNDS.map((one) => one.regime)))
      open.set(regime, await start({ regime, settings: NARROW }))
  })

  const cases = BOUNDS.map((one): readonly [string, string, BoundCase] => [one.name, one.regime, one])
  test.each(cases)('%s (%s)', async (_name, regime, one) => {
    const lanes = open.get(regime)
    if (!lanes) throw new Error('not started')
    const pair = await one.run(lanes)
    const records = await lanes.gateway.records()
    const codes = codesOfPair(lanes, pair, records)
    occurred.push(...codes)
    expect(differences(lanes, pair, records)).toEqual([])
    expect(codes).toContain(one.code)
    expect(laneTaken(lanes, pair, 'fast', records) ?? 'unrecorded').toBe(one.lane)
  })
})

test('every code that a request can bring about was brought about', () => {
  expect(codesAmiss(occurred)).toEqual([])
})

describe('a difference is found', () => {
  const query = `query Q($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
    name sex household { registrationStatus } } }`
  const other = query.replace('sex', 'ethnicity')
  const asking = requestOf(AS_DESK, { query, variables: { n: NUMBER }, operationName: 'Q' })
  let pair: Pair
  let another: Pair
  let records: readonly AuditRecord[]
  beforeAll(async () => {
    pair = await lanes.pair(asking, 'fast')
    another = await lanes.pair(
      { ...requestOf(AS_MARKET, { query, variables: { n: NUMBER }, operationName: 'Q' }) },
      'fast',
    )
    records = await lanes.gateway.records()
  })

  test('and none where there is none, in an answer that has everything', () => {
    expect(differences(lanes, pair, records)).toEqual([])
    expect(pair.fast.text).toMatch(/"errors".*"data".*"extensions"/s)
    expect(pair.fast.fetches.length).toBeGreaterThan(0)
  })

  test.each(PLANTED.map((one) => [one.name, one] as const))('%s', (_name, fault) => {
    const ownOf = (of: Pair) => lanes.recordsOf(of, records)?.fast ?? []
    const [changed, kept] = planted(fault, pair, another, records, ownOf)
    const found = differences(lanes, changed, kept)
    expect(found.map((line) => line.slice(0, line.indexOf(':')))).toEqual([fault.part])
  })

  test.each<readonly [string, RegExp, Parameters<LaneGateway['plant']>[0]]>([
    [
      'another operation than the one that was asked',
      /^text:/m,
      { find: (generation, asked) => lanes.known.find(generation, { ...asked, text: other }) },
    ],
    [
      "another operation's name in the record",
      /^record:/m,
      {
        find(generation, asked) {
          const own = lanes.known.find(generation, asked)
          return own && { ...own, normalised: { ...own.normalised, hash: 'another' } }
        },
      },
    ],
    ['another salt in the record', /^record:/m, { salt: () => new Uint8Array(16).fill(1) }],
  ])('of a port that gives %s', async (_name, found, change) => {
    await lanes.once(requestOf(AS_DESK, { query: other, variables: { n: NUMBER }, operationName: 'Q' }), 'apollo')
    await lanes.once(asking, 'apollo')
    lanes.plant(change)
    const wrong = await lanes.pair(asking, 'apollo').finally(() => lanes.plant({}))
    expect(differences(lanes, wrong, await lanes.gateway.records()).join('\n')).toMatch(found)
  })
})
