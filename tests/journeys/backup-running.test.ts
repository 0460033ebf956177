import { readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { afterAll, beforeAll, expect, test } from 'vitest'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { ownFolder, startProgram } from '../kit/child-gateway.ts'
import type { Child, OwnFolder } from '../kit/child-gateway.ts'
import { DESK, DESK_MATTER } from '../kit/gateway.ts'
import { askFar } from '../kit/several.ts'
import { gongxiang } from '../unit/cli/run.ts'

/*
 * A gateway of two processes is backed up while it answers, and brought back in another folder: it knows what it had
 * recorded, and serves.
 */

const SMALL = { GONGXIANG_AUDIT_SEGMENT_BYTES: '262144', GONGXIANG_AUDIT_HEAD_EVERY_RECORDS: '5' }

let folder: OwnFolder
beforeAll(async () => {
  folder = await ownFolder()
})
afterAll(() => folder.close())

async function serving(
  data: string,
): Promise<{ readonly gateway: Child; readonly url: string; ask(): Promise<string> }> {
  const environment = { ...SMALL, GONGXIANG_DATA_DIRECTORY: data, GONGXIANG_PROCESSES: '2' }
  const gateway = startProgram(folder.path, ['start'], environment)
  const [, url = ''] = await gateway.printed(/GraphQL +(http:\/\/[\w.:]+)\/graphql[\s\S]*?\n$/)
  return {
    gateway,
    url,
    async ask() {
      const reply = await askFar(url, data, {
        as: DESK,
        ...DESK_MATTER,
        query: DEMO_QUERY,
        variables: { number: DEMO_NUMBER },
      })
      expect(reply.status).toBe(200)
      return String(reply.headers['x-receipt'])
    },
  }
}

test('a backup beside a running gateway is proved, restored, and served from', async () => {
  const data = join(folder.path, 'data')
  const run = (args: readonly string[], directory = data) =>
    gongxiang(folder.path, args, { GONGXIANG_DATA_DIRECTORY: directory })
  const before = await serving(data)
  const first = await before.ask()
  for (let at = 0; at < 20; at += 1) await before.ask()
  let stop = false
  const load = (async () => {
    while (!stop) await before.ask()
  })()
  const backup = await run(['backup', '--to', 'backups', '--without-keys', '--verify', '--json'])
  stop = true
  await load
  expect([backup.code, backup.err]).toEqual([0, ''])
  expect(JSON.parse(backup.out)).toMatchObject({
    chains: [{ chain: 'gateway-1' }, { chain: 'gateway-2' }],
    keys: 'none',
  })
  expect(await before.gateway.stop()).toBe(0)

  const back = join(folder.path, 'back')
  const restored = await run(['restore', '--from', 'backups', '--to', back])
  expect([restored.code, restored.out]).toEqual([0, expect.stringContaining('chain gateway-2: proved') as unknown])
  const verified = await run(['audit', 'verify', '--directory', join(back, 'audit')])
  expect([verified.code, verified.err]).toEqual([0, ''])
  const shown = await run(['audit', 'show', first, '--directory', join(back, 'audit'), '--json'])
  expect(JSON.parse(shown.out)).toMatchObject({ intact: true, record: { receipt: first, officer: DESK.officer } })

  // Without keys the restored gateway makes new ones, and goes on in the chains that were proved by the old.
  const after = await serving(back)
  await after.ask()
  expect(await after.gateway.stop()).toBe(0)
  const both = await run(['audit', 'verify', '--directory', join(back, 'audit')], back)
  expect([both.code, both.out]).toEqual([0, expect.stringContaining('gateway-1') as unknown])
  expect(await readdir(join(back, 'restored'))).toEqual(['config.json', 'registers', 'schema'])
}, 120_000)
