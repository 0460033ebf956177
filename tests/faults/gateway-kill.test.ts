import { randomInt } from 'node:crypto'
import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { auditReader } from '../../gateway/adapters/audit-file.ts'
import { openKeyFiles } from '../../gateway/adapters/key-files.ts'
import { readRecords } from '../../gateway/audit/read-records.ts'
import { mintToken, PROFILES } from '../../gateway/caller/development-issuer.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { ownFolder, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'
import { DESK_MATTER } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { sendRaw } from '../kit/gateway-http.ts'

const WORKERS = 16
const AT_LEAST = 200
const QUERY =
  'query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name socialInsurance { insuranceType } } }'
const NUMBERS = Object.values(demoPeople).map(({ document }) => document.idDocumentNumber)

let folder: OwnFolder
beforeEach(async () => {
  folder = await ownFolder()
})
afterEach(() => folder.close())

async function deskToken(): Promise<string> {
  const keys = await openKeyFiles(join(folder.path, 'data', 'keys'), 'embedded', systemClock)
  const terms = { issuer: 'https://gongxiang.example/embedded', audience: 'gongxiang', now: Date.now() }
  return mintToken(keys.signing('token-signing'), PROFILES['housing-clerk'], { ...terms, ttlSeconds: 3_600 })
}

/** Asks without pause until the gateway is gone; gives the receipts of the answers that arrived whole. */
async function load(url: string, token: string, answered: Set<string>): Promise<void> {
  const headers = [
    ['content-type', 'application/json'],
    ['authorization', `Bearer ${token}`],
    ['x-matter', DESK_MATTER.matter],
    ['x-case', DESK_MATTER.case],
  ] as const
  for (let index = 0; ; index += 1) {
    const body = JSON.stringify({ query: QUERY, variables: { n: NUMBERS[index % NUMBERS.length] } })
    const reply = await sendRaw(url, { headers, body }).catch(() => null)
    if (reply === null) return
    answered.add(reply.receipt)
  }
}

interface Verified {
  readonly records: number
  readonly faults: readonly { readonly kind: string }[]
  readonly notices: readonly { readonly kind: string }[]
}

async function auditVerify(): Promise<{ code: unknown; report: Verified }> {
  const child = startProgram(folder.path, ['audit', 'verify', '--json'])
  return { code: await child.ended, report: JSON.parse(child.out()) as Verified }
}

test('kill -9 under load: every answer that arrived is in the record', async () => {
  const settings = { GONGXIANG_AUDIT_SEGMENT_BYTES: '1048576', GONGXIANG_LIMITS_OFFICER_PER_MINUTE: '100000' }
  const gateway = await startChildGateway(folder.path, settings)
  await writeFile(join(folder.path, 'data', 'city', '.department-data'), '')
  const token = await deskToken()
  const answered = new Set<string>()
  const workers = Array.from({ length: WORKERS }, () => load(gateway.url, token, answered))
  const target = AT_LEAST + randomInt(200)
  while (answered.size < target) await new Promise((done) => setTimeout(done, 5))
  expect(await gateway.stop('SIGKILL')).toBe('SIGKILL')
  await Promise.all(workers)

  const records = await Array.fromAsync(readRecords(auditReader(join(folder.path, 'data', 'audit'))))
  const recorded = new Set(records.map(({ receipt }) => receipt))
  expect(answered.size).toBeGreaterThanOrEqual(target)
  expect([...answered].filter((receipt) => !recorded.has(receipt))).toEqual([])

  const cut = await auditVerify()
  // Nothing worse than a line that was not written to its end, and that nobody was promised.
  expect(cut.report.faults.filter(({ kind }) => kind !== 'torn')).toEqual([])
  expect(cut.report.records).toBeGreaterThanOrEqual(answered.size)

  // The next start notes what was left, and goes on with the chain.
  const next = await startChildGateway(folder.path, settings)
  const more = new Set<string>()
  const worker = load(next.url, token, more)
  while (more.size < 20) await new Promise((done) => setTimeout(done, 5))
  expect(await next.stop()).toBe(0)
  await worker
  const after = await auditVerify()
  expect([after.code, after.report.faults]).toEqual([0, []])
  expect(after.report.notices.map(({ kind }) => kind)).toEqual([expect.stringMatching(/^left-/) as string])
  const all = await Array.fromAsync(readRecords(auditReader(join(folder.path, 'data', 'audit'))))
  const receipts = all.map(({ receipt }) => receipt)
  expect([...answered, ...more].filter((receipt) => !receipts.includes(receipt))).toEqual([])
  expect(new Set(receipts).size).toBe(receipts.length)
  expect(await leaksIn(folder.path)).toEqual([])
})
