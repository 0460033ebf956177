import { createHash } from 'node:crypto'
import { Kind, parse } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import { bindVariables } from '../compile/bind.ts'
import type { Generation } from '../compile/generation.ts'
import { normalise } from '../compile/normalise.ts'
import { recordsAt, selectionOf } from '../compile/subject-paths.ts'
import type { SubjectRecords, SubjectType } from '../compile/subject-paths.ts'
import { execute } from '../execute/execute.ts'
import type { ExecuteContext, FetchOutcome } from '../execute/execute.ts'
import type { View } from '../grants/view.ts'
import { project } from '../project/project.ts'
import type { AnswerPath, Projected } from '../project/project.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'

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
  const { document, variables, lookup, key } = questionOf(kind, group, selectionOf(records, coordinates))
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (!operation) throw new Error('a question without an operation')
  const normalised = normalise(source.schema, document, operation)
  const view = comparingView(source, lookup, records, coordinates)
  const compiled = await source.generation.compiledFor(view, normalised)
  const bound = bindVariables(source.schema, normalised.bindings, variables)
  const fetched = await execute(compiled, bound, source.execution)
  const projected = project(compiled, fetched.data, bound, failedOf(fetched.outcomes))
  const objects = objectsOf(projected, key, kind)
  const pairs = group.map((one, index) => {
    const place = kind === 'Person' ? [key, index] : [key]
    return [one, heldOf(records, coordinates, objects[index], faultsBelow(projected, place))] as const
  })
  return { pairs, outcomes: fetched.outcomes }
}

function questionOf(kind: SubjectType, group: readonly Sought[], selection: string) {
  if (kind === 'Person') {
    const keys = group.map(({ subject }) => ({ idDocumentType: subject.type, idDocumentNumber: subject.number }))
    const text = `query ($keys: [PersonKeyInput!]!) { persons(keys: $keys) ${selection} }`
    return { document: parse(text), variables: { keys }, lookup: coordinate('Query', 'persons'), key: 'persons' }
  }
  const subject = group[0]?.subject
  const variables = { type: subject?.type, number: subject?.number }
  const text = `query ($type: LegalIdentifierType!, $number: String!) {
    legalEntity(identifierType: $type, identifier: $number) ${selection}
  }`
  return { document: parse(text), variables, lookup: coordinate('Query', 'legalEntity'), key: 'legalEntity' }
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

function failedOf(outcomes: readonly FetchOutcome[]): ReadonlyMap<string, 'SOURCE_UNAVAILABLE' | 'SOURCE_INVALID'> {
  return new Map(
    outcomes.flatMap(({ department, outcome }) => {
      if (outcome === 'ok' || outcome === 'not-called') return []
      return [[department, outcome === 'invalid' ? 'SOURCE_INVALID' : 'SOURCE_UNAVAILABLE'] as const]
    }),
  )
}

function objectsOf({ data }: Projected, key: string, kind: SubjectType): readonly unknown[] {
  const value = data[key]
  return kind === 'Person' ? (Array.isArray(value) ? value : []) : [value]
}

function faultsBelow({ faults }: Projected, place: AnswerPath): Projected['faults'] {
  return faults.filter(({ path }) => place.every((step, index) => path[index] === step))
}

function heldOf(
  records: SubjectRecords,
  coordinates: readonly Coordinate[],
  object: unknown,
  faults: Projected['faults'],
): Held {
  const unavailable = coordinates.flatMap((at) => {
    const way = new Set([at, ...(records.get(typeOf(at))?.crossed ?? [])])
    const fault = faults.find((one) => way.has(one.coordinate))
    return fault ? [[at, fault.code] as const] : []
  })
  const types = [...new Set(coordinates.map(typeOf))]
  const rows = types.map((type) => {
    const sought = coordinates.filter((at) => typeOf(at) === type)
    const found = (records.get(type)?.paths ?? []).flatMap((path) => recordsAt(object, path))
    return [type, found.map((row) => new Map(sought.map((at) => [at, row[fieldOf(at)]] as const)))] as const
  })
  return { records: new Map(rows), unavailable: new Map(unavailable) }
}
