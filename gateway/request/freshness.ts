import { indexResources } from '../catalog/catalog.ts'
import type { Catalog, ResourceEntry } from '../catalog/catalog.ts'
import { publishStale } from '../observe/channels.ts'
import type { Freshness } from '../project/answer.ts'
import type { Regime } from '../regime/regime.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'

const DAY = 86_400_000
const MINUTE = 60_000

/** Whether what a source shows is in time under a regime. */
export interface FreshnessRule {
  readonly regime: Regime
  /** How far behind a real-time source may be: the operator's bound, which no regulation states. */
  readonly realtimeMinutes: number
}

/**
 * The instant before which a source's time is late, in milliseconds since the epoch; null where the regime's text sets no
 * time for such a resource, and null borrows from no other one.
 *
 * A cycle is overdue when a whole one has passed without a load: what is kept up daily must have been loaded yesterday or
 * today, by the calendar of the city. Static data by the day of the first month of each quarter that the text names
 * (HZ-16): from the next day on it must be of the last day of the quarter before, or later, or a change of that quarter
 * may be missing.
 */
export function lateBefore(
  { regime, realtimeMinutes }: FreshnessRule,
  updateCycle: string,
  now: number,
): number | null {
  const rule = regime.parameters['freshness.default']?.value ?? null
  if (rule === null || rule.mode === 'NO_LIMIT') return null
  const { year, month, day } = cityDay(now)
  switch (updateCycle) {
    case 'REALTIME':
      return now - realtimeMinutes * MINUTE
    case 'DAILY':
      return cityInstant(year, month, day) - DAY
    case 'MONTHLY':
      return cityInstant(year, month - 1, 1)
    case 'QUARTERLY':
      return cityInstant(year, month - (month % 3) - 3, 1)
    case 'STATIC': {
      if (rule.staticByDay === undefined) return null
      const quarter = month - (month % 3)
      const due = month > quarter || day > rule.staticByDay
      return cityInstant(year, due ? quarter : quarter - 3, 1) - DAY
    }
    default:
      return null
  }
}

/** A calendar day in Asia/Shanghai; the month counts from 0. */
function cityDay(at: number): { readonly year: number; readonly month: number; readonly day: number } {
  const there = new Date(at + CITY_OFFSET)
  return { year: there.getUTCFullYear(), month: there.getUTCMonth(), day: there.getUTCDate() }
}

/** The beginning of a day of the city; a month below 0 is one of the year before. */
function cityInstant(year: number, month: number, day: number): number {
  return Date.UTC(year, month, day) - CITY_OFFSET
}

/** Tells of late sources, each resource once a day however often it is asked. */
export interface StaleAlerts {
  tell(this: void, resource: ResourceEntry, asOf: string, now: number): void
}

/** Alerts that live as long as the process. */
export function createStaleAlerts(): StaleAlerts {
  const told = new Map<string, string>()
  return {
    tell({ code, type, department, updateCycle }, asOf, now) {
      const { year, month, day } = cityDay(now)
      const today = `${year}-${month}-${day}`
      if (told.get(code) === today) return
      told.set(code, today)
      publishStale(() => ({ department, resource: code, type, updateCycle, asOf }))
    },
  }
}

/** What says of a record type's time whether it is in time; a breach is told of and refuses nothing (S25). */
export function freshnessOf(
  rule: FreshnessRule,
  catalog: Catalog,
  { now, stale }: { readonly now: number; readonly stale: StaleAlerts },
): (type: string, asOf: string) => Freshness | null {
  const resources = resourcesOf(catalog)
  return (type, asOf) => {
    const resource = resources.get(type)
    const late = resource ? lateBefore(rule, resource.updateCycle, now) : null
    if (!resource || late === null) return null
    if (Date.parse(asOf) >= late) return 'CURRENT'
    stale.tell(resource, asOf, now)
    return 'BREACHED'
  }
}

/** A catalogue does not change: its resources are indexed once. */
const indexed = new WeakMap<Catalog, ReadonlyMap<string, ResourceEntry>>()

function resourcesOf(catalog: Catalog): ReadonlyMap<string, ResourceEntry> {
  const known = indexed.get(catalog) ?? indexResources(catalog)
  indexed.set(catalog, known)
  return known
}
