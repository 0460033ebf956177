import type { GraphQLSchema } from 'graphql'
import type { Caller } from '../caller/caller.ts'
import type { CompiledOperation } from '../compile/compiled-operation.ts'
import type { Generation } from '../compile/generation.ts'
import type { Exchange } from './exchange.ts'
import type { House } from './house.ts'
import type { OperationFacts } from './run-compiled.ts'

/** What each of the gateway's own answers works with. */
export interface OwnContext {
  readonly house: House
  readonly exchange: Exchange
  readonly caller: Caller
  readonly schema: GraphQLSchema
  readonly generation: Generation
  /** What of the operation is left beside the own answers; for a lone one, nothing. */
  readonly compiled: CompiledOperation
  readonly facts: OperationFacts
}
