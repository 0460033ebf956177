import type { DirectiveNode, FieldNode, FragmentDefinitionNode, GraphQLSchema, SelectionSetNode } from 'graphql'
import { Kind, isAbstractType } from 'graphql'
import { Failure } from '../vocabulary/failure.ts'
import type { Condition } from './compiled-operation.ts'

/** A selection set and the conditions under which it counts. */
export interface Selected {
  readonly set: SelectionSetNode
  readonly conditions: readonly Condition[]
}

/** All uses of one response name on one concrete type. */
export interface CollectedField {
  readonly key: string
  readonly node: FieldNode
  readonly uses: readonly { readonly node: FieldNode; readonly conditions: readonly Condition[] }[]
}

/** Collects fields as the specification's CollectFields does, but for every value of every condition at once. */
export interface Collector {
  collect(type: string, selected: readonly Selected[]): readonly CollectedField[]
}

/**
 * @param budget how many field uses may be collected over the whole operation: nested fragments can name
 * exponentially many fields in a short document
 */
export function createCollector(
  schema: GraphQLSchema,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  budget: number,
): Collector {
  let left = budget

  const applies = (condition: string | undefined, type: string): boolean => {
    if (condition === undefined || condition === type) return true
    const [wanted, concrete] = [schema.getType(condition), schema.getType(type)]
    return (
      isAbstractType(wanted) &&
      concrete !== undefined &&
      'getFields' in concrete &&
      schema.getPossibleTypes(wanted).some((one) => one.name === type)
    )
  }

  const visit = (
    type: string,
    { set, conditions }: Selected,
    into: Map<string, CollectedField & { uses: CollectedField['uses'][number][] }>,
  ): void => {
    for (const selection of set.selections) {
      left -= 1
      if (left < 0)
        throw new Failure('LIMIT_EXCEEDED', {
          detail: { zh: `该操作选取的字段超过 ${budget} 个`, en: `the operation selects more than ${budget} fields` },
        })
      const all = withConditions(conditions, selection.directives ?? [])
      if (all === null) continue
      if (selection.kind === Kind.FIELD) {
        const key = selection.alias?.value ?? selection.name.value
        const known = into.get(key)
        if (known) known.uses.push({ node: selection, conditions: all })
        else into.set(key, { key, node: selection, uses: [{ node: selection, conditions: all }] })
        continue
      }
      const fragment = selection.kind === Kind.FRAGMENT_SPREAD ? fragments.get(selection.name.value) : selection
      if (fragment && applies(fragment.typeCondition?.name.value, type)) {
        visit(type, { set: fragment.selectionSet, conditions: all }, into)
      }
    }
  }

  return {
    collect(type, selected) {
      const into = new Map<string, CollectedField & { uses: CollectedField['uses'][number][] }>()
      for (const one of selected) visit(type, one, into)
      return [...into.values()]
    },
  }
}

/** The conjunction with a node's `@include` and `@skip`; null where it can never hold. */
export function withConditions(
  conditions: readonly Condition[],
  directives: readonly DirectiveNode[],
): readonly Condition[] | null {
  let all = conditions
  for (const directive of directives) {
    const name = directive.name.value
    const value = directive.arguments?.find((one) => one.name.value === 'if')?.value
    if ((name !== 'include' && name !== 'skip') || !value) continue
    const wanted = name === 'include'
    if (value.kind === Kind.BOOLEAN) {
      if (value.value !== wanted) return null
    } else if (value.kind === Kind.VARIABLE) {
      const variable = value.name.value
      if (all.some((one) => one.variable === variable && one.equals !== wanted)) return null
      if (!all.some((one) => one.variable === variable)) all = [...all, { variable, equals: wanted }]
    }
  }
  return all
}
