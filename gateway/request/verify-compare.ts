import { subjectRecords } from '../compile/subject-paths.ts'
import type { View } from '../grants/view.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'
import { outcomeOf } from '../verify/compare.ts'
import type { Outcome } from '../verify/compare.ts'
import { readRecords } from '../verify/read-records.ts'
import type { Held, Reading } from '../verify/read-records.ts'
import type { SubjectType } from '../vocabulary/subject-types.ts'
import type { RequestSubject } from './exchange.ts'
import { executeContext } from './execute-context.ts'
import type { Hits } from './hits.ts'
import type { OwnContext } from './own-context.ts'
import { sourceTimes } from './run-compiled.ts'
import type { AttemptedItem } from './verify-attempts.ts'
import { knownAs } from './verify-claims.ts'
import type { OpenClaim, RefusedItem, Row } from './verify-claims.ts'

/** What was read, and for each row the place of its subject in it; none for one that nobody was asked about. */
export interface RowReading extends Reading {
  readonly places: ReadonlyMap<number, number>
}

/** Reads what the attempted claims are about; for numbers that cannot exist nobody is asked (S13). */
export async function readRows(
  { house, exchange, caller, schema, generation }: OwnContext,
  rows: readonly Row[],
  attempted: readonly (readonly AttemptedItem[])[],
): Promise<RowReading> {
  const sought = rows.flatMap(({ who }, index) => {
    const coordinates = (attempted[index] ?? []).flatMap((one) => (one.kind === 'taken' ? [one.claim.coordinate] : []))
    const { kind, subject } = who
    return subject.valid && coordinates.length > 0 ? [{ row: index, one: { kind, subject, coordinates } }] : []
  })
  const { parameters } = house.regime
  const source = {
    schema,
    generation,
    recordsOf: (kind: SubjectType) => subjectRecords(schema, generation.fields, kind),
    execution: executeContext(house, exchange, schema, caller, true),
    clause: (parameters['verification.notShared'] ?? parameters['access.minimalFields']).clause,
    validUntil: generation.views.viewOf(caller).validUntil,
  }
  const reading = await readRecords(
    source,
    sought.map(({ one }) => one),
  )
  return { ...reading, places: new Map(sought.map(({ row }, place) => [row, place])) }
}

const NOTHING: Held = { records: new Map(), unavailable: new Map() }

/** What the departments hold of a row's subject. */
export function heldAt({ held, places }: RowReading, row: number): Held {
  return held[places.get(row) ?? -1] ?? NOTHING
}

/** An item with its outcome, or with why there is none. */
export type ComparedItem =
  | { readonly kind: 'compared'; readonly claim: OpenClaim; readonly attempt: number | null; readonly outcome: Outcome }
  | RefusedItem

/** Claims over one record type are held against the same record; where its source did not answer, none was made. */
export async function compareRow(
  context: OwnContext,
  row: Row,
  attempted: readonly AttemptedItem[],
  held: Held,
): Promise<readonly ComparedItem[]> {
  const taken = attempted.flatMap((one) => (one.kind === 'taken' ? [one] : []))
  const outcomes = new Map<Coordinate, Outcome>()
  for (const [type, items] of Map.groupBy(taken, ({ claim }) => typeOf(claim.coordinate))) {
    const claims = items.map(({ claim }) => claim)
    const told = { existenceTold: isExistenceTold(context, row.who.kind, type) }
    const found = outcomeOf(held.records.get(type) ?? [], claims, told)
    for (const [index, { coordinate }] of claims.entries()) outcomes.set(coordinate, found[index] ?? 'NO_MATCH')
  }
  return Promise.all(
    attempted.map(async (one): Promise<ComparedItem> => {
      if (one.kind === 'refused') return one
      const { claim } = one
      const { coordinate, decision } = claim
      const lost = [...held.unavailable].find(([at]) => typeOf(at) === typeOf(coordinate))
      if (lost) {
        await one.giveBack()
        return { kind: 'refused', coordinate, decision, failure: new Failure(lost[1]) }
      }
      return { kind: 'compared', claim, attempt: one.attempt, outcome: outcomes.get(coordinate) ?? 'NO_MATCH' }
    }),
  )
}

/** Views never change: what was found of one stands. */
const existence = new WeakMap<View, Map<string, boolean>>()

/** Whether the caller may learn that there is no such record: it may see the record, or a value of it (wall 17). */
function isExistenceTold(context: OwnContext, kind: SubjectType, type: string): boolean {
  const view = context.generation.views.viewOf(context.caller)
  const known = existence.get(view) ?? new Map<string, boolean>()
  existence.set(view, known)
  const told = known.get(`${kind} ${type}`) ?? findExistence(context, view, kind, type)
  known.set(`${kind} ${type}`, told)
  return told
}

function findExistence(
  { schema, generation }: OwnContext,
  { decisions, parameters }: View,
  kind: SubjectType,
  type: string,
): boolean {
  const crossed = subjectRecords(schema, generation.fields, kind).get(type)?.crossed ?? []
  // What is open for permitted argument values only is not open to a lookup by identifier (NT-18.1).
  const allowed = (at: Coordinate): boolean => decisions.get(at)?.kind === 'ALLOW' && !parameters.has(at)
  if (crossed.length > 0 && crossed.every(allowed)) return true
  return [...generation.fields.values()].some(
    ({ coordinate, kind: shape }) => shape === 'leaf' && typeOf(coordinate) === type && allowed(coordinate),
  )
}

/**
 * Of whom a department held a record, and of whom none did; a number that cannot exist is a miss (S13). Where a source
 * did not answer, or nothing was asked, what was not found tells nothing.
 */
export function hitsOf(rows: readonly Row[], reading: RowReading): Hits {
  const found: RequestSubject[] = []
  const missed: RequestSubject[] = []
  for (const [index, { who }] of rows.entries()) {
    const { valid } = who.subject
    const { records, unavailable } = heldAt(reading, index)
    const held = [...records].some(([of, list]) => (of === who.kind ? list.some(hasValue) : list.length > 0))
    if (held) found.push(knownAs(who))
    else if (!valid || (records.size > 0 && unavailable.size === 0)) missed.push(knownAs(who))
  }
  return { found, missed }
}

/** Whether anything is known: the subject itself is there for any well-formed number. */
function hasValue(row: ReadonlyMap<Coordinate, unknown>): boolean {
  return [...row.values()].some((value) => value !== null && value !== undefined)
}

/** The sources' own times by record type. */
export function timesOf(rows: readonly Row[], { outcomes }: Reading): ReadonlyMap<string, string> {
  const records = rows.flatMap(({ items }) =>
    items.flatMap((item) =>
      item.kind === 'open' ? [{ type: typeOf(item.claim.coordinate), provider: item.claim.entry.provider }] : [],
    ),
  )
  return sourceTimes(outcomes, records)
}
