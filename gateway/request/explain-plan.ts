import { parse, print } from 'graphql'
import type { FetchNode, PlanNode } from '../compile/plan.ts'

/** One request to one department, as it would be sent. */
export interface PlanStep {
  /** 1, 2, 3 …: a step waits for all with a smaller number. */
  readonly step: number
  /** Whether others of the same number go out at the same time. */
  readonly parallel: boolean
  readonly department: string
  readonly departmentTitle: string
  /** Where the answer is put: response names from the root, `@` for every element of a list. */
  readonly path: string
  /** Canonical variables that decide whether it is sent at all. */
  readonly condition: string | null
  readonly operation: string
}

/** The steps of a plan in their order; both branches of a condition are shown, each with its condition. */
export function planSteps(plan: PlanNode | null, titleOf: (department: string) => string): readonly PlanStep[] {
  const found: { readonly step: number; readonly condition: string | null; readonly fetch: FetchNode }[] = []
  /** Gives the number of the first step that may follow. */
  const walk = (node: PlanNode, step: number, condition: string | null): number => {
    switch (node.kind) {
      case 'fetch':
        found.push({ step, condition, fetch: node })
        return step + 1
      case 'sequence':
        return node.nodes.reduce((next, one) => walk(one, next, condition), step)
      case 'parallel':
        return Math.max(step, ...node.nodes.map((one) => walk(one, step, condition)))
      case 'condition':
        return Math.max(
          node.yes ? walk(node.yes, step, both(condition, `$${node.variable}`)) : step,
          node.no ? walk(node.no, step, both(condition, `!$${node.variable}`)) : step,
        )
    }
  }
  if (plan) walk(plan, 1, null)
  return found.map(({ step, condition, fetch }) => ({
    step,
    parallel: found.filter((one) => one.step === step).length > 1,
    department: fetch.department,
    departmentTitle: titleOf(fetch.department),
    path: fetch.path.join('.'),
    condition,
    operation: print(parse(fetch.operation)),
  }))
}

function both(outer: string | null, inner: string): string {
  return outer === null ? inner : `${outer} && ${inner}`
}
