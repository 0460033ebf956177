import type {
  ASTNode,
  FragmentDefinitionNode,
  GraphQLSchema,
  OperationDefinitionNode,
  SelectionNode,
  VariableDefinitionNode,
} from 'graphql'
import { Kind, execute, visit } from 'graphql'
import { createCollector } from '../compile/collect.ts'
import type { CollectedField } from '../compile/collect.ts'
import { isOwnAnswer } from '../compile/own-answers.ts'
import { conditional } from '../compile/prune.ts'
import { isIntrospection } from '../compile/project-selection.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'

/** The root fields of an operation that the gateway answers of itself, as operations of their own. */
export interface SplitOperation {
  /** Response names at the root, in the order of the answer. */
  readonly keys: readonly string[]
  readonly introspection: OperationDefinitionNode | null
  /** What the gateway answers of itself (compile/own-answers.ts). */
  readonly own: OperationDefinitionNode | null
  /** Coordinates of these root fields, one for each response name. */
  readonly ownFields: readonly Coordinate[]
  /** Whether anything is asked of the departments. */
  readonly asksData: boolean
}

/** Splits off introspection and own answers; an operation with nothing but these and `__typename` asks no data. */
export function splitIntrospection(
  schema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  budget: number,
): SplitOperation {
  const root = schema.getRootType(operation.operation)
  const collector = createCollector(schema, fragments, budget)
  const fields = collector.collect(root?.name ?? '', [{ set: operation.selectionSet, conditions: [] }])
  const isOwn = ({ node }: CollectedField): boolean => isOwnAnswer(root?.name ?? '', node.name.value)
  const part = (chosen: readonly CollectedField[]) => partOf(operation, chosen, fragments)
  return {
    keys: fields.map(({ key }) => key),
    introspection: part(fields.filter(({ node }) => isIntrospection(node))),
    own: part(fields.filter(isOwn)),
    ownFields: fields.filter(isOwn).map(({ node }) => coordinate(root?.name ?? '', node.name.value)),
    asksData: fields.some((field) => !field.node.name.value.startsWith('__') && !isOwn(field)),
  }
}

/** An operation of these root fields alone; null without any. */
function partOf(
  operation: OperationDefinitionNode,
  fields: readonly CollectedField[],
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): OperationDefinitionNode | null {
  const selections = fields.flatMap(({ uses }) =>
    uses.map(({ node, conditions }): SelectionNode => conditional({ ...node, directives: [] }, conditions)),
  )
  if (selections.length === 0) return null
  const own = { ...operation, selectionSet: { kind: Kind.SELECTION_SET, selections } } satisfies OperationDefinitionNode
  return { ...own, variableDefinitions: usedDefinitions(own, fragments) }
}

/** Only what is reachable counts: another fragment's variables may be of types that the caller's schema hides. */
function usedDefinitions(
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
): VariableDefinitionNode[] {
  const used = new Set<string>()
  const seen = new Set<string>()
  const gather = (node: ASTNode): void => {
    visit(node, {
      Variable: ({ name }) => void used.add(name.value),
      FragmentSpread: ({ name }) => {
        const fragment = fragments.get(name.value)
        if (!fragment || seen.has(name.value)) return
        seen.add(name.value)
        gather(fragment.selectionSet)
      },
    })
  }
  gather(operation.selectionSet)
  return (operation.variableDefinitions ?? []).filter((one) => used.has(one.variable.name.value))
}

/**
 * Answers introspection from the caller's own schema.
 *
 * @throws Failure BAD_USER_INPUT when graphql-js refuses it; its texts may quote values and are not passed on
 */
export async function introspect(
  viewSchema: GraphQLSchema,
  operation: OperationDefinitionNode,
  fragments: ReadonlyMap<string, FragmentDefinitionNode>,
  variables: Readonly<Record<string, unknown>>,
): Promise<Readonly<Record<string, unknown>>> {
  const document = { kind: Kind.DOCUMENT, definitions: [operation, ...fragments.values()] } as const
  const result = await execute({ schema: viewSchema, document, variableValues: variables })
  if (result.errors || !result.data)
    throw new Failure('BAD_USER_INPUT', {
      detail: { zh: '无法回答该目录查询', en: 'the introspection could not be answered' },
    })
  return result.data
}
