import { createHash, timingSafeEqual } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { ServerResponse } from 'node:http'
import { join } from 'node:path'
import { buffer } from 'node:stream/consumers'
import { fileURLToPath } from 'node:url'
import iconv from 'iconv-lite'
import type { WSDL } from 'soap'
import type { OldSystem } from './old-system.ts'
import type { LoadTable } from './table.ts'
import { tableDesk } from './table-desk.ts'
import type { TableDesk } from './table-desk.ts'

/*
 * What the SOAP services of the city have in common: SOAP 1.1 with a WSDL that they show at `?wsdl`, a WS-Security
 * username token, faults under 500. What they answer, and how they write it, is each one's own.
 */

/** The elements of a request, each with all its texts. */
export type Asked = Readonly<Record<string, readonly string[]>>

/** One call, for the system's own log: names and an outcome, nothing of what was asked for. */
export interface SoapLogged {
  readonly operation: string
  /** The columns that were asked for. */
  readonly fields: readonly string[]
  /** `DONE`, or the code of the fault. */
  readonly outcome: string
}

/** One service: where its data are, and how it answers. */
export interface SoapService {
  readonly path: `${string}/soap`
  readonly wsdl: URL
  readonly namespace: string
  /** Below the city's directory. */
  readonly folder: string
  readonly file: string
  readonly loads: LoadTable
  readonly token: 'DIGEST' | 'TEXT'
  readonly charset: 'UTF-8' | 'GBK'
  /** The inside of the element `<operation>Response`. Throws `SoapFault`. */
  readonly answer: (operation: string, asked: Asked, desk: TableDesk) => string
}

/** A fault that the service answers; its text is for whoever reads its log. */
export class SoapFault extends Error {
  readonly code: string

  constructor(code: string, text: string) {
    super(text)
    this.code = code
  }
}

/** A text as it stands in XML. */
export function escaped(text: string): string {
  return text.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll('>', '&gt;')
}

/**
 * The service over its data and the secret of its caller.
 *
 * @param onCall told each call, for tests
 */
export function soapSystem(service: SoapService, onCall?: (call: SoapLogged) => void): OldSystem {
  return {
    path: service.path,
    async open(directory) {
      const text = async (name: string): Promise<string> =>
        (await readFile(join(directory, service.folder, name), 'utf8')).trim()
      const checks = tokenCheck(service.token, await text('soap-user'), await text('soap-password'))
      const description = await readFile(service.wsdl)
      const wsdl = await described(description.toString('utf8'), service.wsdl)
      const desk = tableDesk(join(directory, service.folder, service.file), service.loads)
      return {
        async answer(request, response) {
          if (request.method !== 'POST') {
            response.writeHead(200, { 'content-type': 'text/xml; charset=utf-8' }).end(description)
            return
          }
          const bytes = await buffer(request).catch(() => Buffer.alloc(0))
          const { body, logged } = settle(service, wsdl, checks, desk, bytes.toString('utf8'))
          onCall?.(logged)
          send(response, service.charset, logged.outcome === 'DONE' ? 200 : 500, body)
        },
        close: async () => desk.close(),
      }
    },
  }
}

async function described(xml: string, file: URL): Promise<WSDL> {
  // Loaded where such a service runs, and in no other process.
  const { WSDL: Description } = await import('soap')
  const { promise, resolve, reject } = Promise.withResolvers<WSDL>()
  const wsdl = new Description(xml, fileURLToPath(file), {})
  wsdl.onReady((error: unknown) => (error instanceof Error ? reject(error) : resolve(wsdl)))
  return promise
}

function send(response: ServerResponse, charset: SoapService['charset'], status: number, body: string): void {
  const xml = `<?xml version="1.0" encoding="${charset}"?>
<soapenv:Envelope xmlns:soapenv="http://schemas.xmlsoap.org/soap/envelope/"><soapenv:Body>${body}</soapenv:Body></soapenv:Envelope>`
  // Without a character set of its own, as many of them: the declaration says it.
  response.writeHead(status, { 'content-type': 'text/xml' }).end(iconv.encode(xml, charset))
}

function settle(
  { namespace, answer }: SoapService,
  wsdl: WSDL,
  checks: TokenCheck,
  desk: TableDesk,
  text: string,
): { readonly body: string; readonly logged: SoapLogged } {
  let [operation, fields, outcome]: [string, readonly string[], string] = ['', [], 'DONE']
  try {
    const envelope = parsed(wsdl, text)
    checks(at(envelope, 'Header', 'Security', 'UsernameToken'))
    const [name, request] = Object.entries(members(at(envelope, 'Body')))[0] ?? ['', null]
    const asked = askedOf(request)
    operation = name
    fields = asked['zd'] ?? []
    const inside = answer(name, asked, desk)
    const body = `<ns2:${name}Response xmlns:ns2="${namespace}" xmlns:xsi="http://www.w3.org/2001/XMLSchema-instance">${inside}</ns2:${name}Response>`
    return { body, logged: { operation, fields, outcome } }
  } catch (error) {
    outcome = error instanceof SoapFault ? error.code : 'soapenv:Server'
    const reason = error instanceof SoapFault ? error.message : '系统错误'
    const body = `<soapenv:Fault><faultcode>${outcome}</faultcode><faultstring>${escaped(reason)}</faultstring></soapenv:Fault>`
    return { body, logged: { operation, fields, outcome } }
  }
}

function parsed(wsdl: WSDL, text: string): unknown {
  try {
    const envelope: unknown = wsdl.xmlToObject(text)
    return envelope
  } catch {
    throw new SoapFault('soapenv:Client', '请求报文有误')
  }
}

function askedOf(request: unknown): Asked {
  const texts = (value: unknown): readonly string[] =>
    (Array.isArray(value) ? value : [value]).filter((one): one is string => typeof one === 'string')
  return Object.fromEntries(Object.entries(members(request)).map(([name, value]) => [name, texts(value)]))
}

function members(value: unknown): Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null ? { ...value } : {}
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce((inside, name) => members(inside)[name], value)
}

type TokenCheck = (token: unknown) => void

/** Minutes for which a digest is good, and for which its nonce is remembered. */
const FRESH = 5 * 60_000

/** Checks the caller's token (OASIS WS-Security UsernameToken Profile 1.0); a digest is good once. */
function tokenCheck(kind: SoapService['token'], user: string, password: string): TokenCheck {
  const seen = new Map<string, number>()
  return (token) => {
    const text = (name: string): string => {
      const value = members(token)[name]
      const held = typeof value === 'string' ? value : members(value)['$value']
      return typeof held === 'string' ? held : ''
    }
    const failed = (): SoapFault => new SoapFault('wsse:FailedAuthentication', '用户名或口令错误')
    if (!same(text('Username'), user)) throw failed()
    if (kind === 'TEXT') {
      if (!same(text('Password'), password)) throw failed()
      return
    }
    const [nonce, created] = [text('Nonce'), text('Created')]
    const now = Date.now()
    if (!(Math.abs(now - Date.parse(created)) < FRESH) || seen.has(nonce)) throw failed()
    const digest = createHash('sha1').update(Buffer.from(nonce, 'base64')).update(created).update(password)
    if (!same(text('Password'), digest.digest('base64'))) throw failed()
    for (const [old, time] of seen) if (now - time > FRESH) seen.delete(old)
    seen.set(nonce, now)
  }
}

function same(given: string, own: string): boolean {
  const [one, other] = [Buffer.from(given), Buffer.from(own)]
  return one.length === other.length && timingSafeEqual(one, other)
}
