import { included } from '../compile/compiled-operation.ts'
import type { Requirement } from '../compile/plan.ts'

/**
 * What a fetch needs of an object in this request: what a field is computed from is not fetched, and so not sent, while
 * the field is no part of the answer. The same list where nothing depends on variables.
 */
export function requiredNow(
  requires: readonly Requirement[],
  variables: Readonly<Record<string, unknown>>,
): readonly Requirement[] {
  if (!requires.some(depends)) return requires
  return requires.flatMap((one): readonly Requirement[] => {
    if (one.kind === 'InlineFragment') return [{ ...one, selections: requiredNow(one.selections, variables) }]
    if (!included(one.when ?? null, variables)) return []
    return one.selections ? [{ ...one, selections: requiredNow(one.selections, variables) }] : [one]
  })
}

function depends(one: Requirement): boolean {
  return (one.kind === 'Field' && one.when !== undefined) || (one.selections ?? []).some(depends)
}
