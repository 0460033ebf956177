import type { Caller } from '../caller/caller.ts'
import type { Generation } from '../compile/generation.ts'
import { subjectRecords } from '../compile/subject-paths.ts'
import type { FetchOutcome } from '../execute/execute.ts'
import { coordinate } from '../vocabulary/coordinate.ts'
import { Failure } from '../vocabulary/failure.ts'
import { canonicalUscc } from '../vocabulary/uscc.ts'
import { readRecords } from '../verify/read-records.ts'
import type { GraphQLSchema } from 'graphql'
import type { SubjectType } from '../vocabulary/subject-types.ts'
import type { Exchange, RequestSubject } from './exchange.ts'
import type { House } from './house.ts'
import { executeContext } from './execute-context.ts'

/** Where a registration says which code became of a number (HZ-15.2). */
const CODE = coordinate('LegalEntity', 'unifiedSocialCreditCode')

/** One subject for each person and firm, whichever of its identifiers was named. */
export interface Identities {
  of(this: void, subject: RequestSubject): RequestSubject
  /** Whether a registration number may be another identifier of a firm that is counted beside it. */
  readonly uncertain: boolean
  /** What became of the numbers that were looked at. */
  readonly codes: ReadonlyMap<string, string | null>
  /** Who was asked for it. */
  readonly outcomes: readonly FetchOutcome[]
}

const SAME: Identities = { of: (subject) => subject, uncertain: false, codes: new Map(), outcomes: [] }

/** What finding identities takes of a request. */
export interface IdentityQuestion {
  readonly schema: GraphQLSchema
  readonly generation: Generation
  readonly caller: Caller
}

/**
 * Finds of each registration number the credit code that it became (HZ-15.2): attempts, bounds, pseudonyms and the record
 * are of one firm, whichever identifier was named. Nobody is asked for anything but that, and nothing where no
 * registration number occurs.
 *
 * @param before what this request knows already
 */
export async function findIdentities(
  house: House,
  exchange: Exchange,
  question: IdentityQuestion,
  subjects: readonly RequestSubject[],
  before: Identities = SAME,
): Promise<Identities> {
  const numbers = [...new Set(subjects.flatMap(({ type, number }) => (type === 'REGISTRATION_NUMBER' ? [number] : [])))]
  if (numbers.length === 0 || !question.generation.fields.has(CODE)) return SAME
  const now = exchange.startedAt
  const found = new Map<string, string | null>()
  for (const number of numbers) {
    const code = before.codes.has(number) ? before.codes.get(number) : house.identities.find(number, now)
    if (code !== undefined) found.set(number, code)
  }
  const unknown = numbers.filter((number) => !found.has(number))
  const outcomes = unknown.length === 0 ? [] : await ask(house, exchange, question, unknown, found)
  for (const number of unknown) {
    const code = found.get(number)
    if (code !== undefined) house.identities.note(number, code, now)
  }
  return {
    of: (subject) => {
      const code = subject.type === 'REGISTRATION_NUMBER' ? found.get(subject.number) : null
      return code ? { type: 'USCC', number: code } : subject
    },
    uncertain: numbers.some((number) => !found.has(number)),
    codes: found,
    outcomes,
  }
}

/** Asks the register, under a view of its own that opens this one coordinate. */
async function ask(
  house: House,
  exchange: Exchange,
  { schema, generation, caller }: IdentityQuestion,
  numbers: readonly string[],
  found: Map<string, string | null>,
): Promise<readonly FetchOutcome[]> {
  const source = {
    schema,
    generation,
    recordsOf: (kind: SubjectType) => subjectRecords(schema, generation.fields, kind),
    execution: executeContext(house, exchange, schema, caller, true),
    clause: house.regime.parameters['identity.registeredParty'].clause,
    validUntil: generation.views.viewOf(caller).validUntil,
  }
  const sought = numbers.map((number) => ({
    subject: { type: 'REGISTRATION_NUMBER', number },
    kind: 'LegalEntity' as const,
    coordinates: [CODE],
  }))
  const { held, outcomes } = await readRecords(source, sought)
  for (const [index, number] of numbers.entries()) {
    const one = held[index]
    if (!one || one.unavailable.size > 0) continue
    const code: unknown = one.records.get('LegalEntity')?.[0]?.get(CODE)
    const canonical = typeof code === 'string' ? canonicalUscc(code) : null
    // A code that is none says nothing of the firm: it stays unknown.
    if (canonical !== null || typeof code !== 'string') found.set(number, canonical)
  }
  return outcomes
}

/**
 * Refuses what must not be counted apart: guesses, and what is most sensitive (wall 16).
 *
 * @throws Failure COUNTERS_UNAVAILABLE
 */
export function assertOneSubject({ exactly }: Exchange, { uncertain }: Identities): void {
  if (!exactly || !uncertain) return
  throw new Failure('COUNTERS_UNAVAILABLE', {
    detail: {
      zh: '注册号是否已换发统一社会信用代码暂不能确认',
      en: 'whether the registration number has become a credit code cannot be told at present',
    },
  })
}
