import { readFileSync } from 'node:fs'
import { buildSubgraphSchema } from '@apollo/subgraph'
import { execute, parse } from 'graphql'
import type { ExecutionResult } from 'graphql'
import type { Kysely } from 'kysely'
import { documentCache } from '../../subgraphs/kit/documents.ts'
import type { Caller } from '../caller/caller.ts'
import type { SubgraphAsk, SubgraphReply } from '../execute/subgraph-client.ts'
import type { GovernanceTables } from '../governance/store/tables.ts'
import { supervisionOf } from '../grants/supervision.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import type { Regime } from '../regime/regime.ts'
import { createPlaces } from './cursors.ts'
import { MUTATIONS } from './decide.ts'
import { AUTHORITY_FIELDS, isAuthorityField, readArguments } from './read-arguments.ts'
import { QUERIES, listingOf } from './resolvers.ts'
import type { AuthorityCall } from './resolvers.ts'
import { AUTHORITY_SCHEMA, SHARING_DEFINITIONS } from './schema-file.ts'
import { createSeats, oneByOne } from './turns.ts'

/** Questions at once, those that wait included: one is answered at a time, since the store may be in this thread. */
const SEATS = { all: 12, each: 4 } as const

/** What governance answers from. */
export interface AuthorityParts {
  /** The store; throws where it cannot be opened. */
  readonly db: () => Kysely<GovernanceTables>
  readonly keys: Pick<KeyRing, 'secret' | 'secrets'>
  /** Milliseconds since the epoch. */
  readonly now: () => number
  readonly regime: () => Regime
}

/** The running subgraph. */
export interface AuthoritySubgraph {
  /** Coordinates of its root fields. */
  readonly fields: ReadonlySet<string>
  /**
   * Judges what a root field is asked before anything is read; of a field that it does not answer it says nothing.
   *
   * @throws Failure BAD_USER_INPUT; LIMIT_EXCEEDED where too many wait
   */
  check(field: string, given: unknown, caller: Caller): void
  /**
   * Answers for a caller, whose standing comes with the call and from nowhere else. Rejects where the store does not
   * answer: nothing is told then.
   */
  fetch(ask: SubgraphAsk, caller: Caller, signal: AbortSignal): Promise<SubgraphReply>
}

/** The subgraph in which governance answers (ZS-6.03, ZS-6.12, FS-27): the audit record and alarms, by standing. */
export function createAuthority({ db, keys, now, regime }: AuthorityParts): AuthoritySubgraph {
  const typeDefs = parse(`${readFileSync(AUTHORITY_SCHEMA, 'utf8')}\n${readFileSync(SHARING_DEFINITIONS, 'utf8')}`)
  const schema = buildSubgraphSchema([{ typeDefs, resolvers: { Query: QUERIES, Mutation: MUTATIONS } }])
  const prepare = documentCache(schema)
  const places = createPlaces(() => keys.secrets('cursor').map(({ key }) => key))
  const callOf = (caller: Caller): Omit<AuthorityCall, 'db' | 'inTurn'> | null => {
    const supervision = supervisionOf(caller, regime())
    return supervision && { keys, places, asker: { caller, supervision }, now: now() }
  }
  const seats = createSeats(SEATS)
  const inTurn = oneByOne()
  return {
    fields: AUTHORITY_FIELDS,
    check(field, given, caller) {
      if (!isAuthorityField(field)) return
      const read = readArguments(field, given)
      const call = callOf(caller)
      if (call === null) return
      seats.assertRoom(nameOf(caller))
      if (!('after' in read) || !read.after) return
      if (field === 'Query.alarms') places.openAlarm(read.after, listingOf('alarms', call.asker, read.filter))
      else places.openRecord(read.after, listingOf('auditRecords', call.asker, read.filter))
    },
    async fetch({ query, variables }, caller, signal) {
      const call = callOf(caller)
      if (call === null) throw new Error('a call of nobody who may read the record')
      const prepared = prepare(query)
      if (prepared.kind === 'REFUSED') throw new Error(prepared.code)
      const asked = {
        schema,
        document: prepared.document,
        variableValues: variables,
        contextValue: { ...call, db: db(), inTurn: oneByOne() },
      }
      const leave = seats.enter(nameOf(caller))
      // A seat is given up when the store is done with it, not when nobody waits any longer.
      const work = inTurn(async () => (signal.aborted ? GONE : execute(asked))).finally(leave)
      const { data, errors } = await untilAborted(signal, work)
      const [first] = errors ?? []
      // A part of an answer would look like all of it.
      if (first) throw first.originalError ?? first
      return { data, sources: [] }
    },
  }
}

/** What nobody waits for is not begun. */
const GONE: ExecutionResult = { data: null }

function nameOf({ department, officer }: Caller): string {
  return JSON.stringify([department, officer.toLowerCase()])
}

/** Whoever waits no longer is not kept; what a statement has begun it ends. */
async function untilAborted<T>(signal: AbortSignal, work: T | Promise<T>): Promise<T> {
  const { promise: gone, reject } = Promise.withResolvers<never>()
  const leave = (): void => reject(new Error('nobody waits any longer'))
  if (signal.aborted) leave()
  signal.addEventListener('abort', leave, { once: true })
  try {
    return await Promise.race([work, gone])
  } finally {
    signal.removeEventListener('abort', leave)
  }
}
