import { createServer } from 'node:http'
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from 'node:http'
import { buffer } from 'node:stream/consumers'

/** One request as a server saw it. */
export interface Seen {
  readonly method: string
  readonly path: string
  readonly headers: IncomingHttpHeaders
  readonly body: string
}

/** A server that answers as old systems do, or does not. */
export interface OddServer {
  readonly url: string
  readonly seen: readonly Seen[]
  close(): Promise<void>
}

/** Starts one on a free port of this machine; `answer` is told each request, and how many there were before it. */
export async function oddServer(
  answer: (response: ServerResponse, seen: Seen, before: number) => void,
): Promise<OddServer> {
  const seen: Seen[] = []
  const respond = async (request: IncomingMessage, response: ServerResponse): Promise<void> => {
    const body = (await buffer(request)).toString('utf8')
    const one = { method: request.method ?? '', path: request.url ?? '', headers: request.headers, body }
    answer(response, one, seen.push(one) - 1)
  }
  const server = createServer((request, response) => void respond(request, response).catch(() => response.destroy()))
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const address = server.address()
  return {
    url: `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}`,
    seen,
    async close() {
      server.closeAllConnections()
      await new Promise((resolve) => server.close(resolve))
    },
  }
}
