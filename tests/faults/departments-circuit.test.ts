import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { answer, startRawDepartment } from '../kit/raw-department.ts'
import type { RawDepartment } from '../kit/raw-department.ts'

/* A department that is down, as callers and operators of the whole gateway see it (S18). */

const NUMBER = demoPeople.allThree.document.idDocumentNumber
const HR = 'human-resources-social-security'
const DISABLED = 'disabled-persons'
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") {
  name
  socialInsurance { insuranceType }
  disability { issuingAuthority } } }`

/** The real clock, which can be moved on. */
const skipped = { ms: 0 }
const clock = {
  now: () => systemClock.now() + skipped.ms,
  monotonic: () => systemClock.monotonic() + skipped.ms,
}

const told: string[] = []
const onLifecycle = (event: unknown): void => {
  const { step, subject } = event as { step: string; subject?: string }
  if (step === 'degraded' || step === 'recovered') told.push(`${step} ${String(subject)}`)
}

let machine: RawDepartment
let gateway: TestGateway
beforeAll(async () => {
  machine = await startRawDepartment()
  machine.behave((socket) => void socket.resetAndDestroy())
  const departments = { [DISABLED]: { url: machine.url } }
  // What is kept of earlier answers would hide that nobody is asked.
  gateway = await startTestGateway({ clock, settings: { departments, cache: { enabled: false } } })
  subscribe('gongxiang:lifecycle', onLifecycle)
})
afterEach(() => gateway.heal())
afterAll(async () => {
  unsubscribe('gongxiang:lifecycle', onLifecycle)
  await gateway.stop()
  await machine.close()
})

function ask(): Promise<Reply> {
  return gateway.ask({ ...DESK_MATTER, query: QUERY })
}

async function readiness(): Promise<{ status: number; checks: Record<string, { ok: boolean; detail: string }> }> {
  // An answer about readiness serves for two seconds.
  await new Promise((done) => setTimeout(done, 2_100))
  const response = await fetch(`${gateway.url}/health/ready`)
  const { checks } = (await response.json()) as { checks: Record<string, { ok: boolean; detail: string }> }
  return { status: response.status, checks }
}

function places({ body }: Reply): readonly string[] {
  return (body.errors ?? []).map(({ path, extensions }) => `${path?.slice(1).join('.')} ${extensions.code}`)
}

/** How often a department inside of the process was asked. */
function askedOf(department: string): number {
  return gateway.seen.filter((one) => one.department === department).length
}

describe('a department inside of the process that is down', () => {
  test('is left alone after ten calls; every place says so, the others stand, the record tells', async () => {
    gateway.disturb(HR, () => Promise.reject(new Error('ORA-00942')))
    for (let done = 0; done < 10; done += 1) await ask()
    const before = askedOf(HR)
    const reply = await ask()
    expect(reply.status).toBe(200)
    expect(reply.body.data).toMatchObject({ person: { name: '欧阳静怡', socialInsurance: null } })
    expect(places(reply)).toContain('socialInsurance SOURCE_UNAVAILABLE')
    expect(askedOf(HR)).toBe(before)
    const { route } = await gateway.recordOf(reply.receipt)
    expect(route.find(({ department }) => department === HR)).toMatchObject({ outcome: 'failed' })
    expect(told.filter((line) => line.endsWith(HR))).toEqual([`degraded ${HR}`])
  })

  test('is shown to whoever asks for readiness, and the gateway stays ready', async () => {
    const { status, checks } = await readiness()
    expect(status).toBe(200)
    expect(checks[HR]).toMatchObject({ ok: false })
    expect(checks[HR]?.detail).toContain('not asked')
    expect(checks['public-security']).toMatchObject({ ok: true })
  })

  test('is tried after a pause, and is back with the first answer', async () => {
    skipped.ms += 5_000
    const reply = await ask()
    expect(JSON.stringify(reply.body.data)).toContain('"insuranceType":"110"')
    expect(places(reply)).not.toContain('socialInsurance SOURCE_UNAVAILABLE')
    expect(told.filter((line) => line.endsWith(HR))).toEqual([`degraded ${HR}`, `recovered ${HR}`])
    expect((await readiness()).checks[HR]).toMatchObject({ ok: true })
  })
})

describe('a department on a machine of its own', () => {
  test('is asked a second time where its connection ended', async () => {
    let lost = -1
    machine.behave((socket, _request, nth) => {
      if (nth === lost) socket.resetAndDestroy()
      else socket.write(answer('{"data":{"_entities":[{"disability":{"issuingAuthority":"某会"}}]}}'))
    })
    // The tests before left it open; time heals.
    skipped.ms += 60_000
    const first = await ask()
    expect(first.body.data).toMatchObject({ person: { disability: { issuingAuthority: '某会' } } })
    lost = machine.requests.length
    const again = await ask()
    expect(again.body.data).toEqual(first.body.data)
    expect(machine.requests).toHaveLength(lost + 2)
  })

  test('shows its state too', async () => {
    expect((await readiness()).checks[DISABLED]).toEqual({ ok: true, detail: 'asked as usual' })
    machine.behave((socket) => void socket.resetAndDestroy())
    for (let done = 0; done < 20; done += 1) await ask()
    const { status, checks } = await readiness()
    expect([status, checks[DISABLED]?.ok]).toEqual([200, false])
    const asked = machine.requests.length
    expect(places(await ask())).toEqual(['disability SOURCE_UNAVAILABLE'])
    expect(machine.requests).toHaveLength(asked)
  })
})
