import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { createAnswers } from '../../../bench/world/answer.ts'
import { DEPARTMENTS } from '../../../bench/world/departments.ts'
import { departmentSdl } from '../../../bench/world/sdl.ts'

/*
 * Gateways send different texts for the same fetch. What one of them is answered wrongly would be counted as its
 * fault, or as its speed.
 */

function department(name: string) {
  const found = DEPARTMENTS.find((one) => one.name === name)
  if (!found) throw new Error(name)
  return found
}

function ask(name: string, query: string, variables: Readonly<Record<string, unknown>> = {}): unknown {
  const answer = JSON.parse(createAnswers(department(name))(query)(variables)) as { data: unknown }
  return answer.data
}

const REPRESENTATIONS = [
  { __typename: 'Site', siteCode: 'SD0000001-0' },
  { __typename: 'Developer', companyCode: 'CSD0000001-0' },
  { __typename: 'Nothing', nothing: '1' },
]

describe('an answer', () => {
  test('is one for the same entity, however it is asked', () => {
    const plain = ask(
      'construction',
      '{ inspections(districtCode: "D1", first: 2) { inspectionCode site { floors } } }',
    )
    const written = ask(
      'construction',
      `query A($code: String!, $n: Int) { inspections(districtCode: $code, first: $n) { ...I } }
       fragment I on Inspection { inspectionCode ... on Inspection { site { ... { floors } } } }`,
      { code: 'D1', n: 2 },
    )
    expect(written).toStrictEqual(plain)
    expect(plain).toMatchObject({ inspections: [{ inspectionCode: 'ID1-0' }, { inspectionCode: 'ID1-1' }] })
  })

  test('has the order, the aliases and the merged fields of its text', () => {
    const data = ask(
      'planning',
      '{ b: site(siteCode: "SD1-4") { status developer { __typename } s: status developer { companyCode } siteCode } }',
    )
    expect(Object.keys((data as { b: object }).b)).toStrictEqual(['status', 'developer', 's', 'siteCode'])
    expect(data).toMatchObject({
      b: { siteCode: 'SD1-4', developer: { __typename: 'Developer', companyCode: 'CSD1-1' } },
    })
  })

  test('heeds conditions, those of fragments too', () => {
    const query = `query ($yes: Boolean!, $no: Boolean!) { site(siteCode: "S1-1") {
      name @include(if: $no) status @skip(if: $no) ... @include(if: $no) { area } ... @skip(if: $yes) { landUse } siteCode } }`
    const data = ask('planning', query, { yes: true, no: false }) as { site: object }
    expect(Object.keys(data.site)).toStrictEqual(['status', 'siteCode'])
  })

  test('gives each representation its own type, and null for what is nobody’s', () => {
    const query = `query ($r: [_Any!]!) { _entities(representations: $r) {
      __typename ... on Site { floors } ... on Developer { qualification } } }`
    expect(ask('construction', query, { r: REPRESENTATIONS })).toStrictEqual({
      _entities: [
        { __typename: 'Site', floors: expect.any(Number) as number },
        { __typename: 'Developer', qualification: expect.any(String) as string },
        null,
      ],
    })
  })

  test('is refused for a field that the department does not have', () => {
    expect(() => ask('planning', '{ site(siteCode: "S1-1") { floors } }')).toThrow('no floors')
  })
})

test('every department’s plain schema is a subgraph that takes the workloads’ kind of query', async () => {
  for (const one of DEPARTMENTS) {
    const schema = buildSubgraphSchema(parse(departmentSdl(one, 'plain')))
    const { errors } = await execute({ schema, document: parse('{ __typename }') })
    expect(errors, one.name).toBeUndefined()
  }
})
