import { serverAudits } from 'graphql-http'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { DESK, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

/** The public audit of GraphQL over HTTP, as a caller who is known; no matter is needed for `__typename`. */
let gateway: TestGateway
let token: string
beforeAll(async () => {
  gateway = await startTestGateway()
  token = await gateway.token(DESK)
})
afterAll(() => gateway.stop())

const audits = serverAudits({
  url: () => `${gateway.url}/graphql`,
  fetchFn: (url: string, init: RequestInit = {}) =>
    fetch(url, { ...init, headers: { ...(init.headers as Record<string, string>), authorization: `Bearer ${token}` } }),
})

test('there is an audit', () => {
  expect(audits.length).toBeGreaterThan(50)
})

/** What we do otherwise, on purpose: the audit's ID, and why. */
const OTHERWISE: Readonly<Record<string, string>> = {
  '572B': 'a refused document is 400 under either media type: one table from code to status',
  FDE2: 'as 572B',
  '7B9B': 'as 572B',
  '5A70': 'no GET: it would leave ID numbers in the logs of proxies',
  D6D5: 'as 5A70',
  '6A70': 'as 5A70',
}

describe.each(['MUST', 'SHOULD', 'MAY'])('what a server %s do', (word) => {
  const named = audits.filter(({ name }) => name.startsWith(word))
  test.each(named.map((audit) => [`${audit.id} ${audit.name}`, audit] as const))('%s', async (_name, audit) => {
    const result = await audit.fn()
    const passed = result.status === 'ok'
    expect([passed, passed ? '' : result.reason]).toEqual([!(audit.id in OTHERWISE), expect.anything() as string])
  })
})

test('no MUST is done otherwise', () => {
  expect(audits.filter(({ id, name }) => id in OTHERWISE && name.startsWith('MUST'))).toEqual([])
})
