import type { Naming } from './coverage-law-named.ts'
import type { Law, Row } from './coverage-law-rows.ts'

/** A row with the tests and cases that name it. */
export interface CoveredRow extends Row {
  readonly namedBy: readonly Naming[]
  /** `none` where no test or case has to name it and none does. */
  readonly state: 'whole' | 'in part' | 'not yet' | 'none'
  /** What is missing and where it belongs; null where nothing is said to be. */
  readonly missing: string | null
}

export interface Coverage {
  readonly rows: readonly CoveredRow[]
  /** What is wrong, one line each; empty where the gate is green. */
  readonly faults: readonly string[]
}

/** Where work that is not done yet belongs. */
const PLACES = [
  'adapters',
  'audit',
  'cache',
  'calendar',
  'catalog',
  'console',
  'cross-level',
  'data',
  'emergency',
  'governance',
  'grants',
  'identity',
  'limits',
  'monitoring',
  'pseudonyms',
  'reconciliation',
  'regime',
  'security',
  'subgraphs',
  'tests',
  'verification',
] as const

/** Joins rows and namings. A naming of a paragraph or item names the row that holds it; one of a whole article, none. */
export function judge(law: Law, namings: readonly Naming[]): Coverage {
  const rows = law.rows.map((row) => {
    const namedBy = namings.filter(({ clause }) => isPartOf(clause, row.id))
    const missing = law.notYet.get(row.id) ?? law.inPart.get(row.id) ?? null
    return { ...row, namedBy, missing, state: stateOf(row, namedBy, missing) }
  })
  const faults = [
    ...rows.flatMap((row) => faultsOfRow(row, law)),
    ...doubles(law.rows),
    ...unknownClauses(law.rows, namings),
    ...faultsOfReasons('not-yet.yaml', law.notYet, law.rows),
    ...faultsOfReasons('in-part.yaml', law.inPart, law.rows),
    ...wrongNumbers(law),
  ]
  return { rows, faults }
}

function stateOf(row: Row, namedBy: readonly Naming[], missing: string | null): CoveredRow['state'] {
  if (namedBy.length > 0) return missing === null ? 'whole' : 'in part'
  return row.scope === 'IN' ? 'not yet' : 'none'
}

function isPartOf(clause: string, whole: string): boolean {
  return clause === whole || clause.startsWith(`${whole}.`) || clause.startsWith(`${whole}(`)
}

function faultsOfRow({ id, scope, namedBy, missing, must }: CoveredRow, { notYet, inPart }: Law): readonly string[] {
  const [first] = namedBy
  const at = first ? `${first.file}:${first.line}` : ''
  if (scope !== 'IN' && missing !== null) return [`${id} has a reason for what is missing, but it is ${scope}, not IN`]
  if (first && notYet.has(id)) return [`${id} stands in not-yet.yaml, but ${at} names it: take it out there`]
  if (!first && inPart.has(id)) return [`${id} stands in in-part.yaml, but no test or case names it: see not-yet.yaml`]
  if (scope !== 'IN' || first || missing !== null) return []
  return [`${id} is named by no test or case and has no reason in not-yet.yaml: ${must}`]
}

function doubles(rows: readonly Row[]): readonly string[] {
  const ids = rows.map(({ id }) => id)
  return ids.filter((id, index) => ids.indexOf(id) !== index).map((id) => `${id} has two rows`)
}

function unknownClauses(rows: readonly Row[], namings: readonly Naming[]): readonly string[] {
  // A whole article, or a paragraph with items, exists where rows lie below it.
  const exists = (clause: string): boolean => rows.some(({ id }) => isPartOf(clause, id) || isPartOf(id, clause))
  return namings
    .filter(({ clause }) => !exists(clause))
    .map(({ clause, file, line }) => `${file}:${line} names ${clause}, which docs/law does not have`)
}

function faultsOfReasons(file: string, reasons: ReadonlyMap<string, string>, rows: readonly Row[]): readonly string[] {
  const places: readonly string[] = PLACES
  return [...reasons].flatMap(([id, reason]) => {
    if (!rows.some((row) => row.id === id)) return [`${file} names ${id}, which docs/law does not have`]
    const [, place, what] = /^([a-z-]+): (\S.*)$/s.exec(reason) ?? []
    const fine = place !== undefined && places.includes(place) && what !== undefined && what.length >= 20
    return fine ? [] : [`${file} gives no reason for ${id}: write "place: what is missing" (${places.join(', ')})`]
  })
}

/** The numbers are written down, so that a row that gets lost or changes its scope is seen. */
function wrongNumbers({ rows, numbers, ambiguities }: Law): readonly string[] {
  const clauses = rows.filter(({ regime }) => regime !== 'invariants')
  const wrong = (what: string, written: unknown, counted: unknown): readonly string[] => {
    const [one, other] = [JSON.stringify(written), JSON.stringify(counted)]
    return one === other ? [] : [`numbers.yaml says ${what} ${one}, docs/law has ${other}`]
  }
  return [
    ...(['regime', 'area'] as const).flatMap((key) => {
      const written = key === 'regime' ? numbers.regimes : numbers.areas
      const names = new Set([...Object.keys(written), ...clauses.map((row) => row[key])])
      return [...names].flatMap((name) =>
        wrong(name, written[name], countOf(clauses.filter((row) => row[key] === name))),
      )
    }),
    ...wrong('invariants', numbers.invariants, rows.length - clauses.length),
    ...wrong('ambiguities', numbers.ambiguities, ambiguities),
  ]
}

function countOf(rows: readonly Row[]): object {
  const of = (scope: Row['scope']): number => rows.filter((row) => row.scope === scope).length
  return { rows: rows.length, IN: of('IN'), SUP: of('SUP'), OUT: of('OUT') }
}
