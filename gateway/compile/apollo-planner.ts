import { Supergraph, operationFromDocument } from '@apollo/federation-internals'
import { QueryPlanner } from '@apollo/query-planner'
import type { OperationDefinitionNode } from 'graphql'
import { Kind, parse } from 'graphql'
import { Failure } from '../vocabulary/failure.ts'
import { fetchesOf } from './plan.ts'
import type { PlanNode, Planner } from './plan.ts'
import { hoist } from './planner-faults/hoist.ts'
import { separateRequired } from './planner-faults/required-fields.ts'
import { readTypes } from './planner-faults/supergraph-types.ts'
import { unreachable } from './planner-faults/unreachable.ts'
import { withoutUnresolvableKeys } from './planner-faults/unresolvable-keys.ts'
import { readPlan } from './read-plan.ts'

/**
 * Evaluated plans per query: with the planner's own default of 10,000 a 200-byte document can hold the thread for
 * a second when types are shared between departments; 16 gave plans of the same size in 30 ms.
 */
const MAX_EVALUATED_PLANS = 16

/**
 * Apollo's query planner behind our port, with its faults corrected around it (planner-faults/). Its plans reject with
 * Failure GRAPHQL_VALIDATION_FAILED where no department can be asked for a field.
 */
export function createApolloPlanner(supergraphSdl: string): Planner {
  const required = separateRequired(withoutUnresolvableKeys(parse(supergraphSdl, { noLocation: true })))
  // What it was made from was validated when it was loaded; that a field is external for nothing now is no fault.
  const supergraph = Supergraph.build(required.supergraph, { validateSupergraph: false })
  const planner = new QueryPlanner(supergraph, { debug: { maxEvaluatedPlans: MAX_EVALUATED_PLANS } })
  const api = supergraph.apiSchema()
  const types = readTypes(required.supergraph)
  const rootOf = (operation: OperationDefinitionNode): string =>
    api.schemaDefinition.rootType(operation.operation)?.name ?? ''
  return {
    async plan(operation: OperationDefinitionNode) {
      const hoisted = hoist(types, operation, rootOf(operation))
      const document = operationFromDocument(api, { kind: Kind.DOCUMENT, definitions: [hoisted] })
      const plan = readPlan(planner.buildQueryPlan(document), required)
      assertComplete(hoisted, plan)
      return plan
    },
  }
}

function assertComplete(operation: OperationDefinitionNode, plan: PlanNode | null): void {
  const found = unreachable(operation, [...fetchesOf(plan)])
  if (found === null) return
  // As the schema has it, without what tells the uses of a field apart.
  const path = found.replaceAll(/_gx[_\w]*/g, '')
  throw new Failure('GRAPHQL_VALIDATION_FAILED', {
    detail: {
      zh: `没有部门能够提供 ${path}`,
      en: `there is no department that can be asked for ${path}`,
    },
  })
}
