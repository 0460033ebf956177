import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { Kind, getOperationAST } from 'graphql'
import { checkLimits } from '../compile/limits.ts'
import type { DocumentLimits } from '../compile/limits.ts'
import { normalise } from '../compile/normalise.ts'
import type { NormalisedOperation } from '../compile/normalise.ts'
import { withoutLocations } from '../compile/without-locations.ts'
import { LONE_ANSWERS } from '../compile/own-answers.ts'
import { Failure } from '../vocabulary/failure.ts'
import { splitIntrospection } from './introspect.ts'
import type { SplitOperation } from './introspect.ts'

/** How many field uses an operation may have after fragments are expanded. */
export const MAX_FIELDS = 5_000

/** What is known of one operation of a document before it is known who asks, and with which values. */
export interface PreparedOperation {
  readonly schema: GraphQLSchema
  readonly split: SplitOperation
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly normalised: NormalisedOperation
  /** Lexical tokens of the whole document, which it keeps. */
  readonly tokens: number
}

/**
 * Reads one operation of a validated document.
 *
 * @throws Failure OPERATION_RESOLUTION_FAILURE, GRAPHQL_VALIDATION_FAILED, LIMIT_EXCEEDED
 */
export function prepareOperation(
  schema: GraphQLSchema,
  limits: DocumentLimits,
  written: DocumentNode,
  operationName: string | null,
): PreparedOperation {
  const document = withoutLocations(written)
  const { operation, fragments } = selectOperation(schema, document, operationName)
  const split = splitIntrospection(schema, operation, fragments, MAX_FIELDS)
  checkLimits(operation, fragments, split.asksData || split.own ? limits : INTROSPECTION_LIMITS)
  checkAlone(split)
  const { tokenCount: tokens = 0 } = written
  return Object.freeze({ schema, split, fragments, normalised: normalise(schema, document, operation), tokens })
}

/**
 * What asks departments on its own stands alone, and nothing of the gateway's own is asked twice: each costs as much
 * as a request, which is what the rate is counted by, and a record tells of one act.
 *
 * @throws Failure LIMIT_EXCEEDED, whatever aliases and conditions there are
 */
function checkAlone({ ownFields, asksData, introspection }: SplitOperation): void {
  const lone = ownFields.find((one) => LONE_ANSWERS.has(one))
  if (lone !== undefined && (ownFields.length > 1 || asksData || introspection !== null))
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `${lone} 须单独成为一次操作`, en: `${lone} stands alone in its operation` },
    })
  const twice = ownFields.find((one, index) => ownFields.indexOf(one) !== index)
  if (twice !== undefined)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `一次操作只能有一个 ${twice}`, en: `${twice} is asked more than once, allowed 1` },
    })
}

/** GraphiQL's own introspection is deep and harmless. */
const INTROSPECTION_LIMITS = { depth: 30, aliases: 100, rootFields: 20 }

function selectOperation(
  schema: GraphQLSchema,
  document: DocumentNode,
  operationName: string | null,
): {
  operation: OperationDefinitionNode
  fragments: ReadonlyMap<string, FragmentDefinitionNode>
} {
  const operation = getOperationAST(document, operationName)
  if (!operation) throw new Failure('OPERATION_RESOLUTION_FAILURE')
  // Validation does not look at it: there are no fields to compare.
  if (!schema.getRootType(operation.operation))
    throw new Failure('GRAPHQL_VALIDATION_FAILED', {
      detail: { zh: `目录中没有 ${operation.operation}`, en: `there is no ${operation.operation} in the schema` },
    })
  const fragments = document.definitions.flatMap((one) =>
    one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
  )
  return { operation, fragments: new Map(fragments) }
}
