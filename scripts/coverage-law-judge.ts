import { clauseText, normalised } from '../gateway/regime/clause-text.ts'
import { isClause } from '../gateway/vocabulary/clause.ts'
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

/** What the tests prove of the requirements, and what is wrong with how they say so. */
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
  const ids = law.rows.map(({ id }) => id)
  const byRow = Map.groupBy(namings, ({ clause }) => rowOf(clause, ids))
  const rows = law.rows.map((row) => {
    const namedBy = byRow.get(row.id) ?? []
    const missing = law.notYet.get(row.id) ?? law.inPart.get(row.id) ?? null
    return { ...row, namedBy, missing, state: stateOf(row, namedBy, missing) }
  })
  const faults = [
    ...rows.flatMap((row) => faultsOfRow(row, law)),
    ...doubles(law.rows),
    ...unknownClauses(law, namings),
    ...foreignClauses(law, namings),
    ...wrongQuotes(law),
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

/** The smallest row that holds a clause: ZS-6.14(6) has a row of its own beside that of ZS-6.14. */
function rowOf(clause: string, ids: readonly string[]): string | null {
  const holding = ids.filter((id) => isPartOf(clause, id))
  return holding.toSorted((a, b) => b.length - a.length)[0] ?? null
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

/** A clause is there when the regulation has it and a row holds it, or rows lie below it: an article, a chapter. */
function unknownClauses(law: Law, namings: readonly Naming[]): readonly string[] {
  const ids = law.rows.map(({ id }) => id)
  const exists = (clause: string): boolean => {
    const row = rowOf(clause, ids)
    if (row === null) return ids.some((id) => isPartOf(id, clause))
    return row === clause || textOf(law, clause) !== null
  }
  return namings
    .filter(({ clause }) => !exists(clause))
    .map(({ clause, file, line }) => `${file}:${line} names ${clause}, which docs/law does not have`)
}

/** What a case shows under one regulation proves nothing of another one; an invariant is asked under each. */
function foreignClauses({ rows }: Law, namings: readonly Naming[]): readonly string[] {
  const regimes = new Map(rows.map(({ id, regime }) => [prefixOf(id), regime]))
  return namings.flatMap(({ clause, file, line, by, regime }) => {
    const whose = regimes.get(prefixOf(clause))
    if (regime === null || whose === undefined || whose === 'invariants' || whose === regime) return []
    return [`${file}:${line} ${by} names ${clause} of ${whose}, but is decided under ${regime}`]
  })
}

function prefixOf(clause: string): string {
  return clause.split('-', 1)[0] ?? ''
}

function textOf({ rows, texts }: Law, clause: string): string | null {
  const row = rows.find(({ id }) => isPartOf(clause, id))
  const text = row ? texts.get(row.regime) : undefined
  return text && isClause(clause) ? clauseText(text, clause) : null
}

/** What a row quotes are the clause's own words; `…` stands for words left out. */
function wrongQuotes(law: Law): readonly string[] {
  return law.rows.flatMap(({ id, says }) => {
    const quotes = [...says.matchAll(/「([^」]*)」/g)].flatMap(([, quote = '']) => quote.split('…'))
    const text = normalised(textOf(law, id) ?? '')
    return quotes.filter((quote) => !text.includes(normalised(quote))).map((quote) => `${id} does not say 「${quote}」`)
  })
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
