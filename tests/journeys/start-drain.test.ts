import { readdir, readFile } from 'node:fs/promises'
import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, test } from 'vitest'
import { DEMO_HEADERS, DEMO_NUMBER, DEMO_QUERY } from '../../gateway/start/demo.ts'
import { askGateway, ownFolder, printedTokens, startChildGateway, startProgram } from '../kit/child-gateway.ts'
import type { ChildGateway, OwnFolder } from '../kit/child-gateway.ts'

/** A department that keeps its caller waiting until it is told to answer. */
interface SlowDepartment {
  readonly url: string
  /** Resolves when a request has come in. */
  readonly asked: Promise<void>
  answer(): void
  close(): void
}

let folder: OwnFolder
let slow: SlowDepartment
beforeEach(async () => {
  folder = await ownFolder()
  slow = await startSlow()
})
afterEach(async () => {
  slow.answer()
  slow.close()
  await folder.close()
})

async function startSlow(): Promise<SlowDepartment> {
  const asked = Promise.withResolvers<void>()
  const released = Promise.withResolvers<void>()
  const server = createServer((_request, response) => {
    asked.resolve()
    void released.promise.then(() => response.writeHead(503, { 'content-type': 'application/json' }).end('{}'))
  })
  await new Promise<void>((done) => server.listen(0, '127.0.0.1', done))
  const { port } = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${port}/graphql`,
    asked: asked.promise,
    answer: () => released.resolve(),
    close: () => void server.close(),
  }
}

function start(more: Readonly<Record<string, string>> = {}): Promise<ChildGateway> {
  return startChildGateway(folder.path, { GONGXIANG_DEPARTMENTS_DISABLED_PERSONS_URL: slow.url, ...more })
}

function ask(gateway: ChildGateway): ReturnType<typeof askGateway> {
  const token = printedTokens(gateway.out())['housing-clerk'] ?? ''
  const headers = { authorization: `Bearer ${token}`, ...DEMO_HEADERS }
  return askGateway(gateway.url, headers, DEMO_QUERY, { number: DEMO_NUMBER })
}

/** Resolves once the gateway takes no new connection. */
async function refusesConnections(gateway: ChildGateway): Promise<void> {
  for (;;) {
    try {
      await fetch(`${gateway.url}/health/live`, { headers: { connection: 'close' } })
    } catch {
      return
    }
  }
}

test.each(['SIGINT', 'SIGTERM', 'SIGHUP'] as const)(
  '%s: a request under way is answered and recorded, no new one is taken, exit code 0',
  async (signal) => {
    const gateway = await start()
    const underWay = ask(gateway)
    await slow.asked
    const ended = gateway.stop(signal)
    await refusesConnections(gateway)
    slow.answer()
    const { status, answer, receipt } = await underWay
    expect(status).toBe(200)
    expect(answer.data).toMatchObject({ person: { name: '欧阳静怡', disability: null } })
    expect(answer.errors?.map(({ extensions }) => extensions['code'])).toContain('SOURCE_UNAVAILABLE')
    expect(await ended).toBe(0)
    expect(gateway.err()).toMatch(/draining …[\s\S]*stopped\n$/)
    expect(await auditText()).toContain(`"${receipt}"`)
  },
)

test('who does not finish in the time for draining is cut off; the exit code is 0 all the same', async () => {
  const gateway = await start({ GONGXIANG_HTTP_DRAIN_MS: '200' })
  const underWay = ask(gateway).catch(() => 'cut off')
  await slow.asked
  expect(await gateway.stop('SIGINT')).toBe(0)
  expect(await underWay).toBe('cut off')
})

test('a second Ctrl-C, a while after the first, ends it at once', async () => {
  const gateway = await start()
  const underWay = ask(gateway).catch(() => 'cut off')
  await slow.asked
  void gateway.stop('SIGINT')
  await refusesConnections(gateway)
  // Until it is a while: what comes at once after the first is npm's echo of it, and is not obeyed.
  const nagging = setInterval(() => void gateway.stop('SIGINT'), 100)
  expect(await gateway.ended).toBe(1)
  clearInterval(nagging)
  expect(await underWay).toBe('cut off')
})

test('a stop during the start is obeyed as soon as the start is done', async () => {
  const gateway = startProgram(folder.path, ['start'])
  await gateway.printed(/Making|Composing/, 'err')
  expect(gateway.out()).toBe('')
  expect(await gateway.stop('SIGTERM')).toBe(0)
  expect(gateway.err()).toMatch(/stopped\n$/)
})

async function auditText(): Promise<string> {
  const directory = join(folder.path, 'data', 'audit')
  const names = (await readdir(directory)).filter((name) => /^\d+\.ndjson$/.test(name))
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('')
}
