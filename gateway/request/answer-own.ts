import type { FragmentDefinitionNode, GraphQLSchema } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { Generation } from '../compile/generation.ts'
import type { AnswerError } from '../project/answer.ts'
import { answerExplain } from './answer-explain.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { introspect } from './introspect.ts'
import type { SplitOperation } from './introspect.ts'

/** An operation, split. */
export interface OwnQuestion {
  readonly schema: GraphQLSchema
  readonly generation: Generation
  readonly split: SplitOperation
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
}

/** What the gateway answers of itself, by response name. */
export interface OwnAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly AnswerError[]
}

/**
 * Answers introspection from the caller's own schema, and explanations from the compile step: no department is asked.
 *
 * @throws Failure BAD_USER_INPUT, LIMIT_EXCEEDED
 */
export async function answerOwn(
  house: House,
  exchange: Exchange,
  caller: Caller,
  { schema, generation, split, fragments, variables }: OwnQuestion,
): Promise<OwnAnswer> {
  const shown = split.introspection
    ? await introspect(
        generation.introspectionSchema(generation.views.introspectionViewOf(caller)),
        split.introspection,
        fragments,
        variables,
      )
    : {}
  if (!split.explain) return { data: shown, errors: [] }
  const asked = { schema, generation, operation: split.explain, fragments, variables }
  const explained = await answerExplain(house, exchange, caller, asked)
  for (const { extensions } of explained.errors) exchange.codes.add(extensions.code)
  return { data: { ...shown, ...explained.data }, errors: explained.errors }
}
