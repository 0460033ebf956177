import type { FieldEntry } from '../catalog/catalog.ts'
import { isObject } from '../execute/data.ts'
import { recordsAt } from '../compile/subject-paths.ts'
import type { SubjectRecords } from '../compile/subject-paths.ts'
import type { Projected } from '../project/project.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { RefusalCode } from '../vocabulary/codes.ts'
import { fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'

/** Where an item or a material stands (`MaterialStatus` in the schema). */
export type MaterialStatus = 'OBTAINED' | 'VERIFIABLE' | 'UNAVAILABLE' | 'TO_BE_APPLIED_FOR' | 'TO_BE_ASKED'

/** One item of a material, as its type in the schema has it. */
export interface DeskItem {
  readonly coordinate: Coordinate
  readonly title: string
  readonly status: MaterialStatus
  readonly decision: Decision['kind']
  /** One for each record, masked where it must be; empty where nothing is shown. */
  readonly values: readonly (string | null)[]
  readonly code: string | null
  readonly clause: Clause
  readonly source: string
  readonly sourceTitle: string
  readonly asOf: string | null
}

/** What a subject's items are read from. */
export interface DeskSource {
  readonly projected: Projected
  readonly times: ReadonlyMap<string, string>
  readonly records: SubjectRecords
  /** The subject in the answer. */
  readonly subject: unknown
}

/** Says where one item stands: by its decision, and by what the departments answered. */
export function deskItem(
  { projected, times, records, subject }: DeskSource,
  { entry, decision, sourceTitle }: { entry: FieldEntry; decision: Decision; sourceTitle: string },
): DeskItem {
  const { coordinate, title, provider: source } = entry
  const places = records.get(typeOf(coordinate)) ?? { paths: [], crossed: [] }
  const values = places.paths.flatMap((path) => recordsAt(subject, path)).map((row) => textOf(row[fieldOf(coordinate)]))
  const faulty = projected.faults.some((fault) => [coordinate, ...places.crossed].includes(fault.coordinate))
  const refused = decision.kind === 'DENY' || decision.kind === 'VERIFY_ONLY'
  // A lookup that failed says nothing of what the city holds.
  const missing = faulty || (!refused && !isObject(subject))
  return {
    coordinate,
    title,
    status: missing ? 'UNAVAILABLE' : statusOf(entry, decision, values),
    decision: decision.kind,
    values: refused ? [] : values,
    code: refused ? decision.code : null,
    clause: decision.clause,
    source,
    sourceTitle,
    asOf: times.get(typeOf(coordinate)) ?? null,
  }
}

/** Refusals that an application, a renewal or an agreement of the department mends: the city would provide. */
const APPLIED_FOR: ReadonlySet<string> = new Set<RefusalCode>(['NO_GRANT', 'GRANT_EXPIRED', 'AGREEMENT_MISSING'])

/**
 * An empty field of a record is an answer: it says that there is nothing. One of a subject itself, or one that a mask
 * leaves nothing of, says nothing.
 */
function statusOf(entry: FieldEntry, decision: Decision, values: readonly (string | null)[]): MaterialStatus {
  const some = values.some((value) => value !== null)
  const ofRecord = typeOf(entry.coordinate) !== entry.resource || entry.resource !== 'Person'
  switch (decision.kind) {
    case 'ALLOW':
      return some || (ofRecord && values.length > 0) ? 'OBTAINED' : 'TO_BE_ASKED'
    case 'MASK':
      return some ? 'OBTAINED' : 'TO_BE_ASKED'
    case 'VERIFY_ONLY':
      return entry.verify === null ? 'TO_BE_ASKED' : 'VERIFIABLE'
    case 'DENY':
      return APPLIED_FOR.has(decision.code) ? 'TO_BE_APPLIED_FOR' : 'TO_BE_ASKED'
  }
}

function textOf(value: unknown): string | null {
  if (value === null || value === undefined) return null
  return typeof value === 'string' ? value : JSON.stringify(value)
}
