import { execFile } from 'node:child_process'
import { join, resolve } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import type { Reply } from '../kit/gateway-http.ts'

const PROGRAM = resolve(import.meta.dirname, '../../gateway/cli/gongxiang.ts')
const NUMBER = demoPeople.allThree.document.idDocumentNumber
const QUERY = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name socialInsurance { insuranceType } } }`
const run = promisify(execFile)

function grant(id: string, terms: Readonly<Record<string, unknown>> = {}): object {
  return {
    id,
    consumer: 'housing-urban-rural',
    matters: [DESK_MATTER.matter],
    clear: ['SocialInsuranceEnrolment.insuranceType'],
    validFrom: '2026-01-01T00:00:00+08:00',
    validUntil: '2031-01-01T00:00:00+08:00',
    approver: 'HRSS-0031',
    agreement: 'XY-2026-014',
    ...terms,
  }
}

function ask(gateway: TestGateway): Promise<Reply> {
  return gateway.ask({ ...DESK_MATTER, query: QUERY })
}

/** Resolves at an instant of the system's clock, never before it. */
async function until(instant: number): Promise<void> {
  while (Date.now() < instant) await new Promise((done) => setTimeout(done, instant - Date.now()))
}

describe('a revocation by the command line, against a running gateway', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ registers: { grants: { grants: [grant('G-1')] } } })
  })
  afterAll(() => gateway.stop())

  test('holds within one second, for compiled operations too (HZ-53)', async () => {
    expect(codesOf(await ask(gateway))).toEqual([])
    const args = ['--config', join(gateway.directory, 'gongxiang.yaml'), 'grant', 'revoke', 'G-1']
    await run(process.execPath, [PROGRAM, ...args, '--by', 'HRSS-0031', '--reason', 'the purpose has ended'], {
      env: { PATH: process.env['PATH'] ?? '' },
    })
    await until(Date.now() + 1_000)
    gateway.forget()
    const reply = await ask(gateway)
    expect(reply.body.data).toMatchObject({ person: { name: '欧阳静怡', socialInsurance: null } })
    expect(reply.body.errors?.map(({ extensions }) => [extensions.code, extensions.clause])).toEqual([
      ['GRANT_REVOKED', 'ZS-4.08'],
    ])
    expect(reply.body.extensions?.sharing.decisions?.find(({ decision }) => decision === 'DENY')?.grant).toBe('G-1')
    expect(departmentsSeen(gateway.seen)).toEqual(['public-security'])
    const record = await gateway.recordOf(reply.receipt)
    expect([record.grants, record.outcome.codes]).toEqual([[], ['GRANT_REVOKED']])
  })
})

describe('a revocation while requests are under way', () => {
  let gateway: TestGateway
  beforeAll(async () => {
    gateway = await startTestGateway({ registers: { grants: { grants: [grant('G-2')] } } })
  })
  afterAll(() => gateway.stop())

  test('a request finishes under the decision that it began with; the next one is refused (S14)', async () => {
    const { promise: asked, resolve: tellAsked } = Promise.withResolvers<void>()
    const { promise: released, resolve: release } = Promise.withResolvers<void>()
    gateway.disturb('human-resources-social-security', async (next) => {
      tellAsked()
      await released
      return next()
    })
    const first = ask(gateway)
    await asked
    await gateway.revoke('G-2')
    await until(Date.now() + 1_000)
    gateway.heal()
    expect(codesOf(await ask(gateway))).toEqual(['GRANT_REVOKED'])
    release()
    expect(codesOf(await first)).toEqual([])
    const record = await gateway.recordOf((await first).receipt)
    expect([record.grants, record.approvers]).toEqual([['G-2'], ['HRSS-0031', 'NONE-UNCONDITIONAL']])
  })
})

describe('an expiry', () => {
  test('holds from its first instant, with the operation compiled and in use before', async () => {
    // The gateway has to be there before: on a busy machine that takes seconds.
    const ends = Math.ceil(Date.now() / 1_000) * 1_000 + 12_000
    const validUntil = new Date(ends).toISOString()
    const gateway = await startTestGateway({ registers: { grants: { grants: [grant('G-3', { validUntil })] } } })
    try {
      const begun: { readonly at: number; readonly reply: Reply }[] = []
      while (begun.filter(({ at }) => at >= ends).length < 5) {
        begun.push({ at: Date.now(), reply: await ask(gateway) })
        await until(Date.now() + 20)
      }
      const records = new Map((await gateway.records()).map((record) => [record.receipt, record]))
      for (const { at, reply } of begun) {
        // The request's own instant stands in its record; what was sent before the end may have arrived after it.
        const late = Date.parse(records.get(reply.receipt)?.time ?? '') >= ends
        expect([at >= ends, codesOf(reply)]).toEqual([at >= ends && late, late ? ['GRANT_EXPIRED'] : []])
      }
      expect(begun.filter(({ reply }) => codesOf(reply).length === 0).length).toBeGreaterThan(0)
      expect(begun.filter(({ reply }) => codesOf(reply).length === 1).length).toBeGreaterThan(3)
    } finally {
      await gateway.stop()
    }
  })

  test('a grant that begins opens at its first instant and not before', async () => {
    const begins = Math.ceil(Date.now() / 1_000) * 1_000 + 5_000
    const gateway = await startTestGateway({
      registers: { grants: { grants: [grant('G-4', { validFrom: new Date(begins).toISOString() })] } },
    })
    try {
      expect(codesOf(await ask(gateway))).toEqual(['NO_GRANT'])
      await until(begins)
      expect(codesOf(await ask(gateway))).toEqual([])
    } finally {
      await gateway.stop()
    }
  })
})
