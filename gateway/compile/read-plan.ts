import type {
  FetchNode as ApolloFetch,
  PlanNode as ApolloNode,
  QueryPlan,
  QueryPlanSelectionNode,
  SubscriptionNode,
} from '@apollo/query-planner'
import type { DefinitionNode, DocumentNode } from 'graphql'
import { Kind, parse, print, stripIgnoredCharacters } from 'graphql'
import { entityKeys } from './entity-keys.ts'
import { asksWhen } from './fetch-conditions.ts'
import type { FetchNode, PathStep, PlanNode, Requirement } from './plan.ts'
import type { RequiredFields } from './planner-faults/required-fields.ts'
import { withRealFields } from './planner-faults/required-fields.ts'
import { requiredWhen } from './planner-faults/required-when.ts'
import { sentUnderRealNames, separateCalls } from './planner-faults/separate-calls.ts'

/**
 * Turns the planner's JSON into our plan: paths absolute, requirements resolved, entity keys known in advance.
 *
 * @param required what the supergraph that was planned with has in place of calls in `@requires`
 */
export function readPlan(plan: QueryPlan, required: RequiredFields): PlanNode | null {
  let next = 0
  const id = (): number => next++
  const read = (node: ApolloNode | SubscriptionNode, path: readonly PathStep[]): PlanNode => {
    switch (node.kind) {
      case 'Fetch':
        return together(readFetches(node, path, required, id))
      case 'Sequence':
        return { kind: 'sequence', nodes: node.nodes.map((one) => read(one, path)) }
      case 'Parallel':
        return { kind: 'parallel', nodes: node.nodes.map((one) => read(one, path)) }
      case 'Flatten':
        return read(node.node, [...path, ...node.path.map(String)])
      case 'Condition':
        return {
          kind: 'condition',
          variable: node.condition,
          yes: node.ifClause ? read(node.ifClause, path) : null,
          no: node.elseClause ? read(node.elseClause, path) : null,
        }
      case 'Defer':
      case 'Subscription':
        throw new Error(`the planner returned a ${node.kind} node, which this gateway does not offer`)
    }
  }
  return plan.node ? read(plan.node, []) : null
}

function together(nodes: readonly PlanNode[]): PlanNode {
  const [only, ...others] = nodes
  return only && others.length === 0 ? only : { kind: 'parallel', nodes }
}

function readFetches(
  node: ApolloFetch,
  path: readonly PathStep[],
  required: RequiredFields,
  id: () => number,
): readonly FetchNode[] {
  const document = parse(node.operation, { noLocation: true })
  if (!node.requires) return [fetchNode(node, path, id(), withRealFields(document, required))]
  const requires = node.requires.map(readRequirement)
  return separateCalls(required, node.serviceName, document, requires).map((one) => ({
    ...fetchNode(node, path, id(), withRealFields(one.document, required)),
    requires: requiredWhen(one.requires, one.fields),
    inputRewrites: [...sentUnderRealNames(required, one.requires), ...(node.inputRewrites ?? [])],
  }))
}

function fetchNode(node: ApolloFetch, path: readonly PathStep[], id: number, document: DocumentNode): FetchNode {
  const outputRewrites = node.outputRewrites ?? []
  const operation = stripIgnoredCharacters(print(document))
  const declared = new Set(document.definitions.flatMap(declaredVariables))
  return {
    kind: 'fetch',
    id,
    department: node.serviceName,
    operation,
    rules: { idempotent: node.operationKind === 'query', keep: null },
    variables: (node.variableUsages ?? []).filter((name) => declared.has(name)),
    path,
    asks: asksWhen(operation, node.requires !== undefined),
    requires: null,
    keys: node.requires ? entityKeys(operation, outputRewrites) : [],
    inputRewrites: node.inputRewrites ?? [],
    outputRewrites,
  }
}

function declaredVariables(definition: DefinitionNode): readonly string[] {
  if (definition.kind !== Kind.OPERATION_DEFINITION) return []
  return (definition.variableDefinitions ?? []).map(({ variable }) => variable.name.value)
}

function readRequirement(selection: QueryPlanSelectionNode): Requirement {
  if (selection.kind === 'Field') {
    return { kind: 'Field', name: selection.name, selections: selection.selections?.map(readRequirement) ?? null }
  }
  return {
    kind: 'InlineFragment',
    type: selection.typeCondition ?? null,
    selections: selection.selections.map(readRequirement),
  }
}
