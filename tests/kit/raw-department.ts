import { generateKeyPairSync } from 'node:crypto'
import { createServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { afterEach, beforeEach } from 'vitest'
import { httpDepartment } from '../../gateway/adapters/http-department.ts'
import { createSubgraphClients } from '../../gateway/adapters/subgraph-clients.ts'
import type { DepartmentClient } from '../../gateway/adapters/subgraph-clients.ts'
import type { CallKey } from '../../subgraphs/kit/call-context.ts'

/** One request as it came over the wire. */
export interface RawRequest {
  readonly head: string
  readonly body: string
  /** Which connection it came by, from 0 on, and the how manieth of it this is. */
  readonly connection: number
  readonly turn: number
}

/** What the server does once a whole request has come. */
export type Behaviour = (socket: Socket, request: RawRequest, nth: number) => void

/** A department's machine that speaks TCP and does with each request what a test wants. */
export interface RawDepartment {
  readonly url: string
  readonly port: number
  /** Every whole request, in order. */
  readonly requests: readonly RawRequest[]
  /** Connections that were made, and those that have ended. */
  readonly connections: { readonly made: number; readonly ended: number }
  behave(behaviour: Behaviour): void
  close(): Promise<void>
}

/** A key that signs calls, where nobody checks them. */
export const SOME_KEY: CallKey = { kid: 'g1', privateKey: generateKeyPairSync('ed25519').privateKey }

/** A whole answer with its length. */
export function answer(body: string | Buffer, status = '200 OK', headers = ''): Buffer {
  const bytes = Buffer.from(body)
  return Buffer.concat([Buffer.from(`HTTP/1.1 ${status}\r\n${headers}content-length: ${bytes.length}\r\n\r\n`), bytes])
}

/** Starts one; `port` 0 takes a free one. It answers `{"data":{}}` until it is told otherwise. */
export async function startRawDepartment(port = 0): Promise<RawDepartment> {
  const requests: RawRequest[] = []
  const connections = { made: 0, ended: 0 }
  const sockets = new Set<Socket>()
  let behaviour: Behaviour = (socket) => void socket.write(answer('{"data":{}}'))

  const server = createServer({ allowHalfOpen: true }, (socket) => {
    const connection = connections.made
    connections.made += 1
    sockets.add(socket)
    // Whoever is cut off in the middle resets the connection: that is what is being tested.
    socket.on('error', () => undefined)
    socket.on('end', () => socket.end())
    socket.on('close', () => {
      sockets.delete(socket)
      connections.ended += 1
    })
    let turn = 0
    readRequests(socket, (head, body) => {
      const request = { head, body, connection, turn: turn++ }
      requests.push(request)
      behaviour(socket, request, requests.length - 1)
    })
  })
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, '127.0.0.1', resolve)
  })
  const address = server.address() as AddressInfo
  return {
    url: `http://127.0.0.1:${address.port}/graphql`,
    port: address.port,
    requests,
    connections,
    behave: (next) => void (behaviour = next),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      for (const socket of sockets) socket.destroy()
      await closed
    },
  }
}

/** Cuts a connection's bytes into requests, which all have a length. */
function readRequests(socket: Socket, each: (head: string, body: string) => void): void {
  let read = Buffer.alloc(0)
  socket.on('data', (bytes: Buffer) => {
    read = Buffer.concat([read, bytes])
    for (;;) {
      const end = read.indexOf('\r\n\r\n')
      if (end < 0) return
      const head = read.toString('latin1', 0, end)
      const length = Number(/^content-length: (\d+)$/im.exec(head)?.[1] ?? 0)
      if (read.length < end + 4 + length) return
      const body = read.toString('utf8', end + 4, end + 4 + length)
      read = read.subarray(end + 4 + length)
      each(head, body)
    }
  })
}

/** What a test wants of the way to a machine; one call at once, ten seconds, and no pause, where it says nothing. */
export interface WaySetting {
  readonly concurrency?: number
  readonly timeoutMs?: number
  readonly jitter?: () => number
  readonly key?: () => CallKey
}

/** One question to the department. */
export interface Question {
  readonly idempotent?: boolean
  readonly signal?: AbortSignal
  readonly query?: string
}

/** For whom the machine is asked. */
export const CONTEXT = { receipt: 'gx_1', consumer: 'housing-urban-rural', matter: null }

/** A machine for each test of a file, and the gateway's ways to it; all of them are closed after the test. */
export function eachWithMachine() {
  let machine: RawDepartment | null = null
  let open: DepartmentClient[] = []
  beforeEach(async () => {
    machine = await startRawDepartment()
  })
  afterEach(async () => {
    const closing = open.map((one) => one.close())
    open = []
    await machine?.close()
    await Promise.all(closing)
  })
  const current = (): RawDepartment => {
    if (machine === null) throw new Error('there is no machine outside of a test')
    return machine
  }
  return {
    get machine() {
      return current()
    },
    /** Starts it again at its own place, after it was closed. */
    async restart() {
      machine = await startRawDepartment(current().port)
    },
    wayTo(setting: WaySetting = {}) {
      const { concurrency = 1, timeoutMs = 10_000, jitter = () => 0, key = () => SOME_KEY } = setting
      const bounds = { concurrency, timeoutMs }
      const client = httpDepartment('tax', current().url, key, bounds)
      open.push(client)
      const skipped = { ms: 0 }
      const monotonic = (): number => performance.now() + skipped.ms
      const clients = createSubgraphClients(new Map([['tax', client]]), () => bounds, { monotonic }, jitter)
      const ask = ({ idempotent = true, signal = NEVER, query = '{ a }' }: Question = {}) =>
        clients.fetch('tax', { query, variables: {}, rules: { idempotent, keep: null } }, CONTEXT, signal)
      return {
        ask,
        /** Milliseconds by which the clock of line and circuit is ahead. */
        skipped,
        /** Past line and circuit. */
        client,
        health: () => clients.health().get('tax'),
        /** Closes it during the test. */
        close() {
          open = open.filter((one) => one !== client)
          return client.close()
        },
      }
    },
  }
}

const NEVER = new AbortController().signal
