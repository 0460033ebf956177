import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import { foldText } from './fold.ts'

/** A calendar day; the month counts from 1. */
interface Day {
  readonly year: number
  readonly month: number
  readonly day: number
}

const SECONDS = String.raw`(?<second>\d{2})(?:[.,]\d{1,9})?`
const ZONE = String.raw`(?: ?(?<zone>Z|[+-]\d{2}(?::?\d{2})?))?`
const CLOCK = String.raw`(?<hour>\d{1,2}):(?<minute>\d{2})(?::${SECONDS})?${ZONE}`
const MARKED = new RegExp(
  String.raw`^(?<year>\d{4})(?<mark>[-/.])(?<month>\d{1,2})\k<mark>(?<day>\d{1,2})(?:[T ]${CLOCK})?$`,
)
const COMPACT = new RegExp(
  String.raw`^(?<year>\d{4})(?<month>\d{2})(?<day>\d{2})(?:[T ]?(?<hour>\d{2})(?<minute>\d{2})(?:${SECONDS})?${ZONE})?$`,
)
const CHINESE = /^(?<year>\P{Z}{4})年(?<month>\P{Z}{1,3})月(?<day>\P{Z}{1,3})[日号](?<time>\d{1,2}:\d{2}(?::\d{2})?)?$/u

/**
 * A date in any of its usual spellings as `YYYY-MM-DD`, or null: 2026-03-05, 2026/3/5, 2026.3.5, 20260305, 2026年3月5日,
 * 二〇二六年三月五日, and these with a time of day. A time in another zone is taken to the day that it is in the city
 * (+08:00). Impossible days, years of two digits and masked dates are null.
 */
export function canonicalDate(text: string): string | null {
  const folded = foldText(text)
  return chineseDate(folded.replaceAll(' ', '')) ?? westernDate(folded)
}

function westernDate(text: string): string | null {
  const found = (MARKED.exec(text) ?? COMPACT.exec(text))?.groups
  if (found === undefined) return null
  const date = { year: Number(found['year']), month: Number(found['month']), day: Number(found['day']) }
  const { hour = '0', minute = '0', second = '0', zone } = found
  if (!exists(date) || !isTime(hour, minute, second)) return null
  return zone === undefined ? written(date) : dayInCity(date, Number(hour) * 60 + Number(minute), zone)
}

/** A time that a clock shows; the second 60 is a leap second. */
function isTime(hour: string, minute: string, second: string): boolean {
  return Number(hour) <= 23 && Number(minute) <= 59 && Number(second) <= 60
}

/** The day in the city at a minute of a day in another zone. */
function dayInCity({ year, month, day }: Day, minutes: number, zone: string): string | null {
  const ahead = minutesOf(zone)
  if (ahead === null) return null
  const there = new Date(Date.UTC(year, month - 1, day, 0, minutes - ahead) + CITY_OFFSET)
  return written({ year: there.getUTCFullYear(), month: there.getUTCMonth() + 1, day: there.getUTCDate() })
}

/** Minutes ahead of UTC; null for a zone that no clock has. */
function minutesOf(zone: string): number | null {
  if (zone === 'Z') return 0
  const [hours, minutes] = [Number(zone.slice(1, 3)), Number(zone.slice(3).replace(':', ''))]
  if (hours > 14 || minutes > 59) return null
  return (zone.startsWith('-') ? -1 : 1) * (hours * 60 + minutes)
}

function chineseDate(text: string): string | null {
  const { year, month, day, time = '0' } = CHINESE.exec(text)?.groups ?? {}
  if (year === undefined || month === undefined || day === undefined) return null
  const [hour = '', minute = '0', second = '0'] = time.split(':')
  const digits = digitsOf(year)
  const date = {
    year: digits !== null && /^\d{4}$/.test(digits) ? Number(digits) : 0,
    month: month === '元' ? 1 : chineseNumber(month),
    day: chineseNumber(day),
  }
  return exists(date) && isTime(hour, minute, second) ? written(date) : null
}

/** Chinese digits, plain ones and those of cheques. */
const DIGITS = ['〇零○O0', '一壹1', '二贰2', '三叁3', '四肆4', '五伍5', '六陆6', '七柒7', '八捌8', '九玖9']

/** A row of digits in ASCII; null where a character is none. */
function digitsOf(text: string): string | null {
  const values = [...text].map((one) => DIGITS.findIndex((spellings) => spellings.includes(one)))
  return values.includes(-1) ? null : values.join('')
}

/** A number below 100, such as 5, 05, 五, 〇五, 十五, 二十五, 廿五; 0 where it is none. */
function chineseNumber(text: string): number {
  const row = digitsOf(text)
  if (row !== null) return row.length <= 2 ? Number(row) : 0
  const tens = text.replace('廿', '二十').replace('卅', '三十').replace('拾', '十')
  const [before = '', after = '', ...more] = tens.replace(/^零/u, '').split('十')
  const [ten, one] = [before === '' ? '1' : digitsOf(before), after === '' ? '0' : digitsOf(after)]
  const number = more.length === 0 && ten?.length === 1 && one?.length === 1 ? Number(ten) * 10 + Number(one) : 0
  return tens.includes('十') ? number : 0
}

/** Whether the calendar has the day; a year before 1000 is a slip of the pen. */
function exists({ year, month, day }: Day): boolean {
  if (year < 1000 || month < 1 || month > 12 || day < 1) return false
  return day <= new Date(Date.UTC(year, month, 0)).getUTCDate()
}

function written({ year, month, day }: Day): string {
  const two = (number: number): string => String(number).padStart(2, '0')
  return `${year}-${two(month)}-${two(day)}`
}
