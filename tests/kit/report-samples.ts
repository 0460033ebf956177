/** A year of made-up records over the demonstration city's own registers and catalogue, the same at each run. */
import { readFileSync } from 'node:fs'
import { parseParties } from '../../gateway/adapters/party-register-file.ts'
import { listMatters, readGrants } from '../../gateway/adapters/register-files.ts'
import { readCatalog } from '../../gateway/adapters/supergraph-files.ts'
import type { AuditDatum, AuditEntry } from '../../gateway/audit/record.ts'
import { createReportNames } from '../../gateway/governance/reports/names.ts'
import type { Matter } from '../../gateway/grants/registers.ts'
import { sampleEntry } from './audit-samples.ts'

const text = (name: string): string => readFileSync(`city/registers/${name}.yaml`, 'utf8')

export const CATALOG = readCatalog('schema/catalog.json')
const PARTIES = parseParties(text('parties'), 'parties.yaml')
export const MATTERS = listMatters('matters.yaml', text('matters'))
export const GRANTS = readGrants('grants.yaml', text('grants')).map((one) => ({ ...one, revokedAt: null }))
export const NAMES = createReportNames(CATALOG, PARTIES, MATTERS)

/** Numbers below a bound, the same at each run. */
export function dice(seed: number): (below: number) => number {
  let state = seed
  return (below) => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return Math.floor((state / 2 ** 32) * below)
  }
}

/** A receipt of a number, in the order of its time. */
export function receiptOf(number: number): string {
  return `gx_${String(number).padStart(26, '0')}`
}

/** What a record of version 2 says of somebody by the name of `subject`. */
export function aboutSubject(number: number, subject: string, changes: Partial<AuditEntry> = {}): AuditEntry {
  return sampleEntry(receiptOf(number), { subjects: [subject], objects: 1, ...changes })
}

/** A datum that a department gave, as the catalogue has it. */
export function given(coordinate: string, changes: Partial<AuditDatum> = {}): AuditDatum {
  const { providers } = NAMES.field(coordinate)
  return { coordinate, decision: 'ALLOW', providers, clause: 'ZS-4.07', ...changes }
}

/** Calls of these departments that were answered. */
export function answeredBy(...departments: readonly string[]): AuditEntry['route'] {
  return departments.map((department) => ({
    department,
    outcome: 'ok',
    entities: 1,
    milliseconds: 4.5,
    asOf: [{ type: 'HouseholdRegistration', asOf: '2026-01-20T02:10:00+08:00' }],
  }))
}

/** So many uses of a few people by the city's matters, from the first instant on, one in each stretch of time. */
export function manyEntries(count: number, since: number, stretch: number): readonly AuditEntry[] {
  const roll = dice(7)
  const matters = MATTERS.filter(({ fields }) => fields.size > 1)
  return Array.from({ length: count }, (_, at): AuditEntry => {
    const matter = matters[roll(matters.length)]
    if (matter === undefined) throw new Error('there are no matters')
    return useOf(at, since + at * stretch + roll(stretch), matter, roll)
  })
}

function useOf(number: number, at: number, matter: Matter, roll: (below: number) => number): AuditEntry {
  const wanted = [...matter.fields.keys()].filter(() => roll(3) > 0)
  const data = wanted.map((coordinate): AuditDatum => {
    switch (roll(9)) {
      case 0:
        return given(coordinate, { decision: 'DENY', code: 'NOT_NEEDED', clause: 'ZS-4.01(3)' })
      case 1:
        return given(coordinate, { decision: 'MASK', rule: 'M-NAME' })
      default:
        return given(coordinate)
    }
  })
  const providers = [...new Set(data.flatMap((datum) => datum.providers ?? []))].filter((one) => one !== 'gateway')
  const party = PARTIES.find(({ code }) => code === matter.department)
  return aboutSubject(number, `subject-${roll(40)}`, {
    time: new Date(at).toISOString(),
    department: matter.department,
    application: party?.applications[0]?.code ?? 'desk',
    officer: `ST-${100 + roll(6)}`,
    matter: matter.code,
    case: null,
    grants: [],
    data,
    route: answeredBy(...providers),
    outcome: { status: 200, codes: [] },
  })
}
