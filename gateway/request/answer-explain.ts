import type { FragmentDefinitionNode, GraphQLError, GraphQLSchema, OperationDefinitionNode } from 'graphql'
import { Kind, execute } from 'graphql'
import { ROLES } from '../caller/roles.ts'
import type { Caller } from '../caller/caller.ts'
import { createCollector } from '../compile/collect.ts'
import type { Generation } from '../compile/generation.ts'
import { publishFailure } from '../observe/channels.ts'
import { answerError } from '../project/answer.ts'
import type { AnswerError } from '../project/answer.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Exchange } from './exchange.ts'
import { explain } from './explain.ts'
import type { Explanation } from './explain.ts'
import type { House } from './house.ts'

/** The part of an operation that asks for explanations (introspect.ts). */
export interface ExplainOperation {
  readonly schema: GraphQLSchema
  readonly generation: Generation
  readonly operation: OperationDefinitionNode
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
  readonly variables: Readonly<Record<string, unknown>>
}

/** Explanations by response name; one that is refused is null, with its error beside it. */
export interface ExplainAnswer {
  readonly data: Readonly<Record<string, unknown>>
  readonly errors: readonly AnswerError[]
}

/** Uses of root fields, fragments expanded; the operation was bounded before it was split. */
const MAX_SELECTIONS = 5_000

/** Arguments of `Query.explain`, as the schema has coerced them. */
interface ExplainArguments {
  readonly document: string
  readonly operationName?: string | null
  readonly as?: ExplainAs | null
}

interface ExplainAs {
  readonly department: string
  readonly application: string
  readonly matter?: string | null
  readonly case?: string | null
  readonly roles?: readonly string[] | null
}

/**
 * Answers `Query.explain` from the compile step alone: no department is asked, no value is read (wall 19). One in an
 * operation: it costs as much as a request, which is what the rate is counted by, and its record names one standing.
 *
 * @throws Failure LIMIT_EXCEEDED for a second one, whatever its alias or condition; BAD_USER_INPUT where the variables
 * do not fit
 */
export async function answerExplain(
  house: House,
  exchange: Exchange,
  caller: Caller,
  asked: ExplainOperation,
): Promise<ExplainAnswer> {
  checkSingle(asked)
  const rootValue = {
    explain: (given: ExplainArguments): Promise<Explanation> =>
      explainFor(house, exchange, asked.generation, standingOf(house, exchange, caller, given.as ?? null), given),
  }
  const document = { kind: Kind.DOCUMENT, definitions: [asked.operation, ...asked.fragments.values()] } as const
  const result = await execute({ schema: asked.schema, document, rootValue, variableValues: asked.variables })
  if (!result.data)
    throw new Failure('BAD_USER_INPUT', { detail: { zh: '无法解释该查询', en: 'the explanation could not be given' } })
  return { data: result.data, errors: (result.errors ?? []).map((error) => toAnswerError(exchange, error)) }
}

function checkSingle({ schema, operation, fragments }: ExplainOperation): void {
  const root = schema.getRootType(operation.operation)?.name ?? ''
  const selected = { set: operation.selectionSet, conditions: [] }
  const count = createCollector(schema, fragments, MAX_SELECTIONS).collect(root, [selected]).length
  if (count > 1)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `一次查询含 ${count} 个 explain,上限 1`, en: `explanations ${count}, allowed 1` },
    })
}

async function explainFor(
  house: House,
  exchange: Exchange,
  generation: Generation,
  standing: Caller,
  { document, operationName }: ExplainArguments,
): Promise<Explanation> {
  const source = {
    regime: house.regime,
    generation,
    grants: house.grants.current(),
    matters: house.registers.matters,
    limits: house.limits,
    language: exchange.language,
    nameOf: (department: string) => house.parties.find(department)?.name ?? null,
    clauseText: house.clauseText,
  }
  return explain(source, standing, { document, operationName: operationName ?? null })
}

/**
 * In whose standing the document is explained: the caller's own, or, for the authority alone, another's. Noted for
 * the record before anything is told.
 *
 * @throws Failure ROLE_MISSING, UNKNOWN_PARTY, AUDIENCE_MISMATCH
 */
function standingOf(house: House, exchange: Exchange, caller: Caller, as: ExplainAs | null): Caller {
  const standing = as === null ? caller : otherStanding(house, caller, as)
  const { department, application, matter } = standing
  exchange.explains = { department, application, matter }
  return standing
}

function otherStanding({ regime, parties }: House, caller: Caller, as: ExplainAs): Caller {
  const { parameters } = regime
  if (!caller.roles.includes('AUTHORITY'))
    throw new Failure('ROLE_MISSING', { clause: parameters['identity.noTransfer'].clause, detail: 'AUTHORITY' })
  const party = parties.find(as.department)
  if (!party) throw new Failure('UNKNOWN_PARTY', { clause: parameters['identity.registeredParty'].clause })
  if (!party.applications.some(({ code }) => code === as.application))
    throw new Failure('AUDIENCE_MISMATCH', { clause: parameters['identity.noTransfer'].clause })
  const roles = ROLES.filter((role) => as.roles?.includes(role))
  return {
    department: party.code,
    application: as.application,
    officer: caller.officer,
    roles,
    matter: as.matter ?? null,
    case: as.case ?? null,
    party: party.type,
    actingFor: null,
  }
}

function toAnswerError(exchange: Exchange, { originalError, path }: GraphQLError): AnswerError {
  const failure = originalError instanceof Failure ? originalError : new Failure('INTERNAL', { cause: originalError })
  if (failure.code === 'INTERNAL')
    publishFailure(() => ({ receipt: exchange.receipt, where: 'explain', code: 'INTERNAL', error: originalError }))
  const detail = failure.code === 'INTERNAL' ? null : failure.detailIn(exchange.language)
  const facts = { clause: failure.clause, detail, ...(path ? { path } : {}) }
  return answerError(failure.code, exchange.language, facts)
}
