import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolverMap } from '@apollo/subgraph'
import type { ConstArgumentNode, ConstDirectiveNode, DocumentNode, FieldDefinitionNode, GraphQLSchema } from 'graphql'
import { Kind, parse } from 'graphql'
import type { Ref } from '../differential/interpreter.ts'
import type { FederationCase, Thing } from './federation-case.ts'

type Given = Readonly<Record<string, unknown>>

/** The links of a department's SDL; a case states the rest. */
export const LINKS = `extend schema
  @link(
    url: "https://specs.apollo.dev/federation/v2.9"
    import: ["@key", "@external", "@requires", "@provides", "@shareable", "@override", "@interfaceObject", "@inaccessible", "@tag", "@extends", "@context", "@fromContext"]
  )
`

function isThing(value: unknown): value is Thing {
  return typeof value === 'object' && value !== null && '__typename' in value && typeof value.__typename === 'string'
}

/** An object as the plain interpreter knows it. */
interface HeldRef extends Ref {
  readonly held: Thing
}

/** What one system that has everything would answer. */
export function lookUp(of: Ref, field: string, given: Given): unknown {
  return refs(valueOf((of as HeldRef).held, field, given))
}

/** The root as the plain interpreter starts from it. */
export function rootRef(type: string, values: Readonly<Record<string, unknown>>): HeldRef {
  return refOf({ __typename: type, ...values })
}

function valueOf(held: Thing, field: string, given: Given): unknown {
  const value = Object.hasOwn(held, field) ? held[field] : null
  const found: unknown = typeof value === 'function' ? (value as (given: Given) => unknown)(given) : value
  return found === undefined ? null : found
}

function refs(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(refs)
  return isThing(value) ? refOf(value) : value
}

function refOf(held: Thing): HeldRef {
  return { type: held.__typename, id: typeof held['id'] === 'string' ? held['id'] : '', held }
}

/** A department's own schema over what the case holds; `touched` is told of each field that it was asked for. */
export function departmentSchema(
  one: FederationCase,
  sdl: string,
  touched: (type: string, field: string) => void,
): GraphQLSchema {
  const typeDefs = parse(LINKS + sdl)
  const things = allThings(one)
  return buildSubgraphSchema([{ typeDefs, resolvers: resolversOf(one, typeDefs, things, touched) }])
}

function resolversOf(
  one: FederationCase,
  document: DocumentNode,
  things: readonly Thing[],
  touched: (type: string, field: string) => void,
): GraphQLResolverMap {
  const interfaces = new Set(
    document.definitions.flatMap((type) => (type.kind === Kind.INTERFACE_TYPE_DEFINITION ? [type.name.value] : [])),
  )
  const resolvers: Record<string, Record<string, unknown>> = {}
  for (const type of document.definitions) {
    if (type.kind === Kind.UNION_TYPE_DEFINITION) resolvers[type.name.value] = { __resolveType: typeNameOf }
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.OBJECT_TYPE_EXTENSION) {
      if (type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue
      resolvers[type.name.value] = { __resolveType: typeNameOf, ...referenceOf(type, things, interfaces) }
      continue
    }
    const name = type.name.value
    const fields = (type.fields ?? []).map(
      (field) => [field.name.value, resolverOf(one, name, field, touched)] as const,
    )
    resolvers[name] = { ...Object.fromEntries(fields), ...referenceOf(type, things, interfaces) }
  }
  return resolvers as GraphQLResolverMap
}

function typeNameOf(held: Thing): string {
  return held.__typename
}

/** What a resolver is handed: the thing itself, and what the gateway sent of it. */
interface Held extends Thing {
  readonly $sent?: Given
  /** Its own type, where a department knows it by an interface only. */
  readonly $type?: string
}

function resolverOf(
  one: FederationCase,
  type: string,
  field: FieldDefinitionNode,
  touched: (type: string, field: string) => void,
): (held: Held | undefined, given: Given) => unknown {
  const name = field.name.value
  const compute = has(field.directives, 'requires') ? one.computed?.[`${type}.${name}`] : undefined
  const root = type === 'Query' ? one.root : type === 'Mutation' ? (one.mutations ?? {}) : null
  return (held, given) => {
    touched(held?.$type ?? held?.__typename ?? type, name)
    if (root) return valueOf({ __typename: type, ...root }, name, given)
    if (!held) return null
    // From what was sent and from nothing else: what the department itself has would hide what was not.
    if (has(field.directives, 'requires')) return compute ? compute(held.$sent ?? {}, given) : null
    return valueOf(held, name, given)
  }
}

interface Keyed {
  readonly name: { readonly value: string }
  readonly directives?: readonly ConstDirectiveNode[]
}

function referenceOf(type: Keyed, things: readonly Thing[], interfaces: ReadonlySet<string>): object {
  if (!has(type.directives, 'key')) return {}
  const name = type.name.value
  const joins = has(type.directives, 'interfaceObject')
  const anyType = joins || interfaces.has(name)
  return {
    __resolveReference(sent: Given) {
      const found = things.find((one) => (anyType || one.__typename === name) && matches(type, one, sent))
      if (!found) return null
      return { ...found, ...(joins ? { __typename: name } : {}), $type: found.__typename, $sent: sent }
    },
  }
}

/** Arguments of a directive that say no. */
function refusing({ arguments: given = [] }: ConstDirectiveNode): readonly ConstArgumentNode[] {
  return given.filter(({ value }) => value.kind === Kind.BOOLEAN && !value.value)
}

/** Whether a representation speaks of a thing: by all members of some key that its department resolves. */
function matches({ directives = [] }: Keyed, thing: Thing, sent: Given): boolean {
  const keys = directives.filter((one) => one.name.value === 'key' && !has(refusing(one), 'resolvable'))
  return keys.some((key) => {
    const fields = key.arguments?.find(({ name }) => name.value === 'fields')?.value
    const [definition] = fields?.kind === Kind.STRING ? parse(`{ ${fields.value} }`).definitions : []
    if (definition?.kind !== Kind.OPERATION_DEFINITION) return false
    return definition.selectionSet.selections.every(
      (one) => one.kind === Kind.FIELD && same(sent[one.name.value], thing[one.name.value]),
    )
  })
}

/** What was sent says nothing else than what is held. */
function same(sent: unknown, held: unknown): boolean {
  if (Array.isArray(sent)) return Array.isArray(held) && sent.every((one, index) => same(one, held[index]))
  if (typeof sent !== 'object' || sent === null) return sent !== undefined && sent === held
  return (
    typeof held === 'object' &&
    held !== null &&
    Object.entries(sent).every(([name, one]) => name === '__typename' || same(one, (held as Given)[name]))
  )
}

function has(named: readonly { readonly name: { readonly value: string } }[] | undefined, name: string): boolean {
  return (named ?? []).some((one) => one.name.value === name)
}

/** Every thing below the roots, each once. */
function allThings(one: FederationCase): readonly Thing[] {
  const found = new Set<Thing>()
  const walk = (value: unknown): void => {
    if (Array.isArray(value)) for (const element of value) walk(element)
    if (!isThing(value) || found.has(value)) return
    found.add(value)
    for (const below of Object.values(value)) walk(below)
  }
  walk([...Object.values(one.root), ...Object.values(one.mutations ?? {}), ...(one.things ?? [])])
  return [...found]
}
