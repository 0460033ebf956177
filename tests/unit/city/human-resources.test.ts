import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../../city/demo-people.ts'
import { humanResourcesSystem } from '../../../city/systems/human-resources-server.ts'
import type { HumanResourcesCall } from '../../../city/systems/human-resources-server.ts'
import { connectDepartment } from '../../../subgraphs/departments.ts'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'
import { startOldSystem } from '../../kit/old-system.ts'
import type { RunningSystem } from '../../kit/old-system.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'housing', matter: null }
const { idDocumentNumber } = demoPeople.allThree.document

describe('the old human resources system', () => {
  let city: TestCity
  let system: RunningSystem
  let key: string
  const calls: HumanResourcesCall[] = []
  beforeAll(async () => {
    city = await testCity(20)
    key = (await readFile(join(city.directory, 'human-resources', 'api-key'), 'utf8')).trim()
    system = await startOldSystem(
      city.directory,
      humanResourcesSystem((call) => calls.push(call)),
    )
  })
  afterAll(async () => {
    await system.close()
    await city.close()
  })

  async function call(path: string, body: unknown, apiKey = key): Promise<unknown> {
    const headers = { 'x-api-key': apiKey }
    const response = await fetch(system.url + path, {
      method: 'POST',
      headers,
      body: typeof body === 'string' ? body : JSON.stringify(body),
    })
    expect(response.status).toBe(200)
    return response.json()
  }
  const asked = { aac058: ['01'], aae135: [idDocumentNumber] }

  test('gives the asked fields and its own time', async () => {
    const data = {
      dataTime: '2026-11-20 23:30:00',
      rows: [{ aae140: '110' }, { aae140: '210' }, { aae140: '310' }, { aae140: '410' }, { aae140: '510' }],
    }
    expect(await call('/ywcx/v1/ac02/batch?fields=aae140', asked)).toEqual({ code: 0, msg: '成功', data })
  })

  test.each([
    ['/ywcx/v1/ac02/batch', asked, 4001],
    ['/ywcx/v1/ac02/batch?fields=aae140,zc_mc', asked, 4002],
    ['/ywcx/v1/ac02/batch?fields=*', asked, 4002],
    ['/ywcx/v1/ac02/batch?fields=aae140', '{', 4003],
    ['/ywcx/v1/ac02/batch?fields=aae140', { aac058: '01', aae135: [] }, 4003],
    ['/ywcx/v1/ac99/batch?fields=aae140', asked, 4004],
  ])('%s %j: code %d', async (path, body, code) => {
    expect(await call(path, body)).toMatchObject({ code, data: null })
  })

  test('refuses another key, which the department reports as unavailable', async () => {
    expect(await call('/ywcx/v1/ac02/batch?fields=aae140', asked, 'wrong')).toMatchObject({ code: 4010, data: null })
    const options = { dataDirectory: city.directory, apiUrl: system.url, apiKey: 'wrong' }
    const subgraph = await connectDepartment('human-resources-social-security', options)
    const query =
      'query ($r: [_Any!]!) { _entities(representations: $r) { ... on Person { socialInsurance { insuranceType } } } }'
    const variables = { r: [{ __typename: 'Person', ...demoPeople.allThree.document }] }
    const { data, errors } = await subgraph.execute({ query, variables }, CONTEXT)
    expect(data).toEqual({ _entities: [{ socialInsurance: null }] })
    expect(errors).toMatchObject([{ extensions: { code: 'SOURCE_UNAVAILABLE' } }])
    expect(await subgraph.health()).toEqual({ ok: false, detail: 'The system answered with its code 4010' })
    await subgraph.close()
  })

  test('has no person’s number in its own log', () => {
    expect(calls.length).toBeGreaterThan(3)
    expect(JSON.stringify(calls)).not.toContain(idDocumentNumber)
  })
})
