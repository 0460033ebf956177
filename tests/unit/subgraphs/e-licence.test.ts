import { createHmac } from 'node:crypto'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { generate } from '../../../city/generate.ts'
import { licenceBaseSystem } from '../../../city/systems/e-licence-server.ts'
import { eLicence } from '../../../subgraphs/e-licence/source.ts'
import { identifierOf } from '../../contract/subgraph-bench.ts'
import { recordsIn, refusedWith, startRestDepartment, textsOf } from './rest-department.ts'
import type { RestBench } from './rest-department.ts'

const { parent } = demoPeople
const { firm, shop, institution } = demoOrganisations
const BATCH = '/dzzz/v3/licence/byNumber'
const REFERENCE = 'urn:gongxiang:e-licence:document:'

describe('electronic licences over their base (ZS-2.13, FS-19)', () => {
  let bench: RestBench
  let now = Date.now()
  beforeAll(async () => {
    bench = await startRestDepartment(eLicence, (onCall) => licenceBaseSystem(onCall, () => now))
  })
  afterAll(() => bench.close())

  const ofParent = { __typename: 'Person', ...parent.document }

  test('a person’s licences are those that their issuer registered, with the matching items (HZ-28)', async () => {
    const selection = `... on Person { electronicLicences {
      licenceNumber issuer licenceKind licenceName issueDate validUntil status name idDocumentType idDocumentNumber
    } }`
    const [entity] = await bench.entities(selection, [ofParent])
    expect(recordsIn(entity, 'electronicLicences')).toEqual(
      parent.certificates.map(({ kind, number, issuer, title, issued }) => ({
        licenceNumber: number,
        issuer,
        licenceKind: kind === 'LICENCE' ? 'PRACTICE_LICENCE' : 'QUALIFICATION',
        licenceName: title,
        issueDate: issued,
        validUntil: kind === 'LICENCE' ? '2032-05-01' : null,
        status: 'VALID',
        name: parent.name,
        ...parent.document,
      })),
    )
  })

  test('organisations have theirs, by their code or by the registration number alone', async () => {
    const references = [firm, shop, institution].map((one) => ({ __typename: 'LegalEntity', ...identifierOf(one) }))
    const found = await bench.entities(
      '... on LegalEntity { electronicLicences { licenceKind licenceNumber name idDocumentNumber } }',
      references,
    )
    expect(found).toEqual([
      {
        electronicLicences: [
          { licenceKind: 'BUSINESS_LICENCE', licenceNumber: firm.uscc, name: firm.name, idDocumentNumber: null },
          {
            licenceKind: 'PRODUCTION_PERMIT',
            licenceNumber: firm.permits[0]?.number,
            name: firm.name,
            idDocumentNumber: null,
          },
        ],
      },
      {
        electronicLicences: [
          {
            licenceKind: 'BUSINESS_LICENCE',
            licenceNumber: shop.registrationNumber,
            name: shop.name,
            idDocumentNumber: null,
          },
        ],
      },
      {
        electronicLicences: [
          {
            licenceKind: 'ORGANISATION_CERTIFICATE',
            licenceNumber: institution.certificate,
            name: institution.name,
            idDocumentNumber: null,
          },
        ],
      },
    ])
  })

  test('a licence that is shown is found by number and issuer, and not by the number alone', async () => {
    const query = `query ($n: String!, $i: String!) { electronicLicence(licenceNumber: $n, issuer: $i) { licenceName status } }`
    const [, licence] = parent.certificates
    const right = await bench.ask(query, { n: licence?.number, i: licence?.issuer })
    expect(right.data).toEqual({ electronicLicence: { licenceName: '医师执业证书', status: 'VALID' } })
    const elsewhere = await bench.ask(query, { n: licence?.number, i: '惠州市卫生和计划生育局' })
    expect(elsewhere.data).toEqual({ electronicLicence: null })
  })

  test('the reference to a document is made anew, ends after ten minutes, and opens no other', async () => {
    const reference = async (): Promise<string> => {
      const [entity] = await bench.entities('... on Person { electronicLicences { documentRef } }', [ofParent])
      return textsOf(recordsIn(entity, 'electronicLicences'), 'documentRef')[1] ?? ''
    }
    const first = await reference()
    expect(first.startsWith(REFERENCE)).toBe(true)
    now += 1000
    expect(await reference()).not.toBe(first)
    const query = first.slice(REFERENCE.length)
    const open = async (changed: string): Promise<number> =>
      (await fetch(`${bench.url}/dzzz/v3/file?${changed}`)).status
    expect(await open(query)).toBe(200)
    expect(await open(query.replace(/e=(\d+)/, (_whole, end: string) => `e=${Number(end) + 60_000}`))).toBe(403)
    expect(await open(query.replace(/f=\w/, 'f=z'))).toBe(403)
    now += 600_000
    expect(await open(query)).toBe(410)
    now = Date.now()
  })

  test('more licences than a page of the base are read, all of them', async () => {
    const holders = [...generate({ people: 200, seed: 7 })].filter(
      ({ certificates, document }) => certificates.length > 0 && document.idDocumentType === 'RESIDENT_ID',
    )
    bench.calls()
    const found = await bench.entities(
      '... on Person { electronicLicences { licenceNumber } }',
      holders.map(({ document }) => ({ __typename: 'Person', ...document })),
    )
    const wanted = holders.map(({ certificates }) => certificates.map(({ number }) => ({ licenceNumber: number })))
    expect(found.map((one) => recordsIn(one, 'electronicLicences'))).toEqual(wanted)
    expect(wanted.flat().length).toBeGreaterThan(20)
    expect(bench.calls()).toHaveLength(Math.ceil(wanted.flat().length / 20))
  })

  test('a wrong secret is told under 200, by a signature that does not hold', async () => {
    const { answer, health } = await refusedWith(
      bench,
      '{ electronicLicence(licenceNumber: "x", issuer: "y") { status } }',
    )
    expect(answer).toMatchObject({
      data: { electronicLicence: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The system answered with its code 401' })
  })

  function signature(body: string, changes: Readonly<Record<string, string>> = {}): Record<string, string> {
    const own = { appid: 'gongxiang', timestamp: String(now), nonce: `n${Math.random()}`, ...changes }
    const text = [...Object.entries(own), ['body', body]]
      .map(([name, value]) => `${name}=${value}`)
      .toSorted()
      .join('&')
    return { ...own, sign: createHmac('sm3', bench.key).update(text).digest('hex').toUpperCase() }
  }

  async function post(path: string, body: string, headers: Record<string, string>): Promise<unknown> {
    return (await fetch(bench.url + path, { method: 'POST', headers, body })).json()
  }

  test('a call holds for five minutes and once, and for its own body', async () => {
    const body = JSON.stringify({ numbers: ['x'], fields: ['zzhm'] })
    const signed = signature(body)
    expect(await post(BATCH, body, signed)).toMatchObject({ status: '0' })
    expect(await post(BATCH, body, signed)).toMatchObject({ status: '401' })
    expect(await post(BATCH, body.replace('x', 'y'), signature(body))).toMatchObject({ status: '401' })
    expect(await post(BATCH, body, signature(body, { timestamp: String(now - 300_001) }))).toMatchObject({
      status: '401',
    })
    expect(await post(BATCH, body, signature(body, { appid: 'other' }))).toMatchObject({ status: '401' })
  })

  test.each([
    [BATCH, { numbers: ['x'], fields: ['wjid'] }, '400'],
    [BATCH, { numbers: ['x'], fields: ['tqcs,zzhm'] }, '400'],
    [BATCH, { numbers: ['x'], fields: ['zzhm'], size: 21 }, '400'],
    ['/dzzz/v3/licence/all', { fields: ['zzhm'] }, '404'],
  ])('the base itself refuses %s %j with %s', async (path, asked, status) => {
    const body = JSON.stringify(asked)
    expect(await post(path, body, signature(body))).toMatchObject({ status, data: '' })
  })
})
