import type { GraphQLSchema } from 'graphql'
import { Kind, NoUnusedVariablesRule, parse, specifiedRules, validate } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { CompileQuestion } from './compile.ts'

/** An operation that was asked, without anything of the request that asked it: no value, no officer. */
export interface UsedOperation {
  /** The normalised operation and its fragments, printed. */
  readonly text: string
  readonly hash: string
  /** In whose standing it was first asked. */
  readonly asker: Caller
  readonly uses: number
}

/** What is kept of an operation for the next generation. An emergency is gone before the next one would be warm for it. */
export function usedBy(asker: Caller, { text, hash }: CompileQuestion): Omit<UsedOperation, 'uses'> | null {
  return asker.emergency === null ? { text, hash, asker: { ...asker, officer: '' } } : null
}

/** A normalised operation keeps the definition of a variable that only a dropped directive used. */
const RULES = specifiedRules.filter((rule) => rule !== NoUnusedVariablesRule)

/**
 * A normalised operation, read over another schema: null where that one would not admit it. Where the type of an
 * argument has become another one that the old variables still fit, a request is normalised otherwise than it was; then
 * what is compiled here is right, and not asked for.
 */
export function readAgain(schema: GraphQLSchema, { text, hash }: UsedOperation): CompileQuestion | null {
  const document = parse(text, { noLocation: true })
  if (validate(schema, document, RULES).length > 0) return null
  const operation = document.definitions.find((one) => one.kind === Kind.OPERATION_DEFINITION)
  if (!operation) return null
  const fragments = document.definitions.filter((one) => one.kind === Kind.FRAGMENT_DEFINITION)
  return { text, hash, operation, fragments: new Map(fragments.map((one) => [one.name.value, one])) }
}
