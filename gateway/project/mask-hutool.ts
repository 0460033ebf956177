import { hideDoor } from './mask-address.ts'
import { readCard, readEmail, readIdNumber, readLandline, readMobile, readPlate } from './mask-parse.ts'
import { stars } from './mask-set.ts'
import type { MaskTable } from './mask-set.ts'
import { STRICT } from './mask-strict.ts'

/**
 * The rule set `hutool`: the formats of hutool's DesensitizedUtil, which departments know, without the cases in which
 * it returns a value as it came. What hutool has no format for is masked as in `strict` (docs/masking.md, row by row).
 */
export const HUTOOL: MaskTable = Object.freeze({
  ...STRICT,
  'M-NAME': { show: maskName, blank: STRICT['M-NAME'].blank },
  'M-IDNO': { show: maskIdNumber, blank: STRICT['M-IDNO'].blank },
  'M-PHONE': { show: maskPhone, blank: STRICT['M-PHONE'].blank },
  'M-LANDLINE': { show: maskLandline, blank: STRICT['M-LANDLINE'].blank },
  'M-ADDR': { show: hideDoor, blank: stars(8) },
  'M-EMAIL': { show: maskEmail, blank: STRICT['M-EMAIL'].blank },
  'M-CARD': { show: maskCard, blank: STRICT['M-CARD'].blank },
  'M-PLATE': { show: maskPlate, blank: STRICT['M-PLATE'].blank },
})

/** The longest name whose length is shown. */
const LONGEST_NAME = 30

/** The first letter, whatever its script, and an asterisk for each character behind it. */
function maskName(value: string): string | null {
  const characters = [...value.normalize('NFKC').replace(/\s/g, '')]
  const [first = ''] = characters
  const named = /^\p{L}[\p{L}\p{M}·•‧・∙⋅]+$/u.test(characters.join(''))
  return named && characters.length <= LONGEST_NAME ? first + stars(characters.length - 1) : null
}

/** 1 + 2: the last two are a digit of the sequence and the check character, see the linkage lint. */
function maskIdNumber(value: string): string | null {
  const number = readIdNumber(value)
  return number === null ? null : keepEnds(number, 1, 2)
}

function maskPhone(value: string): string | null {
  const number = readMobile(value)
  return number === null ? null : keepEnds(number, 3, 4)
}

function maskLandline(value: string): string | null {
  const found = readLandline(value)
  return found && keepEnds(found.area + found.number, 4, 2)
}

function maskEmail(value: string): string | null {
  const email = readEmail(value)
  return email && `${keepEnds(email.local, 1, 0)}@${email.domain}`
}

/** Groups of four; the first shows, and the last, of one to four digits. */
function maskCard(value: string): string | null {
  const groups = readCard(value)?.match(/\d{1,4}/g)
  if (!groups) return null
  return groups.map((group, at) => (at === 0 || at === groups.length - 1 ? group : '****')).join(' ')
}

function maskPlate(value: string): string | null {
  const plate = readPlate(value)
  return plate === null ? null : keepEnds(plate, 3, 1)
}

function keepEnds(text: string, head: number, tail: number): string {
  return text.slice(0, head) + stars(text.length - head - tail) + text.slice(text.length - tail)
}
