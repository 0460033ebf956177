import { createHash } from 'node:crypto'
import type { GraphQLSchema } from 'graphql'
import type { Generation } from '../compile/generation.ts'
import { bindQuestion, recordsAt, selectionOf, subjectQuestion } from '../compile/subject-paths.ts'
import type { SubjectRecords } from '../compile/subject-paths.ts'
import { isObject } from '../execute/data.ts'
import { execute, failedDepartments } from '../execute/execute.ts'
import type { ExecuteContext, FetchOutcome } from '../execute/execute.ts'
import type { View } from '../grants/view.ts'
import { project } from '../project/project.ts'
import type { AnswerPath, Projected } from '../project/project.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import type { SubjectType } from '../vocabulary/subject-types.ts'

/** One subject, and the coordinates whose values claims are compared with. */
export interface Sought {
  readonly subject: { readonly type: string; readonly number: string }
  readonly kind: SubjectType
  readonly coordinates: readonly Coordinate[]
}

/** What the departments hold of one subject; it goes into comparisons and nowhere else. */
export interface Held {
  /** Record type → its records, each a value by coordinate. */
  readonly records: ReadonlyMap<string, readonly ReadonlyMap<Coordinate, unknown>[]>
  /** Coordinates whose source did not answer, or not by its schema. */
  readonly unavailable: ReadonlyMap<Coordinate, 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'>
}

/** What reading works with. */
export interface ReadSource {
  readonly schema: GraphQLSchema
  readonly generation: Generation
  readonly recordsOf: (kind: SubjectType) => SubjectRecords
  readonly execution: ExecuteContext
  readonly clause: Clause
  /** Until when the decision to compare holds: nothing that is compiled for it outlives it. */
  readonly validUntil: number
}

/** What was read, in the order of what was sought. */
export interface Reading {
  readonly held: readonly Held[]
  readonly outcomes: readonly FetchOutcome[]
}

/**
 * Reads what claims are compared with: the ordinary compile and execute, under a view of its own kind that opens these
 * coordinates and the way to them, and nothing else. Subjects of whom the same is sought are read in one request.
 */
export async function readRecords(source: ReadSource, sought: readonly Sought[]): Promise<Reading> {
  const groups = Map.groupBy(sought, ({ kind, coordinates }, index) =>
    // A firm is looked up on its own: there is no lookup of several.
    JSON.stringify([kind, coordinates.toSorted(), kind === 'LegalEntity' ? index : 0]),
  )
  const read = await Promise.all([...groups.values()].map((group) => readGroup(source, group)))
  const bySought = new Map(read.flatMap(({ pairs }) => pairs))
  const none: Held = { records: new Map(), unavailable: new Map() }
  return { held: sought.map((one) => bySought.get(one) ?? none), outcomes: read.flatMap(({ outcomes }) => outcomes) }
}

interface GroupReading {
  readonly pairs: readonly (readonly [Sought, Held])[]
  readonly outcomes: readonly FetchOutcome[]
}

async function readGroup(source: ReadSource, group: readonly Sought[]): Promise<GroupReading> {
  const [first] = group
  if (!first) return { pairs: [], outcomes: [] }
  const { kind, coordinates } = first
  const records = source.recordsOf(kind)
  const { text, values, lookup, key } = questionOf(kind, group, selectionOf(records, coordinates))
  const { normalised, variables } = bindQuestion(source.schema, text, values)
  const view = comparingView(source, lookup, records, coordinates)
  const compiled = await source.generation.compiledFor(view, normalised)
  const fetched = await execute(compiled, variables, source.execution)
  const projected = project(compiled, fetched.data, variables, failedDepartments(fetched.outcomes))
  const objects = objectsOf(projected, key, kind)
  const answered = answeredBy(source, fetched.outcomes)
  const pairs = group.map((one, index) => {
    const place = kind === 'Person' ? [key, index] : [key]
    return [
      one,
      heldOf(records, coordinates, { object: objects[index], faults: faultsBelow(projected, place), answered }),
    ] as const
  })
  return { pairs, outcomes: fetched.outcomes }
}

/** Whether a department that serves a coordinate has answered: what nobody was asked for is not missing. */
function answeredBy({ generation }: ReadSource, outcomes: readonly FetchOutcome[]): (at: Coordinate) => boolean {
  const answered = new Set(
    outcomes.flatMap(({ department, outcome }) => (outcome === 'ok' || outcome === 'partial' ? [department] : [])),
  )
  return (at) => generation.fields.get(at)?.providers.some((one) => answered.has(one)) ?? false
}

function questionOf(kind: SubjectType, group: readonly Sought[], selection: string) {
  if (kind === 'LegalEntity') {
    const subject = group[0]?.subject
    const { text, key } = subjectQuestion(kind, selection)
    return { text, values: { type: subject?.type, number: subject?.number }, lookup: coordinate('Query', key), key }
  }
  const keys = group.map(({ subject }) => ({ idDocumentType: subject.type, idDocumentNumber: subject.number }))
  const text = `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) ${selection} }`
  return { text, values: { keys }, lookup: coordinate('Query', 'persons'), key: 'persons' }
}

/** Opens what is compared and the way there. Its ID is no hash of decisions, so no caller's view is ever mistaken for it. */
function comparingView(
  { clause, validUntil }: ReadSource,
  lookup: Coordinate,
  records: SubjectRecords,
  coordinates: readonly Coordinate[],
): View {
  const allow: Decision = { kind: 'ALLOW', clause, grant: null }
  const crossed = coordinates.flatMap((at) => records.get(typeOf(at))?.crossed ?? [])
  const open = [lookup, ...new Set(crossed), ...coordinates]
  const id = createHash('sha256').update(JSON.stringify(open.toSorted())).digest('base64url')
  return { id: `comparing:${id}`, decisions: new Map(open.map((at) => [at, allow])), parameters: new Map(), validUntil }
}

function objectsOf({ data }: Projected, key: string, kind: SubjectType): readonly unknown[] {
  const value = data[key]
  return kind === 'Person' ? (Array.isArray(value) ? value : []) : [value]
}

function faultsBelow({ faults }: Projected, place: AnswerPath): Projected['faults'] {
  return faults.filter(({ path }) => place.every((step, index) => path[index] === step))
}

/** What came of one subject. */
interface Answered {
  readonly object: unknown
  readonly faults: Projected['faults']
  answered(this: void, at: Coordinate): boolean
}

function heldOf(
  records: SubjectRecords,
  coordinates: readonly Coordinate[],
  { object, faults, answered }: Answered,
): Held {
  const unavailable = coordinates.flatMap((at) => {
    const crossed = records.get(typeOf(at))?.crossed ?? []
    // A value that breaks its type equals nothing, as one that is not there does: told apart, it would tell of a record.
    const fault = faults.find(
      (one) => crossed.includes(one.coordinate) || (one.coordinate === at && one.code === 'SOURCE_UNAVAILABLE'),
    )
    // Sources are compared for nothing that is verified, so that they are never at odds here.
    if (fault && fault.code !== 'CONFLICT_UNRESOLVED') return [[at, fault.code] as const]
    return isObject(object) && answered(at) ? [] : [[at, 'SOURCE_UNAVAILABLE'] as const]
  })
  const types = [...new Set(coordinates.map(typeOf))]
  const rows = types.map((type) => {
    const sought = coordinates.filter((at) => typeOf(at) === type)
    const found = (records.get(type)?.paths ?? []).flatMap((path) => recordsAt(object, path))
    return [type, found.map((row) => new Map(sought.map((at) => [at, row[fieldOf(at)]] as const)))] as const
  })
  return { records: new Map(rows), unavailable: new Map(unavailable) }
}
