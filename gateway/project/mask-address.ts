import { plain, visibleCharacters } from './mask-parse.ts'

/** A name above the township: none holds a digit, nor the word of a number, a building or a room. */
const NAME = '[^\\d\\s号弄栋幢座室]'

/**
 * Province, city and county as far as they are there. Every name is short, so that a long text costs nothing.
 */
const REGION = [
  `(?<region>(?:${NAME}{2,10}?(?:省|自治区|特别行政区))?(?:${NAME}{2,10}?(?:市|自治州|地区|盟))?`,
  `(?:${NAME}{1,10}?(?:自治县|区|县|旗|市))?)`,
].join('')

/** Then the township, whose name holds no word that begins the address below it (a road, a compound, a building …). */
const TOWNSHIP =
  '(?<township>(?:(?!小区|花园|大厦|公寓|新村|大道|广场)[^\\d\\s号弄巷路栋幢座室房层单]){1,8}?(?:街道|镇|乡|苏木)(?:镇|乡)?)'

const ADDRESS = new RegExp(`^${REGION}${TOWNSHIP}`, 'u')
const BEGINNING = new RegExp(`^${REGION}`, 'u')

/** Characters of a township's full name that may stand alone, e.g. 河南岸街道. */
const BARE_TOWNSHIP = 5

/**
 * The address down to the township or subdistrict; null where none is found. A text without province, city or county
 * is an address only if it is a township's short name and nothing else: more may be about a person.
 */
export function cutToTownship(value: string): string | null {
  const text = plain(value)
  const found = ADDRESS.exec(text)
  if (!found) return null
  const bare = !found.groups?.['region']
  const short = found[0].length === text.length && [...text].length <= BARE_TOWNSHIP
  return bare && !short ? null : `${found[0]}***`
}

/** Where the part begins that leads to a door: a digit, or a numeral before the word of a number or a building. */
const DOOR = /\p{N}|[零一二三四五六七八九十百千甲乙丙丁]*[号弄栋幢座室]/u

/** How many characters are hidden at the end. */
const HIDDEN = 8

/**
 * The address without its last eight characters and without any number; null where it does not begin with a
 * province, city or county.
 */
export function hideDoor(value: string): string | null {
  const characters = visibleCharacters(value.normalize('NFKC'))
  const text = characters.slice(0, -HIDDEN).join('')
  const shown = text.slice(0, DOOR.exec(text)?.index ?? text.length)
  return BEGINNING.exec(shown)?.[0] ? shown + '*'.repeat(HIDDEN) : null
}
