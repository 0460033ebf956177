import type {
  DirectiveNode,
  FieldNode,
  GraphQLCompositeType,
  GraphQLOutputType,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
} from 'graphql'
import {
  Kind,
  TypeInfo,
  getNamedType,
  isCompositeType,
  isInterfaceType,
  isObjectType,
  print,
  visit,
  visitWithTypeInfo,
} from 'graphql'
import type { FieldEntry } from '../catalog/catalog.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { isSubjectType, SUBJECT_KEYS } from '../vocabulary/subject-types.ts'
import { plainSourceName } from './source-names.ts'

/** What says whom a record is about. */
interface Source {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
}

/** A reference by which a record names the person or firm that it is about. */
export interface Holder {
  readonly name: string
  /** Name under which the fetched data holds it. */
  readonly source: string
  readonly type: GraphQLOutputType
  /** `Person` or `LegalEntity`. */
  readonly subject: string
}

/**
 * What is planned, with the key of every person and firm in it: the record names them and the bounds count them,
 * whether their number is answered or not (ZS-6.03). A record found by a key of its own stands below nobody: where
 * something personal of it is selected, the references to those it is about are planned as well, under the same
 * conditions. Nothing of it reaches the answer, which the projection writes.
 */
export function withSubjectKeys(source: Source, operation: OperationDefinitionNode): OperationDefinitionNode {
  const types = new TypeInfo(source.schema)
  const above: Above[] = []
  return visit(
    operation,
    visitWithTypeInfo(types, {
      Field: {
        enter: () => void above.push({ type: types.getParentType(), leadsTo: compositeOf(types.getType()) }),
        leave: () => void above.pop(),
      },
      SelectionSet: {
        leave(set) {
          const type = types.getParentType()
          if (!type) return undefined
          const found = above.some((one) => one.type && isSubjectType(one.type.name))
          const references = found ? [] : referencesIn(source, type, above.at(-1)?.leadsTo ?? type, set.selections)
          const added = [...keysOf(source.schema, type.name), ...references]
          return added.length === 0 ? undefined : { ...set, selections: [...added, ...set.selections] }
        },
      },
    }),
  )
}

/** A field on the way: the type that it stands on, and the one that it leads to. */
interface Above {
  readonly type: GraphQLCompositeType | null | undefined
  readonly leadsTo: GraphQLCompositeType | null
}

/**
 * References of a record type to persons and firms, none for these themselves.
 *
 * @param place the type that the document has there
 */
export function holdersOf({ schema, fields }: Source, type: string, place: GraphQLCompositeType): readonly Holder[] {
  const record = schema.getType(type)
  if (isSubjectType(type) || !(isObjectType(record) || isInterfaceType(record))) return []
  return Object.values(record.getFields()).flatMap(({ name, args, type: leadsTo }) => {
    const subject = getNamedType(leadsTo).name
    const follows = fields.get(coordinate(type, name))?.follows ?? null
    if (follows === null || args.length > 0 || !isSubjectType(subject)) return []
    return [{ name, source: plainSourceName(schema, place, type, name), type: leadsTo, subject }]
  })
}

/** Whether a value tells of somebody: by its level, or because it is somebody's key. */
export function isPersonal(entry: FieldEntry | undefined): boolean {
  if (entry?.kind !== 'leaf') return false
  return entry.level === 'L3' || entry.level === 'L4' || entry.embeds.length > 0
}

function referencesIn(
  source: Source,
  type: GraphQLCompositeType,
  place: GraphQLCompositeType,
  selections: readonly SelectionNode[],
): readonly SelectionNode[] {
  const personal = selections.filter(
    (one): one is FieldNode =>
      one.kind === Kind.FIELD && isPersonal(source.fields.get(coordinate(type.name, one.name.value))),
  )
  if (personal.length === 0) return []
  const holders = holdersOf(source, type.name, place)
  return conditionsOf(personal).flatMap((directives) =>
    holders.map((holder) => reference(source.schema, holder, directives)),
  )
}

/** Each condition once; none where one of the fields is asked for without. */
function conditionsOf(nodes: readonly FieldNode[]): readonly (readonly DirectiveNode[])[] {
  const different = new Map(
    nodes.map(({ directives = [] }) => [directives.map((one) => print(one)).join(' '), directives]),
  )
  return different.has('') ? [[]] : [...different.values()]
}

function reference(schema: GraphQLSchema, holder: Holder, directives: readonly DirectiveNode[]): SelectionNode {
  return {
    ...field(holder.name),
    ...(holder.source === holder.name ? {} : { alias: { kind: Kind.NAME, value: holder.source } }),
    directives,
    selectionSet: { kind: Kind.SELECTION_SET, selections: keysOf(schema, holder.subject) },
  }
}

/** The key of a person or firm, as far as the schema has it. */
function keysOf(schema: GraphQLSchema, type: string): readonly SelectionNode[] {
  if (!isSubjectType(type)) return []
  const subject = schema.getType(type)
  if (!isObjectType(subject) && !isInterfaceType(subject)) return []
  const known = subject.getFields()
  return SUBJECT_KEYS[type].filter((name) => Object.hasOwn(known, name)).map(field)
}

function compositeOf(type: GraphQLOutputType | null | undefined): GraphQLCompositeType | null {
  const named = type ? getNamedType(type) : null
  return isCompositeType(named) ? named : null
}

function field(name: string): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } }
}
