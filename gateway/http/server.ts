import { createServer } from 'node:http'
import type { IncomingMessage, Server, ServerResponse } from 'node:http'
import { publishFailure } from '../observe/channels.ts'
import { answerError } from '../project/answer.ts'
import type { HttpAnswer, HttpRequest } from '../request/http.ts'
import { languageOf } from '../request/language.ts'
import { httpStatus } from '../vocabulary/codes.ts'
import type { Code } from '../vocabulary/codes.ts'
import type { ConsoleHandler } from './graphiql.ts'
import { readRequest } from './read-request.ts'

/** Whether requests may be served, with what is wrong for operators. */
export interface Readiness {
  readonly ok: boolean
  readonly checks: Readonly<Record<string, { readonly ok: boolean; readonly detail: string }>>
}

/** Address, bounds (bytes, milliseconds) and handlers of the HTTP server. */
export interface HttpServerOptions {
  readonly host: string
  readonly port: number
  /** Whether further processes listen on the same address: the system then shares connections out among them. */
  readonly reusePort?: boolean
  readonly bodyLimitBytes: number
  readonly requestTimeoutMs: number
  readonly handle: (request: HttpRequest) => Promise<HttpAnswer>
  readonly readiness: () => Promise<Readiness>
  readonly console: ConsoleHandler | null
}

/** A listening server. `drain` stops taking requests and waits for those under way. */
export interface HttpServer {
  readonly port: number
  drain(milliseconds: number): Promise<void>
}

const HEADERS = { 'cache-control': 'no-store', 'x-content-type-options': 'nosniff', 'referrer-policy': 'no-referrer' }

/** Starts the HTTP server. Rejects with the system's error where the address cannot be had. */
export async function startHttpServer(options: HttpServerOptions): Promise<HttpServer> {
  let draining = false
  const running = new Set<Promise<void>>()
  const server = createServer((request, response) => {
    // A connection that was busy when draining began would else be kept open for a next request, for seconds.
    response.once('close', () => draining && setImmediate(() => server.closeIdleConnections()))
    const responding = respond(options, request, response, draining)
      .catch((error: unknown) => {
        publishFailure(() => ({ receipt: null, where: 'http', code: 'INTERNAL', error }))
        if (!response.headersSent) sendFault(request, response, 'INTERNAL')
        else response.destroy()
      })
      .finally(() => running.delete(responding))
    running.add(responding)
  })
  server.requestTimeout = options.requestTimeoutMs
  server.headersTimeout = Math.min(options.requestTimeoutMs, 15_000)
  const port = await listen(server, options)
  return {
    port,
    async drain(milliseconds) {
      draining = true
      const closed = new Promise<void>((resolve) => server.close(() => resolve()))
      server.closeIdleConnections()
      const timer = setTimeout(() => server.closeAllConnections(), milliseconds)
      await closed
      clearTimeout(timer)
      // A client that was cut off has departments asked for it all the same: what they are asked is recorded.
      await Promise.all(running)
    },
  }
}

async function listen(
  server: Server,
  { port, host, reusePort = false }: Pick<HttpServerOptions, 'port' | 'host' | 'reusePort'>,
): Promise<number> {
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ port, host, reusePort }, resolve)
  })
  server.removeAllListeners('error')
  server.on('error', (error) => publishFailure(() => ({ receipt: null, where: 'http', code: null, error })))
  const address = server.address()
  return typeof address === 'object' && address !== null ? address.port : port
}

async function respond(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  draining: boolean,
): Promise<void> {
  const [path = '', query] = (request.url ?? '').split('?', 2)
  if (draining) response.setHeader('connection', 'close')
  if (path === '/graphql') return respondGraphql(options, request, response, query === undefined ? '' : `?${query}`)
  if (path === '/health/live') return sendJson(request, response, 200, { status: 'live' })
  if (path === '/health/ready') return respondReady(options, request, response, draining)
  if (options.console && (await options.console(request, response))) return
  sendFault(request, response, 'NOT_FOUND')
}

/** Every answer of this address has a receipt: what is wrong with a request is a fault that the handler tells. */
async function respondGraphql(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  search: string,
): Promise<void> {
  if (request.method !== 'POST') response.setHeader('allow', 'POST')
  const gone = new AbortController()
  const over = (): void => gone.abort(new DOMException('the request took too long', 'TimeoutError'))
  const timer = setTimeout(over, options.requestTimeoutMs)
  response.once('close', () => {
    clearTimeout(timer)
    if (!response.writableFinished) gone.abort()
  })
  const { signal } = gone
  const read = await readRequest(request, search, options.bodyLimitBytes, signal)
  const answer = await options.handle(read)
  const body = Buffer.from(answer.body)
  response.writeHead(answer.status, {
    ...HEADERS,
    ...Object.fromEntries(answer.headers),
    'content-length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

async function respondReady(
  options: HttpServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
  draining: boolean,
): Promise<void> {
  const readiness = await options.readiness()
  const ok = readiness.ok && !draining
  const local = isLoopback(request.socket.remoteAddress)
  sendJson(request, response, ok ? 200 : 503, {
    status: draining ? 'draining' : ok ? 'ready' : 'not-ready',
    checks: Object.fromEntries(
      // Versions, paths and reasons are for the operators of this machine.
      Object.entries(readiness.checks).map(([name, one]) => [name, local ? one : { ok: one.ok }]),
    ),
  })
}

function isLoopback(address: string | undefined): boolean {
  return address !== undefined && /^(::ffff:)?127\.|^::1$/.test(address)
}

function sendFault(request: IncomingMessage, response: ServerResponse, code: Code): void {
  const error = answerError(code, languageOf(request.headers['accept-language']), {})
  sendJson(request, response, httpStatus(code), { errors: [error] })
}

function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  const body = Buffer.from(JSON.stringify(value))
  response.writeHead(status, {
    ...HEADERS,
    'content-type': 'application/json; charset=utf-8',
    'content-length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
