import { createServer } from 'node:http'
import { createServer as createTlsServer } from 'node:https'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { httpStatus, message } from '../../gateway/vocabulary/codes.ts'
import type { Code } from '../../gateway/vocabulary/codes.ts'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { CALL_CONTEXT_HEADER } from './call-context.ts'
import type { CallVerifier } from './call-context.ts'
import { gatewayAlone } from './gateway-certificate.ts'
import type { ServedTls } from './gateway-certificate.ts'
import type { Subgraph } from './contract.ts'
import { readRequest } from './subgraph.ts'

/** Bytes of a request at most: 1,000 representations need about 100 kB. */
const MAX_BODY = 4 * 1024 * 1024

/** Where and for whom a subgraph is served. */
export interface ServeOptions {
  readonly port: number
  readonly host: string
  readonly verifier: CallVerifier
  /** Both sides show certificates; without it plain HTTP, for a network that is protected otherwise. */
  readonly tls?: ServedTls | undefined
}

/** A subgraph on the network. `close` waits for requests under way, then closes the subgraph too. */
export interface ServedSubgraph {
  /** `http://host:port/graphql`, `https://…` with certificates. */
  readonly url: string
  close(): Promise<void>
}

/**
 * Serves one subgraph: `POST /graphql` for the gateway's signed calls alone, `GET /health` for anybody. Any other call
 * is refused before anything is executed. Rejects when the port cannot be had.
 */
export async function serveSubgraph(
  subgraph: Subgraph,
  { port, host, verifier, tls }: ServeOptions,
): Promise<ServedSubgraph> {
  const watched = { ...subgraph, health: askedOnce(() => subgraph.health()) }
  const { server, trusted } = open(tls, (request, response) => {
    const known: CallVerifier = async (token) => {
      trusted(request)
      return verifier(token)
    }
    void respond(watched, known, request, response)
  })
  server.requestTimeout = 10_000
  const address = await listen(server, port, host)
  return {
    url: `${tls === undefined ? 'http' : 'https'}://${host.includes(':') ? `[${host}]` : host}:${address}/graphql`,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeIdleConnections()
      await closed
      await subgraph.close()
    },
  }
}

/** Milliseconds for which one look at the old system serves all who ask: anybody may, and each look is work for it. */
const HEALTH_KEPT = 2_000

function askedOnce(look: Subgraph['health']): Subgraph['health'] {
  let last: { readonly until: number; readonly health: ReturnType<Subgraph['health']> } | null = null
  return () => {
    if (last === null || performance.now() >= last.until)
      last = { until: performance.now() + HEALTH_KEPT, health: look() }
    return last.health
  }
}

interface OpenServer {
  readonly server: Server
  /** Throws `UNAUTHENTICATED` where the connection is not the gateway's own. */
  readonly trusted: (request: IncomingMessage) => void
}

function open(
  tls: ServedTls | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => void,
): OpenServer {
  if (tls === undefined) return { server: createServer(answer), trusted: () => {} }
  const server = createTlsServer({ ...tls.current(), requestCert: true, rejectUnauthorized: false }, answer)
  return { server, trusted: gatewayAlone(server, tls) }
}

async function listen(server: Server, port: number, host: string): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen(port, host, resolve)
  })
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function respond(
  subgraph: Subgraph,
  verifier: CallVerifier,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  // A caller that went away must not keep the old system at work.
  const gone = new AbortController()
  response.once('close', () => gone.abort())
  try {
    await route(subgraph, verifier, request, response, gone.signal)
  } catch (error) {
    refuse(response, error instanceof Failure ? error.code : 'INTERNAL')
  }
}

async function route(
  subgraph: Subgraph,
  verifier: CallVerifier,
  request: IncomingMessage,
  response: ServerResponse,
  signal: AbortSignal,
): Promise<void> {
  const path = request.url?.split('?', 1)[0]
  if (path === '/health') return sendHealth(subgraph, request, response)
  if (path !== '/graphql') throw new Failure('NOT_FOUND')
  if (request.method !== 'POST') throw new Failure('METHOD_NOT_ALLOWED')
  const token = request.headers[CALL_CONTEXT_HEADER]
  const call = await verifier(typeof token === 'string' ? token : undefined)
  const body = await readBody(request)
  call.checkBody(body)
  const parsed = readRequest(parseJson(body))
  if (parsed === null) throw new Failure('BAD_REQUEST')
  send(response, 200, await subgraph.execute(parsed, call.context, signal))
}

async function sendHealth(subgraph: Subgraph, request: IncomingMessage, response: ServerResponse): Promise<void> {
  if (request.method !== 'GET') throw new Failure('METHOD_NOT_ALLOWED')
  const { ok } = await subgraph.health()
  // Anybody may ask, so the detail stays with the operators.
  send(response, ok ? 200 : 503, { name: subgraph.name, ok })
}

async function readBody(request: IncomingMessage): Promise<Buffer> {
  const chunks: Buffer[] = []
  let size = 0
  const body: AsyncIterable<unknown> = request
  for await (const bytes of body) {
    if (!Buffer.isBuffer(bytes)) throw new Failure('INTERNAL')
    size += bytes.length
    if (size > MAX_BODY) throw new Failure('PAYLOAD_TOO_LARGE')
    chunks.push(bytes)
  }
  return Buffer.concat(chunks)
}

function parseJson(body: Buffer): unknown {
  try {
    return JSON.parse(body.toString('utf8'))
  } catch {
    throw new Failure('BAD_REQUEST')
  }
}

function refuse(response: ServerResponse, code: Code): void {
  if (response.headersSent || response.destroyed) return
  // The rest of a body that was not read must not be taken for the next request.
  response.setHeader('connection', 'close')
  send(response, httpStatus(code), { errors: [{ message: message(code, 'en'), extensions: { code } }] })
}

function send(response: ServerResponse, status: number, body: unknown): void {
  const bytes = Buffer.from(JSON.stringify(body))
  response.writeHead(status, { 'content-type': 'application/json', 'content-length': bytes.length })
  response.end(bytes)
}
