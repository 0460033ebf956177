import { parse } from 'graphql'
import { z } from 'zod'
import { createMemoryCounters } from '../../gateway/adapters/counters-memory.ts'
import type { Generation } from '../../gateway/compile/generation.ts'
import { definition } from '../../gateway/config/schema.ts'
import { createAttempts } from '../../gateway/limits/attempts.ts'
import { createBudget } from '../../gateway/limits/budget.ts'
import { createStatisticsBudget } from '../../gateway/limits/statistics.ts'
import { createEnumeration } from '../../gateway/limits/enumeration.ts'
import { createLoad } from '../../gateway/limits/load.ts'
import type { Regime } from '../../gateway/regime/regime.ts'
import { groundOf } from '../../gateway/request/check-operation.ts'
import { createKnownOperations } from '../../gateway/request/known-operations.ts'
import { createOperations } from '../../gateway/request/operations.ts'
import { registered } from '../../gateway/request/registered.ts'
import { admitCaller } from '../../gateway/request/standing.ts'
import { answerOperation } from '../../gateway/request/answer-operation.ts'
import type { House } from '../../gateway/request/house.ts'
import { createEmergencyAlerts } from '../../gateway/request/emergency-alerts.ts'
import { createStaleAlerts } from '../../gateway/request/freshness.ts'
import { createKnownIdentities } from '../../gateway/request/known-identities.ts'
import { openExchange } from '../../gateway/request/open-exchange.ts'
import { refusal } from '../../gateway/request/refuse.ts'
import { Failure } from '../../gateway/vocabulary/failure.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import type { Clock } from '../../gateway/vocabulary/ports.ts'
import { buildGeneration } from '../../gateway/wiring.ts'
import { instantOf } from '../cases/case-file.ts'
import type { DecisionCase } from '../cases/case-file.ts'
import { variablesOf } from '../cases/run-case.ts'
import { callerOf } from './standing.ts'
import type { Standing } from './standing.ts'

const { limits } = definition.parse({})

/**
 * Asks as far as the departments, without a network: who asks is identified from a token, the operation is compiled and
 * admitted. Gives `CODE CLAUSE` where the request is refused whole, null where it would go on.
 */
export async function refusedAs(one: DecisionCase, standing: Standing, regime: Regime): Promise<string | null> {
  const now = instantOf(one)
  const house = houseOf(standing, regime, { now: () => now, monotonic: () => systemClock.monotonic() })
  const exchange = openExchange(house, REQUEST)
  try {
    exchange.caller = await callerOf(one, standing)
    await admitCaller(house, exchange.caller)
    const body = { query: one.operation ?? undefined, extensions: one.extensions }
    const { query } = z.object({ query: z.string() }).parse(registered(house, exchange, { ...REQUEST, body }).body)
    await answerOperation(house, exchange, {
      schema: standing.served.schema,
      document: parse(query),
      operationName: null,
      variables: variablesOf(one) ?? {},
    })
  } catch (error) {
    if (error instanceof Onward) return null
    if (!(error instanceof Failure)) throw error
    const answer = refusal(house, exchange, error.code, { clause: error.clause, detail: null })
    return wordsOf(answer.body)
  }
  return null
}

/** Thrown where a department would be asked. */
class Onward extends Error {}

const REQUEST = {
  method: 'POST',
  address: '127.0.0.1',
  search: '',
  rawHeaders: [],
  headers: new Map<string, string>(),
  body: undefined,
  fault: null,
  signal: new AbortController().signal,
}

/** As much of a house as a request meets before a department is asked. */
function houseOf(standing: Standing, regime: Regime, clock: Clock): House {
  const { authority, grants, parties, composed, served, operations, suspended } = standing
  const { matters, cases } = authority
  const current = { current: () => grants }
  const counters = createMemoryCounters(clock)
  const generation = (): Generation =>
    buildGeneration(() => regime, { matters, cases, parties }, current, clock)(1, composed, served)
  const beyond = (): never => {
    throw new Onward()
  }
  const isSuspended = (department: string, officer: string): boolean =>
    suspended.some((one) => one.department === department && one.officer === officer)
  return {
    clock,
    ids: { receipt: () => 'gx_', salt: () => new Uint8Array(16) },
    regime,
    grants: current,
    alerts: createEmergencyAlerts(),
    client: { fetch: beyond },
    sources: { fetch: beyond },
    get audit() {
      return beyond()
    },
    limits,
    masks: 'strict',
    rate: { admit: async () => {}, admitRefused: async () => {}, tolerate: async () => true },
    load: createLoad(limits.inFlight),
    budget: createBudget(counters, limits),
    identities: createKnownIdentities(),
    freshness: { realtimeMinutes: 1_440, stale: createStaleAlerts() },
    statistics: createStatisticsBudget(counters, { tablesPerOfficer: 4, tablesPerDepartment: 6 }),
    enumeration: createEnumeration(counters, limits),
    attempts: createAttempts(counters, { attemptsPerCase: 3, attemptsPerDepartment: 10, attemptsPerOfficerDay: 300 }),
    idempotency: { begin: beyond, close: async () => {} },
    pseudonymsFor: () => () => [],
    receiptKeys: { signing: beyond, published: beyond },
    waitForGrid: async () => {},
    suspensions: { isSuspended, suspend: async () => {} },
    separation: { take: async () => true },
    assertExactCounts: () => {},
    requestTimeoutMs: 30_000,
    registers: { matters, cases },
    parties,
    operations: createOperations(
      { current: () => operations },
      { ground: () => groundOf(generation(), regime, limits.tokens), matters, parties },
    ),
    clauseText: () => null,
    maxRecordBytes: 64 * 1024,
    degraded: () => [],
    version: '0',
    secrets: { subject: new Uint8Array(32), argument: new Uint8Array(32), counter: new Uint8Array(32), calls: [] },
    identify: beyond,
    generationOf: generation,
    generation,
    known: createKnownOperations(),
    catalogVersion: () => composed.catalog.version,
    front: beyond,
    countRefusal: beyond,
  }
}

function wordsOf(body: string): string {
  const { errors } = JSON.parse(body) as {
    readonly errors: readonly { readonly extensions: { readonly code: string; readonly clause: string | null } }[]
  }
  const { code = '', clause = null } = errors[0]?.extensions ?? {}
  return clause === null ? code : `${code} ${clause}`
}
