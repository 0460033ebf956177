import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { generate } from '../../../city/generate.ts'
import { demoOrganisations } from '../../../city/organisations/demo-organisations.ts'
import { creditSystem } from '../../../city/systems/public-credit-server.ts'
import { publicCredit } from '../../../subgraphs/public-credit/source.ts'
import { identifierOf } from '../../contract/subgraph-bench.ts'
import { recordsIn, refusedWith, startRestDepartment } from './rest-department.ts'
import type { RestBench } from './rest-department.ts'

const { firm, movedFirm, home } = demoOrganisations
const ORGANISATION = `... on LegalEntity { creditRecords { recordNumber subjectIdentifier category authority status } }`
const PERSON = `... on Person { creditRecords { category authority publicUntil name idDocumentType idDocumentNumber } }`

describe('public credit over its platform (ZJ-20.1)', () => {
  let bench: RestBench
  beforeAll(async () => {
    bench = await startRestDepartment(publicCredit, creditSystem)
  })
  afterAll(() => bench.close())

  test('records that stand below their subject become rows of it', async () => {
    const references = [firm, movedFirm, home].map((one) => ({ __typename: 'LegalEntity', ...identifierOf(one) }))
    const [licensed, listed, nothing] = await bench.entities(ORGANISATION, references)
    expect(recordsIn(licensed, 'creditRecords')).toMatchObject([
      { category: 'LICENCE', subjectIdentifier: firm.uscc, status: 'SHOWN' },
    ])
    expect(recordsIn(listed, 'creditRecords')).toMatchObject([
      { category: 'SERIOUS_BAD_FAITH', subjectIdentifier: movedFirm.uscc },
    ])
    expect(nothing).toEqual({ creditRecords: null })
    const [{ recordNumber, subjectIdentifier } = {}] = recordsIn(licensed, 'creditRecords')
    const query = `query ($n: String!, $s: String!) { creditRecord(recordNumber: $n, subjectIdentifier: $s) { category } }`
    const one = await bench.ask(query, { n: recordNumber, s: subjectIdentifier })
    expect(one.data).toEqual({ creditRecord: { category: 'LICENCE' } })
    // The number of a record of somebody else is not theirs.
    const other = await bench.ask(query, { n: recordNumber, s: movedFirm.uscc })
    expect(other.data).toEqual({ creditRecord: null })
  })

  test('nobody has a record: an error of the platform, and no failure of the department', async () => {
    bench.calls()
    expect(await bench.entities(ORGANISATION, [{ __typename: 'LegalEntity', ...identifierOf(home) }])).toEqual([
      { creditRecords: null },
    ])
    expect(bench.calls()).toMatchObject([{ outcome: 'NO_RECORD' }])
  })

  test('a person has the records of the person, with the matching items (HZ-28)', async () => {
    const { allThree, publicSecurityOnly } = demoPeople
    const people = [allThree, publicSecurityOnly].map(({ document }) => ({ __typename: 'Person', ...document }))
    expect(await bench.entities(PERSON, people)).toEqual([
      {
        creditRecords: [
          {
            category: 'GOOD_FAITH',
            authority: '中山市虚构志愿者联合会',
            publicUntil: expect.stringMatching(/^20\d\d-/) as unknown,
            name: allThree.name,
            ...allThree.document,
          },
        ],
      },
      { creditRecords: null },
    ])
  })

  test('two hundred people are asked for fifty at a time, of which the platform refuses more', async () => {
    const people = [...generate({ people: 200, seed: 7 })].map(({ document }) => document)
    const residents = people.filter(({ idDocumentType }) => idDocumentType === 'RESIDENT_ID').slice(0, 170)
    bench.calls()
    const found = await bench.entities(
      '... on Person { creditRecords { category } }',
      residents.map((document) => ({ __typename: 'Person', ...document })),
    )
    expect(bench.calls()).toHaveLength(4)
    expect(found.filter((one) => recordsIn(one, 'creditRecords').length > 0).length).toBeGreaterThan(2)
  })

  test('a wrong key is told under 200', async () => {
    const { answer, health } = await refusedWith(
      bench,
      '{ creditRecord(recordNumber: "XF0000011", subjectIdentifier: "x") { status } }',
    )
    expect(answer).toMatchObject({
      data: { creditRecord: null },
      errors: [{ extensions: { code: 'SOURCE_UNAVAILABLE' } }],
    })
    expect(health).toEqual({ ok: false, detail: 'The system answered with its code 100401' })
  })

  test.each([
    [
      'legal/records',
      { subjects: Array.from({ length: 51 }, () => ({ idType: 'tyshxydm', idNo: 'x' })), columns: ['state'] },
      '100413',
    ],
    ['legal/records', { subjects: [{ idType: 'tyshxydm', idNo: 'x' }], columns: ['state;'] }, '100400'],
    ['legal/records', { subjects: [{ idType: '111', idNo: 'x' }], columns: ['state'] }, '100404'],
    ['legal/all', { subjects: [], columns: ['state'] }, '100400'],
  ])('the platform itself refuses %s %j with %s', async (path, body, resultCode) => {
    const headers = { 'x-credit-key': bench.key }
    const response = await fetch(`${bench.url}/credit/v1/${path}`, {
      method: 'POST',
      headers,
      body: JSON.stringify(body),
    })
    expect(await response.json()).toMatchObject({ resultCode })
  })
})
