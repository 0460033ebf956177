import type { Clause } from '../../vocabulary/clause.ts'
import { isClause } from '../../vocabulary/clause.ts'
import type { Text } from '../../vocabulary/codes.ts'
import { regimeOf } from '../../regime/regime.ts'
import { FIGURES, MISSING } from './yearly-figures.ts'
import type { MissingFigure } from './yearly-figures.ts'
import { yearFacts } from './yearly-facts.ts'
import type { DepartmentYear, YearFacts, YearSources } from './yearly-facts.ts'
import { startOfYear } from './time.ts'

/** One figure of a year. */
export interface Figure {
  readonly code: string
  readonly title: Text
  readonly clauses: readonly Clause[]
  readonly value: number | null
  readonly unit: Text
  /** How it was computed. */
  readonly how: Text
}

/** When and to whom a regime has a year reported. */
export interface Duty {
  readonly clause: string
  readonly who: string
  /** YYYY-MM-DD; null where the text names no day. */
  readonly due: string | null
}

/** The figures of a year that could be computed, and those that are named as missing. */
export interface YearlyReport {
  readonly year: number
  readonly regime: string
  readonly duty: Duty | null
  readonly figures: readonly Figure[]
  /** What the regime asks for and cannot be computed, with its clause. */
  readonly missing: readonly { readonly title: Text; readonly clauses: readonly Clause[]; readonly why: Text }[]
  readonly months: YearFacts['months']
  readonly departments: readonly DepartmentYear[]
}

/** What a regime asks of the yearly report (parameter `reports.annual`). */
export interface AnnualDuty {
  readonly regime: string
  readonly annual: { readonly clause: string; readonly who: string; readonly by: string | null } | null
}

/**
 * The figures of a year that the regime's own clauses ask for (ZS-6.08 to 6.11, HZ-50, HZ-51, NT-31, FS-5); nothing is
 * borrowed from another regime (INV-11). What needs applications and approvals is named as missing.
 */
export async function yearlyReport(
  sources: YearSources,
  { regime, annual }: AnnualDuty,
  year: number,
): Promise<YearlyReport> {
  const facts = await yearFacts(sources, { since: startOfYear(year), until: startOfYear(year + 1) })
  const own = (clauses: readonly string[]): readonly Clause[] =>
    clauses.filter(isClause).filter((one) => regimeOf(one) === regime)
  return {
    year,
    regime,
    duty: annual && { clause: annual.clause, who: annual.who, due: dueDay(annual, year) },
    figures: FIGURES.map(({ value, clauses, ...figure }) => ({
      ...figure,
      clauses: own(clauses),
      value: value(facts),
    })).filter(
      // A regime that asks for no figures of its own still may look at all of them.
      ({ clauses }) => clauses.length > 0 || annual === null,
    ),
    missing: MISSING.map((one: MissingFigure) => ({ ...one, clauses: own(one.clauses) })).filter(
      ({ clauses }) => clauses.length > 0,
    ),
    months: facts.months,
    departments: facts.departments,
  }
}

/** The authority reports the year before by March (ZS-6.10); departments their own year by November (HZ-50). */
function dueDay({ by }: { readonly by: string | null }, year: number): string | null {
  if (by === null) return null
  return `${by < '07-01' ? year + 1 : year}-${by}`
}
