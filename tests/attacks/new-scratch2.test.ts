import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, afterEach, beforeAll, test } from 'vitest'
import { residentNumber } from '../../city/identity.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { departmentsSeen } from '../kit/gateway-departments.ts'
import { codesOf } from '../kit/gateway-http.ts'
import { ADOPTION, CERTIFICATE, claim, numberOf, outcomesOf, personKey, SCHOOL, verify } from '../kit/verify.ts'
import { attack, person } from './attack.ts'

let gateway: TestGateway
const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const STATION = 'ResidencePermit.residencePoliceStation'
beforeAll(async () => {
  gateway = await startTestGateway({ settings: { verification: { gridMs: 10 } }, clock: { now: () => NOON, monotonic: () => performance.now() }, events: [{ kind: 'EMERGENCY_DECLARED', emergency: 'E-1', incident: '1', department: 'public-security', matter: 'missing-person-search', by: 'PS-0001', officers: ['PS-0107'], fields: [STATION], hours: 2, reason: 'x', at: new Date(NOON - 1000).toISOString() }] })
})
afterAll(() => gateway.stop())
afterEach(() => gateway.heal())
const OFFICER = { ...DESK, department: 'public-security', application: 'command-centre', officer: 'PS-0107' }

const log = () => readFileSync(join(gateway.directory, 'gateway.log'), 'utf8').split('\n').filter((l) => l.includes('"emergency"')).map((l) => l.slice(0, 200))
test('emergency', async () => {
  const rows = [{ person: personKey(numberOf('movedOut')), items: [claim(STATION, 'x')] }]
  const e = await verify(gateway, rows, { as: { ...OFFICER, officer: 'PS-0666' }, matter: 'missing-person-search', headers: { 'x-emergency': 'E-1' } })
  console.log(codesOf(e), log())
  const v = await verify(gateway, rows, { as: OFFICER, matter: 'missing-person-search', headers: { 'x-emergency': 'E-1' } })
  console.log(JSON.stringify(outcomesOf(v)), codesOf(v), log(), JSON.stringify((await gateway.recordOf(v.receipt)).emergency))
  const q = await gateway.ask({ as: OFFICER, matter: 'missing-person-search', headers: { 'x-emergency': 'E-1' }, query: person('residencePermit { residencePoliceStation }'), variables: { n: numberOf('movedOut') } })
  console.log(codesOf(q), log())
})
test('size', async () => {
  const c = JSON.parse(readFileSync('schema/catalog.json', 'utf8')) as { fields: { coordinate: string; kind: string }[] }
  const all = c.fields.filter((f) => f.kind === 'leaf').map((f) => f.coordinate).filter((x) => !/Statistics|Group|Connection|Explain|Query|LegalEntity|Enterprise/.test(x))
  const rows = []
  for (let at = 0; at < all.length && rows.length < 40; at += 19) rows.push({ person: personKey(at === 0 ? numberOf('student') : residentNumber('442090', `19${40 + rows.length}-01-01`, 771)), items: [ADOPTION, ...all.slice(at, at + 19).filter((x) => x !== ADOPTION)].map((x) => claim(x, CERTIFICATE)) })
  gateway.forget()
  const before = (await gateway.records()).length
  const v = await verify(gateway, rows, { as: { ...SCHOOL, officer: 'EDU-7' } })
  const recs = (await gateway.records()).slice(before)
  console.log(all.length, rows.length, v.status, codesOf(v).slice(0, 3), departmentsSeen(gateway.seen), recs.length, recs.map((r) => JSON.stringify(r).length).sort((a, b) => b - a)[0], recs.some((r) => r.receipt === v.receipt), JSON.stringify(recs[0]?.verification).slice(0, 200))
})
test('failed remembered', async () => {
  const rows = [{ person: personKey(numberOf('student')), items: [claim(ADOPTION, CERTIFICATE)] }]
  gateway.disturb('civil-affairs', () => Promise.reject(new Error('x')))
  const as = { ...SCHOOL, officer: 'EDU-8' }
  const a = await verify(gateway, rows, { as, idempotencyKey: 'window-00001' })
  gateway.heal()
  const b = await verify(gateway, rows, { as, idempotencyKey: 'window-00001' })
  console.log(codesOf(a), codesOf(b))
})
test('invalid value', async () => {
  for (const [n, who] of [['student', 'EDU-9'], ['parent', 'EDU-9']] as const) {
    gateway.disturb('civil-affairs', async (next) => JSON.parse(JSON.stringify(await next()).replaceAll(/"adoptionCertificateNumber":"[^"]*"/g, '"adoptionCertificateNumber":{"a":1}')) as unknown)
    const a = await verify(gateway, [{ person: personKey(numberOf(n)), items: [claim(ADOPTION, CERTIFICATE)] }], { as: { ...SCHOOL, officer: who } })
    console.log(n, codesOf(a), JSON.stringify(outcomesOf(a)))
  }
})
test('desk', async () => {
  const Q = 'query ($p: PersonKeyInput, $m: String) { deskCheck(person: $p, matter: $m) { matter materials { status items { coordinate status values code } } } }'
  const p = personKey(numberOf('allThree'))
  for (const [name, ask] of Object.entries({
    town: { as: { ...DESK, department: 'town-governments', application: 'town-desk' }, headers: { 'x-acting-for': 'civil-affairs' }, variables: { p, m: 'pension-stop' } },
    townOk: { as: { ...DESK, department: 'town-governments', application: 'town-desk' }, headers: { 'x-acting-for': 'civil-affairs' }, variables: { p, m: 'living-allowance-review' } },
    nocase: { as: DESK, variables: { p, m: DESK_MATTER.matter } },
    foreign: { as: SCHOOL, variables: { p, m: DESK_MATTER.matter }, case: DESK_MATTER.case },
    differ: { as: DESK, ...DESK_MATTER, variables: { p, m: 'school-enrolment' } },
    ok: { as: DESK, case: DESK_MATTER.case, variables: { p, m: DESK_MATTER.matter } },
  })) {
    const o = await attack(gateway, { ...ask, query: Q })
    console.log(name, codesOf(o.reply), o.departments, o.record.matter, o.record.case, o.reply.text.slice(0, 200))
  }
})
