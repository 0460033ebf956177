import type { AuditEntry } from '../../gateway/audit/record.ts'

/** Random numbers from a seed: the same seed, the same weeks. */
export function createChance(seed: number) {
  let state = seed >>> 0
  const next = (): number => {
    // mulberry32
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296
  }
  return {
    /** From 0 on, below `below`. */
    below: (below: number): number => Math.floor(next() * below),
    /** True so many times in a hundred. */
    percent: (times: number): boolean => next() * 100 < times,
  }
}
export type Chance = ReturnType<typeof createChance>

const MINUTE = 60_000
const HOUR = 60 * MINUTE
const DAY = 24 * HOUR
const CITY = 8 * HOUR

/** An office: departments whose officers serve the people who come to their desks. */
interface Office {
  readonly department: string
  readonly application: string
  readonly prefix: string
  readonly matter: string
  readonly fields: readonly string[]
}

/** Departments, applications and matters that cannot exist. */
const OFFICES: readonly Office[] = [
  ['alder-office', 'AO', 'alder-benefit', ['Person.name', 'Household.address', 'Insurance.status']],
  ['birch-office', 'BO', 'birch-licence', ['LegalEntity.name', 'LegalEntity.state', 'Person.name']],
  ['cedar-office', 'CO', 'cedar-housing', ['Person.name', 'Household.address', 'Property.area']],
  ['elm-office', 'EO', 'elm-school', ['Person.name', 'Household.address']],
].map(([department, prefix, matter, fields]) => ({
  department: String(department),
  application: `${String(prefix).toLowerCase()}-desk`,
  prefix: String(prefix),
  matter: String(matter),
  fields: Array.isArray(fields) ? fields : [],
}))

/** How much goes on. */
export interface Weeks {
  readonly seed: number
  /** Midnight (UTC+8) of the first day. */
  readonly start: number
  readonly days: number
  readonly officersPerOffice: number
  /** Cases of one officer on a usual day, about. */
  readonly casesPerDay: number
}

let serial = 0

/** A record of an office's request; everything about it that matters here can be said otherwise. */
export function officeEntry(at: number, changes: Partial<AuditEntry> = {}): AuditEntry {
  serial += 1
  return {
    receipt: `gx_${String(serial).padStart(26, '0')}`,
    time: new Date(at).toISOString(),
    method: 'query',
    medium: 'api-response',
    route: [{ department: 'public-security', outcome: 'ok', entities: 1, milliseconds: 3, asOf: [] }],
    department: 'alder-office',
    application: 'ao-desk',
    officer: 'AO-1',
    roles: ['DESK'],
    matter: 'alder-benefit',
    case: null,
    approvers: ['NONE-UNCONDITIONAL'],
    grants: [],
    data: [{ coordinate: 'Person.name', decision: 'ALLOW', clause: 'ZS-4.07' }],
    subjects: [],
    operation: { hash: 'a'.repeat(43), aliases: {} },
    arguments: [],
    salt: 'c2FsdHNhbHRzYWx0c2FsdA',
    versions: { regime: 'zhongshan', catalog: 'sha256-1', gateway: '0.1.0' },
    generation: 1,
    outcome: { status: 200, codes: [] },
    result: { bytes: 400, entities: 1 },
    milliseconds: 5,
    lane: 'fast',
    degraded: [],
    ...changes,
  }
}

/** A look-up of some people by number: whom it is about, and the groups of numbers that they are of. */
export function lookUp(people: readonly number[]): Pick<AuditEntry, 'subjects' | 'objects' | 'neighbours'> {
  const groups = Map.groupBy(people, groupOf)
  return {
    subjects: people.map(pseudonymOf),
    objects: people.length,
    neighbours: [...groups].map(([group, some]) => ({ group, count: some.length })),
  }
}

/** Stands for a keyed pseudonym. */
export function pseudonymOf(person: number): string {
  return `person-${person}`.padEnd(43, '-')
}

/** Of ten thousand people hardly two share division and birth date. */
function groupOf(person: number): string {
  return `group-${person % 9_973}`.padEnd(43, '-')
}

/**
 * Weeks of an ordinary city: officers serve people between half past eight and half past five, few at the weekend, one
 * or two requests for each case, verifications that seldom miss, now and then a refusal, now and then somebody who stays
 * late. In the order of time.
 */
export function officeWeeks({ seed, start, days, officersPerOffice, casesPerDay }: Weeks): readonly AuditEntry[] {
  const chance = createChance(seed)
  const entries: AuditEntry[] = []
  let number = 0
  for (let day = 0; day < days; day += 1) {
    const midnight = start + day * DAY
    const weekday = new Date(midnight + CITY).getUTCDay()
    for (const office of OFFICES)
      for (let officer = 1; officer <= officersPerOffice; officer += 1) {
        const isFree = weekday === 0 || weekday === 6
        // Some officers have long lists all their life: their own past says so.
        const usual = officer === 1 ? casesPerDay * 2 : casesPerDay
        const cases = isFree ? 0 : Math.max(1, usual + chance.below(Math.ceil(usual / 2) + 1) - Math.floor(usual / 4))
        for (let nth = 0; nth < cases; nth += 1)
          entries.push(...oneCase(chance, midnight, office, `${office.prefix}-${officer}`, (number += 1)))
      }
  }
  return entries.toSorted((a, b) => Date.parse(a.time) - Date.parse(b.time))
}

function oneCase(
  chance: Chance,
  midnight: number,
  office: Office,
  officer: string,
  number: number,
): readonly AuditEntry[] {
  const late = chance.percent(1)
  const opens = late ? 19.5 * HOUR : 8.5 * HOUR
  const at = midnight + opens + chance.below(late ? HOUR : 9 * HOUR)
  const family = 1 + chance.below(3)
  const people = Array.from({ length: family }, () => chance.below(1_000_000))
  const common = {
    department: office.department,
    application: office.application,
    officer,
    matter: office.matter,
    case: `CASE-${number}`,
  }
  const entry = (after: number, changes: Partial<AuditEntry>) => officeEntry(at + after, { ...common, ...changes })
  const data = office.fields.map((coordinate) => ({ coordinate, decision: 'ALLOW' as const, clause: 'ZS-4.07' }))
  const [applicant = 0] = people
  const asked = [entry(0, { ...lookUp(people), data })]
  if (chance.percent(40)) asked.push(entry(MINUTE, { ...lookUp([applicant]), ...verification(chance) }))
  if (chance.percent(2)) asked.push(entry(2 * MINUTE, REFUSED))
  return asked
}

/** An operation that was refused as a whole. */
export const REFUSED: Partial<AuditEntry> = {
  method: 'refused',
  data: [],
  outcome: { status: 403, codes: ['PURPOSE_MISSING'] },
}

function verification(chance: Chance): Partial<AuditEntry> {
  return verified(chance.percent(7) ? 'NO_MATCH' : 'MATCH')
}

/** A verification of one item. */
export function verified(outcome: 'MATCH' | 'NO_MATCH' | 'NO_RECORD'): Partial<AuditEntry> {
  const item = { coordinate: 'Household.address', outcome, code: null, attempt: 1, claim: 'c'.repeat(43) }
  return { method: 'verify', verification: { rows: 1, items: [item] } }
}
