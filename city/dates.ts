import { CITY_DATE } from './citizen.ts'
import type { Random } from './random.ts'

const DAY = 86_400_000

/** A day in [from, to]; `to` when the interval is empty. All dates are `YYYY-MM-DD`. */
export function dayBetween(random: Random, from: string, to: string = CITY_DATE): string {
  const [first, last] = [Date.parse(from), Date.parse(to)]
  if (first >= last) return to
  return new Date(first + random.between(0, (last - first) / DAY) * DAY).toISOString().slice(0, 10)
}

/** Some years later, on the first of the same month. */
export function yearsLater(date: string, years: number): string {
  return `${Number(date.slice(0, 4)) + years}${date.slice(4, 7)}-01`
}

/** Completed years on the city's day. */
export function age(birthDate: string): number {
  const years = Number(CITY_DATE.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return CITY_DATE.slice(5) < birthDate.slice(5) ? years - 1 : years
}
