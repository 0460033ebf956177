import { CompactSign, compactVerify, createLocalJWKSet } from 'jose'
import type { JWK } from 'jose'
import { z } from 'zod'
import type { SigningKey } from '../keys/key-ring.ts'
import { isClause } from '../vocabulary/clause.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Media type of a receipt (RFC 8725, 3.11): a token made for anything else is none. */
const TYPE = 'gongxiang-receipt+jwt'

/** The longest receipt that is looked at, in characters: a hundred items and more. */
const LONGEST = 128 * 1024

/** Of a verification (ZS-4.09): the first three; of a material that a matter needs (ZS-3.01, HZ-61.1): the others. */
export const RECEIPT_OUTCOMES = [
  'MATCH',
  'NO_MATCH',
  'NO_RECORD',
  'OBTAINED',
  'MASKED',
  'VERIFIABLE',
  'UNAVAILABLE',
  'TO_BE_APPLIED_FOR',
  'TO_BE_ASKED',
] as const
/** What a receipt says of one item. */
export type ReceiptOutcome = (typeof RECEIPT_OUTCOMES)[number]

const word = z.string().min(1).max(512)
const item = z.strictObject({
  coordinate: z.templateLiteral([z.string().min(1), '.', z.string().min(1)]),
  title: word,
  outcome: z.enum(RECEIPT_OUTCOMES),
  source: word,
  sourceTitle: word,
  asOf: word.nullable(),
  clause: z.custom<Clause>((value) => typeof value === 'string' && isClause(value)).nullable(),
  claim: word.nullable(),
})
const content = z.strictObject({
  v: z.literal(1),
  receipt: word,
  issuedAt: z.iso.datetime(),
  regime: word,
  catalogVersion: word,
  gatewayVersion: word,
  department: word,
  application: word,
  officer: word,
  matter: word.nullable(),
  case: word.nullable(),
  subject: word,
  items: z.array(item),
})
const header = z.object({ kid: word })

/** One item that was verified, or looked for. */
export interface ReceiptItem {
  readonly coordinate: Coordinate
  /** Its name in the catalogue, in Chinese. */
  readonly title: string
  readonly outcome: ReceiptOutcome
  /** Code and name of the department that provided the value. */
  readonly source: string
  readonly sourceTitle: string
  /** To what moment the source's data was brought up; null where it does not say. */
  readonly asOf: string | null
  /** The clause of its decision. */
  readonly clause: Clause | null
  /** Keyed hash of the claim: who holds the key and the claim can prove what was asked. Null where nothing was claimed. */
  readonly claim: string | null
}

/** What a receipt says (FS-19): who verified what, when and by which law; never a value. */
export interface ReceiptContent {
  readonly v: 1
  /** The receipt of the audit record. */
  readonly receipt: string
  /** ISO 8601 instant, UTC. */
  readonly issuedAt: string
  readonly regime: string
  readonly catalogVersion: string
  readonly gatewayVersion: string
  readonly department: string
  readonly application: string
  readonly officer: string
  readonly matter: string | null
  readonly case: string | null
  /** Keyed pseudonym of the subject. */
  readonly subject: string
  readonly items: readonly ReceiptItem[]
}

/** Public keys, as a key ring or a JSON Web Key Set (RFC 7517) has them. */
export interface ReceiptKeys {
  readonly keys: readonly JWK[]
}

/** Signs a receipt: a compact JWS (RFC 7515) with EdDSA, by the current key of the purpose `receipt`. */
export async function signReceipt(key: Pick<SigningKey, 'id' | 'privateKey'>, said: ReceiptContent): Promise<string> {
  const payload = new TextEncoder().encode(JSON.stringify(content.parse(said)))
  return new CompactSign(payload).setProtectedHeader(headerOf(key.id)).sign(key.privateKey)
}

/**
 * Reads a receipt after checking that one of the keys signed it as a receipt and that nothing was changed since.
 *
 * @param keys public keys of the purpose `receipt`, of all times
 * @throws Failure RECEIPT_INVALID; the detail says which check failed and never quotes the text
 */
export async function readReceipt(text: string, { keys }: ReceiptKeys): Promise<ReceiptContent> {
  if (text.length > LONGEST) throw invalid(TEXTS.long)
  const kid = keyOf(text)
  // Only Ed25519: with a key of another kind in the set, its holder could sign too.
  const known = keys.filter((key) => key.kty === 'OKP' && key.crv === 'Ed25519' && key.kid === kid)
  if (known.length === 0) throw invalid(TEXTS.unknownKey)
  const { payload } = await compactVerify(text, createLocalJWKSet({ keys: known }), { algorithms: ['EdDSA'] }).catch(
    () => {
      throw invalid(TEXTS.signature)
    },
  )
  return contentOf(payload)
}

function headerOf(kid: string) {
  return { alg: 'EdDSA', kid, typ: TYPE } as const
}

/**
 * The key's ID, where the header is letter for letter the one that we write: no other algorithm or type, no member
 * twice, no `crit`, no key that the token brings along.
 */
function keyOf(text: string): string {
  const parts = text.split('.')
  const canonical = parts.every((part) => part !== '' && Buffer.from(part, 'base64url').toString('base64url') === part)
  if (parts.length !== 3 || !canonical) throw invalid(TEXTS.noReceipt)
  const written = Buffer.from(parts[0] ?? '', 'base64url').toString('utf8')
  const parsed = header.safeParse(parseJson(written))
  if (!parsed.success || JSON.stringify(headerOf(parsed.data.kid)) !== written) throw invalid(TEXTS.noReceipt)
  return parsed.data.kid
}

function contentOf(payload: Uint8Array): ReceiptContent {
  const parsed = content.safeParse(parseJson(new TextDecoder().decode(payload)))
  if (!parsed.success) throw invalid(TEXTS.content)
  return parsed.data
}

function parseJson(text: string): unknown {
  try {
    return JSON.parse(text)
  } catch {
    return null
  }
}

function invalid(detail: Text): Failure {
  return new Failure('RECEIPT_INVALID', { detail })
}

const TEXTS = {
  long: { zh: '内容过长,不是核验回执', en: 'The text is too long for a receipt.' },
  noReceipt: {
    zh: '不是本网关签发的核验回执的格式',
    en: 'The text does not have the form of a receipt of verification.',
  },
  unknownKey: { zh: '不是由已公布的回执密钥签发', en: 'No published receipt key signed it.' },
  signature: { zh: '签名不正确,内容可能被改动', en: 'The signature is wrong: the content may have been changed.' },
  content: {
    zh: '签名正确,但内容不是本版本可读的回执',
    en: 'It is signed, but its content is no receipt of a known version.',
  },
} as const satisfies Record<string, Text>
