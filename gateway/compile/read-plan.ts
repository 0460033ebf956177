import type {
  FetchNode as ApolloFetch,
  PlanNode as ApolloNode,
  QueryPlan,
  QueryPlanSelectionNode,
  SubscriptionNode,
} from '@apollo/query-planner'
import { entityKeys } from './entity-keys.ts'
import type { FetchNode, PathStep, PlanNode, Requirement } from './plan.ts'
import { asksWhen } from './fetch-conditions.ts'

/** Turns the planner's JSON into our plan: paths absolute, requirements resolved, entity keys known in advance. */
export function readPlan(plan: QueryPlan): PlanNode | null {
  let next = 0
  const read = (node: ApolloNode | SubscriptionNode, path: readonly PathStep[]): PlanNode => {
    switch (node.kind) {
      case 'Fetch':
        return readFetch(node, path, next++)
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

function readFetch(node: ApolloFetch, path: readonly PathStep[], id: number): FetchNode {
  const outputRewrites = node.outputRewrites ?? []
  return {
    kind: 'fetch',
    id,
    department: node.serviceName,
    operation: node.operation,
    rules: { idempotent: node.operationKind === 'query', keep: null },
    variables: node.variableUsages ?? [],
    path,
    asks: asksWhen(node.operation, node.requires !== undefined),
    requires: node.requires ? node.requires.map(readRequirement) : null,
    keys: node.requires ? entityKeys(node.operation, outputRewrites) : [],
    inputRewrites: node.inputRewrites ?? [],
    outputRewrites,
  }
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
