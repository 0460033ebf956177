import { readFile } from 'node:fs/promises'
import { fileURLToPath } from 'node:url'
import { Client, WSDL, WSSecurity } from 'soap'
import type { IHttpClient, IOptions } from 'soap'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import type { Http, HttpCall, HttpReply, Question } from './http.ts'
import { headerOf } from './http-reply.ts'
import { guardEnvelope, guardXml, withoutDeclaration } from './soap-guard.ts'

/** A call in the words of one old system. */
export interface SoapCall {
  /** Operation of the WSDL. */
  readonly operation: string
  /** Elements of its request, in their order. */
  readonly elements: Readonly<Record<string, unknown>>
}

/**
 * Reads XML that a system sends as a text inside XML: elements as objects, all values as texts. What the parser has
 * read already, as it does with such a text in CDATA, stays as it is.
 */
export type ReadXml = (xml: unknown) => unknown

/** The WS-Security username token that a system wants; a digest keeps the password off the wire. */
export interface UsernameToken {
  readonly user: string
  readonly password: string
  readonly kind: 'DIGEST' | 'TEXT'
}

/** Where one service is, and how it is spoken to. */
export interface SoapAddress {
  readonly http: Http
  /** Path and query of the service. */
  readonly path: string
  /** File of its description. */
  readonly wsdl: URL
  readonly token: UsernameToken
}

/** A service that can be called. */
export interface SoapClient {
  /**
   * The element of the reply, its elements as members and all values as texts.
   *
   * @throws Failure `SOURCE_UNAVAILABLE`; `SOURCE_INVALID` for what is no reply, and for the faults that say so
   */
  readonly invoke: (call: SoapCall, signal: AbortSignal | undefined) => Promise<unknown>
  readonly within: ReadXml
}

/**
 * The `soap` package over our own HTTP, by the description in a file.
 *
 * @throws Failure `SOURCE_INVALID` where that cannot be read
 */
export async function openSoapClient({ http, path, wsdl: file, token }: SoapAddress): Promise<SoapClient> {
  const wsdl = await describedBy(file)
  const soap: Soap = { http, path, wsdl, token: tokenOf(token) }
  return {
    invoke: (call, signal) => invoke(soap, call, signal),
    within: (xml) => (typeof xml === 'string' ? parsedText(wsdl, xml) : xml),
  }
}

interface Soap {
  readonly http: Http
  readonly path: string
  readonly wsdl: WSDL
  readonly token: WSSecurity
}

function tokenOf({ user, password, kind }: UsernameToken): WSSecurity {
  const passwordType = kind === 'DIGEST' ? 'PasswordDigest' : 'PasswordText'
  return new WSSecurity(user, password, { passwordType, hasTimeStamp: false, hasNonce: true })
}

/** Simple types of which the package would make numbers and dates: as texts they lose neither digits nor zones. */
const TEXTS = 'int integer short long double float decimal bool boolean dateTime date'.split(' ')
const OPTIONS: IOptions = {
  handleNilAsNull: true,
  // It trims each piece of a long text otherwise, and a text inside may come in pieces.
  preserveWhitespace: true,
  customDeserializer: Object.fromEntries(TEXTS.map((type) => [type, (text: string) => text])),
}

async function describedBy(file: URL): Promise<WSDL> {
  const path = fileURLToPath(file)
  const xml = await readFile(path, 'utf8')
  const { promise, resolve, reject } = Promise.withResolvers<WSDL>()
  const wsdl = new WSDL(xml, path, { ...OPTIONS, httpClient: nobody })
  wsdl.onReady((error: unknown) => (error ? reject(undescribed('cannot be read')) : resolve(wsdl)))
  return promise
}

/** A description that names others elsewhere is not followed there. */
const nobody: IHttpClient = {
  request(_url, _data, callback) {
    callback(undescribed('leads to another address'))
    return never()
  },
}

/** What the package's types want of a client, and nothing waits for: the callback tells the outcome. */
function never(): Promise<never> {
  return new Promise(() => {})
}

type Operation = (elements: unknown, callback: (error: unknown, reply: unknown) => void) => void

/** Stands in a request for its token until it is sent: a token may be used once, and a call may be sent twice. */
const TOKEN_PLACE = '<gx-token/>'

/**
 * One call. Each has a client of its own, since a client keeps its last request and its last reply, and these are
 * somebody's data.
 */
async function invoke(soap: Soap, call: SoapCall, signal: AbortSignal | undefined): Promise<unknown> {
  const question = soap.http.question(signal)
  const { promise, resolve, reject } = Promise.withResolvers<unknown>()
  const httpClient: IHttpClient = {
    request(_url, xml, callback, headers) {
      const sent = async (): Promise<void> => {
        const text = await post(soap, question, String(xml), headers ?? {})
        callback(null, { status: 200, headers: {} }, text)
      }
      // What the package itself throws over a reply quotes it.
      sent().catch((error: unknown) => reject(error instanceof Failure ? error : invalid('cannot be read')))
      return never()
    },
  }
  const client = new Client(soap.wsdl, 'http://system', { ...OPTIONS, httpClient })
  client.setSecurity({ toXML: () => TOKEN_PLACE })
  const operation: unknown = client[call.operation]
  if (!isOperation(operation)) throw new Failure('INTERNAL', { detail: 'The description has no such operation' })
  operation(call.elements, (error, reply) => (error ? reject(faultOf(error)) : resolve(reply)))
  return promise
}

function isOperation(value: unknown): value is Operation {
  return typeof value === 'function'
}

async function post(
  { http, path, token }: Soap,
  question: Question,
  xml: string,
  given: Readonly<Record<string, unknown>>,
): Promise<string> {
  const headers: Record<string, string> = { accept: 'text/xml' }
  for (const [name, value] of Object.entries(given)) headers[name.toLowerCase()] = String(value)
  const make = async (): Promise<HttpCall> => {
    const body = xml.replace(TOKEN_PLACE, () => token.toXML())
    return { method: 'POST', path, headers, body }
  }
  return envelope(await http.send(make, question))
}

/** A fault comes under 500, which other failures have too: what is no envelope then is the status. */
function envelope({ status, headers, text }: HttpReply): string {
  if (status !== 200 && status !== 500) throw unavailable(`status ${status}`)
  if (/^multipart\//i.test(headerOf(headers, 'content-type'))) throw invalid('has several parts')
  const xml = withoutDeclaration(text)
  try {
    guardEnvelope(xml)
  } catch (error) {
    throw status === 200 ? error : unavailable(`status ${status}`)
  }
  return xml
}

function parsedText(wsdl: WSDL, text: string): unknown {
  const xml = withoutDeclaration(text)
  guardXml(xml)
  try {
    const parsed: unknown = wsdl.xmlToObject(xml)
    return parsed
  } catch {
    throw invalid('has a text inside that is no XML')
  }
}

/** Local names of fault codes by which a system says that it does not understand us. */
const MISUNDERSTOOD = new Set(['Client', 'Sender', 'VersionMismatch', 'MustUnderstand', 'DataEncodingUnknown'])

/** What went wrong, by the code of the fault alone: its text and its detail quote whatever they like. */
function faultOf(error: unknown): Failure {
  const code = faultCode(error)
  if (code === null) return invalid('cannot be read')
  const [local = ''] = code.split(':').slice(-1)
  const detail = `The SOAP system failed with its fault ${code}`
  return new Failure(MISUNDERSTOOD.has(local.split('.', 1)[0] ?? '') ? 'SOURCE_INVALID' : 'SOURCE_UNAVAILABLE', {
    detail,
  })
}

function faultCode(error: unknown): string | null {
  const fault = ['root', 'Envelope', 'Body', 'Fault'].reduce<unknown>(member, error)
  if (fault === undefined) return null
  const subcode = ['Code', 'Subcode', 'Value'].reduce<unknown>(member, fault)
  const found = member(fault, 'faultcode') ?? subcode ?? member(member(fault, 'Code'), 'Value')
  const code = typeof found === 'string' ? found : member(found, '$value')
  return typeof code === 'string' && /^[\w.:-]{1,64}$/.test(code) ? code : 'without a code'
}

function member(value: unknown, name: string): unknown {
  return typeof value === 'object' && value !== null && Object.hasOwn(value, name)
    ? Object.entries(value).find(([key]) => key === name)?.[1]
    : undefined
}

function unavailable(what: string): Failure {
  return new Failure('SOURCE_UNAVAILABLE', { detail: `The SOAP system failed with ${what}` })
}

function undescribed(why: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The description of the SOAP service ${why}` })
}

function invalid(what: string): Failure {
  return new Failure('SOURCE_INVALID', { detail: `The reply ${what}` })
}
