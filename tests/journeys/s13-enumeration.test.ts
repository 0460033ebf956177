import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { checkDigit } from '../../gateway/vocabulary/id-number.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { ADOPTION, claim, numberOf, outcomesOf, personKey, SCHOOL, SCHOOL_MATTER, verify } from '../kit/verify.ts'

/*
 * S13: at night a desk tries the numbers of one division and birth date, by `person` and by `verifyItems` in turn. Both
 * are one crawl: stopped at the bound, the session ends, an alert names it, and every attempt is in the record, with no
 * number (ZS-6.05, ZS-6.14(7), FS-27).
 */

/** Three in the morning in the city. */
const NIGHT = Date.parse('2026-06-03T03:00:00+08:00')
const SHARED = '44200019620230'
const numbers = Array.from({ length: 999 }, (_, at) => {
  const first = SHARED + String(at + 1).padStart(3, '0')
  return first + checkDigit(first)
})
const THIEF = { ...SCHOOL, officer: 'EDU-0666' }

let gateway: TestGateway
let now = NIGHT
beforeAll(async () => {
  const clock = { now: () => now, monotonic: () => performance.now() }
  gateway = await startTestGateway({ clock, settings: { verification: { gridMs: 1 } } })
})
afterAll(() => gateway.stop())

/** One attempt: odd ones read, even ones verify. */
function attempt(at: number): Promise<Reply> {
  const number = numbers[at] ?? ''
  now += 1_000
  gateway.forget()
  if (at % 2 === 1)
    return verify(gateway, [{ person: personKey(number), items: [claim(ADOPTION, 'x')] }], { as: THIEF })
  const query = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name } }`
  return gateway.ask({ as: THIEF, ...SCHOOL_MATTER, query, variables: { n: number } })
}

const made: { readonly reply: Reply; readonly record: AuditRecord }[] = []

describe('numbers in a row, read and verified in turn', () => {
  test('are one crawl: the sixth is refused before any fetch', async () => {
    for (let at = 0; at < 6; at += 1) {
      const reply = await attempt(at)
      made.push({ reply, record: await gateway.recordOf(reply.receipt) })
    }
    expect(made.slice(0, 5).every(({ reply }) => reply.status === 200)).toBe(true)
    const last = made[5]
    expect([last?.reply.status, last && codesOf(last.reply)]).toEqual([403, ['ENUMERATION_SUSPECTED']])
    expect(last?.reply.body.errors?.[0]?.extensions.clause).toBe('ZS-6.05')
    expect(departmentsSeen(gateway.seen)).toEqual([])
  })

  test('end the session: whatever is asked then is refused, by day too, and recorded', async () => {
    for (const at of [6, 7]) {
      const reply = await attempt(at)
      expect([reply.status, codesOf(reply)]).toEqual([403, ['OFFICER_SUSPENDED']])
      made.push({ reply, record: await gateway.recordOf(reply.receipt) })
    }
    now = NIGHT + 8 * 3_600_000
    const reply = await attempt(8)
    expect(codesOf(reply)).toEqual(['OFFICER_SUSPENDED'])
    expect((await gateway.ask({ as: SCHOOL, ...SCHOOL_MATTER, query: '{ __typename }' })).status).toBe(200)
  })

  test('stand in the record one by one: when, what was found, and that they are neighbours', () => {
    const tried = made.slice(0, 6).map(({ record }) => record)
    expect(tried.map(({ method }) => method)).toEqual(['query', 'verify', 'query', 'verify', 'query', 'refused'])
    expect(new Set(tried.map(({ neighbours }) => neighbours?.[0]?.group)).size).toBe(1)
    expect(tried.flatMap(({ neighbours = [] }) => neighbours.map(({ count }) => count))).toEqual([1, 1, 1, 1, 1, 1])
    expect(new Set(tried.flatMap(({ subjects }) => subjects)).size).toBe(6)
    expect(tried.map(({ time }) => new Date(time).getUTCHours())).toEqual([19, 19, 19, 19, 19, 19])
    expect(tried[5]?.finding).toEqual({ kind: 'NEIGHBOURHOOD', of: 'OFFICER', count: 6 })
    expect(tried.slice(0, 5).every(({ finding }) => finding === undefined)).toBe(true)
    expect(made.slice(6).map(({ record }) => record.outcome.codes)).toEqual([
      ['OFFICER_SUSPENDED'],
      ['OFFICER_SUSPENDED'],
    ])
  })

  test('raise an alert with the pseudonyms of the record; no number is anywhere', async () => {
    const log = readFileSync(join(gateway.directory, 'gateway.log'), 'utf8')
    const alerts = log.split('\n').filter((line) => line.includes('"msg":"alert"'))
    expect(alerts.map((line) => JSON.parse(line) as unknown)).toMatchObject([
      { kind: 'NEIGHBOURHOOD', of: 'OFFICER', officer: THIEF.officer, subjects: made[5]?.record.subjects },
    ])
    const everything = log + JSON.stringify(await gateway.records()) + made.map(({ reply }) => reply.text).join('')
    expect(everything).not.toContain(SHARED)
    expect((await gateway.verify()).faults).toEqual([])
  })
})

describe('who exists cannot be told from who does not', () => {
  /** Numbers of nobody, each of another birth date. */
  const nobody = (at: number): string => {
    const first = `4420001900${String(at + 10)}31001`.slice(0, 17)
    return first + checkDigit(first)
  }
  const shapeOf = ({ status, body, text }: Reply): unknown => [
    status,
    JSON.stringify(body.data),
    body.errors?.map(({ message, extensions }) => [message, extensions.code, extensions.clause]),
    text.replace(/gx_\w+/g, '').length,
  ]

  test('by a caller who may not know: the same answer, letter by letter but for the receipt', async () => {
    const query = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) {
      marriage: disability { disabilityCertificateNumber } } }`
    const ask = (n: string, officer: string) =>
      gateway.ask({ as: { ...SCHOOL, officer }, ...SCHOOL_MATTER, query, variables: { n } })
    const [known, unknown] = [await ask(numberOf('allThree'), 'EDU-0101'), await ask(nobody(1), 'EDU-0102')]
    expect(shapeOf(known)).toEqual(shapeOf(unknown))
  })

  test('nor by verifying: somebody without a record, nobody, and a number that cannot exist are one outcome', async () => {
    const impossible = `${nobody(2).slice(0, 17)}${nobody(2).endsWith('1') ? '2' : '1'}`
    const found = await Promise.all(
      [numberOf('publicSecurityOnly'), nobody(3), impossible].map(async (number, at) => {
        const as = { ...SCHOOL, officer: `EDU-020${at}` }
        const reply = await verify(gateway, [{ person: personKey(number), items: [claim(ADOPTION, 'x')] }], { as })
        return [reply.status, outcomesOf(reply)]
      }),
    )
    expect(found).toEqual([found[0], found[0], found[0]])
    // Whether there is a record is a fact of its own: where it may not be known, none is no match.
    expect(found[0]).toEqual([200, [['NO_MATCH']]])
  })
})
