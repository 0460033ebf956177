import { readdir, readFile } from 'node:fs/promises'
import { createServer, connect } from 'node:net'
import type { AddressInfo } from 'node:net'
import { join } from 'node:path'
import { openKeyFiles } from '../../gateway/adapters/key-files.ts'
import { mintToken } from '../../gateway/caller/development-issuer.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { sendRaw } from './gateway-http.ts'
import type { Reply } from './gateway-http.ts'

/** Who asks what of a gateway that runs in processes of its own. */
export interface FarAsk {
  readonly as: TokenSubject
  readonly matter: string
  readonly case?: string
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** In place of one that is made now. */
  readonly token?: string
}

/** A token as the embedded identity provider of a data folder makes it now. */
export async function tokenFrom(dataDirectory: string, subject: TokenSubject): Promise<string> {
  const keys = await openKeyFiles(keysDirectory({ dataDirectory }), 'embedded', systemClock)
  const terms = { issuer: 'https://gongxiang.example/embedded', audience: 'gongxiang' }
  return mintToken(keys.signing('token-signing'), subject, { ...terms, now: systemClock.now(), ttlSeconds: 3_600 })
}

/** Asks on a connection of its own: which process takes it is the system's to choose. */
export async function askFar(url: string, dataDirectory: string, ask: FarAsk): Promise<Reply> {
  const token = ask.token ?? (await tokenFrom(dataDirectory, ask.as))
  const headers: [string, string][] = [
    ['content-type', 'application/json'],
    ['authorization', `Bearer ${token}`],
    ['x-matter', ask.matter],
    ...(ask.case === undefined ? [] : [['x-case', ask.case] as [string, string]]),
  ]
  return sendRaw(url, { headers, body: JSON.stringify({ query: ask.query, variables: ask.variables }) })
}

/** All that stands in the records of an audit folder. */
export async function recordsText(directory: string): Promise<string> {
  const names = (await readdir(directory)).filter((name) => /^\d{8}\.ndjson$/.test(name))
  return (await Promise.all(names.map((name) => readFile(join(directory, name), 'utf8')))).join('')
}

/** The number of the process that recorded a receipt. */
export async function processOf(auditDirectory: string, receipt: string): Promise<number> {
  const found: number[] = []
  for (const name of (await readdir(auditDirectory)).filter((one) => /^\d+$/.test(one)))
    if ((await recordsText(join(auditDirectory, name))).includes(`"receipt":"${receipt}"`)) found.push(Number(name))
  const [only] = found
  if (found.length !== 1 || only === undefined) throw new Error(`${receipt} stands in ${found.length} chains`)
  return only
}

/** Hands connections on to several addresses in turn, and knows nothing of what goes through. */
export async function startProxy(urls: readonly string[]): Promise<{ url: string; close(): Promise<void> }> {
  let next = 0
  const server = createServer((socket) => {
    const { hostname, port } = new URL(urls[next++ % urls.length] ?? '')
    const upstream = connect(Number(port), hostname)
    socket.pipe(upstream).pipe(socket)
    for (const one of [socket, upstream])
      one.on('error', () => {
        socket.destroy()
        upstream.destroy()
      })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    close: () => new Promise((resolve) => void server.close(() => resolve())),
  }
}
