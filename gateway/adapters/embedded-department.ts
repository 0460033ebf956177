import type { Subgraph, SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import type { DepartmentClient } from './bounded-department.ts'

/**
 * A department that works in this process. What it is sent is a copy of its own, as over a wire: several departments are
 * sent the same objects, and their answers are held against these, so that none may leave a mark in them.
 */
export function embeddedDepartment(subgraph: Pick<Subgraph, 'execute' | 'close'>): DepartmentClient {
  return {
    fetch: async (request, context, signal) => subgraph.execute(copyOf(request), context, signal),
    close: () => subgraph.close(),
  }
}

function copyOf({ query, variables }: SubgraphRequest): SubgraphRequest {
  return { query, variables: JSON.parse(JSON.stringify(variables)) as SubgraphRequest['variables'] }
}
