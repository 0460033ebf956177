import type {
  ArgumentNode,
  ConstDirectiveNode,
  DocumentNode,
  FieldDefinitionNode,
  FieldNode,
  SelectionSetNode,
} from 'graphql'
import { Kind, parse, print, stripIgnoredCharacters, visit } from 'graphql'
import { isComposite, namedType, readTypes, textArgument } from './supergraph-types.ts'
import type { SupergraphTypes } from './supergraph-types.ts'

/**
 * What `@requires` asks for, told apart. The planner fetches what a field is computed from under the name of that
 * field, whatever its arguments: `price(currency: "CNY")` and `price(currency: "HKD")` would share one value, with each
 * other and with what a user asks for. It is therefore given a supergraph in which each such call is a field of its own
 * without arguments; in the plan these become the real field again, under an alias.
 */
export interface RequiredFields {
  /** The supergraph to plan with. */
  readonly supergraph: DocumentNode
  /** The real field behind one of these, or undefined for any other name. */
  realField(name: string): { readonly name: string; readonly arguments: readonly ArgumentNode[] } | undefined
  /** What a department computes a field from: dotted paths under the names of the supergraph to plan with. */
  needsOf(department: string, type: string, field: string): ReadonlySet<string>
}

const NOTHING: ReadonlySet<string> = new Set()

/** Reads all `@requires` of a supergraph and tells their calls apart. */
export function separateRequired(supergraph: DocumentNode): RequiredFields {
  const types = readTypes(supergraph)
  const calls = createCalls(types)
  const needs = new Map<string, Set<string>>()
  const departments = departmentNames(supergraph)

  const rewrite = (type: string, field: FieldDefinitionNode): FieldDefinitionNode => {
    const directives = (field.directives ?? []).map((join) => {
      const text = join.name.value === 'join__field' ? textArgument(join, 'requires') : null
      if (text === null) return join
      const set = calls.separate(readSelection(text), type)
      const department = departments.get(textArgument(join, 'graph') ?? '') ?? ''
      addPaths(set, '', setOf(needs, `${department} ${type}.${field.name.value}`))
      return withRequires(join, stripIgnoredCharacters(print(set)).slice(1, -1))
    })
    return { ...field, directives }
  }
  const definitions = supergraph.definitions.map((one) =>
    isComposite(one) ? { ...one, fields: (one.fields ?? []).map((field) => rewrite(one.name.value, field)) } : one,
  )
  // A call's own field can be computed from others: it is rewritten as any other, and may add calls in turn.
  const added = calls.definitions(rewrite)
  return {
    supergraph: {
      ...supergraph,
      definitions: definitions.map((one) =>
        isComposite(one) ? { ...one, fields: [...(one.fields ?? []), ...(added.get(one.name.value) ?? [])] } : one,
      ),
    },
    realField: (name) => calls.realField(name),
    needsOf: (department, type, field) => needs.get(`${department} ${type}.${field}`) ?? NOTHING,
  }
}

/** Puts the real fields back into what a department is sent. */
export function withRealFields(document: DocumentNode, { realField }: Pick<RequiredFields, 'realField'>): DocumentNode {
  return visit(document, {
    Field: (node): FieldNode | undefined => {
      const real = realField(node.name.value)
      if (!real) return undefined
      const name = { kind: Kind.NAME, value: real.name } as const
      return { ...node, alias: node.alias ?? node.name, name, arguments: real.arguments }
    },
  })
}

/** Calls in `@requires`, each under a name of its own. */
interface Calls {
  /** A selection with its calls renamed. */
  separate(set: SelectionSetNode, type: string): SelectionSetNode
  /** The fields to add, by type. */
  definitions(
    rewrite: (type: string, field: FieldDefinitionNode) => FieldDefinitionNode,
  ): ReadonlyMap<string, readonly FieldDefinitionNode[]>
  realField(name: string): { readonly name: string; readonly arguments: readonly ArgumentNode[] } | undefined
}

function createCalls(types: SupergraphTypes): Calls {
  const names = new Map<string, string>()
  const real = new Map<string, { readonly name: string; readonly arguments: readonly ArgumentNode[] }>()
  /** Fields to add: grows while they are written, until nothing new is needed. */
  const places: { readonly type: string; readonly name: string }[] = []
  const placed = new Set<string>()

  const nameOf = (type: string, node: FieldNode): string => {
    const given = (node.arguments ?? []).toSorted((a, b) => (a.name.value < b.name.value ? -1 : 1))
    const key = `${node.name.value}(${given.map((one) => print(one)).join()})`
    const name = names.get(key) ?? `${node.name.value}_gx_r${names.size}`
    names.set(key, name)
    real.set(name, { name: node.name.value, arguments: given })
    // What an interface has, its types have too.
    for (const one of [type, ...types.implementing(type)]) {
      if (!placed.has(`${one}.${name}`)) places.push({ type: one, name })
      placed.add(`${one}.${name}`)
    }
    return name
  }
  const separate = (set: SelectionSetNode, type: string): SelectionSetNode => ({
    ...set,
    selections: set.selections.map((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return one
      if (one.kind === Kind.INLINE_FRAGMENT)
        return { ...one, selectionSet: separate(one.selectionSet, one.typeCondition?.name.value ?? type) }
      const definition = types.field(type, one.name.value)
      const selectionSet =
        one.selectionSet && definition ? separate(one.selectionSet, namedType(definition.type)) : one.selectionSet
      const below = { ...one, ...(selectionSet ? { selectionSet } : {}) }
      if (!definition || (definition.arguments ?? []).length === 0) return below
      return { ...below, name: { kind: Kind.NAME, value: nameOf(type, one) }, arguments: [] }
    }),
  })
  return {
    separate,
    realField: (name) => real.get(name),
    definitions(rewrite) {
      const added = new Map<string, FieldDefinitionNode[]>()
      for (const { type, name } of places) {
        const definition = types.field(type, real.get(name)?.name ?? '')
        if (!definition) continue
        const field = rewrite(type, bare(definition, name))
        added.set(type, [...(added.get(type) ?? []), field])
      }
      return added
    },
  }
}

/** A field without arguments in the same departments. */
function bare({ directives = [], ...definition }: FieldDefinitionNode, name: string): FieldDefinitionNode {
  const kept = directives.filter((one) => one.name.value === 'join__field' || one.name.value === 'inaccessible')
  const { description: _description, ...rest } = definition
  return { ...rest, name: { kind: Kind.NAME, value: name }, arguments: [], directives: kept }
}

function withRequires(join: ConstDirectiveNode, text: string): ConstDirectiveNode {
  const given = (join.arguments ?? []).map((one) =>
    one.name.value === 'requires' ? { ...one, value: { kind: Kind.STRING, value: text } as const } : one,
  )
  return { ...join, arguments: given }
}

function readSelection(text: string): SelectionSetNode {
  const [definition] = parse(`{ ${text} }`, { noLocation: true }).definitions
  if (definition?.kind !== Kind.OPERATION_DEFINITION) throw new Error(`not a selection: ${text}`)
  return definition.selectionSet
}

function addPaths(set: SelectionSetNode, above: string, paths: Set<string>): void {
  for (const one of set.selections) {
    if (one.kind === Kind.INLINE_FRAGMENT) addPaths(one.selectionSet, above, paths)
    if (one.kind !== Kind.FIELD) continue
    const path = above === '' ? one.name.value : `${above}.${one.name.value}`
    paths.add(path)
    if (one.selectionSet) addPaths(one.selectionSet, path, paths)
  }
}

/** Values of `join__Graph` → names of the departments, as plans have them. */
function departmentNames(supergraph: DocumentNode): ReadonlyMap<string, string> {
  return new Map(
    supergraph.definitions.flatMap((one) => {
      if (one.kind !== Kind.ENUM_TYPE_DEFINITION || one.name.value !== 'join__Graph') return []
      return (one.values ?? []).flatMap(({ name, directives = [] }) => {
        const graph = directives.find((directive) => directive.name.value === 'join__graph')
        const text = graph ? textArgument(graph, 'name') : null
        return text === null ? [] : [[name.value, text] as const]
      })
    }),
  )
}

function setOf(map: Map<string, Set<string>>, key: string): Set<string> {
  const known = map.get(key) ?? new Set<string>()
  map.set(key, known)
  return known
}
