import type { MaskRule } from '../vocabulary/decision.ts'

/**
 * The rule set `strict` (docs/masking.md). Every rule takes any text and fails closed: what it cannot parse is
 * masked whole. Lengths are fixed where length would tell. Never throws.
 */
const RULES: Readonly<Record<MaskRule, (value: string) => string | null>> = {
  'M-NONE': (value) => value,
  'M-NULL': () => null,
  'M-ALL': () => ALL,
  'M-NAME': maskName,
  'M-IDNO': (value) => maskIdNumber(value, 3),
  'M-IDNO-2': (value) => maskIdNumber(value, 2),
  'M-PHONE': maskPhone,
  'M-ADDR': maskAddress,
  'M-DATE': maskDate,
  'M-NO': maskNumber,
  'M-CODE': maskDivision,
}

/** What stands for a value that shows nothing. */
const ALL = '************'

/** Surnames of two characters, so that both are kept and no given name is shown. */
const COMPOUND_SURNAMES = new Set(
  (
    '欧阳 司马 上官 诸葛 东方 皇甫 尉迟 公孙 慕容 令狐 司徒 司空 夏侯 南宫 端木 长孙 宇文 轩辕 百里 呼延 ' +
    '东郭 西门 独孤 拓跋 公冶 太史 申屠 濮阳 淳于 单于 澹台 钟离 闻人 赫连 万俟 闾丘 左丘 公羊 谷梁 第五'
  ).split(' '),
)

/** Masks a text. Other types than text are masked whole by `maskValue`. */
export function maskText(rule: MaskRule, value: string): string | null {
  return RULES[rule](value)
}

/** Whether a null source value may be told apart from a masked one: fixed-output rules give the mask for both. */
export function hidesPresence(rule: MaskRule): boolean {
  return rule === 'M-ALL' || rule === 'M-IDNO' || rule === 'M-IDNO-2'
}

/** Masks whatever a source returned. A null stays null where the rule lets presence show. */
export function maskValue(rule: MaskRule, value: unknown): string | null {
  if (rule === 'M-NULL') return null
  if (value === null || value === undefined) return hidesPresence(rule) ? blank(rule) : null
  return typeof value === 'string' ? maskText(rule, value) : ALL
}

function blank(rule: MaskRule): string {
  return rule === 'M-ALL' ? ALL : ID_BLANK
}

/** Surname and two asterisks. A name of one character, or one that is no Han name, shows nothing but asterisks. */
function maskName(value: string): string {
  const characters = [...value.normalize('NFKC').trim()]
  if (characters.length < 2 || !characters.every((one) => /\p{Script=Han}/u.test(one)))
    return maskForeignName(characters)
  const two = characters.slice(0, 2).join('')
  if (COMPOUND_SURNAMES.has(two)) return characters.length > 2 ? `${two}**` : '**'
  return `${characters[0]}**`
}

/** Names with a middle dot keep their first character (最高人民法院 2016, art. 9); all else is hidden. */
function maskForeignName(characters: readonly string[]): string {
  const dotted = characters.some((one) => one === '·' || one === '•' || one === '・')
  return dotted && /\p{Script=Han}/u.test(characters[0] ?? '') ? `${characters[0]}**` : '**'
}

const ID_BLANK = '*'.repeat(18)

/** The first characters, then fixed 15 (16) asterisks: never a tail, never birth digits. */
function maskIdNumber(value: string, head: 2 | 3): string {
  const plain = value.normalize('NFKC').trim().toUpperCase()
  return /^(\d{17}[\dX]|\d{15})$/.test(plain) ? plain.slice(0, head) + '*'.repeat(18 - head) : ID_BLANK
}

function maskPhone(value: string): string {
  const plain = value.normalize('NFKC').replace(/[\s-]/g, '')
  return /^1\d{10}$/.test(plain) ? `${plain.slice(0, 3)}******${plain.slice(-2)}` : '***********'
}

/** Cut after the township or subdistrict; null where none is found. */
function maskAddress(value: string): string | null {
  const township =
    /^(?:[^\d\s]{2,12}?(?:省|自治区))?(?:[^\d\s]{2,12}?(?:市|自治州|盟))?(?:[^\d\s]{2,12}?(?:区|县|旗|市))?[^\d\s路号村栋室]{1,10}?(?:街道|镇|乡)/u
  const found = township.exec(value.normalize('NFKC').trim())
  return found ? `${found[0]}***` : null
}

/** The year alone. */
function maskDate(value: string): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:T.*)?$/.exec(value.normalize('NFKC').trim())
  return found ? `${found[1]}-**-**` : null
}

/** The last three of ten or more; else nothing. Fixed length. */
function maskNumber(value: string): string {
  const characters = [...value.normalize('NFKC').trim()]
  return characters.length >= 10 ? `*********${characters.slice(-3).join('')}` : ALL
}

/** A division code cut to the city. */
function maskDivision(value: string): string | null {
  const found = /^(\d{4})\d{2}(?:\d{3}){0,2}$/.exec(value.normalize('NFKC').trim())
  return found ? `${found[1]}00` : null
}
