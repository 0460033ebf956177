import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import type { DemoPerson } from '../../city/demo-people.ts'
import { rotateKey } from '../../gateway/adapters/key-files.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import { readReceipt } from '../../gateway/verify/receipt.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK } from '../kit/gateway.ts'
import { MANY, startRotatedGateway } from '../kit/rotation.ts'
import type { RotatedGateway } from '../kit/rotation.ts'
import { claim, personKey, rowsOf, verify } from '../kit/verify.ts'

/*
 * Every key is rotated again and again while a desk verifies, sends calls again, asks what a matter needs, and has
 * receipts of before checked: each answer is true, each receipt stays good, and nothing that is sent again is counted.
 */

const CALLS = 1_200
const AT_ONCE = 8
const ROTATIONS = 4
const NAME = 'HouseholdRegistration.name'
const MATTER = 'rotation'

const registers = {
  matters: {
    matters: [
      {
        code: MATTER,
        title: '轮换期间的核实',
        department: DESK.department,
        fields: ['Person.pseudonym', 'Person.formerPseudonyms', 'HouseholdRegistration.registrationStatus'],
        verify: [NAME],
      },
    ],
  },
  cases: { cases: [] },
  grants: { grants: [] },
}
const settings = {
  limits: {
    officerPerMinute: MANY,
    subjectsPerOfficerHour: MANY,
    subjectsPerOfficerDay: MANY,
    subjectsPerDepartmentDay: MANY,
    missPercent: 100,
  },
  verification: {
    gridMs: 0,
    attemptsPerCase: 1_000,
    attemptsPerDepartment: 10_000,
    attemptsPerOfficerDay: MANY,
  },
}

/** What is claimed of whom, what is true of it, and what a desk check finds. */
interface Truth {
  readonly person: DemoPerson
  readonly claimed: string
  readonly outcome: 'MATCH' | 'NO_MATCH' | 'NO_RECORD'
  readonly status: 'OBTAINED' | 'TO_BE_ASKED'
}
const TRUTHS: readonly Truth[] = [
  { person: 'allThree', claimed: demoPeople.allThree.name, outcome: 'MATCH', status: 'OBTAINED' },
  { person: 'allThree', claimed: '欧阳静', outcome: 'NO_MATCH', status: 'OBTAINED' },
  { person: 'publicSecurityOnly', claimed: demoPeople.publicSecurityOnly.name, outcome: 'MATCH', status: 'OBTAINED' },
  { person: 'oldNumber', claimed: '演示甲', outcome: 'NO_MATCH', status: 'OBTAINED' },
  { person: 'passportHolder', claimed: 'SAMPLE MARIA', outcome: 'NO_RECORD', status: 'TO_BE_ASKED' },
]
const keyOf = ({ person }: Truth) => {
  const { idDocumentNumber, idDocumentType } = demoPeople[person].document
  return personKey(idDocumentNumber, idDocumentType)
}

const RECEIPT = 'query ($token: String!) { receipt(token: $token) { receipt items { coordinate outcome } } }'
const DESK_CHECK = `query ($person: PersonKeyInput) {
  deskCheck(person: $person) { receipt token materials { status items { coordinate status } } }
}`
const PERSON = `query ($p: [PersonKeyInput!]!) { persons(keys: $p) { pseudonym formerPseudonyms } }`

/** A receipt that was given, and for a verification under which key of the caller's. */
interface Given {
  readonly truth: Truth
  readonly receipt: string
  readonly token: string
  /** How often the keys had been rotated. */
  readonly round: number
  readonly idempotencyKey: string | null
}

let rotated: RotatedGateway
beforeAll(async () => {
  rotated = await startRotatedGateway(registers, settings)
})
afterAll(() => rotated.close())

const ask = (query: string, variables: Record<string, unknown>): Promise<Reply> =>
  rotated.gateway.ask({ matter: MATTER, query, variables })

const send = (truth: Truth, idempotencyKey: string): Promise<Reply> =>
  verify(rotated.gateway, [{ person: keyOf(truth), items: [claim(NAME, truth.claimed)] }], {
    as: DESK,
    matter: MATTER,
    idempotencyKey,
  })

const answerOf = ({ body }: Reply, field: string): unknown => body.data?.[field]

/** Whether a verification was answered again rather than done. */
const isRepeated = (reply: Reply): boolean =>
  (answerOf(reply, 'verifyItems') as { readonly repeated: boolean } | null | undefined)?.repeated === true

/** Header or payload of a receipt, unchecked. */
const partOf = ({ token }: Pick<Given, 'token'>, part: 0 | 1): Readonly<Record<string, unknown>> =>
  JSON.parse(Buffer.from(token.split('.')[part] ?? '', 'base64url').toString()) as Record<string, unknown>

/** A load of one kind after the other; whatever is not as it must be is a fault. */
function startLoad() {
  const given: Given[] = []
  const faults: unknown[] = []
  const resent = { all: 0, overRotations: 0 }
  const done = { sent: 0, answered: 0, round: 0 }
  /** One of before: each in turn, so that some are of the beginning. */
  const earlier = (at: number, of = given): Given | undefined => of[(at * 7_919) % Math.max(1, of.length)]

  const fresh = async (at: number, truth: Truth): Promise<void> => {
    const { round } = done
    const idempotencyKey = `window-7-${String(at).padStart(6, '0')}`
    const reply = await send(truth, idempotencyKey)
    const [row] = rowsOf(reply)
    if (row?.items[0]?.outcome !== truth.outcome || typeof row.token !== 'string' || isRepeated(reply))
      return void faults.push([at, truth, reply.status, reply.body])
    given.push({ truth, receipt: row.receipt, token: row.token, round, idempotencyKey })
  }
  const again = async (at: number): Promise<void> => {
    const before = earlier(
      at,
      given.filter(({ idempotencyKey }) => idempotencyKey !== null),
    )
    if (typeof before?.idempotencyKey !== 'string') return
    const reply = await send(before.truth, before.idempotencyKey)
    const [row] = rowsOf(reply)
    const same = row?.token === before.token && row.receipt === before.receipt && isRepeated(reply)
    if (!same || row.items[0]?.outcome !== before.truth.outcome)
      return void faults.push([at, before, reply.status, reply.body])
    resent.all += 1
    if (before.round < done.round) resent.overRotations += 1
  }
  const check = async (at: number): Promise<void> => {
    const before = earlier(at)
    if (before && !(await isGood(before))) faults.push([at, 'receipt', before])
  }
  const desk = async (at: number, truth: Truth): Promise<void> => {
    const { round } = done
    const reply = await ask(DESK_CHECK, { person: keyOf(truth) })
    const found = answerOf(reply, 'deskCheck') as Desk | null | undefined
    const statuses = found?.materials.flatMap(({ items }) => items).filter(({ coordinate }) => coordinate === STATUS)
    if (!found || statuses?.[0]?.status !== truth.status)
      return void faults.push([at, truth, reply.status, JSON.stringify(reply.body)])
    given.push({ truth, receipt: found.receipt, token: found.token, round, idempotencyKey: null })
  }
  const worker = async (): Promise<void> => {
    while (done.sent < CALLS) {
      const at = (done.sent += 1)
      const truth = TRUTHS[at % TRUTHS.length]
      const kind = Math.floor(at / TRUTHS.length) % 4
      if (truth && kind === 0) await fresh(at, truth)
      if (kind === 1) await again(at)
      if (kind === 2) await check(at)
      if (truth && kind === 3) await desk(at, truth)
      done.answered += 1
    }
  }
  const ended = Promise.all(Array.from({ length: AT_ONCE }, worker))
  return { given, faults, resent, done, ended }
}

const STATUS = 'HouseholdRegistration.registrationStatus'
interface Desk {
  readonly receipt: string
  readonly token: string
  readonly materials: readonly { readonly items: readonly { readonly coordinate: string; readonly status: string }[] }[]
}

/** Whether the gateway itself says that a receipt is genuine, and that it says what was told. */
async function isGood({ token, receipt, truth, idempotencyKey }: Given): Promise<boolean> {
  const { body } = await ask(RECEIPT, { token })
  const checked = body.data?.['receipt'] as
    | { readonly receipt: string; readonly items: readonly { coordinate: string; outcome: string }[] }
    | null
    | undefined
  const [coordinate, outcome] = idempotencyKey === null ? [STATUS, truth.status] : [NAME, truth.outcome]
  return (
    checked?.receipt === receipt &&
    checked.items.some((one) => one.coordinate === coordinate && one.outcome === outcome)
  )
}

describe('while every key is rotated under load', () => {
  let load: ReturnType<typeof startLoad>

  test(
    `of ${CALLS} verifications, desk checks and receipts each is answered truly, and what is sent again is answered again`,
    { timeout: 300_000 },
    async () => {
      load = startLoad()
      const { done, faults, resent } = load
      for (let round = 0; round < ROTATIONS; round += 1) {
        const due = Math.floor(((round + 0.5) * CALLS) / ROTATIONS / 1.1)
        await expect.poll(() => done.answered, { timeout: 200_000, interval: 20 }).toBeGreaterThan(due)
        await rotated.rotateAll()
        done.round += 1
      }
      await load.ended
      expect(faults).toEqual([])
      expect([done.answered, rotated.calls.refused]).toEqual([CALLS, 0])
      expect(resent.all).toBeGreaterThan(CALLS / 8)
      expect(resent.overRotations).toBeGreaterThan(CALLS / 16)
    },
  )

  test('every receipt is good, at the gateway and by the published keys alone, whichever key signed it', async () => {
    const published = rotated.ring.publicJwks('receipt')
    for (const one of load.given) {
      const said = await readReceipt(one.token, published)
      expect([said.receipt, said.department, said.matter]).toEqual([one.receipt, DESK.department, MATTER])
      expect(await isGood(one)).toBe(true)
    }
    // The keys did change under way.
    expect(new Set(load.given.map((one) => partOf(one, 0)['kid'])).size).toBeGreaterThan(ROTATIONS / 2)
  })

  test('the subject of every receipt is joined by one of the pseudonyms that the person has now', async () => {
    const persons = [...new Map(TRUTHS.map((truth) => [truth.person, truth])).values()]
    const { body } = await ask(PERSON, { p: persons.map(keyOf) })
    const told = body.data?.['persons'] as readonly { pseudonym: string; formerPseudonyms: readonly string[] }[]
    const known = new Map(
      persons.map(({ person }, at) => [person, [told[at]?.pseudonym, ...(told[at]?.formerPseudonyms ?? [])]]),
    )
    for (const one of load.given) expect(known.get(one.truth.person)).toContain(partOf(one, 1)['subject'])
    expect(new Set(load.given.map((one) => partOf(one, 1)['subject'])).size).toBeGreaterThan(known.size)
  })

  test('each verification was one attempt, and none that was sent again was another', async () => {
    for (const person of new Set(TRUTHS.map((truth) => truth.person))) {
      const mine = load.given.filter((one) => one.truth.person === person && one.idempotencyKey !== null)
      const [first] = mine
      if (!first) throw new Error(`${person} was never verified`)
      const next = await send(first.truth, `after-all-of-${person}`)
      const { verification } = await rotated.gateway.recordOf(next.receipt)
      expect(verification?.items.map(({ attempt }) => attempt)).toEqual([mine.length + 1])
    }
  })
})

test('what is sent again over a rotation of the counters’ key is answered again, though attempts begin anew', async () => {
  const { gateway } = rotated
  const [truth] = TRUTHS
  if (!truth) throw new Error('nothing is known')
  const first = await send(truth, 'before-the-counters')
  const probe: Truth = { person: 'student', claimed: '演示乙', outcome: 'NO_MATCH', status: 'OBTAINED' }
  let asked = 0
  const attempt = async (): Promise<number | null | undefined> => {
    const { receipt } = await send(probe, `probe-of-attempts-${(asked += 1)}`)
    return (await gateway.recordOf(receipt)).verification?.items[0]?.attempt
  }
  expect([await attempt(), await attempt()]).toEqual([1, 2])
  // At once, which is against the purpose's own time: so the attempts at another person tell when the key is in use.
  const now = Date.now()
  await rotateKey(keysDirectory(gateway.config), 'counter-member', { development: true, now, usedFrom: now, keep: 9 })
  await expect.poll(attempt, { timeout: 20_000 }).toBe(1)
  const again = await send(truth, 'before-the-counters')
  expect([isRepeated(again), rowsOf(again)]).toEqual([true, rowsOf(first)])
})
