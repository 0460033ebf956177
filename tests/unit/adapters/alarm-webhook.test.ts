import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { RequestListener, Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { text } from 'node:stream/consumers'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { isPrivateAddress, openWebhook, webhookSignature } from '../../../gateway/adapters/alarm-webhook.ts'
import type { Webhook, WebhookAddress } from '../../../gateway/adapters/alarm-webhook.ts'
import type { AlarmMessage } from '../../../gateway/governance/alarms/message.ts'
import { createAuthority } from '../../kit/certificates.ts'

const SECRET = 'x'.repeat(32)
const clock = { now: () => Date.parse('2026-11-23T02:00:00.700Z') }
const message = { version: 1, id: 'al_1:7' } as AlarmMessage

interface Got {
  readonly path: string
  readonly signature: string
  readonly timestamp: string
  readonly key: string
  readonly body: string
}

let got: Got[]
let status: number
let servers: Server[]
let webhooks: Webhook[]
let folder: string
beforeEach(async () => {
  ;[got, servers, webhooks, status] = [[], [], [], 200]
  folder = await mkdtemp(join(tmpdir(), 'gx-webhook-'))
})
afterEach(async () => {
  await Promise.all(webhooks.map((one) => one.close()))
  await Promise.all(servers.map((one) => new Promise((done) => one.close(done))))
  await rm(folder, { recursive: true, force: true })
})

const take: RequestListener = (request, response) => {
  const header = (name: string): string => String(request.headers[name])
  void text(request).then((body) => {
    got.push({
      path: request.url ?? '',
      signature: header('x-gongxiang-signature'),
      timestamp: header('x-gongxiang-timestamp'),
      key: header('idempotency-key'),
      body,
    })
    response.writeHead(status, { location: '/elsewhere' }).end('thank you')
  })
}

async function listen(server: Server): Promise<number> {
  servers.push(server)
  await new Promise<void>((ready) => server.listen(0, '127.0.0.1', ready))
  return (server.address() as AddressInfo).port
}

async function receiver(): Promise<string> {
  return `http://127.0.0.1:${await listen(createServer(take))}/alarms`
}

function webhook(url: string, changes: Partial<WebhookAddress> = {}): Webhook {
  const opened = openWebhook({ url, secret: SECRET, privateNetwork: true, authorities: null, ...changes }, clock)
  webhooks.push(opened)
  return opened
}

const codeOf = (act: Promise<void>): Promise<unknown> =>
  act.then(
    () => 'taken',
    (error: unknown) => (error instanceof Error && 'code' in error ? error.code : error),
  )

describe('a webhook', () => {
  test('posts what is signed over time and body, under the key of the event', async () => {
    await webhook(await receiver()).send(message)
    const timestamp = '1795399200'
    const body = '{"version":1,"id":"al_1:7"}'
    expect(got).toEqual([
      { path: '/alarms', timestamp, key: 'al_1:7', body, signature: `v1=${webhookSignature(SECRET, timestamp, body)}` },
    ])
    // Worked out with: printf '%s' '1795399200.{"version":1,"id":"al_1:7"}' | openssl dgst -sha256 -hmac xxxx…
    expect(webhookSignature(SECRET, timestamp, body)).toMatch(/^[0-9a-f]{64}$/)
    expect(webhookSignature(SECRET, '1795399201', body)).not.toBe(webhookSignature(SECRET, timestamp, body))
    expect(webhookSignature('y'.repeat(32), timestamp, body)).not.toBe(webhookSignature(SECRET, timestamp, body))
  })

  test.each([302, 307, 400, 500, 503])('takes %i for no, and follows nobody', async (answer) => {
    status = answer
    expect(await codeOf(webhook(await receiver()).send(message))).toBe(`STATUS_${answer}`)
    expect(got.map(({ path }) => path)).toEqual(['/alarms'])
  })

  test('reaches no private network unless that is configured: by address, by name, in either notation', async () => {
    const url = await receiver()
    const { port } = new URL(url)
    for (const host of ['127.0.0.1', 'localhost', '[::1]', '[::ffff:127.0.0.1]', '2130706433', '0x7f.1'])
      expect([host, await codeOf(webhook(`http://${host}:${port}/`, { privateNetwork: false }).send(message))]).toEqual(
        [host, 'PRIVATE_ADDRESS'],
      )
    expect(got).toEqual([])
  })

  test.each([
    ['10.1.2.3', true],
    ['172.31.0.1', true],
    ['172.32.0.1', false],
    ['192.168.9.9', true],
    ['169.254.169.254', true],
    ['100.64.0.1', true],
    ['8.8.8.8', false],
    ['fd00::1', true],
    ['fe80::1', true],
    ['2001:db8::1', false],
    ['::ffff:10.0.0.1', true],
  ])('%s is private: %s', (address, isPrivate) => {
    expect(isPrivateAddress(address)).toBe(isPrivate)
  })

  test('takes no certificate but that of the authorities given', async () => {
    const authority = await createAuthority(folder)
    const paths = await authority.issue('localhost')
    const material = { cert: await readFile(paths.certificate), key: await readFile(paths.key) }
    const url = `https://localhost:${await listen(createTlsServer(material, take))}/alarms`
    expect(await codeOf(webhook(url).send(message))).not.toBe('taken')
    expect(got).toEqual([])
    expect(await codeOf(webhook(url, { authorities: paths.authorities }).send(message))).toBe('taken')
    const other = url.replace('localhost', '127.0.0.1')
    expect(await codeOf(webhook(other, { authorities: paths.authorities }).send(message))).toBe(
      'ERR_TLS_CERT_ALTNAME_INVALID',
    )
  })
})
