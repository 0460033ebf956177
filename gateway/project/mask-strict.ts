import { cutToTownship } from './mask-address.ts'
import {
  plain,
  readCard,
  readEmail,
  readIdNumber,
  readIp,
  readLandline,
  readMobile,
  readPassport,
  readPlate,
  readUscc,
  visibleCharacters,
} from './mask-parse.ts'
import { ALL, ID_BLANK, stars } from './mask-set.ts'
import type { MaskTable } from './mask-set.ts'

/** The rule set `strict` (docs/masking.md). Lengths are fixed where length would tell. */
export const STRICT: MaskTable = Object.freeze({
  'M-NULL': { show: () => null, blank: null },
  'M-ALL': { show: () => null, blank: ALL },
  'M-NAME': { show: maskName, blank: '**' },
  'M-IDNO': { show: (value) => maskIdNumber(value, 3), blank: ID_BLANK },
  'M-IDNO-2': { show: (value) => maskIdNumber(value, 2), blank: ID_BLANK },
  'M-PHONE': { show: maskPhone, blank: stars(11) },
  'M-ADDR': { show: cutToTownship, blank: null },
  'M-DATE': { show: maskDate, blank: null },
  'M-NO': { show: maskNumber, blank: ALL },
  'M-CODE': { show: maskDivision, blank: null },
  'M-EMAIL': { show: maskEmail, blank: ALL },
  'M-LANDLINE': { show: maskLandline, blank: ALL },
  'M-CARD': { show: maskCard, blank: ALL },
  'M-PLATE': { show: maskPlate, blank: ALL },
  'M-PASSPORT': { show: maskPassport, blank: ALL },
  'M-IP': { show: maskIp, blank: ALL },
  'M-USCC': { show: maskUscc, blank: ALL },
  'M-AMOUNT': { show: maskAmount, blank: null },
})

/** Surnames of two characters, so that both are kept and no given name is shown. */
const COMPOUND_SURNAMES = new Set(
  (
    '欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 南宫 端木 长孙 宇文 轩辕 百里 呼延 ' +
    '东郭 西门 独孤 拓跋 公冶 太史 申屠 濮阳 淳于 单于 澹台 钟离 闻人 赫连 万俟 闾丘 左丘 公羊 谷梁 第五'
  ).split(' '),
)

/** Dots between the parts of a name, as different systems write them. */
const NAME_DOTS = new Set(['·', '•', '‧', '・', '∙', '⋅'])

/**
 * Surname and two asterisks. A name with a middle dot has no Han surname and keeps its first character (最高人民法院
 * 2016, art. 9); a name of one character, or in letters that are not Han, shows nothing but asterisks.
 */
function maskName(value: string): string | null {
  const characters = [...value.normalize('NFKC').replace(/\s/g, '')]
  const [first = '', second = ''] = characters
  const han = (one: string): boolean => /^\p{Script=Han}$/u.test(one)
  if (characters.length < 2 || !han(first) || !characters.every((one) => han(one) || NAME_DOTS.has(one))) return null
  if (!COMPOUND_SURNAMES.has(first + second)) return `${first}**`
  return characters.length > 2 ? `${first}${second}**` : null
}

/** The first characters, then 15 or 16 asterisks: never a tail, never birth digits. */
function maskIdNumber(value: string, head: 2 | 3): string | null {
  const number = readIdNumber(value)
  return number === null ? null : number.slice(0, head) + stars(18 - head)
}

function maskPhone(value: string): string | null {
  const number = readMobile(value)
  return number === null ? null : `${number.slice(0, 3)}******${number.slice(-2)}`
}

/** The year alone. */
function maskDate(value: string): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:T.*)?$/.exec(plain(value))
  return found ? `${found[1]}-**-**` : null
}

/**
 * The last three of ten or more. Blanks and invisible characters do not count: they would let three characters of a
 * short number show.
 */
function maskNumber(value: string): string | null {
  const given = visibleCharacters(value)
  const characters = [...given.join('').normalize('NFKC')]
  // Compatibility characters may fall apart into many.
  const counted = Math.min(given.length, characters.length)
  return counted >= 10 ? `*********${characters.slice(-3).join('')}` : null
}

/** A division code cut to the city. */
function maskDivision(value: string): string | null {
  const found = /^(\d{4})\d{2}(?:\d{3}){0,2}$/.exec(plain(value))
  return found ? `${found[1]}00` : null
}

/** The first character and the domain. */
function maskEmail(value: string): string | null {
  const email = readEmail(value)
  return email && `${email.local.charAt(0)}***@${email.domain}`
}

/** The area code and the last two digits. */
function maskLandline(value: string): string | null {
  const found = readLandline(value)
  return found && `${found.area}-******${found.number.slice(-2)}`
}

/** The last four digits; the first ones name the bank. */
function maskCard(value: string): string | null {
  const card = readCard(value)
  return card === null ? null : `************${card.slice(-4)}`
}

/** Province and city letter; seven and eight characters look alike. */
function maskPlate(value: string): string | null {
  const plate = readPlate(value)
  return plate === null ? null : `${plate.slice(0, 2)}*****`
}

function maskPassport(value: string): string | null {
  const number = readPassport(value)
  return number === null ? null : `${number.charAt(0)}******${number.slice(-2)}`
}

function maskIp(value: string): string | null {
  const found = readIp(value)
  return found && found.first + `${found.mark}*`.repeat(found.rest)
}

/** Codes of organisations are public; that of an individual business (92, 个体工商户) is a natural person's. */
function maskUscc(value: string): string | null {
  const code = readUscc(value)
  if (code === null) return null
  return code.startsWith('92') ? `92${stars(16)}` : code
}

/** Where one band of amounts ends and the next begins: steps of 1, 2 and 5. */
const BANDS = [...[3, 4, 5, 6].flatMap((power) => [1, 2, 5].map((step) => step * 10 ** power)), 10 ** 7]

/** The band that an amount lies in: from the first number, to below the second. No sign, no separators. */
function maskAmount(value: string): string | null {
  const text = plain(value)
  if (!/^\d{1,15}(?:\.\d{1,6})?$/.test(text)) return null
  const amount = Number(text)
  const above = BANDS.findIndex((limit) => amount < limit)
  if (above < 0) return `>=${BANDS.at(-1)}`
  return `${BANDS[above - 1] ?? 0}-${BANDS[above]}`
}
