import { execFile } from 'node:child_process'
import { cp, mkdir, mkdtemp, readdir, readFile, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest'
import { anchorPath } from '../../gateway/adapters/anchor-store.ts'
import { parseCheckpoint } from '../../gateway/audit/checkpoint.ts'
import { DESK, DESK_MATTER, startTestGateway } from '../kit/gateway.ts'
import type { TestGateway } from '../kit/gateway.ts'
import { DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { objectPlace, webPlace } from '../kit/second-places.ts'
import type { SecondPlace } from '../kit/second-places.ts'

/* Checkpoints in the hands of others (HZ-47): what a whole gateway sends, and what its absence and its lies bring. */

const TOKEN = 'not-a-real-token'
const HMAC = 'not-a-real-key'
const KEYS = { id: 'GKEXAMPLE', secret: 'not/a+real/secret' }

let share = ''
let web: SecondPlace
let objects: SecondPlace
let gateway: TestGateway | null = null

beforeAll(async () => {
  share = await mkdtemp(join(tmpdir(), 'gx-share-'))
  web = await webPlace(TOKEN, HMAC)
  objects = await objectPlace('city-audit', KEYS)
})
afterEach(async () => {
  await gateway?.stop()
  gateway = null
})
afterAll(async () => {
  await Promise.all([web.close(), objects.close(), rm(share, { recursive: true })])
})

const settings = () => ({
  audit: {
    suite: 'sm',
    replica: 'hall',
    headEveryRecords: 1,
    anchors: {
      folder: share,
      everyMs: 1,
      http: { url: web.url, bearer: TOKEN, hmacKey: HMAC },
      objectStore: {
        endpoint: objects.url,
        bucket: 'city-audit',
        accessKeyId: KEYS.id,
        secretAccessKey: KEYS.secret,
      },
    },
  },
})

const ask = (running: TestGateway) =>
  running.ask({ as: DESK, ...DESK_MATTER, query: DEMO_QUERY, variables: { number: DEMO_NUMBER } })

async function command(running: TestGateway, ...words: readonly string[]) {
  const program = join(import.meta.dirname, '../../gateway/cli/gongxiang.ts')
  const options = ['--config', join(running.directory, 'gongxiang.yaml')]
  return promisify(execFile)(process.execPath, [program, ...options, ...words], { encoding: 'utf8' }).then(
    ({ stdout, stderr }) => ({ code: 0, said: stdout + stderr }),
    (error: { code: number; stdout: string; stderr: string }) => ({
      code: error.code,
      said: error.stdout + error.stderr,
    }),
  )
}

const verify = (running: TestGateway) => command(running, 'audit', 'verify', '--anchors', '--lang', 'en')

/** The newest checkpoint in the share. */
async function newest(): Promise<number> {
  const folder = join(share, 'hall', '0000000000')
  const name = (await readdir(folder)).toSorted().at(-1) ?? ''
  return parseCheckpoint(await readFile(join(folder, name), 'utf8'))?.seq ?? -1
}

describe('a gateway with second places', () => {
  test('sends each what it has recorded, signed by the national suite, and proves itself by them', async () => {
    const running = (gateway = await startTestGateway({ settings: settings() }))
    for (let round = 0; round < 3; round += 1) expect((await ask(running)).status).toBe(200)
    await vi.waitUntil(async () => (await newest()) === 3)
    await vi.waitUntil(() => web.kept.has(`/${anchorPath('hall', 3)}`) && objects.kept.has(anchorPath('hall', 3)))
    expect(objects.kept.get(anchorPath('hall', 3))).toContain('\ndigest SM3\n')
    const health: unknown = await fetch(`${running.url}/health/ready`).then((response) => response.json())
    expect(health).toMatchObject({
      checks: { audit: { ok: true, detail: expect.stringContaining('second place folder') as unknown } },
    })
    expect(await verify(running)).toMatchObject({
      code: 0,
      said: expect.stringContaining('second place http: ') as unknown,
    })
    await running.halt()

    // The folder is put back to what it was before, with its checkpoints: only the second places know more.
    const { directory } = running.config.audit
    const old = await mkdtemp(join(tmpdir(), 'gx-old-'))
    await cp(directory, old, { recursive: true })
    for (const name of await readdir(old)) {
      const text = await readFile(join(old, name), 'utf8')
      // Of the second record and those behind it nothing is left.
      const lines = text
        .split('\n')
        .filter((line) => !/"seq":[23],|\\n[23]\\n/.test(line) && !line.includes('"kind":"seal"'))
      await writeFile(join(directory, name), lines.join('\n'))
    }
    await rm(old, { recursive: true })
    const alone = await command(running, 'audit', 'verify', '--lang', 'en')
    expect(alone).toMatchObject({ code: 0, said: expect.stringContaining('is in order') as unknown })
    const anchored = await verify(running)
    expect(anchored).toMatchObject({ code: 1, said: expect.stringContaining('the tail was cut') as unknown })
    expect(await command(running, 'doctor')).toMatchObject({
      said: expect.stringContaining('it knows 2 records more') as unknown,
    })
  })

  test('answers as ever while they are out of reach, says so, and cannot verify by them', async () => {
    web.failing = 503
    objects.failing = 500
    const running = (gateway = await startTestGateway({ settings: settings() }))
    expect((await ask(running)).status).toBe(200)
    const log = (): Promise<string> => readFile(join(running.directory, 'gateway.log'), 'utf8')
    await vi.waitUntil(async () => /"anchor":"http".*"state":"failed"/.test(await log()))
    const failed = await verify(running)
    expect(failed.code).toBe(2)
    expect(failed.said).toContain('second place http: the second place answered 503')
    expect(await log()).not.toContain(TOKEN)
    web.failing = null
    objects.failing = null
  })
})

test('without second places nothing is sent, and verification by them says so', async () => {
  const running = (gateway = await startTestGateway())
  await mkdir(join(running.directory, 'unused'))
  expect(await verify(running)).toMatchObject({
    code: 2,
    said: expect.stringContaining('no second place is configured') as unknown,
  })
})
