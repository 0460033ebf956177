import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { ownFolder, startProgram } from '../kit/child-gateway.ts'
import type { OwnFolder } from '../kit/child-gateway.ts'

/* What becomes of several processes when their supervisor cannot start them, or goes. */

let folder: OwnFolder
beforeEach(async () => {
  folder = await ownFolder()
})
afterEach(() => folder.close())

async function pidOf(number: number): Promise<number> {
  const text = await readFile(join(folder.path, 'data/audit', String(number), 'writer.lock'), 'utf8')
  return (JSON.parse(text) as { pid: number }).pid
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

test('a supervisor that is killed takes its processes with it, each in order', async () => {
  const gateway = startProgram(folder.path, ['start', '--processes', '2'])
  await gateway.printed(/GraphQL +http/)
  const pids = [await pidOf(1), await pidOf(2)]
  expect(await gateway.stop('SIGKILL')).toBe('SIGKILL')
  await expect.poll(() => pids.filter(isAlive), { timeout: 30_000, interval: 50 }).toEqual([])
  // Sealed, and given up: nobody has to be cleaned up after.
  await expect(pidOf(1)).rejects.toMatchObject({ code: 'ENOENT' })
  const verified = startProgram(folder.path, ['audit', 'verify'])
  expect([await verified.ended, verified.out()]).toEqual([0, expect.stringContaining('chain gateway-2')])
})

test('a process that cannot start is told, and none is left running', async () => {
  const first = startProgram(folder.path, ['start', '--processes', '2'])
  await first.printed(/GraphQL +http/)
  const second = startProgram(folder.path, ['start', '--processes', '2'])
  expect(await second.ended).toBe(1)
  expect(second.out()).toBe('')
  expect(second.err()).toMatch(
    /audit\.directory: process \d+ already writes .*\/audit\/1;[\s\S]*process 1 cannot start/,
  )
  expect(isAlive(await pidOf(1))).toBe(true)
  expect(await first.stop()).toBe(0)
})

test('more processes than an old system bears calls at once are refused, with its name', async () => {
  const gateway = startProgram(folder.path, ['start', '--processes', '3'], {
    GONGXIANG_DEPARTMENTS_TAX_CONCURRENCY: '2',
  })
  expect(await gateway.ended).toBe(1)
  expect(gateway.err()).toMatch(/departments\.tax\.concurrency: 2 calls .* 3 processes/)
})

test.each(['0', '65', 'many', '1.5'])('%s is no number of processes', async (number) => {
  const gateway = startProgram(folder.path, ['start', '--processes', number])
  expect(await gateway.ended).toBe(2)
  expect(gateway.err()).toContain('a number from 1 to 64')
})
