import { mkdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import type { TlsPaths } from '../../gateway/adapters/tls-files.ts'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { createAuthority } from '../kit/certificates.ts'
import { askGateway, ownFolder, printedTokens, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { ChildGateway, OwnFolder } from '../kit/child-gateway.ts'

/* A department in a process of its own, behind certificates that are configured as an operator configures them. */

const DEPARTMENT = 'disabled-persons'

let folder: OwnFolder
let gateway: ChildGateway
let withoutCertificate: ChildGateway

beforeAll(async () => {
  folder = await ownFolder()
  const tls = join(folder.path, 'tls')
  await mkdir(tls)
  const authority = await createAuthority(tls)
  const [shown, served] = [await authority.issue('gongxiang-gateway'), await authority.issue('localhost')]
  const child = startProgram(folder.path, ['subgraph', 'serve', DEPARTMENT], {
    GONGXIANG_SUBGRAPH_PORT: '0',
    ...variables('GONGXIANG_SUBGRAPH_TLS', served),
  })
  const [, printed = ''] = await child.printed(/is served at (https:\S+)\n/)
  const settings = {
    GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_URL: printed.replace('127.0.0.1', 'localhost'),
    GONGXIANG_CACHE_ENABLED: 'false',
  }
  gateway = await startChildGateway(folder.path, { ...settings, ...variables('GONGXIANG_DEPARTMENT_TLS', shown) })
  withoutCertificate = await startChildGateway(folder.path, {
    ...settings,
    // Alone with its record: two gateways never write to one.
    GONGXIANG_AUDIT_DIRECTORY: join(folder.path, 'second-audit'),
    NODE_EXTRA_CA_CERTS: join(tls, 'ca.pem'),
  })
})
afterAll(() => folder.close())

function variables(prefix: string, { certificate, key, authorities, revocations }: TlsPaths): Record<string, string> {
  return {
    [`${prefix}_CERTIFICATE`]: certificate,
    [`${prefix}_KEY`]: key,
    [`${prefix}_AUTHORITIES`]: authorities,
    [`${prefix}_REVOCATIONS`]: revocations ?? '',
  }
}

async function ask(one: ChildGateway) {
  const headers = { authorization: `Bearer ${printedTokens(one.out())['housing-clerk'] ?? ''}`, ...DEMO_HEADERS }
  return (await askGateway(one.url, headers, DEMO_QUERY, { number: DEMO_NUMBER })).answer
}

test('the gateway with its certificate is answered', async () => {
  const { data } = await ask(gateway)
  expect(data).toMatchObject({ person: { name: '欧阳静怡', disability: { issueDate: '2021-**-**' } } })
})

test('one without is told that the department is not there, on its own fields alone', async () => {
  const { data, errors } = await ask(withoutCertificate)
  expect(data).toMatchObject({ person: { name: '欧阳静怡', disability: null } })
  expect(errors?.map(({ extensions }) => extensions?.['code'])).toContain('SOURCE_UNAVAILABLE')
})

test('half of the certificates stops the start, and names what is missing', async () => {
  const child = startProgram(folder.path, ['start'], { GONGXIANG_DEPARTMENT_TLS_KEY: join(folder.path, 'tls/ca.key') })
  expect(await child.ended).not.toBe(0)
  expect(child.err() + child.out()).toMatch(/departmentTls\.certificate: is missing/)
})
