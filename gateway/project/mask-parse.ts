import { canonicalUscc } from '../vocabulary/uscc.ts'

/*
 * What both sets of masking rules read: a text comes in as a department wrote it, parts come out, or null for what is
 * not plainly of the kind. Half-understood is not understood: the rules then hide the value whole.
 */

/** Half width, composed, without surrounding blanks. */
export function plain(value: string): string {
  return value.normalize('NFKC').trim()
}

/** As `plain`, in capitals, without any blanks. */
function compact(value: string): string {
  return value.normalize('NFKC').replace(/\s/g, '').toUpperCase()
}

/** Blanks and invisible characters left out: padding must not open what a rule hides by counting. */
export function visibleCharacters(value: string): string[] {
  return [...value.replace(/[\p{C}\p{Z}]/gu, '')]
}

const DAY = '(?:0[1-9]|1[0-2])(?:0[1-9]|[12]\\d|3[01])'
const DATED = new RegExp(`^\\d{6}(?:(?:18|19|20)\\d{2}${DAY}\\d{3}|\\d{2}${DAY}\\d{3}$)`)
const DATE = new RegExp(`^(?:18|19|20)\\d{2}${DAY}$`)

/**
 * Whether a text begins as a resident number does, of 18 digits or of 15, with or without a right check character: a
 * mistyped number gives away its person as well as a right one.
 */
function looksLikeIdNumber(text: string): boolean {
  return DATED.test(text)
}

/** A resident number of 18 or 15 characters, whatever its check character. */
export function readIdNumber(value: string): string | null {
  const text = plain(value).toUpperCase()
  return /^(\d{17}[\dX]|\d{15})$/.test(text) ? text : null
}

/** A mobile number of eleven digits. */
export function readMobile(value: string): string | null {
  const text = value.normalize('NFKC').replace(/[\s-]/g, '')
  return /^1\d{10}$/.test(text) ? text : null
}

/** Area code and subscriber number: codes 010 and 02x have three digits and eight behind, all others four and 7–8. */
export function readLandline(value: string): { readonly area: string; readonly number: string } | null {
  const text = value.normalize('NFKC').replace(/[\s()-]/g, '')
  const found = /^(010|02\d)(\d{8})$/.exec(text) ?? /^(0[3-9]\d{2})(\d{7,8})$/.exec(text)
  const [, area, number] = found ?? []
  return area !== undefined && number !== undefined ? { area, number } : null
}

/** 16 or 18 to 20 digits; none that could be a resident number, which other cards carry, with two digits behind it or not. */
export function readCard(value: string): string | null {
  const text = value.normalize('NFKC').replace(/[\s-]/g, '')
  return /^(?:\d{16}|\d{18,20})$/.test(text) && !looksLikeIdNumber(text) ? text : null
}

const PLATE =
  /^[京津沪渝冀豫云辽黑湘皖鲁新苏浙赣鄂桂甘晋蒙陕吉闽贵粤青藏川宁琼][A-Z](?:[A-Z0-9]{4}[A-Z0-9挂学警港澳]|[A-Z0-9]{6})$/

/** A civil plate of seven characters, or of eight (new energy). */
export function readPlate(value: string): string | null {
  const text = compact(value).replace(/[·•]/g, '')
  return PLATE.test(text) ? text : null
}

/**
 * The parts of an e-mail address. A local part of one character would be shown whole by its first, and a domain with
 * a long run of digits may itself be a number of the person: neither is parsed.
 */
export function readEmail(value: string): { readonly local: string; readonly domain: string } | null {
  const [local = '', domain = '', ...rest] = plain(value).split('@')
  const labels = domain.split('.')
  const named = labels.length > 1 && labels.every((label) => /^[A-Za-z0-9](?:[A-Za-z0-9-]*[A-Za-z0-9])?$/.test(label))
  const whole = rest.length === 0 && /^[A-Za-z0-9][A-Za-z0-9._%+-]{1,63}$/.test(local)
  return whole && named && domain.length <= 100 && !/\d{7}/.test(domain) ? { local, domain } : null
}

/**
 * A passport or a permit for Hong Kong, Macao and Taiwan: 8 to 11 letters and digits with a letter, or the eight
 * digits of a Taiwan permit. Longer documents hold a birth date.
 */
export function readPassport(value: string): string | null {
  const text = compact(value)
  return /^(?:(?=\d*[A-Z])[A-Z0-9]{8,11}|\d{8})$/.test(text) && !DATE.test(text) ? text : null
}

/** The first part of an address of the Internet, and how many follow. */
export function readIp(
  value: string,
): { readonly first: string; readonly mark: '.' | ':'; readonly rest: number } | null {
  const text = plain(value).toLowerCase()
  const four = text.split('.')
  if (four.length === 4 && four.every((part) => /^(?:0|[1-9]\d{0,2})$/.test(part) && Number(part) < 256))
    return { first: four[0] ?? '', mark: '.', rest: 3 }
  const [first = ''] = text.split(':')
  return isIpv6(text) && first !== '' ? { first, mark: ':', rest: 7 } : null
}

function isIpv6(text: string): boolean {
  const halves = text.split('::')
  const groups = halves.flatMap((half) => (half === '' ? [] : half.split(':')))
  const counted = halves.length === 1 ? groups.length === 8 : halves.length === 2 && groups.length < 8
  return counted && groups.every((group) => /^[\da-f]{1,4}$/.test(group))
}

/** A unified social credit code with a right check character, that is no resident number. */
export function readUscc(value: string): string | null {
  const code = canonicalUscc(value)
  return code !== null && !looksLikeIdNumber(code) ? code : null
}
