import { open } from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import {
  ADOPTION,
  CERTIFICATE,
  claim,
  numberOf,
  outcomesOf,
  personKey,
  rowsOf,
  SCHOOL,
  SCHOOL_MATTER,
  verify,
} from '../kit/verify.ts'

/* Attempts to get a receipt that is genuine and false, or an outcome that no record has (FS-19, INV-7). */

const ROWS = [{ person: personKey(numberOf('student')), items: [claim(ADOPTION, CERTIFICATE)] }]

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { verification: { gridMs: 10, attemptsPerDepartment: 1_000 } } })
})
afterAll(() => gateway.stop())
afterEach(() => {
  vi.restoreAllMocks()
  gateway.heal()
})

let calls = 0
/** An officer and a key that nobody has used yet. */
const fresh = () => {
  calls += 1
  return {
    as: { ...SCHOOL, officer: `EDU-8${String(calls).padStart(3, '0')}` },
    idempotencyKey: `window-${1_000 + calls}`,
  }
}
type Call = ReturnType<typeof fresh>

/** Sends a right paper and goes away before civil affairs is asked; resolves when the gateway has recorded it. */
async function goAway(call: Call): Promise<void> {
  const known = (await gateway.records()).length
  const gone = new AbortController()
  gateway.disturb('gateway', async (next) => {
    gone.abort()
    await vi.waitUntil(() => gateway.seen.at(-1)?.signal.aborted)
    return next()
  })
  await verify(gateway, ROWS, { ...call, signal: gone.signal }).catch(() => undefined)
  await vi.waitUntil(async () => (await gateway.records()).length > known, { timeout: 10_000 })
  gateway.heal()
}

/** Asks until the key is free and the record can be written. */
function answered(call: Call): Promise<Reply> {
  return vi.waitUntil(
    async () => {
      const reply = await verify(gateway, ROWS, call)
      return reply.status === 200 ? reply : null
    },
    { timeout: 15_000, interval: 250 },
  )
}

describe('who goes away before the department is asked', () => {
  // Nobody was asked, so nothing is known; `compareRow` takes the empty answer for a record that does not fit, and the
  // receipt that says so is kept for whoever comes back with the key: a proof that the citizen’s right paper is wrong.
  test('finds no receipt later that the right paper is wrong', async () => {
    const call = fresh()
    await goAway(call)
    // The key is free a moment after the record is there.
    const again = await answered(call)
    expect(rowsOf(again)).toHaveLength(1)
    expect(outcomesOf(again)).not.toEqual([['NO_MATCH']])
  })

  test('leaves no outcome in the record', async () => {
    await goAway(fresh())
    const last = (await gateway.records()).at(-1)
    expect(last?.route.some(({ department, outcome }) => department === 'civil-affairs' && outcome === 'ok')).toBe(
      false,
    )
    expect(last?.verification?.items.map(({ outcome }) => outcome)).not.toContain('NO_MATCH')
  })
})

describe('a lookup that fails before the department is asked', () => {
  const broken = () => gateway.disturb('gateway', () => Promise.reject(new Error('over its time')))

  // The gateway's own lookup is a call with a time limit like any department's. Where it fails, nobody is asked, and a
  // signed receipt says that the paper is wrong: its fault lies at `Query.persons`, which is no part of the way that
  // `heldOf` looks at.
  test('gives no receipt that the right paper is wrong', async () => {
    broken()
    const reply = await verify(gateway, ROWS, fresh())
    expect([outcomesOf(reply), codesOf(reply)]).toEqual([[[null]], ['SOURCE_UNAVAILABLE']])
  })

  // ZS-3.01: what the city holds is not asked for because a lookup failed.
  test('sends nobody home for papers', async () => {
    broken()
    const { matter } = SCHOOL_MATTER
    const query = 'query ($p: PersonKeyInput) { deskCheck(person: $p) { materials { status } } }'
    const variables = { p: personKey(numberOf('allThree')) }
    const reply = await gateway.ask({ as: fresh().as, matter, query, variables })
    expect(codesOf(reply)).toEqual([])
    expect(reply.text).toContain('UNAVAILABLE')
    expect(reply.text).not.toContain('TO_BE_ASKED')
  })
})

describe('an outcome whose record could not be written', () => {
  /** Lets the disk of the record fail from the moment on at which the department is asked. */
  async function unrecorded(call: Call): Promise<Reply> {
    await answered(fresh())
    const handle = await open(join(gateway.directory, 'any-file'), 'w')
    const files = Object.getPrototypeOf(handle) as FileHandle
    await handle.close()
    gateway.disturb('civil-affairs', (next) => {
      vi.spyOn(files, 'datasync').mockRejectedValue(new Error('EIO'))
      return next()
    })
    const reply = await verify(gateway, ROWS, call)
    vi.restoreAllMocks()
    gateway.heal()
    return reply
  }

  test('does not leave', async () => {
    const reply = await unrecorded(fresh())
    expect([reply.status, codesOf(reply), reply.body.data ?? null]).toEqual([503, ['AUDIT_UNAVAILABLE'], null])
  })

  test('does not leave when it is asked for again', async () => {
    const call = fresh()
    const { receipt } = await unrecorded(call)
    const again = await answered(call)
    const told = rowsOf(again).map((row) => row.receipt)
    const known = new Set((await gateway.records()).map((one) => one.receipt))
    expect(told).not.toContain(receipt)
    expect(told.filter((one) => !known.has(one))).toEqual([])
  })
})

// An item whose source did not answer is "no attempt"; under its key it is refused for a day all the same.
test('a source that did not answer is asked again by the same call', async () => {
  const call = fresh()
  gateway.disturb('civil-affairs', () => Promise.reject(new Error('down')))
  expect(codesOf(await verify(gateway, ROWS, call))).toEqual(['SOURCE_UNAVAILABLE'])
  gateway.heal()
  expect(outcomesOf(await verify(gateway, ROWS, call))).toEqual([['MATCH']])
})

test('whatever was tried, the chain holds', async () => {
  expect((await gateway.verify()).faults).toEqual([])
})
