import type { ServerResponse } from 'node:http'
import { brotliCompressSync, gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterEach, describe, expect, test } from 'vitest'
import { restSource } from '../../../subgraphs/kit/http/rest.ts'
import type { RestDialect, RestLimits } from '../../../subgraphs/kit/http/rest.ts'
import { household } from '../../../subgraphs/public-security/source.ts'
import { oddServer } from '../../kit/odd-server.ts'
import type { OddServer, Seen } from '../../kit/odd-server.ts'

const LIMITS: RestLimits = { connections: 2, timeout: 2500, replyBytes: 100_000 }
const LOOKUP = { register: household, columns: ['gmsfhm'], keys: [], signal: undefined }
const AS_OF = '2026-11-20T00:00:00+08:00'
const dialect: RestDialect = {
  call: () => ({ path: '/batch', body: { numbers: ['secret'] } }),
  read: (reply) => ({ rows: [{ reply }], asOf: AS_OF }),
  status: { path: '/time', read: () => AS_OF },
}

type Answer = (response: ServerResponse, seen: Seen, before: number) => void

describe('an old REST system', () => {
  const servers: OddServer[] = []
  afterEach(async () => {
    for (const server of servers.splice(0)) await server.close()
  })

  async function started(answer: Answer): Promise<OddServer> {
    const server = await oddServer(answer)
    servers.push(server)
    return server
  }

  async function fetched(answer: Answer, limits: Partial<RestLimits> = {}, signal?: AbortSignal) {
    const server = await started(answer)
    const source = restSource({
      baseUrl: `${server.url}/base/`,
      headers: {},
      dialect,
      limits: { ...LIMITS, ...limits },
    })
    const outcome: unknown = await source.fetch({ ...LOOKUP, signal }).catch((error: unknown) => error)
    await source.close()
    return { outcome, asked: server.seen.map(({ method, path }) => `${method} ${path}`) }
  }

  test('is called below its base path, and says its time', async () => {
    const server = await started((response) => response.end('{}'))
    const source = restSource({ baseUrl: `${server.url}/base/`, headers: {}, dialect, limits: LIMITS })
    await source.fetch(LOOKUP)
    expect(await source.asOf(household)).toBe(AS_OF)
    expect(server.seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /base/batch', 'GET /base/time'])
    await source.close()
  })

  const page = '<html><body>登录 secret</body></html>'
  const failures: Readonly<Record<string, readonly [Answer, string, Partial<RestLimits>?]>> = {
    'status 500': [(response) => response.writeHead(500).end('secret'), 'SOURCE_UNAVAILABLE'],
    'a redirection': [(response) => response.writeHead(302, { location: '/secret' }).end(), 'SOURCE_UNAVAILABLE'],
    'never an answer': [() => undefined, 'SOURCE_UNAVAILABLE', { timeout: 200 }],
    'half an answer, then nothing': [(response) => response.write('{'), 'SOURCE_UNAVAILABLE', { timeout: 200 }],
    'half an answer, then its end': [
      (response) => {
        response.writeHead(200, { 'content-length': '100' })
        response.write('{"a":', () => response.destroy())
      },
      'SOURCE_UNAVAILABLE',
    ],
    'no JSON': [(response) => response.end(`<html>secret`), 'SOURCE_INVALID'],
    'a page to log in, under 200': [
      (response) => response.writeHead(200, { 'content-type': 'text/html' }).end(page),
      'SOURCE_INVALID',
    ],
    XML: [(response) => response.writeHead(200, { 'content-type': 'text/xml' }).end('<a>secret</a>'), 'SOURCE_INVALID'],
    'too long an answer': [(response) => response.end(`"${'x'.repeat(200_000)}"`), 'SOURCE_INVALID'],
    'a gzip bomb': [
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end(gzipSync(Buffer.alloc(50_000_000, 32))),
      'SOURCE_INVALID',
    ],
    'a bomb in a bomb': [
      (response) =>
        response
          .writeHead(200, { 'content-encoding': 'gzip, gzip' })
          .end(gzipSync(gzipSync(Buffer.alloc(50_000_000, 32)))),
      'SOURCE_INVALID',
    ],
    'what is no gzip': [
      (response) => response.writeHead(200, { 'content-encoding': 'gzip' }).end('{"a":"secret"}'),
      'SOURCE_INVALID',
    ],
    'GBK that says UTF-8': [(response) => response.end(iconv.encode('{"a":"张"}', 'gbk')), 'SOURCE_INVALID'],
    'an unknown character set': [
      (response) => response.writeHead(200, { 'content-type': 'application/json; charset=x-secret' }).end('{}'),
      'SOURCE_INVALID',
    ],
    'lists without end': [
      (response) => response.end('['.repeat(90_000) + ']'.repeat(90_000).slice(1)),
      'SOURCE_INVALID',
    ],
  }
  test.each(Object.entries(failures))(
    'that gives %s fails with a code, once, and without quoting',
    async (_name, [answer, code, limits]) => {
      const { outcome, asked } = await fetched(answer, limits)
      expect(outcome).toMatchObject({ code })
      expect(String(outcome)).not.toContain('secret')
      expect(asked).toEqual(['POST /base/batch'])
    },
  )

  test('that resets a connection before it answers is asked once more', async () => {
    const { outcome, asked } = await fetched((response, _seen, before) =>
      before === 0 ? response.destroy() : response.end('{"a":1}'),
    )
    expect(outcome).toEqual({ rows: [{ reply: { a: 1 } }], asOf: AS_OF })
    expect(asked).toHaveLength(2)
  })

  test('that resets every connection is asked twice, and is gone', async () => {
    const { outcome, asked } = await fetched((response) => response.destroy())
    expect(outcome).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(asked).toHaveLength(2)
  })

  test.each([429, 503])('that has too much to do (%d) is left alone for as long as it says', async (status) => {
    const { outcome, asked } = await fetched((response, _seen, before) =>
      before === 0 ? response.writeHead(status, { 'retry-after': '1' }).end('secret') : response.end('{"a":1}'),
    )
    expect(outcome).toEqual({ rows: [{ reply: { a: 1 } }], asOf: AS_OF })
    expect(asked).toHaveLength(2)
  })

  test('that says so by a date is believed too', async () => {
    const { outcome, asked } = await fetched((response, _seen, before) =>
      before === 0
        ? response.writeHead(503, { 'retry-after': new Date(Date.now() + 1000).toUTCString() }).end()
        : response.end('{"a":1}'),
    )
    expect(outcome).toMatchObject({ asOf: AS_OF })
    expect(asked).toHaveLength(2)
  })

  test('that wants more rest than a question has is told at once, and gets no other call until then', async () => {
    const server = await started((response) => response.writeHead(429, { 'retry-after': '60' }).end())
    const source = restSource({ baseUrl: server.url, headers: {}, dialect, limits: LIMITS })
    const first: unknown = await source.fetch(LOOKUP).catch((error: unknown) => error)
    const second: unknown = await source.fetch(LOOKUP).catch((error: unknown) => error)
    for (const failure of [first, second])
      expect(failure).toMatchObject({
        code: 'SOURCE_UNAVAILABLE',
        detail: expect.stringMatching(/no call for \d+ s/) as unknown,
      })
    expect(server.seen).toHaveLength(1)
    await source.close()
  })

  test('that says 429 and no more is not asked again', async () => {
    const { outcome, asked } = await fetched((response) => response.writeHead(429).end())
    expect(outcome).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(asked).toHaveLength(1)
  })

  test('that asks for rest again and again is given up', async () => {
    const { outcome, asked } = await fetched((response) => response.writeHead(503, { 'retry-after': '0' }).end())
    expect(outcome).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(asked).toHaveLength(4)
  })

  test('is left when nobody waits for it any more', async () => {
    const gone = new AbortController()
    const { outcome } = await fetched(() => gone.abort(), {}, gone.signal)
    expect(outcome).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test.each([
    ['gzip', (text: string) => gzipSync(text)],
    ['br', (text: string) => brotliCompressSync(text)],
  ] as const)('that packs its answers as %s is read', async (coding, pack) => {
    const { outcome } = await fetched((response) =>
      response.writeHead(200, { 'content-encoding': coding }).end(pack('{"a":"张"}')),
    )
    expect(outcome).toMatchObject({ rows: [{ reply: { a: '张' } }] })
  })

  test.each(['GBK', 'gb2312', 'GB18030'])('that writes %s is read', async (charset) => {
    const { outcome } = await fetched((response) =>
      response
        .writeHead(200, { 'content-type': `text/plain;charset=${charset}` })
        .end(iconv.encode('{"xm":"欧阳静怡"}', charset)),
    )
    expect(outcome).toMatchObject({ rows: [{ reply: { xm: '欧阳静怡' } }] })
  })
})
