import type {
  ArgumentNode,
  DirectiveNode,
  FieldNode,
  InlineFragmentNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from 'graphql'
import { Kind, visit } from 'graphql'
import type { Condition, Conjunction, ProjectedField, Projection } from './compiled-operation.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import { alternativesOf, implies } from './conditions.ts'

type Arguments = ReadonlyMap<string, readonly ArgumentNode[]>

/**
 * The document that is planned: only what is copied, masked or crossed, under canonical names, with concrete
 * types; refused fields are gone, and with them the variables that only they used. Null when nothing is left.
 *
 * @param given arguments by the canonical name of their field
 */
export function prune(
  operation: OperationDefinitionNode,
  projection: Projection,
  given: Arguments,
): OperationDefinitionNode | null {
  const selectionSet = emit(projection, given, ROOT)
  if (selectionSet.selections.length === 0) return null
  const pruned: OperationDefinitionNode = {
    kind: Kind.OPERATION_DEFINITION,
    operation: operation.operation,
    selectionSet,
  }
  const used = usedVariables(pruned)
  const variableDefinitions = (operation.variableDefinitions ?? []).filter((one) => used.has(one.variable.name.value))
  return { ...pruned, variableDefinitions }
}

/** The alternatives of the enclosing field, and the one whose selection is being written. */
interface Enclosing {
  readonly alternatives: readonly Conjunction[]
  readonly held: Conjunction
}

const NOTHING: Conjunction = []
const ROOT: Enclosing = { alternatives: [NOTHING], held: NOTHING }

function emit(projection: Projection, given: Arguments, enclosing: Enclosing): SelectionSetNode {
  if (!projection.abstract) {
    const [fields] = projection.fields.values()
    const selections = emitFields(fields ?? [], given, enclosing)
    return selectionSet(enclosing === ROOT ? selections : withTypename(selections))
  }
  const fragments = [...projection.fields].flatMap(([type, fields]): SelectionNode[] => {
    const selections = emitFields(fields, given, enclosing)
    return selections.length === 0 ? [] : [onType(type, selections)]
  })
  return selectionSet([fieldNode('__typename'), ...fragments])
}

/**
 * An object that is crossed for its existence alone still needs a selection, and one without conditions: the planner
 * moves conditions that all of a selection shares to the object itself, which then would not be fetched.
 */
function withTypename(selections: readonly SelectionNode[]): readonly SelectionNode[] {
  const always = selections.some((one) => (one.directives ?? []).length === 0)
  return always ? selections : [fieldNode('__typename'), ...selections]
}

/**
 * Several alternatives of a field are several selections, which merge as an OR. Each stands in the first alternative
 * of the enclosing field that it implies, and in no other: written into all of them, a short document with
 * conditions at every level would become exponentially long.
 */
function emitFields(fields: readonly ProjectedField[], given: Arguments, enclosing: Enclosing): SelectionNode[] {
  return fields.flatMap((field) => {
    const { step, when } = field
    if (step.kind === 'null' || step.kind === 'typename') return []
    if (step.kind === 'reconcile') return emitFields(step.read, given, enclosing)
    const alternatives = alternativesOf(step.kind === 'object' ? step.shown : when)
    return alternatives
      .filter((one) => enclosing.alternatives.find((outer) => implies(one, outer)) === enclosing.held)
      .map((held) => emitField(field, given, { alternatives, held }, enclosing.held))
  })
}

function emitField(field: ProjectedField, given: Arguments, own: Enclosing, held: Conjunction): SelectionNode {
  const open = own.held.filter((one) => !held.some((known) => known.variable === one.variable))
  const [name = field.source] = field.coordinate.split('.').slice(1)
  const node: FieldNode = {
    ...fieldNode(name),
    ...(field.source === name ? {} : { alias: { kind: Kind.NAME, value: field.source } }),
    arguments: given.get(field.source) ?? [],
    ...(field.step.kind === 'object' ? { selectionSet: emit(field.step.selection, given, own) } : {}),
  }
  return conditional(node, open, typeOf(field.coordinate))
}

/**
 * A selection that counts only when all conditions hold.
 *
 * @param type the type that it stands on
 */
export function conditional(node: SelectionNode, conditions: readonly Condition[], type?: string): SelectionNode {
  return conditions.reduceRight<SelectionNode>((inner, condition) => wrap(inner, condition, type), node)
}

/**
 * A node takes one `@include` or `@skip`; further conditions need an enclosing fragment each. It names its type: in
 * fragments without one the planner forgets to rename fields that would clash (`withFieldAliased`).
 */
function wrap(inner: SelectionNode, condition: Condition, type: string | undefined): SelectionNode {
  const directives = [directiveNode(condition)]
  if (inner.kind === Kind.FIELD && (inner.directives ?? []).length === 0) return { ...inner, directives }
  const selections = selectionSet([inner])
  return type === undefined
    ? { kind: Kind.INLINE_FRAGMENT, directives, selectionSet: selections }
    : { ...onType(type, [inner]), directives }
}

function directiveNode({ variable, equals }: Condition): DirectiveNode {
  const value = { kind: Kind.VARIABLE, name: { kind: Kind.NAME, value: variable } } as const
  const condition = { kind: Kind.ARGUMENT, name: { kind: Kind.NAME, value: 'if' }, value } as const
  return { kind: Kind.DIRECTIVE, name: { kind: Kind.NAME, value: equals ? 'include' : 'skip' }, arguments: [condition] }
}

function fieldNode(name: string): FieldNode {
  return { kind: Kind.FIELD, name: { kind: Kind.NAME, value: name } }
}

function onType(type: string, selections: readonly SelectionNode[]): InlineFragmentNode {
  const typeCondition = { kind: Kind.NAMED_TYPE, name: { kind: Kind.NAME, value: type } } as const
  return { kind: Kind.INLINE_FRAGMENT, typeCondition, selectionSet: selectionSet(selections) }
}

function selectionSet(selections: readonly SelectionNode[]): SelectionSetNode {
  return { kind: Kind.SELECTION_SET, selections }
}

function usedVariables(operation: OperationDefinitionNode): ReadonlySet<string> {
  const used = new Set<string>()
  visit(operation, {
    Variable: (node) => void used.add(node.name.value),
    VariableDefinition: () => false,
  })
  return used
}
