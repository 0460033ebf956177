import { createHash } from 'node:crypto'
import type {
  ArgumentNode,
  DirectiveNode,
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  GraphQLInputType,
  GraphQLSchema,
  OperationDefinitionNode,
  TypeNode,
  ValueNode,
  VariableDefinitionNode,
} from 'graphql'
import {
  GraphQLBoolean,
  GraphQLNonNull,
  Kind,
  TypeInfo,
  isInputObjectType,
  isLeafType,
  isListType,
  isNonNullType,
  parseType,
  print,
  visit,
  visitWithTypeInfo,
} from 'graphql'

/** The type of `if:` in `@include` and `@skip`. */
const CONDITION = new GraphQLNonNull(GraphQLBoolean)

/** A variable of the normalised operation and where its value comes from in this request. */
export type Binding =
  | {
      readonly kind: 'variable'
      readonly name: string
      readonly definition: VariableDefinitionNode
      readonly nonNull: boolean
    }
  | {
      readonly kind: 'literal'
      readonly name: string
      readonly type: GraphQLInputType
      /** Holds variables, under the names of the document, only inside a custom scalar. */
      readonly value: ValueNode
    }

/**
 * An operation without anything of this one request in it: literals and defaults are lifted to variables,
 * variables and the operation are renamed. Only this form is hashed, planned, cached or logged; inline ID numbers
 * would otherwise end up in plans, keys and worker messages (design, wall 12).
 */
export interface NormalisedOperation {
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly hash: string
  /** The operation and its fragments, printed. */
  readonly text: string
  readonly bindings: readonly Binding[]
}

/** Normalises a validated operation. */
export function normalise(
  schema: GraphQLSchema,
  document: DocumentNode,
  operation: OperationDefinitionNode,
): NormalisedOperation {
  const lifting = createLifting(operation)
  const reachable = reachableFragments(document, operation)
  const rewritten = { kind: Kind.DOCUMENT, definitions: [operation, ...reachable.values()] } satisfies DocumentNode
  const typeInfo = new TypeInfo(schema)
  const result: DocumentNode = visit(
    rewritten,
    visitWithTypeInfo(typeInfo, {
      Field: { enter: (node) => rewriteField(node, typeInfo, lifting) },
      Directive: { enter: (node) => rewriteCondition(node, lifting) },
      VariableDefinition: { enter: () => null },
    }),
  )
  const definitions = lifting.definitions()
  const [first, ...others] = result.definitions
  if (first?.kind !== Kind.OPERATION_DEFINITION) throw new Error('the operation was lost while normalising')
  const { name: _name, ...anonymous } = { ...first, variableDefinitions: definitions }
  const fragments = others.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
  const text = [anonymous, ...fragments].map((one) => print(one)).join('\n')
  return {
    operation: anonymous,
    fragments: new Map(fragments.map((one) => [one.name.value, one])),
    hash: createHash('sha256').update(text).digest('base64url'),
    text,
    bindings: lifting.bindings(),
  }
}

function reachableFragments(
  document: DocumentNode,
  operation: OperationDefinitionNode,
): Map<string, FragmentDefinitionNode> {
  const all = new Map(
    document.definitions.flatMap((one) =>
      one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
    ),
  )
  const found = new Map<string, FragmentDefinitionNode>()
  const follow = (node: OperationDefinitionNode | FragmentDefinitionNode): void => {
    visit(node, {
      FragmentSpread: (spread) => {
        const fragment = all.get(spread.name.value)
        if (!fragment || found.has(spread.name.value)) return
        found.set(spread.name.value, fragment)
        follow(fragment)
      },
    })
  }
  follow(operation)
  return found
}

interface Lifting {
  rename(variable: string, position: GraphQLInputType | null): string
  lift(value: ValueNode, type: GraphQLInputType): string
  definitions(): VariableDefinitionNode[]
  bindings(): Binding[]
}

function createLifting(operation: OperationDefinitionNode): Lifting {
  const originals = operation.variableDefinitions ?? []
  const names = new Map(originals.map((one, index) => [one.variable.name.value, `v${index}`]))
  const nonNull = new Set<string>()
  const literals = new Map<string, Binding & { kind: 'literal' }>()
  return {
    rename(variable, position) {
      if (position && isNonNullType(position)) nonNull.add(variable)
      return names.get(variable) ?? variable
    },
    lift(value, type) {
      const key = `${String(type)} ${print(value)}`
      const known = literals.get(key)
      if (known) return known.name
      const name = `l${literals.size}`
      literals.set(key, { kind: 'literal', name, type, value })
      return name
    },
    definitions: () => [
      ...originals.map((one) => define(names.get(one.variable.name.value) ?? '', requiredType(one, nonNull))),
      ...[...literals.values()].map((one) => define(one.name, parseType(String(one.type), { noLocation: true }))),
    ],
    bindings: () => [
      ...originals.map((definition): Binding => {
        const original = definition.variable.name.value
        return { kind: 'variable', name: names.get(original) ?? '', definition, nonNull: nonNull.has(original) }
      }),
      ...literals.values(),
    ],
  }
}

/**
 * A default makes a nullable variable usable in a non-null place; the lifted form says so in its type. A variable
 * without one stands there by the default of the place itself, and stays one that may be left out.
 */
function requiredType(definition: VariableDefinitionNode, nonNull: ReadonlySet<string>): TypeNode {
  const { type, variable, defaultValue } = definition
  const always = defaultValue !== undefined && defaultValue.kind !== Kind.NULL
  if (type.kind === Kind.NON_NULL_TYPE || !always || !nonNull.has(variable.name.value)) return type
  return { kind: Kind.NON_NULL_TYPE, type }
}

function define(name: string, type: TypeNode): VariableDefinitionNode {
  return { kind: Kind.VARIABLE_DEFINITION, variable: variableNode(name), type }
}

function variableNode(name: string): { kind: Kind.VARIABLE; name: { kind: Kind.NAME; value: string } } {
  return { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: name } }
}

function rewriteField(node: FieldNode, typeInfo: TypeInfo, lifting: Lifting): FieldNode | undefined {
  if (!node.arguments || node.arguments.length === 0) return undefined
  const definition = typeInfo.getFieldDef()
  const rewrite = (argument: ArgumentNode): ArgumentNode => {
    const type = definition?.args.find((one) => one.name === argument.name.value)?.type
    return type ? { ...argument, value: rewriteValue(argument.value, type, lifting) } : argument
  }
  // Sorted first: the names of lifted literals must not tell in which order they were written.
  const sorted = node.arguments.toSorted((a, b) => (a.name.value < b.name.value ? -1 : 1))
  return { ...node, arguments: sorted.map(rewrite) }
}

/** Other directives of a document mean nothing to the gateway or to a department, and may hold literals: dropped. */
function rewriteCondition(node: DirectiveNode, lifting: Lifting): DirectiveNode | null {
  if (node.name.value !== 'include' && node.name.value !== 'skip') return null
  const rewrite = (argument: ArgumentNode): ArgumentNode =>
    argument.value.kind === Kind.VARIABLE
      ? { ...argument, value: variableNode(lifting.rename(argument.value.name.value, CONDITION)) }
      : argument
  return { ...node, arguments: (node.arguments ?? []).map(rewrite) }
}

function rewriteValue(value: ValueNode, type: GraphQLInputType, lifting: Lifting): ValueNode {
  if (value.kind === Kind.VARIABLE) return variableNode(lifting.rename(value.name.value, type))
  if (value.kind === Kind.NULL) return value
  const nullable = isNonNullType(type) ? type.ofType : type
  // A custom scalar is one value, whatever it is made of.
  if (isConstant(value) || isLeafType(nullable)) return variableNode(lifting.lift(value, type))
  if (value.kind === Kind.LIST && isListType(nullable)) {
    return { ...value, values: value.values.map((one) => rewriteValue(one, nullable.ofType, lifting)) }
  }
  // A single element may stand for its list.
  if (isListType(nullable)) return rewriteValue(value, nullable.ofType, lifting)
  if (value.kind === Kind.OBJECT && isInputObjectType(nullable)) {
    const fields = nullable.getFields()
    return {
      ...value,
      fields: value.fields.map((one) => {
        const field = fields[one.name.value]
        return field ? { ...one, value: rewriteValue(one.value, field.type, lifting) } : one
      }),
    }
  }
  return value
}

function isConstant(value: ValueNode): boolean {
  if (value.kind === Kind.VARIABLE) return false
  if (value.kind === Kind.LIST) return value.values.every(isConstant)
  if (value.kind === Kind.OBJECT) return value.fields.every((field) => isConstant(field.value))
  return true
}
