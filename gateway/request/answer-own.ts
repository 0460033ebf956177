import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { Kind, execute } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { Generation } from '../compile/generation.ts'
import { LONE_ANSWERS } from '../compile/own-answers.ts'
import { publishFailure } from '../observe/channels.ts'
import { answerError } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import { fieldOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'
import { answerDesk } from './answer-desk.ts'
import { answerExplain } from './answer-explain.ts'
import { answerReceipt } from './answer-receipt.ts'
import { answerVerify } from './answer-verify.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import { introspect } from './introspect.ts'
import type { SplitOperation } from './introspect.ts'
import type { OwnContext } from './own-context.ts'
import type { OperationFacts } from './run-compiled.ts'

/** An operation, split. */
export interface OwnQuestion {
  readonly schema: GraphQLSchema
  readonly generation: Generation
  readonly split: SplitOperation
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
  readonly compiled: CompiledOperation
  readonly facts: OperationFacts
}

/** What the gateway answers of itself, by response name. */
export interface OwnAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly AnswerError[]
  /** Whether it asked departments and stands alone: nothing else of the operation is run. */
  readonly alone: boolean
}

/**
 * Answers introspection from the caller's own schema, and what the gateway answers of itself: explanations, receipts,
 * verifications, desk checks. Their arguments and selections are GraphQL's own business.
 *
 * @throws Failure BAD_USER_INPUT, and why one that stands alone is refused
 */
export async function answerOwn(
  house: House,
  exchange: Exchange,
  caller: Caller,
  question: OwnQuestion,
): Promise<OwnAnswer> {
  const { schema, generation, split, fragments, variables, compiled, facts } = question
  const shown = split.introspection
    ? await introspect(
        generation.introspectionSchema(generation.views.introspectionViewOf(caller)),
        split.introspection,
        fragments,
        variables,
      )
    : {}
  const alone = split.ownFields.some((one) => LONE_ANSWERS.has(one))
  if (!split.own) return { data: shown, errors: [], alone }
  const answered = await run(
    { house, exchange, caller, schema, generation, compiled, facts },
    { operation: split.own, fields: split.ownFields, alone, fragments, variables },
  )
  for (const { extensions } of answered.errors) exchange.codes.add(extensions.code)
  return { data: { ...shown, ...answered.data }, errors: answered.errors, alone }
}

interface OwnOperation extends Pick<OwnQuestion, 'fragments' | 'variables'> {
  readonly operation: OperationDefinitionNode
  readonly fields: readonly Coordinate[]
  readonly alone: boolean
}

async function run(context: OwnContext, asked: OwnOperation): Promise<Omit<OwnAnswer, 'alone'>> {
  const rootValue = {
    explain: (given: Parameters<typeof answerExplain>[1]) => answerExplain(context, given),
    receipt: (given: Parameters<typeof answerReceipt>[1]) => answerReceipt(context, given),
    deskCheck: (given: Parameters<typeof answerDesk>[1]) => answerDesk(context, given),
    verifyItems: (given: Parameters<typeof answerVerify>[1]) => answerVerify(context, given),
  }
  const document = { kind: Kind.DOCUMENT, definitions: [asked.operation, ...asked.fragments.values()] } as const
  const result = await execute({ schema: context.schema, document, rootValue, variableValues: asked.variables })
  // What stands alone and is refused whole is a refused request, with the status of its code.
  const refused = asked.alone ? result.errors?.find(({ path }) => path?.length === 1)?.originalError : undefined
  if (refused) throw refused
  if (!result.data) {
    const names = asked.fields.map(fieldOf).join(', ')
    throw new Failure('BAD_USER_INPUT', { detail: { zh: `无法答复 ${names}`, en: `${names} could not be answered` } })
  }
  return { data: result.data, errors: (result.errors ?? []).map((error) => toAnswerError(context.exchange, error)) }
}

function toAnswerError(exchange: Exchange, { originalError, path }: GraphQLError): AnswerError {
  const failure = originalError instanceof Failure ? originalError : new Failure('INTERNAL', { cause: originalError })
  if (failure.code === 'INTERNAL')
    publishFailure(() => ({ receipt: exchange.receipt, where: 'own-answer', code: 'INTERNAL', error: originalError }))
  const detail = failure.code === 'INTERNAL' ? null : failure.detailIn(exchange.language)
  const facts = { clause: failure.clause, detail, ...(path ? { path } : {}) }
  return answerError(failure.code, exchange.language, facts)
}
