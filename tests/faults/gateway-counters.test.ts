import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, describe, expect, test, vi } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { ADOPTION, CERTIFICATE, claim, numberOf, outcomesOf, personKey, verify } from '../kit/verify.ts'

/* The file of the counts fails: what needs exact ones is not given, the rest is, and it ends with the failure (wall 16). */

const PHOTO = {
  matters: {
    matters: [
      {
        code: DESK_MATTER.matter,
        title: '公共租赁住房申请',
        department: DESK.department,
        caseRequired: true,
        fields: ['Person.name', 'HouseholdRegistration.photo'],
      },
    ],
  },
  cases: { cases: [{ number: DESK_MATTER.case, matter: DESK_MATTER.matter, department: DESK.department }] },
  grants: {
    grants: [
      {
        id: 'G-L4',
        consumer: DESK.department,
        matters: [DESK_MATTER.matter],
        clear: ['HouseholdRegistration.photo'],
        validFrom: '2026-01-01T00:00:00+08:00',
        validUntil: '2031-01-01T00:00:00+08:00',
        approver: 'PS-0001',
        agreement: 'XY-1',
      },
    ],
  },
}
const UNAVAILABLE = [503, ['COUNTERS_UNAVAILABLE']]

let gateway: TestGateway
let holder: DatabaseSync | null = null
afterEach(async () => {
  holder?.close()
  holder = null
  await gateway.stop()
})

/** Holds the file as a careless backup would, until the way back is called. */
function lock(): () => void {
  const own = new DatabaseSync(join(gateway.directory, 'data', 'state', 'counters.sqlite'))
  own.exec('BEGIN IMMEDIATE')
  holder = own
  return () => {
    own.close()
    holder = null
  }
}

const told = (reply: Reply): readonly unknown[] => [reply.status, codesOf(reply)]
const guess = (claimed: string) =>
  verify(gateway, [{ person: personKey(numberOf('student')), items: [claim(ADOPTION, claimed)] }])
const ask = (selection: string) =>
  gateway.ask({
    ...DESK_MATTER,
    query: `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selection} } }`,
    variables: { n: demoPeople.movedOut.document.idDocumentNumber },
  })

describe('a gateway whose file of the counts cannot be written', () => {
  test('compares no guess that it cannot count, the first one neither, and counts on afterwards', async () => {
    gateway = await startTestGateway({ settings: { verification: { gridMs: 0 } } })
    for (const wrong of ['1', '2', '3']) expect(outcomesOf(await guess(wrong))).toEqual([['NO_MATCH']])
    const unlock = lock()
    for (let at = 0; at < 3; at += 1) {
      gateway.forget()
      const refused = await guess(CERTIFICATE)
      expect([told(refused), refused.body.data, departmentsSeen(gateway.seen)]).toEqual([UNAVAILABLE, undefined, []])
    }
    unlock()
    const again = await vi.waitUntil(
      async () => {
        const reply = await guess(CERTIFICATE)
        return reply.status === 200 && reply
      },
      { timeout: 10_000, interval: 100 },
    )
    expect([outcomesOf(again), codesOf(again)]).toEqual([[[null]], ['RATE_LIMIT']])
  })

  test('gives nothing of level 4, the first time neither; the record names whom it was about', async () => {
    gateway = await startTestGateway({ registers: PHOTO })
    expect((await ask('name household { photo }')).status).toBe(200)
    const unlock = lock()
    gateway.forget()
    const refused = await ask('name household { photo }')
    expect([told(refused), refused.body.data, departmentsSeen(gateway.seen)]).toEqual([UNAVAILABLE, undefined, []])
    const record = await gateway.recordOf(refused.receipt)
    expect(record).toMatchObject({ method: 'refused', degraded: ['counters'], data: [] })
    expect(record.subjects).toHaveLength(1)
    expect(told(await ask('name'))).toEqual([200, []])
    unlock()
    await vi.waitUntil(async () => (await ask('name household { photo }')).status === 200, {
      timeout: 10_000,
      interval: 100,
    })
  })
})
