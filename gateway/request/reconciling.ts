import type { GraphQLSchema } from 'graphql'
import { getNamedType, isObjectType } from 'graphql'
import type { FetchOutcome } from '../execute/execute.ts'
import type { Reconciling } from '../project/reconciling.ts'
import { attributeForm } from '../verify/attribute-form.ts'
import { NO_LABELS, labelsOf } from '../verify/labels.ts'
import type { Labels } from '../verify/labels.ts'
import { fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { House } from './house.ts'

/** How one request compares what several sources hold, and what it knows of them. */
export function reconcilingOf(
  { parties }: Pick<House, 'parties'>,
  schema: GraphQLSchema,
  outcomes: readonly FetchOutcome[],
): Reconciling {
  // Few operations compare anything.
  let times: ReadonlyMap<string, string> | null = null
  return {
    form: ({ compare }, at, value) => attributeForm(compare, value, labelsAt(schema, at)),
    timeOf: (department, type) => (times ??= timesOf(outcomes)).get(`${department} ${type}`) ?? null,
    titleOf: (department) => parties.find(department)?.name.zh ?? department,
  }
}

/** The time of each department's record type, under both names. */
function timesOf(outcomes: readonly FetchOutcome[]): ReadonlyMap<string, string> {
  const times = new Map<string, string>()
  for (const { department, asOf: facts } of outcomes) {
    for (const { type, asOf } of facts) {
      const key = `${department} ${type}`
      const known = times.get(key)
      // Where a type was read more than once, the oldest time is the honest one.
      if (known === undefined || Date.parse(asOf) < Date.parse(known)) times.set(key, asOf)
    }
  }
  return times
}

/** A schema does not change: the spellings of a coordinate's codes are worked out once. */
const known = new WeakMap<GraphQLSchema, Map<Coordinate, Labels>>()

function labelsAt(schema: GraphQLSchema, at: Coordinate): Labels {
  const found = known.get(schema) ?? new Map<Coordinate, Labels>()
  known.set(schema, found)
  const labels = found.get(at) ?? readLabels(schema, at)
  found.set(at, labels)
  return labels
}

function readLabels(schema: GraphQLSchema, at: Coordinate): Labels {
  const type = schema.getType(typeOf(at))
  const field = isObjectType(type) ? type.getFields()[fieldOf(at)] : undefined
  return field ? labelsOf(getNamedType(field.type)) : NO_LABELS
}
