import { createHash, createHmac, randomBytes } from 'node:crypto'
import { z } from 'zod'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import type { Clock } from '../../../gateway/vocabulary/ports.ts'
import { untilAborted } from '../abort.ts'
import type { Http, HttpCall, Question } from './http.ts'
import { parseJson, shaped } from './rest-json.ts'

/** How a call shows who makes it, beside fixed headers such as an API key. */
export type RestAuth = SignedCalls | TokenCalls

/** Parameters and body signed with a secret, as the open platforms of Chinese cities do. */
export interface SignedCalls {
  readonly kind: 'SIGNED'
  readonly appId: string
  readonly secret: string
  readonly digest: 'md5' | 'sha256' | 'sm3'
  /** HMAC with the secret, or a plain digest of the text with `&key=<secret>` behind it. */
  readonly keyed: 'HMAC' | 'APPENDED'
  readonly place: 'HEADERS' | 'QUERY'
}

/** OAuth 2.0 client credentials (RFC 6749, 4.4). */
export interface TokenCalls {
  readonly kind: 'TOKEN'
  /** Path of the token, below the base URL. */
  readonly path: string
  readonly clientId: string
  readonly clientSecret: string
}

/** Makes calls that show who makes them. */
export interface Proof {
  prove(call: HttpCall, question: Question): Promise<HttpCall>
  /** Told that a call was refused as nobody's. Whether another one may be taken: then there is a new proof. */
  refused(call: HttpCall): boolean
}

/** The proof of a source. */
export function proofOf(auth: RestAuth | undefined, http: Http, clock: Clock): Proof {
  switch (auth?.kind) {
    case undefined:
      return { prove: async (call) => call, refused: () => false }
    case 'SIGNED':
      return { prove: async (call) => signed(auth, call, clock), refused: () => false }
    case 'TOKEN':
      return tokens(auth, http, clock)
  }
}

/**
 * The call with `appid`, `timestamp` (milliseconds), `nonce` and `sign`: all parameters of the query, these three, and
 * the body as `body`, sorted by name, joined as `name=value&…`, signed, in upper-case hexadecimal digits.
 */
function signed({ appId, secret, digest, keyed, place }: SignedCalls, call: HttpCall, clock: Clock): HttpCall {
  const nonce = randomBytes(16).toString('hex')
  const own = { appid: appId, timestamp: String(clock.now()), nonce }
  const [path = '', query = ''] = call.path.split('?', 2)
  const parameters = [...new URLSearchParams(query), ...Object.entries(own)]
  const text = [...parameters, ...(call.body === null ? [] : [['body', call.body] as const])]
    .map(([name, value]) => `${name}=${value}`)
    .toSorted()
    .join('&')
  const maker = keyed === 'HMAC' ? createHmac(digest, secret).update(text) : keyedDigest(digest, text, secret)
  const proof = { ...own, sign: maker.digest('hex').toUpperCase() }
  if (place === 'HEADERS') return { ...call, headers: { ...call.headers, ...proof } }
  return {
    ...call,
    path: `${path}?${String(new URLSearchParams([...new URLSearchParams(query), ...Object.entries(proof)]))}`,
  }
}

function keyedDigest(digest: SignedCalls['digest'], text: string, secret: string) {
  return createHash(digest).update(`${text}&key=${secret}`)
}

const granted = z.object({ access_token: z.string().min(1), expires_in: z.coerce.number().positive().optional() })
/** Milliseconds that a token without a term is used. */
const USUAL_TERM = 300_000

interface Token {
  readonly text: Promise<string>
  /** The same once it is there. */
  header: string | null
  /** Monotonic milliseconds; a little before its real end. */
  until: number
}

/** One token for all calls, asked for when the first needs it, again before it ends, and again once it is refused. */
function tokens(auth: TokenCalls, http: Http, clock: Clock): Proof {
  let current: Token | null = null
  const grant = (): Token => {
    const token: Token = {
      header: null,
      until: Number.POSITIVE_INFINITY,
      text: grantOf(auth, http).then(({ access_token: text, expires_in: seconds }) => {
        token.until = clock.monotonic() + (seconds === undefined ? USUAL_TERM : seconds * 900)
        token.header = `Bearer ${text}`
        return text
      }),
    }
    token.text.catch(() => {
      // What failed is not kept: the next call asks again.
      if (current === token) current = null
    })
    return token
  }
  return {
    async prove(call, { signal }) {
      if (current === null || clock.monotonic() >= current.until) current = grant()
      // Others wait for it too, so that nobody's leaving ends it.
      const text = await untilAborted(current.text, signal).catch((error: unknown) => {
        throw error instanceof Failure ? error : unavailable('no token in time')
      })
      return { ...call, headers: { ...call.headers, authorization: `Bearer ${text}` } }
    },
    refused: ({ headers }) => {
      // Where somebody else was refused before and has a new one already, that one stays.
      if (current !== null && current.header === headers['authorization']) current = null
      return true
    },
  }
}

async function grantOf({ path, clientId, clientSecret }: TokenCalls, http: Http): Promise<z.infer<typeof granted>> {
  const form = { grant_type: 'client_credentials', client_id: clientId, client_secret: clientSecret }
  const headers = { accept: 'application/json', 'content-type': 'application/x-www-form-urlencoded' }
  const call: HttpCall = { method: 'POST', path, headers, body: String(new URLSearchParams(form)) }
  const { status, text } = await http.send(async () => call, http.question(undefined))
  if (status !== 200) throw unavailable(`status ${status} for its token`)
  return shaped(granted, parseJson(text))
}

function unavailable(what: string): Failure {
  return new Failure('SOURCE_UNAVAILABLE', { detail: `The REST system failed with ${what}` })
}
