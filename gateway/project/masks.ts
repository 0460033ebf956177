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

/** What stands for an ID number that shows nothing: as long as any other masked one. */
const ID_BLANK = '*'.repeat(18)

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

/**
 * What a rule of L4 gives where the source has nothing: the same as for a value that it hides whole, so that such a
 * mask does not tell that there is a value. By the other rules a null stays null, and presence shows.
 */
const BLANKS: Partial<Readonly<Record<MaskRule, string>>> = {
  'M-ALL': ALL,
  'M-IDNO': ID_BLANK,
  'M-IDNO-2': ID_BLANK,
}

/** Masks whatever a source returned; what is no text is hidden whole. */
export function maskValue(rule: MaskRule, value: unknown): string | null {
  if (rule === 'M-NULL') return null
  if (value === null || value === undefined) return BLANKS[rule] ?? null
  return typeof value === 'string' ? maskText(rule, value) : ALL
}

/** Dots between the parts of a name, as different systems write them. */
const NAME_DOTS = new Set(['·', '•', '‧', '・', '∙', '⋅'])

/**
 * Surname and two asterisks. A name with a middle dot has no Han surname and keeps its first character (最高人民法院
 * 2016, art. 9); a name of one character, or in letters that are not Han, shows nothing but asterisks.
 */
function maskName(value: string): string {
  const characters = [...value.normalize('NFKC').replace(/\s/g, '')]
  const [first = '', second = ''] = characters
  const han = (one: string): boolean => /^\p{Script=Han}$/u.test(one)
  if (characters.length < 2 || !han(first) || !characters.every((one) => han(one) || NAME_DOTS.has(one))) return '**'
  if (!COMPOUND_SURNAMES.has(first + second)) return `${first}**`
  return characters.length > 2 ? `${first}${second}**` : '**'
}

/** The first characters, then fixed 15 (16) asterisks: never a tail, never birth digits. */
function maskIdNumber(value: string, head: 2 | 3): string {
  const plain = value.normalize('NFKC').trim().toUpperCase()
  return /^(\d{17}[\dX]|\d{15})$/.test(plain) ? plain.slice(0, head) + '*'.repeat(18 - head) : ID_BLANK
}

function maskPhone(value: string): string {
  const plain = value.normalize('NFKC').replace(/[\s-]/g, '')
  return /^1\d{10}$/.test(plain) ? `${plain.slice(0, 3)}******${plain.slice(-2)}` : '***********'
}

/**
 * Province, city and county as far as they are there, then the township, whose name holds no word that begins the
 * address below it (a road, a compound, a building …); nor do the names above it hold a number's or a room's word. Every name is short, so that a long text costs nothing.
 */
const ADDRESS = new RegExp(
  [
    '^(?<region>(?:[^\\d\\s号弄栋幢座室]{2,10}?(?:省|自治区|特别行政区))?(?:[^\\d\\s号弄栋幢座室]{2,10}?(?:市|自治州|地区|盟))?',
    '(?:[^\\d\\s号弄栋幢座室]{1,10}?(?:自治县|区|县|旗|市))?)',
    '(?<township>(?:(?!小区|花园|大厦|公寓|新村|大道|广场)[^\\d\\s号弄巷路栋幢座室房层单]){1,8}?',
    '(?:街道|镇|乡|苏木)(?:镇|乡)?)',
  ].join(''),
  'u',
)

/** Characters of a township's full name that may stand alone, e.g. 河南岸街道. */
const BARE_TOWNSHIP = 5

/**
 * Cut after the township or subdistrict; null where none is found. A text without province, city or county is an
 * address only if it is a township's short name and nothing else: more may be about a person.
 */
function maskAddress(value: string): string | null {
  const plain = value.normalize('NFKC').trim()
  const found = ADDRESS.exec(plain)
  if (!found) return null
  const bare = !found.groups?.['region']
  const short = found[0].length === plain.length && [...plain].length <= BARE_TOWNSHIP
  return bare && !short ? null : `${found[0]}***`
}

/** The year alone. */
function maskDate(value: string): string | null {
  const found = /^(\d{4})-(\d{2})-(\d{2})(?:T.*)?$/.exec(value.normalize('NFKC').trim())
  return found ? `${found[1]}-**-**` : null
}

/**
 * The last three of ten or more; else nothing. Fixed length. Blanks and invisible characters do not count: they would
 * let three characters of a short number show.
 */
function maskNumber(value: string): string {
  const given = [...value.replace(/[\p{C}\p{Z}]/gu, '')]
  const characters = [...given.join('').normalize('NFKC')]
  // Compatibility characters may fall apart into many.
  const counted = Math.min(given.length, characters.length)
  return counted >= 10 ? `*********${characters.slice(-3).join('')}` : ALL
}

/** A division code cut to the city. */
function maskDivision(value: string): string | null {
  const found = /^(\d{4})\d{2}(?:\d{3}){0,2}$/.exec(value.normalize('NFKC').trim())
  return found ? `${found[1]}00` : null
}
