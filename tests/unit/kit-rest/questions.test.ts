import { createHash, createHmac } from 'node:crypto'
import { afterEach, describe, expect, test } from 'vitest'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import { legalKeys } from '../../../subgraphs/kit/keys.ts'
import type { LegalEntityKey, Lookup, Register } from '../../../subgraphs/kit/register.ts'
import type { RestAuth } from '../../../subgraphs/kit/http/rest-auth.ts'
import { nextLink } from '../../../subgraphs/kit/http/rest-json.ts'
import { restSource } from '../../../subgraphs/kit/http/rest.ts'
import type { RestDialect, RestSource } from '../../../subgraphs/kit/http/rest.ts'
import { oddServer } from '../../kit/odd-server.ts'
import type { OddServer, Seen } from '../../kit/odd-server.ts'

const firms: Register = { type: 'Firm', at: 'qy', rows: 'ONE', ...legalKeys('code'), fields: {} }
const LIMITS = { connections: 3, timeout: 2500, replyBytes: 100_000 }
const AS_OF = '2026-11-20T03:05:00+08:00'

function keys(count: number): readonly LegalEntityKey[] {
  return Array.from({ length: count }, (_, at) => ({ identifierType: 'USCC', identifier: `C${at}` }))
}

function lookup(count: number): Lookup {
  return { register: firms, columns: ['code'], keys: keys(count), signal: undefined }
}

interface Page {
  readonly rows: readonly Record<string, string>[]
  readonly next?: string
  readonly total?: number
  readonly asOf?: string
}

/** Numbers in the body, the page in the path; the reply says the rest. */
const dialect: RestDialect = {
  call: (asked, next) => ({
    path: `/rows?after=${next ?? ''}`,
    body: asked.keys.map((key) => ('identifier' in key ? key.identifier : '')),
  }),
  read(reply) {
    const { rows, next = null, total, asOf = AS_OF } = reply as Page
    return { rows, asOf, next, ...(total === undefined ? {} : { total }) }
  },
  status: { path: '/time', read: () => AS_OF },
}

const servers: OddServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function started(answer: Parameters<typeof oddServer>[0]): Promise<OddServer> {
  const server = await oddServer(answer)
  servers.push(server)
  return server
}

async function fetched(server: OddServer, count: number, more: Partial<RestSource> = {}) {
  const source = restSource({ baseUrl: server.url, headers: {}, dialect, limits: LIMITS, ...more })
  const outcome = await source.fetch(lookup(count)).catch((error: unknown) => error)
  await source.close()
  return outcome
}

function rowsAsked({ body }: Seen): readonly Record<string, string>[] {
  return (JSON.parse(body) as string[]).map((code) => ({ code }))
}

test('a list that nobody waits for any more is not asked for', async () => {
  const server = await started((response) => response.end(JSON.stringify({ rows: [] })))
  const listing: RestDialect = {
    ...dialect,
    list: { call: () => ({ path: '/list', body: null }), read: () => ({ rows: [], asOf: AS_OF }) },
  }
  const source = restSource({ baseUrl: server.url, headers: {}, dialect: listing, limits: LIMITS })
  const page = { register: firms, columns: ['code'], conditions: [], order: 'code', after: null, limit: 5 }
  const gone = new AbortController()
  gone.abort()
  const listed = source.list?.({ ...page, signal: gone.signal })
  await expect(listed).rejects.toBeDefined()
  expect(server.seen).toEqual([])
  await expect(source.list?.(page)).resolves.toEqual({ rows: [], asOf: AS_OF })
  await source.close()
})

describe('pages of an answer', () => {
  const cursor: Parameters<typeof oddServer>[0] = (response, { path }) => {
    const after = Number(/after=(\d*)/.exec(path)?.[1] ?? 0)
    const asOf = `2026-11-20T0${3 - after}:05:00+08:00`
    const next = after < 2 ? { next: String(after + 1) } : {}
    response.end(JSON.stringify({ rows: [{ code: `R${after}` }], total: 3, asOf, ...next }))
  }

  test('are read to the last, and are as old as the oldest', async () => {
    const server = await started(cursor)
    expect(await fetched(server, 1)).toEqual({
      rows: [{ code: 'R0' }, { code: 'R1' }, { code: 'R2' }],
      asOf: '2026-11-20T01:05:00+08:00',
    })
    expect(server.seen).toHaveLength(3)
  })

  test('follow links as well', async () => {
    const server = await started((response, { path }) => {
      const link = path.includes('after=2') ? {} : { link: '</rows?after=2>; rel="next"' }
      response.writeHead(200, link).end(JSON.stringify({ rows: [{ code: path }] }))
    })
    const linked: RestDialect = {
      ...dialect,
      call: (asked, next) => ({ path: next ?? '/rows', body: asked.keys.length }),
      read: (reply, _asked, { headers }) => ({ ...(reply as Page), asOf: AS_OF, next: nextLink(headers, server.url) }),
    }
    expect(await fetched(server, 1, { dialect: linked })).toMatchObject({
      rows: [{ code: '/rows' }, { code: '/rows?after=2' }],
    })
  })

  test('that are too many are refused, not cut', async () => {
    const server = await started(cursor)
    const outcome = await fetched(server, 1, { limits: { ...LIMITS, pages: 2 } })
    expect(outcome).toMatchObject({ code: 'SOURCE_INVALID' })
    expect(server.seen).toHaveLength(2)
  })

  test('that lead in a circle are refused', async () => {
    const server = await started((response) => response.end(JSON.stringify({ rows: [], next: '1' })))
    expect(await fetched(server, 1)).toMatchObject({ code: 'SOURCE_INVALID' })
    expect(server.seen).toHaveLength(2)
  })

  test('that lost a row on the way are refused', async () => {
    const server = await started((response, { path }) =>
      response.end(JSON.stringify({ rows: [{ code: 'R' }], total: 3, ...(path.endsWith('=') ? { next: '1' } : {}) })),
    )
    expect(await fetched(server, 1)).toMatchObject({ code: 'SOURCE_INVALID' })
  })

  test('share one bound of bytes', async () => {
    const server = await started((response, _seen, before) =>
      response.end(JSON.stringify({ rows: [{ code: 'x'.repeat(30_000) }], next: String(before) })),
    )
    expect(await fetched(server, 1)).toMatchObject({ code: 'SOURCE_INVALID' })
    expect(server.seen.length).toBeLessThan(6)
  })
})

describe('a system that takes few subjects a call', () => {
  test('is called for each part, no more at once than it bears, and all are answered in order', async () => {
    let [now, most] = [0, 0]
    const server = await started((response, seen) => {
      now += 1
      most = Math.max(most, now)
      setTimeout(() => {
        now -= 1
        response.end(JSON.stringify({ rows: rowsAsked(seen) }))
      }, 5)
    })
    const outcome = await fetched(server, 20, { dialect: { ...dialect, subjectsPerCall: 3 } })
    expect(outcome).toEqual({ rows: keys(20).map(({ identifier: code }) => ({ code })), asOf: AS_OF })
    expect(server.seen.map(({ body }) => (JSON.parse(body) as unknown[]).length)).toEqual([3, 3, 3, 3, 3, 3, 2])
    expect(most).toBeLessThanOrEqual(LIMITS.connections)
  })

  test('is left alone after the first failure', async () => {
    const server = await started((response, seen, before) =>
      before === 1 ? response.writeHead(500).end() : response.end(JSON.stringify({ rows: rowsAsked(seen) })),
    )
    expect(await fetched(server, 200, { dialect: { ...dialect, subjectsPerCall: 1 } })).toMatchObject({
      code: 'SOURCE_UNAVAILABLE',
    })
    expect(server.seen.length).toBeLessThan(20)
  })

  test('is asked once for nobody', async () => {
    const server = await started((response) => response.end('{"rows":[]}'))
    expect(await fetched(server, 0, { dialect: { ...dialect, subjectsPerCall: 1 } })).toEqual({ rows: [], asOf: AS_OF })
    expect(server.seen).toHaveLength(1)
  })
})

describe('signed calls', () => {
  const OWN = { kind: 'SIGNED', appId: 'gx', secret: 'kept', digest: 'sm3', keyed: 'HMAC', place: 'HEADERS' } as const
  const answer: Parameters<typeof oddServer>[0] = (response, _seen, before) =>
    before === 0 ? response.destroy() : response.end('{"rows":[]}')

  /** What the other side would sign, by the words of docs/adapters.md. */
  function expected(auth: RestAuth & { kind: 'SIGNED' }, { path, headers, body }: Seen): readonly [string, string] {
    const query = new URL(path, 'http://x').searchParams
    const given = (name: string): string => (auth.place === 'HEADERS' ? String(headers[name]) : (query.get(name) ?? ''))
    const all = new Map([...query].filter(([name]) => name !== 'sign'))
    for (const name of ['appid', 'timestamp', 'nonce']) all.set(name, given(name))
    all.set('body', body)
    const text = [...all.keys()]
      .toSorted()
      .map((name) => `${name}=${all.get(name)}`)
      .join('&')
    const signature =
      auth.keyed === 'HMAC'
        ? createHmac(auth.digest, auth.secret).update(text)
        : createHash(auth.digest).update(`${text}&key=${auth.secret}`)
    return [given('sign'), signature.digest('hex').toUpperCase()]
  }

  test.each([
    OWN,
    { ...OWN, digest: 'sha256' },
    { ...OWN, digest: 'md5', keyed: 'APPENDED' },
    { ...OWN, digest: 'sha256', place: 'QUERY' },
  ] as const)('are signed as $digest, $keyed, in $place, anew for a second try', async (auth) => {
    const server = await started(answer)
    expect(await fetched(server, 2, { auth })).toEqual({ rows: [], asOf: AS_OF })
    expect(server.seen).toHaveLength(2)
    const [first = ['', ''], second = ['', '']] = server.seen.map((seen) => expected(auth, seen))
    expect(first[0]).toBe(first[1])
    expect(second[0]).toBe(second[1])
    expect(first[0]).not.toBe(second[0])
    for (const seen of server.seen) expect(JSON.stringify(seen)).not.toContain('kept')
  })

  test('SM3 is that of GB/T 32905', () => {
    expect(createHash('sm3').update('abc').digest('hex')).toBe(
      '66c7f0f462eeedd9d1f2d46bdc10e4e24167c4875cf2f7a2297da02b8f4ba8e0',
    )
  })
})

describe('calls with a token', () => {
  const AUTH: RestAuth = { kind: 'TOKEN', path: '/token', clientId: 'gx', clientSecret: 'kept & secret' }
  const isGrant = ({ path }: Seen): boolean => path === '/token'

  /** Gives T1, T2 …; takes the newest alone. */
  function granting(expiresIn: number | undefined): Parameters<typeof oddServer>[0] {
    let given = 0
    return (response, seen) => {
      if (isGrant(seen)) {
        given += 1
        response.end(JSON.stringify({ access_token: `T${given}`, expires_in: expiresIn }))
        return
      }
      const known = seen.headers.authorization === `Bearer T${given}`
      response.writeHead(known ? 200 : 401).end('{"rows":[]}')
    }
  }

  test('share one, however many need it at once', async () => {
    const server = await started(granting(600))
    const outcome = await fetched(server, 12, { auth: AUTH, dialect: { ...dialect, subjectsPerCall: 1 } })
    expect(outcome).toMatchObject({ rows: [] })
    expect(server.seen.filter(isGrant)).toHaveLength(1)
    const form = new URLSearchParams(server.seen.find(isGrant)?.body)
    expect(Object.fromEntries(form)).toEqual({
      grant_type: 'client_credentials',
      client_id: 'gx',
      client_secret: 'kept & secret',
    })
  })

  test('get another before it ends', async () => {
    const server = await started(granting(100))
    let now = 0
    const clock: Clock = { now: () => now, monotonic: () => now }
    const source = restSource({ baseUrl: server.url, headers: {}, auth: AUTH, dialect, limits: LIMITS, clock })
    for (const at of [0, 80_000, 95_000, 100_000]) {
      now = at
      await source.fetch(lookup(1))
    }
    await source.close()
    expect(server.seen.map(({ headers }) => headers.authorization ?? 'grant')).toEqual([
      'grant',
      'Bearer T1',
      'Bearer T1',
      'grant',
      'Bearer T2',
      'Bearer T2',
    ])
  })

  test('get another, once, where it was withdrawn', async () => {
    let refused = 0
    const server = await started((response, seen, before) => {
      if (isGrant(seen)) response.end(JSON.stringify({ access_token: `T${before}` }))
      else if (seen.headers.authorization === 'Bearer T0') {
        refused += 1
        response.writeHead(401).end()
      } else response.end('{"rows":[]}')
    })
    expect(await fetched(server, 1, { auth: AUTH })).toEqual({ rows: [], asOf: AS_OF })
    expect([refused, server.seen.length]).toEqual([1, 4])
  })

  test('fail where no token is good', async () => {
    const server = await started((response, seen) =>
      isGrant(seen) ? response.end('{"access_token":"T"}') : response.writeHead(401).end(),
    )
    expect(await fetched(server, 1, { auth: AUTH })).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(server.seen).toHaveLength(4)
  })

  test('ask again for what could not be had', async () => {
    const server = await started((response, seen, before) => {
      if (before === 0) response.writeHead(500).end('kept & secret')
      else if (isGrant(seen)) response.end('{"access_token":"T"}')
      else response.end('{"rows":[]}')
    })
    const source = restSource({ baseUrl: server.url, headers: {}, auth: AUTH, dialect, limits: LIMITS })
    const failure: unknown = await source.fetch(lookup(1)).catch((error: unknown) => error)
    expect(failure).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(String(failure)).not.toContain('kept')
    expect(await source.fetch(lookup(1))).toEqual({ rows: [], asOf: AS_OF })
    await source.close()
  })
})
