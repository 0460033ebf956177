import type { DocumentNode } from 'graphql'
import {
  UniqueArgumentDefinitionNamesRule,
  UniqueArgumentNamesRule,
  UniqueDirectiveNamesRule,
  UniqueDirectivesPerLocationRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueInputFieldNamesRule,
  UniqueOperationTypesRule,
  UniqueTypeNamesRule,
} from 'graphql'
import { KnownArgumentNamesOnDirectivesRule } from 'graphql/validation/rules/KnownArgumentNamesRule.js'
import { ProvidedRequiredArgumentsOnDirectivesRule } from 'graphql/validation/rules/ProvidedRequiredArgumentsRule.js'
import { validateSDL } from 'graphql/validation/validate.js'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'

/** GraphQL's own rules for an SDL, but those that a subgraph's document alone cannot meet. */
const RULES = [
  UniqueOperationTypesRule,
  UniqueTypeNamesRule,
  UniqueEnumValueNamesRule,
  UniqueFieldDefinitionNamesRule,
  UniqueArgumentDefinitionNamesRule,
  UniqueDirectiveNamesRule,
  UniqueDirectivesPerLocationRule,
  UniqueArgumentNamesRule,
  UniqueInputFieldNamesRule,
  KnownArgumentNamesOnDirectivesRule,
  ProvidedRequiredArgumentsOnDirectivesRule,
]

/**
 * What is wrong with a department's SDL as GraphQL. The composer finds it too, but validates a printed copy and has
 * no places to tell; and it stops at the first.
 */
export function checkSdl(file: string, document: DocumentNode): Finding[] {
  return validateSDL(document, null, RULES).map((error) =>
    findingAt(file, error.nodes?.at(-1), 'COMPOSITION', `INVALID_GRAPHQL: ${error.message}`, null),
  )
}
