import { expect, test } from 'vitest'
import { copiedChain, retireChain } from '../../../gateway/governance/index/chains.ts'
import { openTestStore } from '../../kit/governance.ts'

const ROW = { replica: 'host', hash: 'f', told_seq: 0, first_seen: 0, last_seen: 0, retired_at: null }

test('a letter of one chain’s name stands for no letter of another’s', async () => {
  const store = await openTestStore()
  const chains = [
    { chain: 'gateway_1', seq: 5, ...ROW },
    { chain: 'gateway-1~2', seq: 950, ...ROW },
    { chain: 'gateway_1~2', seq: 7, ...ROW },
  ]
  await store.db.insertInto('audit_chain').values(chains).execute()
  expect(await copiedChain(store.db, 'gateway_1')).toMatchObject({ name: 'gateway_1~2', tip: { seq: 7 } })
  expect((await copiedChain(store.db, 'gateway-1')).name).toBe('gateway-1~2')
  await store.close()
})

test('a chain is taken out of service by somebody and for a reason, which stands among the findings', async () => {
  const store = await openTestStore()
  const row = { chain: 'gateway-4', seq: 12, ...ROW }
  await store.db.insertInto('audit_chain').values(row).execute()
  const retirement = { by: 'data-authority/DA-0001', reason: 'the machine was taken away', at: 5 }
  expect(await retireChain(store.db, { ...retirement, chain: 'gateway-5' })).toBe(false)
  expect(await retireChain(store.db, { ...retirement, chain: 'gateway-4' })).toBe(true)
  expect(await store.db.selectFrom('audit_gap').selectAll().execute()).toMatchObject([
    {
      chain: 'gateway-4',
      kind: 'RETIRED',
      found_at: 5,
      detail: 'taken out of service by data-authority/DA-0001: the machine was taken away',
    },
  ])
  expect(await store.db.selectFrom('audit_chain').select('retired_at').execute()).toEqual([{ retired_at: 5 }])
  await store.close()
})
