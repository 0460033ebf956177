import type { GraphQLOutputType, GraphQLSchema } from 'graphql'
import { getNamedType, getNullableType, getOperationAST, isListType, isObjectType, parse } from 'graphql'
import type { FieldEntry } from '../catalog/catalog.ts'
import { isSubjectType } from '../vocabulary/subject-types.ts'
import type { SubjectType } from '../vocabulary/subject-types.ts'
import { bindVariables } from './bind.ts'
import type { BoundVariables } from './bind.ts'
import { normalise } from './normalise.ts'
import type { NormalisedOperation } from './normalise.ts'
import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'

/** Field names from a subject to a record of it. */
export type RecordPath = readonly string[]

/** Where the records of one type lie, seen from their subject. */
export interface RecordPlaces {
  readonly paths: readonly RecordPath[]
  /** Coordinates crossed on the way. */
  readonly crossed: readonly Coordinate[]
}

/** Record type → where its records lie; the subject's own type lies at the empty path. */
export type SubjectRecords = ReadonlyMap<string, RecordPlaces>

/** Deeper than any record of a department lies below its subject. */
const DEPTH = 4

interface Found {
  readonly path: RecordPath
  readonly crossed: readonly Coordinate[]
  /** Whether it leads to at most one record. */
  readonly single: boolean
}

/**
 * Where the records about a subject lie. Nothing that leads to somebody else is crossed: a subject's record is its
 * own. Of several ways the shortest is meant, and of these the one to a single record: a person's own birth, not those
 * of the children.
 */
export function subjectRecords(
  schema: GraphQLSchema,
  fields: ReadonlyMap<Coordinate, FieldEntry>,
  subject: SubjectType,
): SubjectRecords {
  const found = known.get(schema) ?? new Map<SubjectType, SubjectRecords>()
  known.set(schema, found)
  const records = found.get(subject) ?? findRecords(schema, fields, subject)
  found.set(subject, records)
  return records
}

/** A schema and its catalogue are one generation: what is found in it once stands. */
const known = new WeakMap<GraphQLSchema, Map<SubjectType, SubjectRecords>>()

function findRecords(
  schema: GraphQLSchema,
  fields: ReadonlyMap<Coordinate, FieldEntry>,
  subject: SubjectType,
): SubjectRecords {
  const records = new Map<string, RecordPlaces>([[subject, { paths: [[]], crossed: [] }]])
  let level = new Map<string, readonly Found[]>([[subject, [{ path: [], crossed: [], single: true }]]])
  for (let depth = 0; depth < DEPTH && level.size > 0; depth += 1) {
    const next = Map.groupBy(
      [...level].flatMap(([type, found]) => found.flatMap((one) => stepsFrom(schema, fields, type, one))),
      ([type]) => type,
    )
    level = new Map(
      [...next].flatMap(([type, ways]) =>
        records.has(type) ? [] : [[type, preferred(ways.map(([, found]) => found))] as const],
      ),
    )
    for (const [type, found] of level) records.set(type, placesOf(found))
  }
  return records
}

function stepsFrom(
  schema: GraphQLSchema,
  fields: ReadonlyMap<Coordinate, FieldEntry>,
  type: string,
  from: Found,
): readonly (readonly [string, Found])[] {
  const parent = schema.getType(type)
  if (!isObjectType(parent)) return []
  return Object.values(parent.getFields()).flatMap((field) => {
    const target = getNamedType(field.type)
    const at = coordinate(type, field.name)
    const entry = fields.get(at)
    const foreign = isSubjectType(target.name)
    if (!isObjectType(target) || foreign || !entry || entry.follows !== null || field.args.length > 0) return []
    const found: Found = {
      path: [...from.path, field.name],
      crossed: [...from.crossed, at],
      single: from.single && !isList(field.type),
    }
    return [[target.name, found] as const]
  })
}

function isList(type: GraphQLOutputType): boolean {
  return isListType(getNullableType(type))
}

function preferred(ways: readonly Found[]): readonly Found[] {
  const single = ways.find((one) => one.single)
  return single ? [single] : ways
}

function placesOf(found: readonly Found[]): RecordPlaces {
  return { paths: found.map(({ path }) => path), crossed: [...new Set(found.flatMap(({ crossed }) => crossed))] }
}

/** A selection set that reads these coordinates of a subject, as text. Each must have a place. */
export function selectionOf(records: SubjectRecords, coordinates: readonly Coordinate[]): string {
  const root: Tree = new Map()
  for (const at of coordinates) {
    for (const path of records.get(typeOf(at))?.paths ?? []) {
      let tree = root
      for (const step of path) tree = branch(tree, step)
      tree.set(fieldOf(at), null)
    }
  }
  return textOf(root)
}

/** What asks about one subject, as text; its variables are `type` and `number`. */
export function subjectQuestion(kind: SubjectType, selection: string): { readonly text: string; readonly key: string } {
  return kind === 'Person'
    ? {
        key: 'person',
        text: `query ($type: IdDocumentType!, $number: IdNumber!) {
          person(idDocumentType: $type, idDocumentNumber: $number) ${selection}
        }`,
      }
    : {
        key: 'legalEntity',
        text: `query ($type: LegalIdentifierType!, $number: String!) {
          legalEntity(identifierType: $type, identifier: $number) ${selection}
        }`,
      }
}

/** A question of the gateway's own as an operation of the schema, with its values. */
export function bindQuestion(
  schema: GraphQLSchema,
  text: string,
  values: Readonly<Record<string, unknown>>,
): { readonly normalised: NormalisedOperation; readonly variables: BoundVariables } {
  const document = parse(text)
  const operation = getOperationAST(document)
  if (!operation) throw new Error('a question without an operation')
  const normalised = normalise(schema, document, operation)
  return { normalised, variables: bindVariables(schema, normalised.bindings, values) }
}

/** Field → what is selected below it; null for a value. */
type Tree = Map<string, Tree | null>

function branch(tree: Tree, step: string): Tree {
  const known = tree.get(step)
  if (known) return known
  const made: Tree = new Map()
  tree.set(step, made)
  return made
}

function textOf(tree: Tree): string {
  const parts = [...tree].map(([name, below]) => (below ? `${name} ${textOf(below)}` : name))
  return `{ ${parts.join(' ')} }`
}

/** The records that lie at a path below a subject's object, through lists; what is no object is none. */
export function recordsAt(subject: unknown, path: RecordPath): readonly Readonly<Record<string, unknown>>[] {
  let found: readonly unknown[] = [subject]
  for (const step of path) found = found.flatMap((one) => (isObject(one) ? flat(one[step]) : []))
  return found.filter(isObject)
}

function flat(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value.flatMap(flat) : [value]
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
