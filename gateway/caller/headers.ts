import { Failure } from '../vocabulary/failure.ts'
import { holdsIdNumber } from '../vocabulary/id-number.ts'

/**
 * Header names and values alternating, exactly as they came over the wire (`IncomingMessage.rawHeaders`):
 * only this form still shows that a header was sent twice.
 */
export type RawHeaders = readonly string[]

const BEARER = /^bearer +([A-Za-z0-9_-]+\.[A-Za-z0-9_-]+\.[A-Za-z0-9_-]+)$/i
const CODE = /^[A-Za-z0-9._-]{1,64}$/
const TOKEN_LIMIT = 8192

/** Headers in which a caller states a code. */
export type StatedHeader = 'x-matter' | 'x-case' | 'x-acting-for' | 'x-emergency'

/** All values of one header; `name` in lower case. */
function valuesOf(headers: RawHeaders, name: string): readonly string[] {
  const found: string[] = []
  for (let at = 0; at + 1 < headers.length; at += 2) {
    const key = headers[at]
    if (key !== undefined && key.length === name.length && key.toLowerCase() === name) found.push(headers[at + 1] ?? '')
  }
  return found
}

/**
 * The compact JWT of the one `Authorization: Bearer` header.
 * @throws Failure UNAUTHENTICATED: none, several, another scheme, over 8 KiB, or not three base64url parts.
 */
export function bearerToken(headers: RawHeaders): string {
  const values = valuesOf(headers, 'authorization')
  if (values.length === 0)
    throw new Failure('UNAUTHENTICATED', {
      detail: { zh: '缺少请求头 Authorization', en: 'The header Authorization is missing.' },
    })
  if (values.length > 1)
    throw new Failure('UNAUTHENTICATED', {
      detail: { zh: '请求头 Authorization 出现多次', en: 'The header Authorization was sent more than once.' },
    })
  const value = values[0] ?? ''
  if (value.length > TOKEN_LIMIT)
    throw new Failure('UNAUTHENTICATED', { detail: { zh: '令牌超过 8 KiB', en: 'The token is longer than 8 KiB.' } })
  const token = BEARER.exec(value)?.[1]
  if (token === undefined)
    throw new Failure('UNAUTHENTICATED', {
      detail: { zh: 'Authorization 应为 Bearer 加一个 JWT', en: 'Authorization is not "Bearer" and one JWT.' },
    })
  return token
}

/**
 * A code stated in a header, trimmed; null where the header is absent or empty.
 * @throws Failure BAD_REQUEST: sent twice, over 64 characters, other characters, or a citizen's number (HZ-47.2).
 */
export function statedCode(headers: RawHeaders, name: StatedHeader): string | null {
  const values = valuesOf(headers, name)
  if (values.length > 1)
    throw new Failure('BAD_REQUEST', {
      detail: { zh: `请求头 ${name} 出现多次`, en: `The header ${name} was sent more than once.` },
    })
  const value = values[0]?.trim() ?? ''
  if (value === '') return null
  if (!CODE.test(value))
    throw new Failure('BAD_REQUEST', {
      detail: {
        zh: `请求头 ${name} 只接受至多 64 个字母、数字、“.”“_”“-”`,
        en: `The header ${name} takes up to 64 letters, digits, ".", "_" and "-".`,
      },
    })
  if (holdsIdNumber(value))
    throw new Failure('BAD_REQUEST', {
      clause: 'HZ-47.2',
      detail: {
        zh: `请求头 ${name} 含有公民身份号码,会被记录`,
        en: `The header ${name} holds a citizen's number, which would be recorded.`,
      },
    })
  return value
}
