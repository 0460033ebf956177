import type { DefinitionNode, FieldDefinitionNode } from 'graphql'
import { Kind } from 'graphql'
import { fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import type { DepartmentReading, StatisticsEntry } from './read-department.ts'
import type { Located } from './reader.ts'
import { isObject, namedType } from './shape.ts'

type Statistics = Located<StatisticsEntry>

/**
 * A field that counts shows nothing but numbers and what they are grouped by (ZS-5.09): whatever could lead from its
 * answer to a record, or be chosen by what no class of the answer guards, is a fault. Judged over all departments: each
 * may add to a type of another.
 */
export function checkStatistics(readings: readonly DepartmentReading[]): Finding[] {
  const all = readings.flatMap((reading) => reading.statistics.map((one) => ({ reading, one })))
  if (all.length === 0) return []
  const schema = schemaOf(readings)
  const seen = new Map<string, Statistics>()
  return all.flatMap(({ reading, one }) => {
    const found = reached(one, schema)
    return [
      ...placeFaults(one, reading),
      ...found.faults,
      ...sharedFaults(found.types, one, schema),
      ...countedTwice(one, found.types, seen),
      ...chosenFaults(one, found.types, schema),
    ]
  })
}

/** A field of an object or interface type. */
interface Field {
  readonly at: Coordinate
  readonly file: string
  readonly node: FieldDefinitionNode
}

/** The departments' types as one. */
interface Schema {
  readonly definitions: ReadonlyMap<string, readonly DefinitionNode[]>
  readonly fields: readonly Field[]
  /** Types that are records or persons and firms: with an entry or a key of their own in any department. */
  readonly records: ReadonlySet<string>
  readonly filters: ReadonlyMap<string, Coordinate>
  /** Fields that count. */
  readonly counting: ReadonlySet<Coordinate>
}

function schemaOf(readings: readonly DepartmentReading[]): Schema {
  const named = readings.flatMap(({ document, source }) =>
    (document?.definitions ?? []).flatMap((node) =>
      'name' in node && node.name ? [{ name: node.name.value, file: source.file, node }] : [],
    ),
  )
  const fields = named.flatMap(({ name, file, node }) => {
    const fielded = isObject(node) || node.kind === Kind.INTERFACE_TYPE_DEFINITION
    return fielded
      ? (node.fields ?? []).map((one): Field => ({ at: `${name}.${one.name.value}`, file, node: one }))
      : []
  })
  const keyed = named.filter(({ node }) => isObject(node) && node.directives?.some((one) => one.name.value === 'key'))
  const registered = readings.flatMap(({ resources }) => resources.map(({ value }) => value.type))
  const definitions = new Map(
    [...Map.groupBy(named, ({ name }) => name)].map(([name, list]) => [name, list.map(({ node }) => node)]),
  )
  const filters = readings.flatMap((reading) => reading.filters.map(({ value }) => [value.at, value.field] as const))
  return {
    definitions,
    fields,
    records: new Set([...keyed.map(({ name }) => name), ...registered]),
    filters: new Map(filters),
    counting: new Set(readings.flatMap(({ statistics }) => statistics.map(({ value }) => value.at))),
  }
}

function unfit({ file, annotation }: Statistics, message: string): Finding {
  return findingAt(file, annotation, 'STATISTICS_UNFIT', message, 'MINIMUM')
}

function placeFaults(one: Statistics, { resources }: DepartmentReading): Finding[] {
  const { at, of } = one.value
  const misplaced = typeOf(at) === 'Query' ? [] : [unfit(one, `${at} counts records: only a field of Query does`)]
  const own = resources.some(({ value }) => value.type === of)
  return own ? misplaced : [...misplaced, unfit(one, `${at} counts ${of}, which is no record type of its department`)]
}

/** Types of the answer, and what in them is no number and no group. */
function reached(one: Statistics, { fields, definitions, records }: Schema) {
  const { at } = one.value
  const own = fields.filter((field) => field.at === at)
  const types = new Set<string>()
  const faults: Finding[] = []
  const visit = (name: string): void => {
    const nodes = definitions.get(name) ?? []
    const composite = nodes.filter((node) => isObject(node) || /^(Interface|Union)Type/.test(node.kind))
    if (composite.length === 0 || types.has(name)) return
    if (records.has(name)) faults.push(unfit(one, `the answer of ${at} leads to ${name}, which is a record`))
    else if (!composite.every(isObject))
      faults.push(unfit(one, `the answer of ${at} holds ${name}, which may be anything`))
    else {
      types.add(name)
      for (const field of fields) if (typeOf(field.at) === name) visit(namedType(field.node.type))
    }
  }
  for (const { node } of own) visit(namedType(node.type))
  if (types.size === 0 && faults.length === 0) faults.push(unfit(one, `${at} answers no groups but a single value`))
  return { types, faults }
}

/** What is also reached without counting would be a record by another name. */
function sharedFaults(types: ReadonlySet<string>, { value }: Statistics, { fields, counting }: Schema): Finding[] {
  return fields
    .filter(({ at, node }) => !counting.has(at) && types.has(namedType(node.type)) && !types.has(typeOf(at)))
    .map(({ at, file, node }) => {
      const message = `${at} leads to ${namedType(node.type)}, in which ${value.at} answers: it needs a type of its own`
      return findingAt(file, node, 'STATISTICS_UNFIT', message, 'MINIMUM')
    })
}

/** Told once for two fields, however many types they share. */
function countedTwice(one: Statistics, types: ReadonlySet<string>, seen: Map<string, Statistics>): Finding[] {
  const shared = [...types].find((type) => seen.has(type))
  const other = shared === undefined ? undefined : seen.get(shared)
  for (const type of types) if (!seen.has(type)) seen.set(type, one)
  if (!other || other.value.at === one.value.at) return []
  return [unfit(one, `${one.value.at} and ${other.value.at} both answer ${shared}: each needs types of its own`)]
}

/** Everything that it is grouped or chosen by is classified as a part of its answer, one by one. */
function chosenFaults(one: Statistics, types: ReadonlySet<string>, schema: Schema): Finding[] {
  const { at } = one.value
  const { fields, definitions, filters } = schema
  const seen = new Set<string>()
  const judge = (place: string): readonly Finding[] => {
    const by = filters.get(place)
    if (by === undefined)
      return [unfit(one, `${place} must say by @filters which part of the answer of ${at} it chooses`)]
    if (types.has(typeOf(by))) return []
    return [
      unfit(
        one,
        `${place} names ${by}: in ${at} it must name a field of its answer, such as ${sampleOf(types)}.${fieldOf(by)}`,
      ),
    ]
  }
  const within = (type: string): readonly Finding[] => {
    if (seen.has(type)) return []
    seen.add(type)
    return (definitions.get(type) ?? []).flatMap((node) => {
      if (node.kind === Kind.ENUM_TYPE_DEFINITION || node.kind === Kind.ENUM_TYPE_EXTENSION)
        return (node.values ?? []).flatMap((value) => judge(`${type}.${value.name.value}`))
      if (node.kind !== Kind.INPUT_OBJECT_TYPE_DEFINITION && node.kind !== Kind.INPUT_OBJECT_TYPE_EXTENSION) return []
      return (node.fields ?? []).flatMap((member) => judge(`${type}.${member.name.value}`))
    })
  }
  return fields
    .filter((field) => field.at === at)
    .flatMap(({ node }) => node.arguments ?? [])
    .flatMap((argument) => {
      const type = namedType(argument.type)
      return definitions.has(type) && !isScalar(type, schema) ? within(type) : judge(`${at}(${argument.name.value}:)`)
    })
}

function isScalar(type: string, { definitions }: Schema): boolean {
  return (definitions.get(type) ?? []).some((node) => node.kind === Kind.SCALAR_TYPE_DEFINITION)
}

function sampleOf(types: ReadonlySet<string>): string {
  return [...types].at(-1) ?? 'Group'
}
