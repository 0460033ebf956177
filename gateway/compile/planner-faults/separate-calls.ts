import type { DocumentNode, OperationDefinitionNode } from 'graphql'
import { visit } from 'graphql'
import type { Requirement, Rewrite } from '../plan.ts'
import { entityFields, keepEntityFields } from './entity-fields.ts'
import { requiredBy } from './required-when.ts'
import type { Computed } from './required-when.ts'
import type { RequiredFields } from './required-fields.ts'

/** What one department is asked about entities, before it is written down. */
export interface EntityFetch {
  readonly document: DocumentNode
  readonly requires: readonly Requirement[]
  readonly fields: readonly Computed[]
}

/**
 * One fetch for each set of fields that can be asked for together: two fields of one department that are computed from
 * one field with different arguments need it under one name, and so two representations.
 */
export function separateCalls(
  required: RequiredFields,
  department: string,
  document: DocumentNode,
  requires: readonly Requirement[],
): readonly EntityFetch[] {
  const fields = entityFields(document).map((one) => ({
    ...one,
    needs: required.needsOf(department, one.type, one.name),
  }))
  const groups: Computed[][] = []
  for (const field of fields) {
    const fitting = groups.find((group) => !clash(required, [...group, field]))
    if (fitting) fitting.push(field)
    else groups.push([field])
  }
  if (groups.length < 2) return [{ document, requires, fields }]
  return groups.map((group) => {
    const isKept = (type: string, name: string) => group.some((one) => one.type === type && one.name === name)
    const kept = withoutUnusedVariables(keepEntityFields(document, isKept))
    return { document: kept, requires: requiredBy(requires, group, fields), fields: group }
  })
}

/** Whether two calls of one field would have to be sent under its one name. */
function clash(required: RequiredFields, fields: readonly Computed[]): boolean {
  const sent = new Map<string, string>()
  for (const { needs } of fields) {
    for (const path of needs) {
      const real = realPath(required, path)
      if ((sent.get(real) ?? path) !== path) return true
      sent.set(real, path)
    }
  }
  return false
}

function realPath(required: RequiredFields, path: string): string {
  return path
    .split('.')
    .map((name) => required.realField(name)?.name ?? name)
    .join('.')
}

/** How what is sent gets the names that the department knows; the innermost first, while the outer ones still hold. */
export function sentUnderRealNames(required: RequiredFields, requires: readonly Requirement[]): readonly Rewrite[] {
  const walk = (requirements: readonly Requirement[], above: readonly string[]): Rewrite[] =>
    requirements.flatMap((one) => {
      if (one.kind === 'InlineFragment') return walk(one.selections, above)
      const path = [...above, one.name]
      const below = one.selections ? walk(one.selections, path) : []
      const real = required.realField(one.name)
      return real ? [...below, { kind: 'KeyRenamer', path, renameKeyTo: real.name }] : below
    })
  return walk(requires, [])
}

function withoutUnusedVariables(document: DocumentNode): DocumentNode {
  const used = new Set<string>()
  visit(document, { Variable: ({ name }) => void used.add(name.value), VariableDefinition: () => false })
  return visit(document, {
    OperationDefinition: (node): OperationDefinitionNode => ({
      ...node,
      variableDefinitions: (node.variableDefinitions ?? []).filter(({ variable }) => used.has(variable.name.value)),
    }),
  })
}
