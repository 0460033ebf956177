import { createServer } from 'node:http'
import type { Server, ServerResponse } from 'node:http'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { restSource } from '../../../subgraphs/kit/rest.ts'
import type { RestDialect } from '../../../subgraphs/kit/rest.ts'
import { household } from '../../../subgraphs/public-security/source.ts'

const LIMITS = { connections: 2, timeout: 300, replyBytes: 1000 }
const LOOKUP = { register: household, columns: ['gmsfhm'], keys: [], signal: undefined }
const dialect: RestDialect = {
  call: () => ({ path: '/batch', body: { numbers: ['secret'] } }),
  read: () => ({ rows: [], asOf: '2026-11-20T00:00:00+08:00' }),
  status: { path: '/time', read: () => '2026-11-20T00:00:00+08:00' },
}

describe('an old REST system', () => {
  let server: Server
  let url: string
  let reply: (response: ServerResponse) => void
  let asked: string[]
  beforeEach(async () => {
    asked = []
    server = createServer((request, response) => {
      asked.push(`${request.method} ${request.url}`)
      reply(response)
    })
    await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
    const address = server.address()
    url = `http://127.0.0.1:${typeof address === 'object' ? address?.port : ''}/base/`
  })
  afterEach(async () => {
    server.closeAllConnections()
    await new Promise((resolve) => server.close(resolve))
  })

  test('is called below its base path, and says its time', async () => {
    reply = (response) => response.end('{}')
    const source = restSource({ baseUrl: url, headers: {}, dialect, limits: LIMITS })
    await source.fetch(LOOKUP)
    expect(await source.asOf(household)).toBe('2026-11-20T00:00:00+08:00')
    expect(asked).toEqual(['POST /base/batch', 'GET /base/time'])
    await source.close()
  })

  const failures: Readonly<Record<string, readonly [(response: ServerResponse) => void, string]>> = {
    'status 500': [(response) => response.writeHead(500).end('secret'), 'SOURCE_UNAVAILABLE'],
    'never an answer': [() => undefined, 'SOURCE_UNAVAILABLE'],
    'half an answer': [(response) => response.write('{'), 'SOURCE_UNAVAILABLE'],
    'a broken connection': [(response) => response.destroy(), 'SOURCE_UNAVAILABLE'],
    'no JSON': [(response) => response.end('<html>secret'), 'SOURCE_INVALID'],
    'too long an answer': [(response) => response.end(`"${'x'.repeat(2000)}"`), 'SOURCE_INVALID'],
  }
  test.each(Object.entries(failures))(
    'that gives %s fails with a code, once, and without quoting',
    async (_name, [answer, code]) => {
      reply = answer
      const source = restSource({ baseUrl: url, headers: {}, dialect, limits: LIMITS })
      const error: unknown = await source.fetch(LOOKUP).catch((reason: unknown) => reason)
      expect(error).toMatchObject({ code })
      expect(String(error)).not.toContain('secret')
      expect(asked).toEqual(['POST /base/batch'])
      await source.close()
    },
  )
})
