import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { codesOf } from '../kit/gateway-http.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { ADOPTION, CERTIFICATE, claim, numberOf, outcomesOf, personKey, rowsOf, SCHOOL, verify } from '../kit/verify.ts'

/* A desk compares what a person shows with what the city holds, and is told the outcome alone (S07, ZS-4.09, FS-19). */

const STUDENT = personKey(numberOf('student'))
const STRANGER = personKey(numberOf('parent'))

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { verification: { gridMs: 20 } } })
})
afterAll(() => gateway.stop())

describe('a verification', () => {
  test('answers MATCH with a receipt that names source, time and clause', async () => {
    gateway.forget()
    const reply = await verify(gateway, [{ person: STUDENT, items: [claim(ADOPTION, ` ${CERTIFICATE} `)] }])
    expect(reply.body.errors).toBeUndefined()
    const [row] = rowsOf(reply)
    expect(row?.receipt).toBe(reply.receipt)
    expect(row?.items[0]).toMatchObject({
      coordinate: ADOPTION,
      outcome: 'MATCH',
      source: 'civil-affairs',
      clause: 'ZS-4.09',
    })
    expect(row?.items[0]?.asOf).toMatch(/^\d{4}-\d\d-\d\dT/)
    expect(reply.text).not.toContain(CERTIFICATE)
    const record = await gateway.recordOf(reply.receipt)
    expect(record).toMatchObject({
      method: 'verify',
      department: 'education',
      verification: { rows: 1, items: [{ coordinate: ADOPTION, outcome: 'MATCH', attempt: 1, code: null }] },
    })
    expect(record.subjects).toHaveLength(1)
    expect(gateway.seen.map(({ department }) => department)).toContain('civil-affairs')
  })

  test('tells neither a wrong number from a missing record, where the record is not told', async () => {
    const wrong = await verify(gateway, [{ person: STUDENT, items: [claim(ADOPTION, '演示收字第2015990002号')] }])
    const none = await verify(gateway, [{ person: STRANGER, items: [claim(ADOPTION, CERTIFICATE)] }])
    expect([outcomesOf(wrong), outcomesOf(none)]).toEqual([[['NO_MATCH']], [['NO_MATCH']]])
  })

  test('of a field that is refused is refused by its own decision', async () => {
    const reply = await verify(gateway, [
      { person: STUDENT, items: [claim('MarriageRegistration.maritalStatus', '已婚'), claim(ADOPTION, CERTIFICATE)] },
    ])
    expect(codesOf(reply)).toEqual(['NO_GRANT'])
    expect(outcomesOf(reply)).toEqual([[null, 'MATCH']])
  })

  test('ends after three attempts in one case', async () => {
    const officer = { ...SCHOOL, officer: 'EDU-0043' }
    const replies = []
    for (const guess of ['1', '2', '3', CERTIFICATE])
      replies.push(
        await verify(gateway, [{ person: personKey(numberOf('allThree')), items: [claim(ADOPTION, guess)] }], {
          as: officer,
        }),
      )
    expect(replies.map(outcomesOf)).toEqual([[['NO_MATCH']], [['NO_MATCH']], [['NO_MATCH']], [[null]]])
    expect(replies.map(codesOf)).toEqual([[], [], [], ['RATE_LIMIT']])
    expect(await readFile(join(gateway.directory, 'gateway.log'), 'utf8')).toMatch(/"kind":"ATTEMPTS"[^\n]*EDU-0043/)
  })
})
