import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, rmdirSync, statfsSync, unlinkSync } from 'node:fs'
import { open } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, test, vi } from 'vitest'
import type { DatedEvent } from '../../gateway/adapters/grant-events.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf, sendRaw } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { numberOf } from '../kit/verify.ts'

/*
 * S20: the disk of the audit record is full, for real and under a whole gateway. No record, no release: refused before
 * anything is fetched, by the emergency path too; not ready, and told in the log; once there is room it goes on, and
 * whatever was answered stands in the record (ZS-6.03, HZ-52, NT-28.4).
 */

const FOLDER = mkdtempSync(join(tmpdir(), 'gx-full-'))
const MOUNTED = process.platform === 'linux' && mount()

function mount(): boolean {
  try {
    execFileSync('mount', ['-t', 'tmpfs', '-o', 'size=3m', 'tmpfs', FOLDER], { stdio: 'ignore' })
    return true
  } catch {
    rmdirSync(FOLDER)
    return false
  }
}

const PERSON = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${numberOf('allThree')}") { name } }`
const PERMIT = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${numberOf('movedOut')}") {
  residencePermit { residencePoliceStation } } }`
const COMMAND = {
  department: 'public-security',
  application: 'command-centre',
  officer: 'PS-0107',
  name: '指挥 演示四',
  roles: ['DESK'],
} as const
const DECLARED: DatedEvent = {
  kind: 'EMERGENCY_DECLARED',
  emergency: 'E-77',
  incident: '20260601-0031',
  department: 'public-security',
  matter: 'missing-person-search',
  by: 'PS-0001',
  officers: ['PS-0107'],
  fields: ['ResidencePermit.residencePoliceStation'],
  hours: 24,
  reason: '走失儿童',
  at: new Date(Date.now() - 60_000).toISOString(),
}
const URGENT: Ask = { as: COMMAND, matter: 'missing-person-search', headers: { 'x-emergency': 'E-77' }, query: PERMIT }
const VERIFY = `mutation { verifyItems(input: { rows: [{ person: { idDocumentType: RESIDENT_ID, idDocumentNumber:
  "${numberOf('allThree')}" }, items: [{ coordinate: "Person.name", claimed: "x" }] }] }) { rows { receipt } } }`

describe.skipIf(!MOUNTED)('S20: the disk of the audit record is full', () => {
  let gateway: TestGateway
  const answered: string[] = []
  const filler = join(FOLDER, 'filler')
  let asked = 0

  beforeAll(async () => {
    // The officer's own bounds are not what is tried here.
    const limits = { officerPerMinute: 10_000, applicationPerMinute: 10_000, departmentPerMinute: 10_000 }
    const audit = { directory: join(FOLDER, 'audit'), segmentBytes: 262_144 }
    gateway = await startTestGateway({ settings: { audit, limits }, events: [DECLARED] })
  })
  afterAll(async () => {
    await gateway.halt()
    await gateway.stop()
    execFileSync('umount', [FOLDER])
    rmdirSync(FOLDER)
  })

  async function ask(of: Ask = { ...DESK_MATTER, query: PERSON }): Promise<Reply> {
    gateway.forget()
    asked += 1
    const reply = await gateway.ask({ as: { ...DESK, officer: `HUR-${1_000 + (asked % 50)}` }, ...of })
    if (reply.status === 200) answered.push(reply.receipt)
    return reply
  }
  const ready = () => sendRaw(gateway.url, { method: 'GET', path: '/health/ready' })

  /** Whoever can write to the disk takes all that is left of it. */
  async function fill(): Promise<void> {
    const handle = await open(filler, 'a')
    try {
      for (let bytes = 65_536; bytes >= 1;) {
        const wrote = await handle.write(Buffer.alloc(bytes, 1)).then(
          () => true,
          (error: NodeJS.ErrnoException) => {
            if (error.code !== 'ENOSPC') throw error
            return false
          },
        )
        if (!wrote) bytes = Math.floor(bytes / 2)
      }
    } finally {
      await handle.close()
    }
  }

  test('before, and by the emergency: answered, and ready', async () => {
    expect((await ask()).status).toBe(200)
    const urgent = await ask(URGENT)
    expect([codesOf(urgent), departmentsSeen(gateway.seen)]).toEqual([[], ['residence-permit']])
    expect((await ready()).status).toBe(200)
  })

  test(
    'room that was taken before serves on; when it ends, the refusal comes before any fetch',
    { timeout: 120_000 },
    async () => {
      await fill()
      expect(statfsSync(FOLDER).bavail).toBe(0)
      let reply = await ask()
      for (let tries = 0; reply.status === 200 && tries < 2_000; tries += 1) reply = await ask()
      expect([reply.status, codesOf(reply), reply.body.data]).toEqual([503, ['AUDIT_UNAVAILABLE'], undefined])
      expect(reply.body.errors?.[0]?.extensions.clause).toBe('ZS-6.03')
      expect(answered.length).toBeGreaterThan(20)
      await vi.waitUntil(async () => (await ready()).status === 503, { timeout: 15_000, interval: 50 })
    },
  )

  test.each<[string, Ask]>([
    ['a query', { ...DESK_MATTER, query: PERSON }],
    ['the emergency path', URGENT],
    ['a verification', { ...DESK_MATTER, query: VERIFY }],
    ['introspection', { query: '{ __schema { queryType { name } } }' }],
  ])('from then on %s is refused, and nothing is fetched', async (_name, of) => {
    for (let at = 0; at < 3; at += 1) {
      const reply = await ask(of)
      expect([reply.status, codesOf(reply), reply.body.data]).toEqual([503, ['AUDIT_UNAVAILABLE'], undefined])
      expect(departmentsSeen(gateway.seen)).toEqual([])
    }
  })

  test('the gateway lives, is not ready, and its log says why, with no value', async () => {
    expect((await sendRaw(gateway.url, { method: 'GET', path: '/health/live' })).status).toBe(200)
    const health = await ready()
    expect(JSON.parse(health.text)).toMatchObject({ status: 'not-ready', checks: { audit: { ok: false } } })
    const log = readFileSync(join(gateway.directory, 'gateway.log'), 'utf8')
    const alerts = log.split('\n').filter((line) => line.includes('AUDIT_UNAVAILABLE'))
    expect(alerts.map((line) => (JSON.parse(line) as { level: number }).level)).toContain(50)
    expect(log).not.toContain(numberOf('allThree'))
  })

  test(
    'once there is room it goes on, and what was answered is in the record, each once',
    { timeout: 60_000 },
    async () => {
      unlinkSync(filler)
      await vi.waitUntil(async () => (await ready()).status === 200, { timeout: 30_000, interval: 50 })
      expect((await ask()).status).toBe(200)
      expect(codesOf(await ask(URGENT))).toEqual([])
      await gateway.halt()
      expect((await gateway.verify()).faults).toEqual([])
      const receipts = (await gateway.records()).map(({ receipt }) => receipt)
      expect(new Set(receipts).size).toBe(receipts.length)
      expect(answered.filter((receipt) => !receipts.includes(receipt))).toEqual([])
    },
  )
})
