import { createServer } from 'node:http'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { publishFailure } from '../observe/channels.ts'
import { EXPOSITION_TYPE, exposition } from '../observe/metrics/exposition.ts'
import type { Family } from '../observe/metrics/family.ts'
import type { Readiness } from './server.ts'

/** Where operators look, and what they are shown. */
export interface OperatorsServerOptions {
  readonly host: string
  readonly port: number
  readonly families: () => Promise<readonly Family[]>
  readonly readiness: () => Promise<Readiness>
}

/** The address of the operators: metrics and health, and nothing else. */
export interface OperatorsServer {
  readonly port: number
  close(): Promise<void>
}

/** Longest time for a request, in milliseconds; nobody sends anything here. */
const TIMEOUT = 10_000

/**
 * Serves `/metrics`, `/health/live` and `/health/ready` on an address of its own: nothing there asks for a token, so it
 * is never the port that departments reach. Rejects with the system's error where the address cannot be had.
 */
export async function startOperatorsServer(options: OperatorsServerOptions): Promise<OperatorsServer> {
  const server = createServer((request, response) => {
    respond(options, request, response).catch((error: unknown) => {
      publishFailure(() => ({ receipt: null, where: 'metrics', code: 'INTERNAL', error }))
      if (!response.headersSent) send(request, response, 500, 'text/plain; charset=utf-8', 'see the log\n')
      else response.destroy()
    })
  })
  server.requestTimeout = TIMEOUT
  await new Promise<void>((resolve, reject) => {
    server.once('error', reject)
    server.listen({ host: options.host, port: options.port }, resolve)
  })
  server.removeAllListeners('error')
  server.on('error', (error) => publishFailure(() => ({ receipt: null, where: 'metrics', code: null, error })))
  const address = server.address()
  return {
    port: typeof address === 'object' && address !== null ? address.port : options.port,
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

async function respond(
  { families, readiness }: OperatorsServerOptions,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  if (request.method !== 'GET' && request.method !== 'HEAD') {
    response.setHeader('allow', 'GET, HEAD')
    return sendJson(request, response, 405, { status: 'method-not-allowed' })
  }
  switch ((request.url ?? '').split('?', 1)[0]) {
    case '/metrics':
      return send(request, response, 200, EXPOSITION_TYPE, exposition(await families()))
    case '/health/live':
      return sendJson(request, response, 200, { status: 'live' })
    case '/health/ready': {
      const { ok, checks } = await readiness()
      return sendJson(request, response, ok ? 200 : 503, { status: ok ? 'ready' : 'not-ready', checks })
    }
    default:
      return sendJson(request, response, 404, { status: 'not-found' })
  }
}

function sendJson(request: IncomingMessage, response: ServerResponse, status: number, value: unknown): void {
  send(request, response, status, 'application/json; charset=utf-8', JSON.stringify(value))
}

function send(request: IncomingMessage, response: ServerResponse, status: number, type: string, text: string): void {
  const body = Buffer.from(text)
  response.writeHead(status, {
    'cache-control': 'no-store',
    'x-content-type-options': 'nosniff',
    'content-type': type,
    'content-length': body.length,
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}
