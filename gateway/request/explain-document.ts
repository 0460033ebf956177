import type { DocumentNode, FragmentDefinitionNode, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { GraphQLError, Kind, getOperationAST, parse, specifiedRules, validate } from 'graphql'
import type { FaultCode } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { withoutValues } from './graphql-texts.ts'

/** A document that could be run, and the operation of it that is meant. */
export interface CheckedDocument {
  readonly document: DocumentNode
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/** As many faults are told at once. */
const FAULTS_TOLD = 10

/**
 * Parses and validates a document as the endpoint does with a request's own: against the full schema, without
 * suggestions, and with no value of it in any text.
 *
 * @throws Failure GRAPHQL_PARSE_FAILED, GRAPHQL_VALIDATION_FAILED with line and column of each fault,
 *   OPERATION_RESOLUTION_FAILURE
 */
export function checkDocument(
  schema: GraphQLSchema,
  text: string,
  operationName: string | null,
  maxTokens: number,
): CheckedDocument {
  const document = parsed(text, maxTokens)
  const faults = validate(schema, document, specifiedRules, { maxErrors: FAULTS_TOLD, hideSuggestions: true })
  if (faults.length > 0) throw refused('GRAPHQL_VALIDATION_FAILED', faults)
  const operation = getOperationAST(document, operationName)
  if (!operation || !schema.getRootType(operation.operation)) throw new Failure('OPERATION_RESOLUTION_FAILURE')
  const fragments = document.definitions.flatMap((one) =>
    one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [],
  )
  return { document, operation, fragments: new Map(fragments) }
}

function parsed(text: string, maxTokens: number): DocumentNode {
  try {
    return parse(text, { maxLexicalTokens: maxTokens })
  } catch (error) {
    throw error instanceof GraphQLError ? refused('GRAPHQL_PARSE_FAILED', [error]) : error
  }
}

function refused(code: FaultCode, faults: readonly GraphQLError[]): Failure {
  const told = faults.map(({ message, locations }) => {
    const [at] = locations ?? []
    return { at, message: withoutValues(message) }
  })
  return new Failure(code, {
    detail: {
      zh: told.map(({ at, message }) => `${at ? `第 ${at.line} 行第 ${at.column} 列:` : ''}${message}`).join(';'),
      en: told.map(({ at, message }) => `${at ? `line ${at.line}, column ${at.column}: ` : ''}${message}`).join('; '),
    },
  })
}
