import type { DepartmentClient } from '../../gateway/adapters/subgraph-clients.ts'
import type { WatchDepartments } from '../../gateway/main.ts'
import type { CallContext, SubgraphAnswer, SubgraphRequest } from '../../subgraphs/kit/contract.ts'

/** What a department saw. */
export interface SeenFetch {
  readonly department: string
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly context: CallContext
  /** Aborted once the gateway waits no longer. */
  readonly signal: AbortSignal
}

/** Stands in a department's way: may wait, fail, lie, or change what `next` answers. */
export type Disturbance = (next: () => Promise<SubgraphAnswer>, seen: SeenFetch) => Promise<unknown>

/** Between a gateway and its departments. */
export interface WatchedDepartments {
  readonly watch: WatchDepartments
  /** Everything that departments were asked since the last `forget`, in order. */
  readonly seen: readonly SeenFetch[]
  forget(): void
  /** Disturbs one department until `heal`. */
  disturb(department: string, disturbance: Disturbance): void
  heal(): void
}

export function watchDepartments(): WatchedDepartments {
  const seen: SeenFetch[] = []
  const disturbances = new Map<string, Disturbance>()
  const wrap = (department: string, client: DepartmentClient): DepartmentClient => ({
    async fetch(request, context, signal) {
      const one: SeenFetch = { department, ...copyOf(request), context, signal }
      seen.push(one)
      const next = (): Promise<SubgraphAnswer> => client.fetch(request, context, signal)
      const disturbance = disturbances.get(department)
      // A lie need not have the shape of an answer.
      return (disturbance ? await disturbance(next, one) : await next()) as SubgraphAnswer
    },
    close: () => client.close(),
  })
  return {
    watch: (clients) => new Map([...clients].map(([name, client]) => [name, wrap(name, client)])),
    seen,
    forget: () => void seen.splice(0),
    disturb: (department, disturbance) => void disturbances.set(department, disturbance),
    heal: () => disturbances.clear(),
  }
}

function copyOf({ query, variables }: SubgraphRequest): SubgraphRequest {
  return { query, variables: JSON.parse(JSON.stringify(variables)) as Record<string, unknown> }
}

/** Departments other than the gateway itself, each once, sorted. */
export function departmentsSeen(seen: readonly SeenFetch[]): readonly string[] {
  return [...new Set(seen.map(({ department }) => department))].filter((one) => one !== 'gateway').toSorted()
}

/** Field names that the departments were asked for, each once, sorted. */
export function fieldsSeen(seen: readonly SeenFetch[]): readonly string[] {
  const words = seen.flatMap(({ query }) => query.slice(query.indexOf('{')).match(/[A-Za-z_]\w*/g) ?? [])
  return [...new Set(words)].toSorted()
}

/** Fetches as comparable texts: who was asked what, without the receipt. */
export function fetchTexts(seen: readonly SeenFetch[]): readonly string[] {
  return seen
    .map(({ department, query, variables }) => `${department} ${query} ${JSON.stringify(variables)}`)
    .toSorted()
}
