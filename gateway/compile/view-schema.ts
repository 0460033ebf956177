import type {
  DefinitionNode,
  DocumentNode,
  FieldDefinitionNode,
  GraphQLSchema,
  InterfaceTypeDefinitionNode,
  ObjectTypeDefinitionNode,
  UnionTypeDefinitionNode,
} from 'graphql'
import { Kind, buildASTSchema, isEnumType } from 'graphql'
import { SOURCE_TYPE } from '../catalog/attributes.ts'
import type { Catalog, FieldEntry, SharingClass } from '../catalog/catalog.ts'
import type { View } from '../grants/view.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { isOwnAnswer } from './own-answers.ts'
import { named, usableArguments } from './view-arguments.ts'

/** What of the catalogue is shown. */
type Shown = Pick<Catalog, 'filters' | 'resources'> & { readonly fields: ReadonlyMap<Coordinate, FieldEntry> }

/** Words of the regime and of the register of parties, as descriptions have them: in Chinese. */
export interface Wording {
  /** The regime's own name of a class, e.g. 有条件共享. */
  classLabel(of: SharingClass): string
  /** Name of a department. */
  provider(department: string): string
}

/**
 * The schema that introspection shows: only coordinates that the caller could use, each described with class, level,
 * provider, decision and clause (S11, S21), beside what the gateway answers of itself. Types without a usable field,
 * and what only they used, are gone; so is whatever could only filter by what must not be filtered by (INV-6).
 */
export function viewSchema(
  served: DocumentNode,
  { fields, filters, resources }: Shown,
  view: View,
  wording: Wording,
): GraphQLSchema {
  const own = new Set([...ownTypes(served), SOURCE_TYPE])
  const proposed = new Set(resources.flatMap((one) => (one.proposed === true ? [one.type] : [])))
  const isRefused = (place: string): boolean => {
    const by = filters[place]
    return by !== undefined && view.decisions.get(by)?.kind !== 'ALLOW'
  }
  let definitions: readonly DefinitionNode[] = usableArguments(served.definitions, isRefused).map((one) =>
    usableFields(one, { fields, view, wording, own, proposed }),
  )
  for (let before = -1; before !== size(definitions);) {
    before = size(definitions)
    definitions = keptPromises(dropEmpty(definitions))
  }
  const reachable = reach(definitions)
  const kept = definitions.filter((one) => !('name' in one) || !one.name || reachable.has(one.name.value))
  return buildASTSchema({ kind: Kind.DOCUMENT, definitions: kept }, { assumeValid: true })
}

/** Types of the gateway's own answers: they hold no data, so whoever may ask at all may use them. */
function ownTypes({ definitions }: DocumentNode): ReadonlySet<string> {
  const objects = definitions.filter((one) => one.kind === Kind.OBJECT_TYPE_DEFINITION)
  const types = new Map(objects.map((one) => [one.name.value, one]))
  const found = new Set<string>()
  const visit = (name: string): void => {
    const type = types.get(name)
    if (!type || found.has(name)) return
    found.add(name)
    for (const field of type.fields ?? []) visit(named(field.type))
  }
  for (const root of ['Query', 'Mutation']) {
    const answers = types.get(root)?.fields?.filter(({ name }) => isOwnAnswer(root, name.value)) ?? []
    for (const { type } of answers) visit(named(type))
  }
  return found
}

interface Showing {
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly view: View
  readonly wording: Wording
  readonly own: ReadonlySet<string>
  /** Record types that no regulation lists. */
  readonly proposed: ReadonlySet<string>
}

function usableFields(definition: DefinitionNode, showing: Showing): DefinitionNode {
  const { fields, view, own } = showing
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION || own.has(definition.name.value)) return definition
  const kept = (definition.fields ?? []).flatMap((field) => {
    if (isOwnAnswer(definition.name.value, field.name.value)) return [field]
    const at = coordinate(definition.name.value, field.name.value)
    const [entry, decision] = [fields.get(at), view.decisions.get(at)]
    if (!entry || !decision) return []
    // An object is shown for what lies below it; dropEmpty takes it away when nothing does.
    const alone = entry.kind === 'leaf' || entry.follows !== null || entry.reconciled !== undefined
    if (decision.kind === 'DENY' && alone) return []
    return [describe(field, entry, decision, showing)]
  })
  return { ...definition, fields: kept }
}

/** An interface promises what each type that is left can keep; anything else would be no valid schema. */
function keptPromises(definitions: readonly DefinitionNode[]): readonly DefinitionNode[] {
  const objects = definitions.filter((one) => one.kind === Kind.OBJECT_TYPE_DEFINITION)
  return definitions.map((definition) => {
    if (definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return definition
    const types = objects.filter((one) => one.interfaces?.some(({ name }) => name.value === definition.name.value))
    const keeps = (type: ObjectTypeDefinitionNode, field: string): boolean =>
      (type.fields ?? []).some(({ name }) => name.value === field)
    const fields = (definition.fields ?? []).filter(({ name }) => types.every((type) => keeps(type, name.value)))
    return { ...definition, fields: types.length === 0 ? [] : fields }
  })
}

/** How a decision is told: clear values need no word. An object that is refused of its own is there for its fields. */
const TOLD: Readonly<Record<Decision['kind'], string | null>> = {
  ALLOW: null,
  MASK: '脱敏',
  VERIFY_ONLY: '仅核实',
  DENY: null,
}

/** Class, level, provider, item (or that none is listed: 拟定), decision, clause: 【有条件共享 · L3 · 人力资源和社会保障部门 · HZ-23.1#02 · 脱敏 · ZS-4.08】. */
function describe(
  field: FieldDefinitionNode,
  entry: FieldEntry,
  decision: Decision,
  { wording, proposed }: Showing,
): FieldDefinitionNode {
  const facts = [
    wording.classLabel(entry.class),
    entry.level,
    wording.provider(entry.provider),
    entry.item ?? (proposed.has(entry.resource) ? '拟定' : null),
    TOLD[decision.kind],
    decision.kind === 'DENY' ? null : decision.clause,
  ].filter((one) => one !== null)
  // Lists of fields show the first paragraph alone: the facts stand in it.
  const [first = '', ...others] = (field.description?.value ?? entry.title).split('\n\n')
  const value = [`${first}\n【${facts.join(' · ')}】`, ...others].join('\n\n')
  return { ...field, description: { kind: Kind.STRING, value, block: true } }
}

type Composite = ObjectTypeDefinitionNode | InterfaceTypeDefinitionNode | UnionTypeDefinitionNode

/** Types from which no value can be reached, and fields that lead there, lead nowhere; a circle of records too. */
function dropEmpty(definitions: readonly DefinitionNode[]): readonly DefinitionNode[] {
  const composites = definitions.filter(isComposite)
  const rich = reachingValues(composites)
  const empty = new Set(composites.map(({ name }) => name.value).filter((name) => !rich.has(name)))
  empty.delete('Query')
  return definitions
    .filter((one) => !isComposite(one) || !empty.has(one.name.value))
    .map((one) => {
      if (!isComposite(one)) return one
      if (one.kind === Kind.UNION_TYPE_DEFINITION)
        return { ...one, types: (one.types ?? []).filter((type) => !empty.has(type.name.value)) }
      const interfaces = (one.interfaces ?? []).filter((type) => !empty.has(type.name.value))
      return { ...one, interfaces, fields: (one.fields ?? []).filter((field) => !empty.has(named(field.type))) }
    })
}

/** Names of the types from which a value can be reached, found from the values upwards. */
function reachingValues(composites: readonly Composite[]): ReadonlySet<string> {
  const names = new Set(composites.map(({ name }) => name.value))
  const rich = new Set<string>()
  const leads = (name: string): boolean => rich.has(name) || !names.has(name)
  const reaches = (one: Composite): boolean =>
    one.kind === Kind.UNION_TYPE_DEFINITION
      ? (one.types ?? []).some(({ name }) => leads(name.value))
      : (one.fields ?? []).some(({ type }) => leads(named(type)))
  for (let before = -1; before !== rich.size;) {
    before = rich.size
    for (const one of composites) if (reaches(one)) rich.add(one.name.value)
  }
  return rich
}

function isComposite(one: DefinitionNode): one is Composite {
  return (
    one.kind === Kind.OBJECT_TYPE_DEFINITION ||
    one.kind === Kind.INTERFACE_TYPE_DEFINITION ||
    one.kind === Kind.UNION_TYPE_DEFINITION
  )
}

function size(definitions: readonly DefinitionNode[]): number {
  const parts = (one: DefinitionNode): number =>
    one.kind === Kind.UNION_TYPE_DEFINITION ? (one.types?.length ?? 0) : 'fields' in one ? (one.fields?.length ?? 0) : 0
  return definitions.reduce((sum, one) => sum + 1 + parts(one), 0)
}

/** Names reachable from the root types through fields, arguments, inputs, unions and interfaces. */
function reach(definitions: readonly DefinitionNode[]): ReadonlySet<string> {
  const byName = new Map(
    definitions.flatMap((one) => ('name' in one && one.name ? [[one.name.value, one] as const] : [])),
  )
  const found = new Set<string>()
  const visit = (name: string): void => {
    const definition = byName.get(name)
    if (found.has(name) || !definition) return
    found.add(name)
    for (const next of references(definition)) visit(next)
    for (const other of byName.values()) {
      if (other.kind === Kind.OBJECT_TYPE_DEFINITION && other.interfaces?.some((one) => one.name.value === name))
        visit(other.name.value)
    }
  }
  for (const root of ['Query', 'Mutation']) visit(root)
  return found
}

function* references(definition: DefinitionNode): Iterable<string> {
  if (definition.kind === Kind.UNION_TYPE_DEFINITION) for (const type of definition.types ?? []) yield type.name.value
  if (definition.kind === Kind.INPUT_OBJECT_TYPE_DEFINITION)
    for (const field of definition.fields ?? []) yield named(field.type)
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION && definition.kind !== Kind.INTERFACE_TYPE_DEFINITION) return
  for (const one of definition.interfaces ?? []) yield one.name.value
  for (const field of definition.fields ?? []) {
    yield named(field.type)
    for (const argument of field.arguments ?? []) yield named(argument.type)
  }
}

/** Bytes of a definition of the schema with its node, and of each field or value of it: measured over the demonstration city. */
const DEFINITION_BYTES = 1_000
const FIELD_BYTES = 550

/** About as many bytes as a schema holds in memory. */
export function sizeOfSchema(schema: GraphQLSchema): number {
  const types = Object.values(schema.getTypeMap())
  const fieldsOf = (type: (typeof types)[number]): number =>
    isEnumType(type) ? type.getValues().length : 'getFields' in type ? Object.keys(type.getFields()).length : 0
  return types.reduce((sum, type) => sum + DEFINITION_BYTES + FIELD_BYTES * fieldsOf(type), 0)
}
