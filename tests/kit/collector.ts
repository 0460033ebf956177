import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import type { OtlpSpan } from '../../gateway/observe/trace/spans.ts'

/** A collector of traces on loopback that keeps what it is sent. */
export interface TestCollector {
  readonly endpoint: string
  /** Bodies as they came. */
  readonly bodies: readonly string[]
  spans(): readonly OtlpSpan[]
  /** Answers with this status from now on. */
  answer(status: number): void
  /** Lets nobody have an answer from now on. */
  hang(): void
  close(): Promise<void>
}

interface Message {
  readonly resourceSpans: readonly { readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[] }[]
}

export async function startCollector(): Promise<TestCollector> {
  const bodies: string[] = []
  let status: number | null = 200
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      if (request.url !== '/v1/traces' || request.headers['content-type'] !== 'application/json') status = 400
      bodies.push(Buffer.concat(chunks).toString('utf8'))
      if (status !== null) response.writeHead(status, { 'content-type': 'application/json' }).end('{}')
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    endpoint: `http://127.0.0.1:${port}/v1/traces`,
    bodies,
    spans: () =>
      bodies.flatMap((body) =>
        (JSON.parse(body) as Message).resourceSpans.flatMap((one) => one.scopeSpans.flatMap(({ spans }) => spans)),
      ),
    answer: (next) => void (status = next),
    hang: () => void (status = null),
    async close() {
      const closed = new Promise((resolve) => server.close(resolve))
      server.closeAllConnections()
      await closed
    },
  }
}

/** An attribute of a span, as text. */
export function attributeOf({ attributes }: OtlpSpan, key: string): string | readonly string[] | undefined {
  const value = attributes.find((one) => one.key === key)?.value
  if (value === undefined) return undefined
  if ('arrayValue' in value) return value.arrayValue.values.map(({ stringValue }) => stringValue)
  return 'stringValue' in value ? value.stringValue : value.intValue
}
