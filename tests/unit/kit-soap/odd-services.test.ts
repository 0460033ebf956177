import { createHash } from 'node:crypto'
import type { ServerResponse } from 'node:http'
import { gzipSync } from 'node:zlib'
import iconv from 'iconv-lite'
import { afterEach, describe, expect, test } from 'vitest'
import { legalKeys } from '../../../subgraphs/kit/keys.ts'
import type { Lookup, Register } from '../../../subgraphs/kit/register.ts'
import { soapSource } from '../../../subgraphs/kit/http/soap.ts'
import type { SoapDialect, SoapSource } from '../../../subgraphs/kit/http/soap.ts'
import { elements, listOf, rowOf, textOf } from '../../../subgraphs/kit/http/soap-values.ts'
import { oddServer } from '../../kit/odd-server.ts'
import type { OddServer, Seen } from '../../kit/odd-server.ts'

/* A service with the description of the state tax authority (subgraphs/tax/swdj.wsdl), whatever it then does. */

const WSDL = new URL('../../../subgraphs/tax/swdj.wsdl', import.meta.url)
const firms: Register = { type: 'Firm', at: 'qy', rows: 'ONE', ...legalKeys('shxydm', 'gsdjzh'), fields: {} }
const LOOKUP: Lookup = {
  register: firms,
  columns: ['shxydm', 'gsdjzh', 'zcdz', 'nsrsbh'],
  keys: [{ identifierType: 'USCC', identifier: 'S&<1>' }],
  signal: undefined,
}
const LIMITS = { connections: 2, timeout: 2500, replyBytes: 100_000 }
const AS_OF = '2026-11-20T03:05:00+08:00'

const dialect: SoapDialect = {
  call: ({ columns, keys }) => ({
    operation: 'cxSwdj',
    elements: { zd: columns, shxydm: keys.map((key) => ('identifier' in key ? key.identifier : '')) },
  }),
  read: (reply, lookup) => ({ rows: listOf(elements(reply)['swdj']).map((row) => rowOf(row, lookup)), asOf: AS_OF }),
  status: { call: { operation: 'cxCqsj', elements: {} }, read: (reply) => textOf(elements(reply)['cqsj']) ?? '' },
}

const NAMESPACES =
  'xmlns:S="http://schemas.xmlsoap.org/soap/envelope/" xmlns:t="http://gs.example/swdj" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance"'
const envelope = (body: string): string => `<S:Envelope ${NAMESPACES}><S:Body>${body}</S:Body></S:Envelope>`
const reply = (rows: string): string => envelope(`<t:cxSwdjResponse><fhm>000</fhm>${rows}</t:cxSwdjResponse>`)
const fault = (code: string): string =>
  envelope(`<S:Fault><faultcode>${code}</faultcode><faultstring>secret</faultstring><detail>secret</detail></S:Fault>`)

type Answer = (response: ServerResponse, seen: Seen, before: number) => void
const xml =
  (text: string, status = 200): Answer =>
  (response) =>
    response.writeHead(status, { 'content-type': 'text/xml; charset=utf-8' }).end(text)

const servers: OddServer[] = []
afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
})

async function fetched(answer: Answer, more: Partial<SoapSource> = {}, signal?: AbortSignal) {
  const server = await oddServer(answer)
  servers.push(server)
  const token = { user: 'gx', password: 'kept & secret', kind: 'DIGEST' } as const
  const source = await soapSource({ wsdl: WSDL, url: `${server.url}/ws?s=1`, token, dialect, limits: LIMITS, ...more })
  const outcome: unknown = await source.fetch({ ...LOOKUP, signal }).catch((error: unknown) => error)
  const health = await source.health()
  await source.close()
  // The last request is that for health.
  return { outcome, health, seen: server.seen.slice(0, -1) }
}

describe('a SOAP service', () => {
  test('is called at its own address, with escaped elements and the asked columns', async () => {
    const { outcome, seen } = await fetched(
      xml(reply('<swdj><shxydm>S</shxydm><gsdjzh/><zcdz>a &amp; b</zcdz></swdj>')),
    )
    expect(outcome).toEqual({ rows: [{ shxydm: 'S', gsdjzh: null, zcdz: 'a & b', nsrsbh: null }], asOf: AS_OF })
    expect(seen.map(({ method, path }) => `${method} ${path}`)).toEqual(['POST /ws?s=1'])
    const [{ body } = { body: '' }] = seen
    expect(body).toContain('<shxydm>S&amp;&lt;1&gt;</shxydm>')
    for (const column of LOOKUP.columns) expect(body).toContain(`<zd>${column}</zd>`)
  })

  test('gives one row, several or none, with attributes, empty and nil elements', async () => {
    const row = '<swdj><shxydm xsi:type="xsd:string">S</shxydm><zcdz xsi:nil="true"/><nsrsbh></nsrsbh></swdj>'
    const read = { shxydm: 'S', gsdjzh: null, zcdz: null, nsrsbh: null }
    for (const count of [0, 1, 2]) {
      const { outcome } = await fetched(xml(reply(row.repeat(count))))
      expect(outcome).toEqual({ rows: Array.from({ length: count }, () => read), asOf: AS_OF })
    }
  })

  test('may name its namespaces as it likes', async () => {
    const text = `<soap-env:Envelope xmlns:soap-env="http://schemas.xmlsoap.org/soap/envelope/"><soap-env:Header/><soap-env:Body><cxSwdjResponse xmlns="http://gs.example/swdj"><fhm xmlns="">000</fhm><swdj xmlns=""><shxydm>S</shxydm></swdj></cxSwdjResponse></soap-env:Body></soap-env:Envelope>`
    const { outcome } = await fetched(xml(text))
    expect(outcome).toMatchObject({ rows: [{ shxydm: 'S' }] })
  })

  test('keeps long numbers, and texts longer than the parser’s pieces', async () => {
    const long = '长 '.repeat(30_000).trim()
    const text = reply(`<swdj><shxydm>900719925474099312345</shxydm><zcdz>${long}</zcdz></swdj>`)
    const limits = { ...LIMITS, replyBytes: 1_000_000 }
    const { outcome } = await fetched(xml(text), { limits })
    expect(outcome).toMatchObject({ rows: [{ shxydm: '900719925474099312345', zcdz: long }] })
  })

  test.each([
    ['by its header', 'text/xml; charset=GBK', ''],
    ['by its declaration', 'text/xml', '<?xml version="1.0" encoding="GB2312"?>\n'],
  ])('may write GBK, said %s', async (_name, type, declaration) => {
    const text = declaration + reply('<swdj><shxydm>S</shxydm><zcdz>石岐街道</zcdz></swdj>')
    const { outcome } = await fetched((response) =>
      response.writeHead(200, { 'content-type': type }).end(iconv.encode(text, 'gbk')),
    )
    expect(outcome).toMatchObject({ rows: [{ zcdz: '石岐街道' }] })
  })

  test('may send XML as a text, in entities or in CDATA', async () => {
    const inner = '<?xml version="1.0" encoding="GBK"?><d><r><shxydm>S</shxydm><zcdz>a &amp; b</zcdz></r></d>'
    const within: SoapDialect = {
      ...dialect,
      read(found, lookup, read) {
        const { r } = elements(elements(read(elements(found)['fhxx']))['d'])
        return { rows: listOf(r).map((row) => rowOf(row, lookup)), asOf: AS_OF }
      },
    }
    const escaped = inner.replaceAll('&', '&amp;').replaceAll('<', '&lt;')
    for (const text of [escaped, `<![CDATA[${inner}]]>`]) {
      const { outcome } = await fetched(xml(reply(`<fhxx>${text}</fhxx>`)), { dialect: within })
      expect(outcome).toMatchObject({ rows: [{ shxydm: 'S', zcdz: 'a & b' }] })
    }
    const laughs = '<!DOCTYPE d [<!ENTITY a "lol">]><d><r><shxydm>&a;</shxydm></r></d>'.replaceAll('<', '&lt;')
    const { outcome } = await fetched(xml(reply(`<fhxx>${laughs.replaceAll('&a;', '&amp;a;')}</fhxx>`)), {
      dialect: within,
    })
    expect(outcome).toMatchObject({ code: 'SOURCE_INVALID' })
  })
})

describe('a SOAP service that fails', () => {
  const row = '<swdj><shxydm>secret</shxydm></swdj>'
  const failures: Readonly<Record<string, readonly [Answer, string, string?]>> = {
    'with a fault of its own': [xml(fault('S:Server'), 500), 'SOURCE_UNAVAILABLE', 'S:Server'],
    'with a fault under 200': [xml(fault('S:Server')), 'SOURCE_UNAVAILABLE', 'S:Server'],
    'with a fault of ours': [xml(fault('S:Client.NoSuchField'), 500), 'SOURCE_INVALID', 'S:Client.NoSuchField'],
    'with a refused token': [
      xml(fault('wsse:FailedAuthentication'), 500),
      'SOURCE_UNAVAILABLE',
      'wsse:FailedAuthentication',
    ],
    'with a fault whose code quotes': [xml(fault('查无 secret'), 500), 'SOURCE_UNAVAILABLE', 'without a code'],
    'with a fault of SOAP 1.2': [
      xml(
        `<e:Envelope xmlns:e="http://www.w3.org/2003/05/soap-envelope"><e:Body><e:Fault><e:Code><e:Value>e:Sender</e:Value></e:Code><e:Reason><e:Text>secret</e:Text></e:Reason></e:Fault></e:Body></e:Envelope>`,
        500,
      ),
      'SOURCE_INVALID',
      'e:Sender',
    ],
    'with a page under 500': [xml('<html>secret</html>', 500), 'SOURCE_UNAVAILABLE', 'status 500'],
    'with a page under 200': [xml('<html>secret</html>'), 'SOURCE_INVALID'],
    'with status 404': [xml(reply(row), 404), 'SOURCE_UNAVAILABLE', 'status 404'],
    'with JSON': [(response) => response.end('{"secret":1}'), 'SOURCE_INVALID'],
    'with half an envelope': [xml(reply(row).slice(0, -30)), 'SOURCE_INVALID'],
    'with torn tags': [xml(reply('<swdj><shxydm>secret</swdj>')), 'SOURCE_INVALID'],
    'with another answer': [xml(envelope('<t:other>secret</t:other>')), 'SOURCE_INVALID'],
    'with no body': [xml(`<S:Envelope ${NAMESPACES}/>`), 'SOURCE_INVALID'],
    'with elements for texts': [xml(reply('<swdj><shxydm><a>secret</a></shxydm></swdj>')), 'SOURCE_INVALID'],
    'with rows of nobody': [xml(reply('<swdj><zcdz>secret</zcdz></swdj>')), 'SOURCE_INVALID'],
    'with entities': [
      xml(`<!DOCTYPE x [<!ENTITY a "secret">]>${reply('<swdj><shxydm>&a;</shxydm></swdj>')}`),
      'SOURCE_INVALID',
    ],
    'with an undeclared entity': [xml(reply('<swdj><shxydm>&secret;</shxydm></swdj>')), 'SOURCE_INVALID'],
    'with parts': [
      (response) => response.writeHead(200, { 'content-type': 'multipart/related; boundary=x' }).end(reply(row)),
      'SOURCE_INVALID',
    ],
    'with a gzip bomb': [
      (response) =>
        response
          .writeHead(200, { 'content-type': 'text/xml', 'content-encoding': 'gzip' })
          .end(gzipSync(reply(row.repeat(100_000)))),
      'SOURCE_INVALID',
    ],
    'with too long an answer': [xml(reply(row.repeat(5000))), 'SOURCE_INVALID'],
    'with half an answer': [
      (response) => {
        response.writeHead(200, { 'content-length': '9999' })
        response.write('<S:Envelope', () => response.destroy())
      },
      'SOURCE_UNAVAILABLE',
    ],
  }
  test.each(Object.entries(failures))(
    '%s gives a code, and quotes nothing',
    async (_name, [answer, code, detail = '']) => {
      const { outcome, health, seen } = await fetched(answer)
      expect(outcome).toMatchObject({ code, detail: expect.stringContaining(detail) as unknown })
      expect(health).toMatchObject({ ok: false })
      for (const text of [String(outcome), health.detail]) expect(text).not.toContain('secret')
      expect(seen).toHaveLength(1)
    },
  )

  test('never answering, when its time is over', async () => {
    const { outcome } = await fetched(() => undefined, { limits: { ...LIMITS, timeout: 150 } })
    expect(outcome).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test('when nobody waits for it any more', async () => {
    const gone = new AbortController()
    const limits = { ...LIMITS, timeout: 500 }
    const { outcome } = await fetched(() => gone.abort(), { limits }, gone.signal)
    expect(outcome).toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })

  test('changes nothing that every object has', async () => {
    const own = Object.getOwnPropertyNames(Object.prototype)
    await fetched(xml(reply('<swdj id="__proto__"><shxydm>S</shxydm></swdj>')))
    await fetched(xml(reply('<swdj><__proto__><polluted>1</polluted></__proto__><shxydm>S</shxydm></swdj>')))
    expect(Object.getOwnPropertyNames(Object.prototype)).toEqual(own)
  })

  test('leaves nothing unhandled when a reply is what the package does not expect', async () => {
    const { outcome } = await fetched(xml(`<S:Envelope ${NAMESPACES}><S:Body>secret</S:Body></S:Envelope>`))
    expect(outcome).toMatchObject({ code: 'SOURCE_INVALID' })
  })
})

describe('a username token', () => {
  const part = ({ body }: Seen, name: string): string =>
    new RegExp(`<(?:wsse|wsu):${name}[^>]*>([^<]*)</`).exec(body)?.[1] ?? ''

  test('is a digest, made anew for a second try', async () => {
    const { outcome, seen } = await fetched((response, _seen, before) =>
      before === 0 ? response.destroy() : response.end(reply('')),
    )
    expect(outcome).toMatchObject({ rows: [] })
    expect(seen).toHaveLength(2)
    expect(new Set(seen.map((one) => part(one, 'Nonce'))).size).toBe(2)
    for (const one of seen) {
      const digest = createHash('sha1')
        .update(Buffer.from(part(one, 'Nonce'), 'base64'))
        .update(part(one, 'Created'))
        .update('kept & secret')
      expect(part(one, 'Password')).toBe(digest.digest('base64'))
      expect(one.body).not.toContain('kept')
    }
  })

  test('is a text where the service knows no digest', async () => {
    const token = { user: 'gx', password: 'kept & secret', kind: 'TEXT' } as const
    const { seen } = await fetched(xml(reply('')), { token })
    expect(seen.map((one) => [part(one, 'Username'), part(one, 'Password')])).toEqual([['gx', 'kept &amp; secret']])
  })
})

test('a description that leads elsewhere is not followed', async () => {
  const elsewhere = new URL('elsewhere.wsdl', import.meta.url)
  const token = { user: 'gx', password: 'x', kind: 'DIGEST' } as const
  await expect(soapSource({ wsdl: elsewhere, url: 'http://127.0.0.1:1/', token, dialect })).rejects.toMatchObject({
    code: 'SOURCE_INVALID',
  })
})
