import { createHmac, generateKeyPairSync } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { CompactSign, exportJWK, SignJWT } from 'jose'
import { beforeAll, describe, expect, test } from 'vitest'
import { mintToken, PROFILES } from '../../../gateway/caller/development-issuer.ts'
import { readReceipt, signReceipt } from '../../../gateway/verify/receipt.ts'
import type { ReceiptContent } from '../../../gateway/verify/receipt.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { signCallContext } from '../../../subgraphs/kit/call-context.ts'

const pair = generateKeyPairSync('ed25519')
const key = { id: 'receipt-key-1', privateKey: pair.privateKey }
let keys: Parameters<typeof readReceipt>[1]

beforeAll(async () => {
  keys = await publicSet(pair.publicKey, key.id)
})

async function publicSet(publicKey: KeyObject, kid: string) {
  return { keys: [{ ...(await exportJWK(publicKey)), kid, alg: 'EdDSA', use: 'sig' }] }
}

const said: ReceiptContent = {
  v: 1,
  receipt: 'gx_01M80F439GGPVB3V84759DXRN9',
  issuedAt: '2026-06-01T08:00:00.000Z',
  regime: 'zhongshan',
  catalogVersion: '0123456789abcdef',
  gatewayVersion: '0.1.0',
  department: 'education',
  application: 'school-desk',
  officer: 'EDU-0001',
  matter: 'school-admission',
  case: 'SA-2026-0001',
  subject: 'pseudonym-of-somebody',
  items: [
    {
      coordinate: 'AdoptionRegistration.adoptionCertificateNumber',
      title: '收养证号',
      outcome: 'MATCH',
      source: 'civil-affairs',
      sourceTitle: '市民政局',
      asOf: '2026-05-31',
      clause: 'ZS-4.09',
      claim: 'keyed-hash',
    },
  ],
}

const HEADER = { alg: 'EdDSA', kid: key.id, typ: 'gongxiang-receipt+jwt' }
const encode = (value: unknown): string =>
  Buffer.from(typeof value === 'string' ? value : JSON.stringify(value)).toString('base64url')

/** Signs any header with any content as the receipt key would. */
async function signed(header: Record<string, unknown>, payload: unknown = said, by = key.privateKey): Promise<string> {
  const bytes = new TextEncoder().encode(JSON.stringify(payload))
  return new CompactSign(bytes).setProtectedHeader({ alg: 'EdDSA', ...header }).sign(by)
}

/** A text with this header, letter for letter, and a right signature over it. */
async function signedText(headerText: string, payload: unknown = said): Promise<string> {
  const { sign } = await import('node:crypto')
  const input = `${encode(headerText)}.${encode(payload)}`
  return `${input}.${sign(null, Buffer.from(input), key.privateKey).toString('base64url')}`
}

async function refusal(text: string, by = keys): Promise<string> {
  const failure = await readReceipt(text, by).then(
    () => null,
    (error: unknown) => error,
  )
  if (!(failure instanceof Failure)) throw new Error('it was read')
  expect(failure.code).toBe('RECEIPT_INVALID')
  return failure.detailIn('en') ?? ''
}

const FORM = 'The text does not have the form of a receipt of verification.'
const KEY = 'No published receipt key signed it.'
const SIGNATURE = 'The signature is wrong: the content may have been changed.'
const CONTENT = 'It is signed, but its content is no receipt of a known version.'

describe('a receipt', () => {
  test('says what was signed', async () => {
    expect(await readReceipt(await signReceipt(key, said), keys)).toEqual(said)
  })

  test('may be without matter, clause and time, and of what was only looked for', async () => {
    const items = said.items.map((item) => ({
      ...item,
      outcome: 'TO_BE_ASKED' as const,
      claim: null,
      asOf: null,
      clause: null,
    }))
    const other = { ...said, matter: null, case: null, items }
    expect(await readReceipt(await signReceipt(key, other), keys)).toEqual(other)
  })

  test('is read by any key that was ever published', async () => {
    const newer = generateKeyPairSync('ed25519')
    const both = { keys: [...(await publicSet(newer.publicKey, 'receipt-key-2')).keys, ...keys.keys] }
    expect(await readReceipt(await signReceipt(key, said), both)).toEqual(said)
    const next = { id: 'receipt-key-2', privateKey: newer.privateKey }
    expect(await readReceipt(await signReceipt(next, said), both)).toEqual(said)
    expect(await refusal(await signReceipt(next, said))).toBe(KEY)
  })

  test('is not signed where it says what no receipt may say', async () => {
    const withValue = { ...said, items: said.items.map((item) => ({ ...item, value: 'S-1' })) }
    await expect(signReceipt(key, withValue)).rejects.toThrow(/value/)
  })
})

describe('what is no receipt', () => {
  test.each(['', 'x', 'a.b', 'a.b.c', '..', 'a.b.c.d', '{}', '\u0000'])('is refused: %j', async (text) => {
    expect(await refusal(text)).toBe(FORM)
  })

  test('is refused unread where it is too long, and never quoted', async () => {
    const long = `${await signReceipt(key, said)}${'A'.repeat(200_000)}`
    expect(await refusal(long)).toBe('The text is too long for a receipt.')
    const failure: unknown = await readReceipt('canary-4406.canary-1980.canary', keys).catch((error: unknown) => error)
    expect(JSON.stringify(failure, Object.getOwnPropertyNames(failure))).not.toContain('canary')
  })

  test('is refused with another algorithm: none', async () => {
    for (const alg of ['none', 'None', 'NONE']) {
      expect(await refusal(`${encode({ ...HEADER, alg })}.${encode(said)}.`)).toBe(FORM)
      expect(await refusal(`${encode({ ...HEADER, alg })}.${encode(said)}.AAAA`)).toBe(FORM)
    }
    expect(await refusal(`${encode(HEADER)}.${encode(said)}.`)).toBe(FORM)
  })

  test('is refused with another algorithm: an HMAC keyed with the public key', async () => {
    const { publicKey } = pair
    const secrets = [
      publicKey.export({ format: 'pem', type: 'spki' }),
      publicKey.export({ format: 'der', type: 'spki' }),
      Buffer.from(String(keys.keys[0]?.x), 'base64url'),
      JSON.stringify(keys.keys[0]),
    ]
    for (const secret of secrets)
      for (const header of [{ ...HEADER, alg: 'HS256' }, HEADER]) {
        const input = `${encode(header)}.${encode(said)}`
        const mac = createHmac('sha256', secret).update(input).digest('base64url')
        expect(await refusal(`${input}.${mac}`)).toBe(header.alg === 'HS256' ? FORM : SIGNATURE)
      }
  })

  test('is refused with another algorithm: a key of another kind in the set', async () => {
    const rsa = generateKeyPairSync('rsa', { modulusLength: 2_048 })
    const set = { keys: [{ ...(await exportJWK(rsa.publicKey)), kid: key.id, alg: 'RS256' }] }
    expect(await refusal(await signedText(JSON.stringify({ ...HEADER, alg: 'RS256' })), set)).toBe(FORM)
    expect(await refusal(await signReceipt(key, said), set)).toBe(KEY)
  })

  test.each([
    undefined,
    'JWT',
    'at+jwt',
    'gongxiang-context+sd-jwt',
    'GONGXIANG-RECEIPT+JWT',
    'application/gongxiang-receipt+jwt',
  ])('is refused with the type %s, though the receipt key signed it', async (typ) => {
    const header = { kid: key.id, ...(typ === undefined ? {} : { typ }) }
    expect(await refusal(await signed(header))).toBe(FORM)
  })

  test('is refused where it was made for another purpose, by its own key or even by this one', async () => {
    const foreign = generateKeyPairSync('ed25519').privateKey
    const clock = { now: () => 1_780_000_000_000, monotonic: () => 0 }
    const terms = { issuer: 'i', audience: 'a', now: clock.now(), ttlSeconds: 60 }
    const context = { receipt: 'gx_1', consumer: 'education', matter: null }
    for (const privateKey of [foreign, key.privateKey]) {
      const login = await mintToken({ id: key.id, privateKey }, PROFILES['market-app'], terms)
      const call = await signCallContext({ kid: key.id, privateKey }, context, 'tax', Buffer.from(''), clock)
      expect(await refusal(login)).toBe(FORM)
      expect(await refusal(call)).toBe(FORM)
    }
    const asReceipt = await new SignJWT({ sub: 'MR-0042' }).setProtectedHeader(HEADER).sign(key.privateKey)
    expect(await refusal(asReceipt)).toBe(CONTENT)
  })

  test('is refused where another key signed it, under its own name or under ours', async () => {
    const { privateKey } = generateKeyPairSync('ed25519')
    expect(await refusal(await signReceipt({ id: 'other', privateKey }, said))).toBe(KEY)
    expect(await refusal(await signReceipt({ id: key.id, privateKey }, said))).toBe(SIGNATURE)
    expect(await refusal(await signReceipt(key, said), { keys: [] })).toBe(KEY)
  })

  test('is refused where payload or signature come from another receipt, or one letter is changed', async () => {
    const [header = '', payload = '', signature = ''] = (await signReceipt(key, said)).split('.')
    const other = (await signReceipt(key, { ...said, matter: 'another' })).split('.')
    expect(await refusal([header, other[1], signature].join('.'))).toBe(SIGNATURE)
    expect(await refusal([header, payload, other[2]].join('.'))).toBe(SIGNATURE)
    const better = JSON.stringify(said).replace('"MATCH"', '"NO_RECORD"')
    expect(await refusal([header, encode(better), signature].join('.'))).toBe(SIGNATURE)
    for (let at = 0; at < payload.length; at += 97) {
      const flipped = payload[at] === 'A' ? 'B' : 'A'
      const changed = payload.slice(0, at) + flipped + payload.slice(at + 1)
      expect([FORM, SIGNATURE]).toContain(await refusal([header, changed, signature].join('.')))
    }
  })

  test('is refused with spellings of the same bytes, so that one receipt has one text', async () => {
    const text = await signReceipt(key, said)
    const [header = '', payload = '', signature = ''] = text.split('.')
    const last = signature.at(-1) ?? ''
    const alphabet = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_'
    const alike = signature.slice(0, -1) + (alphabet[alphabet.indexOf(last) + 1] ?? '')
    for (const spelling of [`${text}=`, ` ${text}`, `${text}\n`, `${header}.${payload}.${alike}`])
      expect(await refusal(spelling)).toBe(FORM)
  })

  test('is refused with a member twice in its header, whichever stands first', async () => {
    const twice = [
      `{"alg":"none","alg":"EdDSA","kid":"${key.id}","typ":"gongxiang-receipt+jwt"}`,
      `{"alg":"EdDSA","kid":"${key.id}","typ":"JWT","typ":"gongxiang-receipt+jwt"}`,
      `{"alg":"EdDSA","kid":"other","kid":"${key.id}","typ":"gongxiang-receipt+jwt"}`,
      `{"alg":"EdDSA","kid":"${key.id}","typ":"gongxiang-receipt+jwt" }`,
    ]
    for (const text of twice) expect(await refusal(await signedText(text))).toBe(FORM)
    // The same by the same hand with the header as it has to be is read.
    expect(await readReceipt(await signedText(JSON.stringify(HEADER)), keys)).toEqual(said)
  })

  test('is refused with anything more in its header', async () => {
    const own = await exportJWK(pair.publicKey)
    const more = [
      { crit: ['b64'], b64: true },
      { crit: ['x'] },
      { jwk: own },
      { jku: 'https://x.example' },
      { x5c: ['A'] },
    ]
    for (const extra of more) {
      expect(await refusal(await signedText(JSON.stringify({ ...HEADER, ...extra })))).toBe(FORM)
      expect(await refusal(await signedText(JSON.stringify({ ...extra, ...HEADER })))).toBe(FORM)
    }
  })

  test('is refused where a stranger brings the key along', async () => {
    const stranger = generateKeyPairSync('ed25519')
    const jwk = await exportJWK(stranger.publicKey)
    expect(await refusal(await signed({ ...HEADER, jwk }, said, stranger.privateKey))).toBe(FORM)
    expect(await refusal(await signed({ ...HEADER, x5c: ['MIIB'] }, said, stranger.privateKey))).toBe(FORM)
  })

  test.each([
    ['another version', { ...said, v: 2 }],
    ['more than a receipt says', { ...said, value: 'S-1' }],
    ['an unknown outcome', { ...said, items: said.items.map((item) => ({ ...item, outcome: 'PERHAPS' })) }],
    ['a clause that is none', { ...said, items: said.items.map((item) => ({ ...item, clause: 'XX' })) }],
    ['no object', null],
    ['a list', [said]],
  ])('is refused with %s, though it is signed', async (_what, payload) => {
    expect(await refusal(await signed(HEADER, payload))).toBe(CONTENT)
  })
})
