import { expect, test } from 'vitest'
import type { AuditRecord } from '../../../gateway/audit/record.ts'
import { beside } from '../../../gateway/governance/index/beside.ts'
import { sampleEntry } from '../../kit/audit-samples.ts'
import { chained } from '../../kit/governance.ts'

/** A watch whose work ends when the test says so. */
function slowWatch() {
  const said: string[] = []
  let finish = (): void => undefined
  const work = (what: string): Promise<void> => {
    said.push(what)
    return new Promise((resolve) => (finish = resolve))
  }
  const observe = (records: readonly AuditRecord[]): Promise<void> => work(records.map((one) => one.receipt).join())
  const done = async (): Promise<void> => {
    finish()
    await new Promise(setImmediate)
  }
  return { said, done, watch: { observe, tick: () => work('tick') } }
}

const records = (receipt: string): readonly AuditRecord[] => chained([sampleEntry(receipt)])

test('nobody waits for a watch at work, and what came meanwhile it is told to look for', async () => {
  const { said, done, watch } = slowWatch()
  const quick = beside(watch)
  await quick.observe(records('a'))
  await quick.observe(records('b'))
  await quick.observe(records('c'))
  expect(said).toEqual(['a'])
  await done()
  expect(said).toEqual(['a', 'tick'])
  await done()
  await quick.observe(records('d'))
  expect(said).toEqual(['a', 'tick', 'd'])
})

test('at the end it finishes what it is at, and begins nothing more', async () => {
  const { said, done, watch } = slowWatch()
  const quick = beside(watch)
  await quick.observe(records('a'))
  await quick.observe(records('b'))
  let ended = false
  const end = quick.end().then(() => (ended = true))
  await new Promise(setImmediate)
  expect(ended).toBe(false)
  await done()
  await end
  await quick.observe(records('c'))
  expect(said).toEqual(['a'])
})
