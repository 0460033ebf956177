import { createHmac } from 'node:crypto'
import { lookup } from 'node:dns'
import { readFileSync } from 'node:fs'
import { BlockList, isIP } from 'node:net'
import type { LookupFunction } from 'node:net'
import { Agent, request } from 'undici'
import type { AlarmSink } from '../governance/alarms/deliver.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Where alarms are posted to. */
export interface WebhookAddress {
  readonly url: string
  /** Shared with the receiver, who checks signatures by it. */
  readonly secret: string
  /** Whether the address may lie in a private network, or on this machine. */
  readonly privateNetwork: boolean
  /** PEM file of the authorities that the receiver's certificate must come from; null: those that Node knows. */
  readonly authorities: string | null
}

/** A receiver, until it is closed. */
export interface Webhook extends AlarmSink {
  close(): Promise<void>
}

/** Milliseconds that a receiver may take; shorter than a delivery's claim. */
const PATIENCE = 10_000

/** Networks that a public address never lies in: what an operator does not mean to reach must not be reached. */
const PRIVATE = new BlockList()
for (const [network, bits] of [
  ['0.0.0.0', 8],
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['127.0.0.0', 8],
  ['169.254.0.0', 16],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv4')
for (const [network, bits] of [
  ['::', 127],
  ['fc00::', 7],
  ['fe80::', 10],
] as const)
  PRIVATE.addSubnet(network, bits, 'ipv6')

/** Why a message was not taken; `code` is what the log shows, and neither holds an address or an answer. */
class WebhookFault extends Error {
  readonly code: string

  constructor(code: string) {
    super('the webhook did not take an alarm')
    this.name = 'WebhookFault'
    this.code = code
  }
}

/**
 * Posts each message as JSON, signed: header `x-gongxiang-signature` is `v1=` and the hex digits of HMAC-SHA-256 over the
 * text of `x-gongxiang-timestamp`, a full stop and the body; `idempotency-key` is the same for the same event. Taken is
 * what is answered with a status from 200 to 299; a redirect is not followed.
 */
export function openWebhook(address: WebhookAddress, clock: Pick<Clock, 'now'>): Webhook {
  const { url, secret, privateNetwork, authorities } = address
  const ca = authorities === null ? {} : { ca: readFileSync(authorities, 'utf8') }
  const agent = new Agent({
    connections: 1,
    connect: { ...ca, timeout: PATIENCE, ...(privateNetwork ? {} : { lookup: publicOnly }) },
  })
  return {
    name: 'webhook',
    async send(message) {
      if (!privateNetwork && isPrivateHost(url)) throw new WebhookFault('PRIVATE_ADDRESS')
      const body = JSON.stringify(message)
      const timestamp = String(Math.floor(clock.now() / 1_000))
      const { statusCode, body: answer } = await request(url, {
        dispatcher: agent,
        method: 'POST',
        headersTimeout: PATIENCE,
        bodyTimeout: PATIENCE,
        signal: AbortSignal.timeout(PATIENCE),
        headers: {
          'content-type': 'application/json; charset=utf-8',
          'user-agent': 'gongxiang',
          'idempotency-key': message.id,
          'x-gongxiang-timestamp': timestamp,
          'x-gongxiang-signature': `v1=${webhookSignature(secret, timestamp, body)}`,
        },
        body,
      })
      await answer.dump()
      if (statusCode < 200 || statusCode > 299) throw new WebhookFault(`STATUS_${statusCode}`)
    },
    close: () => agent.close(),
  }
}

/** What a receiver works out itself and compares. */
export function webhookSignature(secret: string, timestamp: string, body: string): string {
  return createHmac('sha256', secret).update(`${timestamp}.${body}`).digest('hex')
}

/** Whether an address of the Internet Protocol lies in a private network. */
export function isPrivateAddress(address: string): boolean {
  return PRIVATE.check(address, isIP(address) === 6 ? 'ipv6' : 'ipv4')
}

/** A host that is given as an address is looked up by nobody. */
function isPrivateHost(url: string): boolean {
  const host = new URL(url).hostname.replace(/^\[|\]$/g, '')
  return isIP(host) !== 0 && isPrivateAddress(host)
}

/** Names are looked up as usual, and what they stand for is held against the private networks before anything is sent. */
const publicOnly: LookupFunction = (host, options, done) => {
  lookup(host, { ...options, all: true }, (error, addresses) => {
    if (error !== null) return done(error, '')
    if (addresses.some(({ address }) => isPrivateAddress(address))) return done(new WebhookFault('PRIVATE_ADDRESS'), '')
    const [first] = addresses
    if (options.all === true) return done(null, addresses)
    return first === undefined ? done(new WebhookFault('NO_ADDRESS'), '') : done(null, first.address, first.family)
  })
}
