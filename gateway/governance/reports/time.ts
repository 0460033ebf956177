import { CITY_OFFSET } from '../../vocabulary/city-time.ts'
import { remember } from '../../vocabulary/remember.ts'

/** `YYYY-MM-DD` of an instant, by the calendar of the city. */
export function cityDay(at: number): string {
  return there(at).slice(0, 10)
}

/** `YYYY-MM` of an instant, by the calendar of the city. */
export function cityMonth(at: number): string {
  return monthOfDay(String(Math.floor((at + CITY_OFFSET) / DAY)))
}

const DAY = 86_400_000

/** Every item of a year's records is counted by its month, and a year has few days. */
const monthOfDay = remember((day) => new Date(Number(day) * DAY).toISOString().slice(0, 7))

/** `YYYY-MM-DD HH:MM` of an instant, by the clocks of the city. */
export function cityTime(at: number): string {
  return there(at).slice(0, 16).replace('T', ' ')
}

/** The first instant of a year of the city. */
export function startOfYear(year: number): number {
  return Date.UTC(year, 0, 1) - CITY_OFFSET
}

/** Every month from the first instant up to, and without, the second; at most `most`, the last ones. */
export function monthsOf(since: number, until: number, most = 36): readonly string[] {
  const [first, last] = [cityMonth(since), cityMonth(Math.max(since, until - 1))]
  const months: string[] = []
  for (let month = last; month >= first && months.length < most; month = monthBefore(month)) months.unshift(month)
  return months
}

function monthBefore(month: string): string {
  const [year = 0, number = 1] = month.split('-').map(Number)
  return number === 1 ? `${year - 1}-12` : `${year}-${String(number - 1).padStart(2, '0')}`
}

function there(at: number): string {
  return new Date(at + CITY_OFFSET).toISOString()
}
