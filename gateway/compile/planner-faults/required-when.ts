import { anyOf } from '../conditions.ts'
import type { Requirement } from '../plan.ts'
import type { EntityField } from './entity-fields.ts'

/** A field that a fetch asks for, and what its department computes it from (dotted paths). */
export interface Computed extends EntityField {
  readonly needs: ReadonlySet<string>
}

/**
 * What a fetch needs of an object, with the conditions under which it does. The planner joins what is asked for under a
 * condition with what is always asked for, and fetches what the first is computed from only under that condition: an
 * object that has none of it must still be sent for the rest.
 */
export function requiredWhen(
  requirements: readonly Requirement[],
  fields: readonly Computed[],
): readonly Requirement[] {
  return mapPaths(requirements, '', (field, path) => {
    const needing = fields.filter(({ needs }) => needs.has(path))
    // What nothing is computed from identifies the object.
    if (needing.length === 0) return field.name === '__typename' ? field : { ...field, key: true }
    const when = anyOf(needing.map(({ conditions }) => conditions))
    return when === null ? field : { ...field, when }
  })
}

/** Leaves out what only other fields are computed from. */
export function requiredBy(
  requirements: readonly Requirement[],
  kept: readonly Computed[],
  all: readonly Computed[],
): readonly Requirement[] {
  const isNeeded = (path: string): boolean =>
    kept.some(({ needs }) => needs.has(path)) || !all.some(({ needs }) => needs.has(path))
  return mapPaths(requirements, '', (field, path) => (isNeeded(path) ? field : null))
}

type RequiredField = Requirement & { readonly kind: 'Field' }

function mapPaths(
  requirements: readonly Requirement[],
  above: string,
  change: (field: RequiredField, path: string) => RequiredField | null,
): readonly Requirement[] {
  return requirements.flatMap((one): readonly Requirement[] => {
    if (one.kind === 'InlineFragment') return [{ ...one, selections: mapPaths(one.selections, above, change) }]
    const path = above === '' ? one.name : `${above}.${one.name}`
    const changed = change(one, path)
    if (changed === null) return []
    return [changed.selections ? { ...changed, selections: mapPaths(changed.selections, path, change) } : changed]
  })
}
