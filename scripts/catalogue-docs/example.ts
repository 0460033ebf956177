import {
  getNamedType,
  getNullableType,
  isEnumType,
  isInputObjectType,
  isListType,
  isNonNullType,
  isObjectType,
} from 'graphql'
import type { GraphQLArgument, GraphQLField, GraphQLObjectType, GraphQLOutputType, GraphQLSchema } from 'graphql'

/** A query that can be pasted, and the answer that it has where everything is granted. */
export interface Example {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly answer: { readonly data: unknown }
}

/** Leaf fields of one example: more would be a list, and a list stands above it. */
const MOST_FIELDS = 8

/** A person and an enterprise of every synthetic city: their divisions were never assigned, so they are nobody's. */
const SAMPLES: Readonly<Record<string, string>> = {
  IdNumber: '44209019850615028X',
  MaskableDate: '2021-06-01',
  Date: '2021-06-01',
  DivisionCode: '442090',
  'LegalEntity.identifier': '91442090000000001X',
}

type Step = GraphQLField<unknown, unknown>

/**
 * An example that reads a record type: the shortest way there from the lookups and from what the department itself answers.
 *
 * @param provided coordinates that the department serves; the way leads through these alone
 * @param titleOf Chinese name of a coordinate
 * @returns null where there is no way, e.g. for a part of another record
 */
export function exampleOf(
  schema: GraphQLSchema,
  target: string,
  provided: ReadonlySet<string>,
  titleOf: (coordinate: string) => string,
): Example | null {
  const path = wayTo(schema, target, provided)
  const type = schema.getType(target)
  if (path === null || !isObjectType(type)) return null
  const leaves = Object.values(type.getFields()).filter((field) => isLeaf(field) && needsNothing(field))
  const chosen = leaves.filter(({ name }) => provided.has(`${target}.${name}`)).slice(0, MOST_FIELDS)
  if (chosen.length === 0) return null
  const call = callOf(path)
  const record = Object.fromEntries(
    chosen.map((one) => [one.name, sampleOf(one.type, one.name, `${target}.${one.name}`, titleOf)]),
  )
  return {
    query: printQuery(
      target,
      call,
      chosen.map(({ name }) => name),
    ),
    variables: call.variables,
    answer: {
      data: path.toReversed().reduce<unknown>((inner, one) => ({ [one.name]: listed(one.type, inner) }), record),
    },
  }
}

const isLeaf = ({ type }: Step): boolean => !isObjectType(getNamedType(type)) && !('getFields' in getNamedType(type))
const needsNothing = ({ args }: Step): boolean => args.every(optional)
const optional = ({ type, defaultValue }: GraphQLArgument): boolean =>
  !isNonNullType(type) || defaultValue !== undefined

/** Lookups of the gateway itself; what they give is a reference. */
const LOOKUPS = new Set(['Query.person', 'Query.legalEntity'])

function wayTo(schema: GraphQLSchema, target: string, provided: ReadonlySet<string>): readonly Step[] | null {
  const root = schema.getQueryType()
  const seen = new Set<string>()
  let ways: { readonly type: GraphQLObjectType; readonly path: readonly Step[] }[] = root
    ? [{ type: root, path: [] }]
    : []
  while (ways.length > 0) {
    const next: typeof ways = []
    for (const { type, path } of ways) {
      for (const field of Object.values(type.getFields())) {
        const at = `${type.name}.${field.name}`
        const leads = getNamedType(field.type)
        if (!isObjectType(leads) || seen.has(leads.name) || !(provided.has(at) || LOOKUPS.has(at))) continue
        seen.add(leads.name)
        const way = [...path, field]
        if (leads.name === target) return way
        next.push({ type: leads, path: way })
      }
    }
    ways = next
  }
  return null
}

interface Call {
  readonly declared: readonly string[]
  /** Each step with its arguments. */
  readonly steps: readonly string[]
  readonly variables: Readonly<Record<string, unknown>>
}

function callOf(path: readonly Step[]): Call {
  const declared: string[] = []
  const variables: Record<string, unknown> = {}
  const steps = path.map((field) => {
    const given = field.args
      .filter((one) => !optional(one))
      .map((one) => {
        const named = getNamedType(one.type)
        if (isEnumType(named) && !isListType(getNullableType(one.type)))
          return `${one.name}: ${named.getValues()[0]?.name ?? ''}`
        declared.push(`$${one.name}: ${String(one.type)}`)
        const owner = String(getNamedType(field.type))
        variables[one.name] = inputOf(one, owner)
        return `${one.name}: $${one.name}`
      })
    return given.length === 0 ? field.name : `${field.name}(${given.join(', ')})`
  })
  return { declared, steps, variables }
}

function inputOf(
  { type, name }: { readonly type: GraphQLArgument['type']; readonly name: string },
  owner: string,
): unknown {
  const named = getNamedType(type)
  const one = isInputObjectType(named)
    ? Object.fromEntries(
        Object.values(named.getFields())
          .filter((member) => isNonNullType(member.type))
          .map((member) => [member.name, inputOf(member, named.name)]),
      )
    : isEnumType(named)
      ? named.getValues()[0]?.name
      : (SAMPLES[`${owner}.${name}`] ?? SAMPLES[named.name] ?? numberOf(named.name) ?? '示例')
  return isListType(getNullableType(type)) ? [one] : one
}

function printQuery(target: string, { declared, steps }: Call, leaves: readonly string[]): string {
  const head = `query ${target}Example${declared.length === 0 ? '' : `(${declared.join(', ')})`} {`
  const indent = (depth: number, text: string): string => `${'  '.repeat(depth)}${text}`
  const opened = steps.map((step, at) => indent(at + 1, `${step} {`))
  const read = leaves.map((leaf) => indent(steps.length + 1, leaf))
  const closed = steps.map((_, at) => indent(steps.length - at, '}'))
  return [head, ...opened, ...read, ...closed, '}'].join('\n')
}

function listed(type: GraphQLOutputType, value: unknown): unknown {
  return isListType(getNullableType(type)) ? [value] : value
}

function sampleOf(type: GraphQLOutputType, name: string, at: string, titleOf: (at: string) => string): unknown {
  const named = getNamedType(type)
  const plain = isEnumType(named)
    ? named.getValues()[0]?.name
    : (numberOf(named.name) ?? SAMPLES[at] ?? SAMPLES[named.name] ?? `${titleOf(at)}(示例)`)
  return listed(type, name === 'name' && typeof plain === 'string' ? '欧阳静怡' : plain)
}

/** A value of a type that is no text. */
function numberOf(type: string): unknown {
  return { Int: 12, Float: 12.5, Boolean: true }[type]
}
