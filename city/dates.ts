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

/** Some days later; earlier for a negative number. */
export function shifted(date: string, days: number): string {
  return new Date(Date.parse(date) + days * DAY).toISOString().slice(0, 10)
}

/** Completed years on a day; on the city's day where none is given. */
export function age(birthDate: string, on: string = CITY_DATE): number {
  const years = Number(on.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return on.slice(5) < birthDate.slice(5) ? years - 1 : years
}

/** A date as a clerk gets it wrong: day and month change places, or else the day is the neighbouring one. */
export function slipped(date: string): string {
  const [year, month, day] = date.split('-')
  if (Number(day) <= 12 && day !== month) return `${year}-${day}-${month}`
  const neighbour = day === '01' ? '02' : String(Number(day) - 1).padStart(2, '0')
  return `${year}-${month}-${neighbour}`
}
