import { Supergraph } from '@apollo/federation-internals'
import type { DirectiveNode, DocumentNode, FieldDefinitionNode, SelectionSetNode } from 'graphql'
import { Kind, getNamedType, isCompositeType, isInterfaceType, isIntrospectionType, isObjectType, parse } from 'graphql'
import type { Catalog, FieldEntry } from '../../gateway/catalog/catalog.ts'
import { sealCatalog } from '../../gateway/catalog/compose.ts'
import { readTypes, namedType, textArgument } from '../../gateway/compile/planner-faults/supergraph-types.ts'
import type { SupergraphTypes } from '../../gateway/compile/planner-faults/supergraph-types.ts'
import { coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'

/** A department of a supergraph: its name as plans have it, and where it is reached. */
export interface Graph {
  /** The value of `join__Graph`, by which the supergraph's own annotations name it. */
  readonly value: string
  readonly name: string
  readonly url: string
}

/** The departments of a supergraph that somebody else composed. */
export function graphsOf(supergraph: DocumentNode): readonly Graph[] {
  return supergraph.definitions.flatMap((one) => {
    if (one.kind !== Kind.ENUM_TYPE_DEFINITION || one.name.value !== 'join__Graph') return []
    return (one.values ?? []).map((value) => {
      const graph = value.directives?.find(({ name }) => name.value === 'join__graph')
      return {
        value: value.name.value,
        name: (graph && textArgument(graph, 'name')) ?? value.name.value,
        url: (graph && textArgument(graph, 'url')) ?? '',
      }
    })
  })
}

/**
 * A catalogue for a supergraph that has no classification: an entry for every coordinate of its API, each of the
 * department that serves it, so that the decisions alone are missing.
 */
export function openCatalog(supergraphSdl: string): Catalog {
  const supergraph = parse(supergraphSdl)
  const names = new Map(graphsOf(supergraph).map(({ value, name }) => [value, name]))
  const providers = providersOf(supergraph)
  const origins = originsOf(supergraph)
  const api = Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema()
  const types = Object.values(api.getTypeMap()).filter((type) => !isIntrospectionType(type))
  const fields = types.flatMap((type) => {
    if (!isObjectType(type) && !isInterfaceType(type)) return []
    return Object.values(type.getFields()).map((field): FieldEntry => {
      const at = coordinate(type.name, field.name)
      const served = (providers.get(at) ?? []).map((one) => names.get(one) ?? one)
      const composite = isCompositeType(getNamedType(field.type))
      return {
        ...UNCLASSIFIED,
        coordinate: at,
        kind: composite ? 'object' : 'leaf',
        ...providing(served),
        title: at,
        requires: origins.get(at) ?? [],
      }
    })
  })
  return sealCatalog(supergraphSdl, { resources: [], fields, filters: {}, exactFilters: [] })
}

function providing(served: readonly string[]): Pick<FieldEntry, 'provider' | 'providers' | 'resource'> {
  const [first = 'gateway'] = served.toSorted()
  return { provider: first, providers: served, resource: '' }
}

/** Coordinate → the graphs that answer for it: those that it is joined to, or else all that have its type. */
function providersOf(supergraph: DocumentNode): ReadonlyMap<string, readonly string[]> {
  return new Map(
    supergraph.definitions.flatMap((type) => {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return []
      const all = graphs(type.directives, 'join__type')
      return (type.fields ?? []).map(
        (field) => [coordinate(type.name.value, field.name.value), own(field, all)] as const,
      )
    }),
  )
}

/** Coordinate → what it is computed from, wherever it is; what an interface's field is computed from, its types' are. */
function originsOf(supergraph: DocumentNode): ReadonlyMap<string, readonly Coordinate[]> {
  const types = readTypes(supergraph)
  const origins = new Map<string, readonly Coordinate[]>()
  for (const type of supergraph.definitions) {
    if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) continue
    for (const { name, directives = [] } of type.fields ?? []) {
      const texts = directives.flatMap((one) => textArgument(one, 'requires') ?? [])
      const found = texts.flatMap((text) => fieldSet(types, text, type.name.value))
      for (const owner of [type.name.value, ...types.implementing(type.name.value)]) {
        const at = coordinate(owner, name.value)
        origins.set(at, [...(origins.get(at) ?? []), ...found])
      }
    }
  }
  return origins
}

/** Every coordinate that identifies an object of some department. */
export function keyCoordinates(supergraphSdl: string): ReadonlySet<string> {
  const supergraph = parse(supergraphSdl)
  const types = readTypes(supergraph)
  return new Set(
    supergraph.definitions.flatMap((type) => {
      if (type.kind !== Kind.OBJECT_TYPE_DEFINITION && type.kind !== Kind.INTERFACE_TYPE_DEFINITION) return []
      const texts = (type.directives ?? []).flatMap((one) => textArgument(one, 'key') ?? [])
      return texts.flatMap((text) => fieldSet(types, text, type.name.value))
    }),
  )
}

/** The coordinates of a field set, with those of every type that an interface's can be. */
function fieldSet(types: SupergraphTypes, text: string, type: string): readonly Coordinate[] {
  const walk = (set: SelectionSetNode, parent: string): Coordinate[] =>
    set.selections.flatMap((one) => {
      if (one.kind === Kind.FRAGMENT_SPREAD) return []
      if (one.kind === Kind.INLINE_FRAGMENT) return walk(one.selectionSet, one.typeCondition?.name.value ?? parent)
      if (one.name.value === '__typename') return []
      const all = [parent, ...types.implementing(parent)].map((owner) => coordinate(owner, one.name.value))
      const definition = types.field(parent, one.name.value)
      return [...all, ...(one.selectionSet && definition ? walk(one.selectionSet, namedType(definition.type)) : [])]
    })
  const [definition] = parse(`{ ${text} }`).definitions
  return definition?.kind === Kind.OPERATION_DEFINITION ? walk(definition.selectionSet, type) : []
}

function own({ directives = [] }: FieldDefinitionNode, all: readonly string[]): readonly string[] {
  const joined = directives.filter((one) => flag(one, 'external') !== true)
  const named = graphs(joined, 'join__field')
  return named.length > 0 ? named : all
}

function graphs(directives: readonly DirectiveNode[] | undefined, name: string): readonly string[] {
  return (directives ?? []).flatMap((one) => {
    const graph = one.arguments?.find((argument) => argument.name.value === 'graph')?.value
    return one.name.value === name && graph?.kind === Kind.ENUM ? [graph.value] : []
  })
}

function flag(directive: DirectiveNode, argument: string): boolean {
  const value = directive.arguments?.find(({ name }) => name.value === argument)?.value
  return value?.kind === Kind.BOOLEAN && value.value
}

/** What an entry says where nothing was classified. */
const UNCLASSIFIED: Omit<
  FieldEntry,
  'coordinate' | 'kind' | 'provider' | 'providers' | 'resource' | 'title' | 'requires'
> = {
  class: 'UNCONDITIONAL',
  level: 'L1',
  item: null,
  basis: [],
  grounds: [],
  reasons: null,
  conditions: null,
  subMode: null,
  scope: null,
  verifyOnly: false,
  mask: null,
  maskApproval: null,
  maskProhibited: false,
  verify: null,
  embeds: [],
  quasiIdentifier: null,
  emergencyExcluded: false,
  authoritativeFor: null,
  follows: null,
  declassified: null,
  onInterface: false,
}
