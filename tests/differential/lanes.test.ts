import { afterAll, beforeAll, expect, test } from 'vitest'
import { createKnownOperations } from '../../gateway/request/known-operations.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'

let gateway: TestGateway
let fast = true
beforeAll(async () => {
  const known = createKnownOperations()
  const at = Date.parse('2026-11-22T08:00:00Z')
  gateway = await startTestGateway({
    clock: { now: () => at, monotonic: () => 0 },
    ports: {
      ids: { receipt: () => 'gx_01JD9ZS4G0AAAAAAAAAAAAAAAA', salt: () => new Uint8Array(16) },
      known: { ...known, find: (...asked) => (fast ? known.find(...asked) : undefined) },
    },
  })
})
afterAll(() => gateway.stop())

test('first try', async () => {
  const query = 'query($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { name household { name } } }'
  const out = []
  for (const lane of [false, true]) {
    fast = lane
    for (const variables of [{ n: '110101199001011237' }, { n: 5 }, {}]) {
      const reply = await gateway.ask({ as: DESK, ...DESK_MATTER, query, variables })
      out.push(reply)
    }
  }
  const lanes = (await gateway.records()).map((r) => r.lane)
  for (const [index, one] of out.slice(0, 3).entries()) {
    const other = out[index + 3]
    console.log(lanes[index], lanes[index + 3], one.status, other?.status, one.text === other?.text, JSON.stringify(one.headers) === JSON.stringify(other?.headers))
    if (index === 0) console.log(one.text)
    if (one.text !== other?.text) console.log(one.text, other?.text)
    if (JSON.stringify(one.headers) !== JSON.stringify(other?.headers)) console.log(one.headers, other?.headers)
  }
  expect(1).toBe(1)
})
