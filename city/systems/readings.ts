import { CITY_DATE } from '../citizen.ts'
import type { Random } from '../random.ts'

const HOUR = 3_600_000

/** The newest hour for which any station has a reading: before the night's load, which is that of table.ts. */
const LAST = Date.parse(`${CITY_DATE}T03:00:00Z`)

/**
 * Full hours of the last days, the oldest first, as `YYYY-MM-DD HH:00:00` in Asia/Shanghai.
 *
 * @param every hours from one to the next
 */
export function hours(days: number, every = 1): readonly string[] {
  const count = Math.floor((days * 24) / every)
  return Array.from({ length: count }, (_, at) => clockText(LAST - (count - 1 - at) * every * HOUR))
}

function clockText(instant: number): string {
  return `${new Date(instant).toISOString().slice(0, 13).replace('T', ' ')}:00:00`
}

/** A number with so many decimals in [from, to], as text: what an instrument shows. */
export function measured(random: Random, from: number, to: number, decimals: number): string {
  const scale = 10 ** decimals
  const value = random.between(Math.round(from * scale), Math.round(to * scale))
  return (value / scale).toFixed(decimals)
}

/** Nothing in this share of cases: the instrument was being calibrated. */
export function unlessIdle(random: Random, share: number, value: string): string | null {
  return random.chance(share) ? null : value
}
