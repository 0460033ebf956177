import { afterAll, beforeAll, expect, test } from 'vitest'
import { startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { AS_DESK, AS_MARKET, attack, NUMBER } from './attack.ts'

/* Whether a text was read before shows in how long it takes: a text may hold a number. */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startTestGateway()
})
afterAll(() => gateway.stop())

test('a number in a text tells nobody that another department has asked about it', async () => {
  const query = `{ person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") { name } }`
  await attack(gateway, { ...AS_DESK, query })
  const { record } = await attack(gateway, { ...AS_MARKET, query })
  expect(record.lane).toBe('apollo')
})
