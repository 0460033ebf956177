import { subjectRecords } from '../compile/subject-paths.ts'
import { LONGEST_WINDOW } from '../limits/counters.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { SubjectType } from '../vocabulary/subject-types.ts'
import { admitSubjects, refusedOperation } from './admit-operation.ts'
import type { AskingOperation } from './admit-operation.ts'
import { noteHits } from './enumeration.ts'
import type { AnsweredOperation } from './exchange.ts'
import { assertOneSubject, findIdentities } from './identities.ts'
import { noteMisuse, noteUse } from './note-emergency.ts'
import { onlyOnce } from './only-once.ts'
import type { OwnContext } from './own-context.ts'
import { takeAttempts } from './verify-attempts.ts'
import { judgeItems, knownAs, namedSubject } from './verify-claims.ts'
import type { Judging, Row, VerifyRowInput } from './verify-claims.ts'
import { compareRow, heldAt, hitsOf, readRows, timesOf } from './verify-compare.ts'
import { answerRow } from './verify-row.ts'
import type { VerifiedRow } from './verify-row.ts'

/** Arguments of `Mutation.verifyItems`, as the schema has coerced them. */
export interface VerifyArguments {
  readonly input: { readonly rows: readonly VerifyRowInput[]; readonly idempotencyKey?: string | null }
}

/** What `verifyItems` answers, as its type in the schema has it. */
export interface Verification {
  readonly rows: readonly VerifiedRow[]
  readonly repeated: boolean
}

/**
 * Answers `verifyItems` (ZS-4.09): judges each item, counts each attempt before anything is asked, compares, and gives
 * a signed receipt for each row. Nothing but outcomes leaves; whatever they are, they leave at the same times.
 *
 * @throws Failure BAD_USER_INPUT, LIMIT_EXCEEDED, COUNTERS_UNAVAILABLE, RATE_LIMIT, QUOTA_EXCEEDED,
 * ENUMERATION_SUSPECTED, IDEMPOTENCY_CONFLICT
 */
export async function answerVerify(context: OwnContext, { input }: VerifyArguments): Promise<Verification> {
  const { house, exchange } = context
  exchange.onGrid = true
  exchange.exactly = true
  house.assertExactCounts(LONGEST_WINDOW)
  const { judged, asking, outcomes } = await identified(context, judgeRows(context, input.rows))
  const { rows, repeats } = await onlyOnce(context, input, () =>
    verify(context, { ...asking, asked: outcomes }, judged),
  )
  if (repeats === null) return { rows, repeated: false }
  exchange.operation = { ...asking, outcomes, records: rows.length, refused: null, verified: [], repeats }
  return { rows: rows.map((row, index) => asDecidedNow(row, judged[index])), repeated: true }
}

/** An answer is given again as far as it would be given now: what was revoked since is told no more. */
function asDecidedNow(answered: VerifiedRow, judged: Row | undefined): VerifiedRow {
  const items = answered.items.map((item, index) => {
    const now = judged?.items[index]
    return now?.kind === 'refused' ? now.failure : item
  })
  const withheld = items.some((item, index) => item !== answered.items[index])
  return { ...answered, items, token: withheld ? null : answered.token }
}

/** Rows with whom they are counted as, and whom the gateway had to ask for it. */
interface Identified {
  readonly judged: readonly Row[]
  readonly asking: AskingOperation
  readonly outcomes: AnsweredOperation['outcomes']
}

/** The rows by whom they are about: a firm is one, under each of its identifiers (HZ-15.2), or nothing is compared. */
async function identified(context: OwnContext, rows: readonly Row[]): Promise<Identified> {
  const { house, exchange } = context
  const named = askingOf(context, rows)
  const identities = await findIdentities(house, exchange, context, named.subjects)
  try {
    assertOneSubject(exchange, identities)
  } catch (error) {
    throw error instanceof Failure ? refusedOperation(exchange, named, error, identities.outcomes) : error
  }
  const judged = rows.map((row) => ({ ...row, who: { ...row.who, known: identities.of(knownAs(row.who)) } }))
  return { judged, asking: askingOf(context, judged), outcomes: identities.outcomes }
}

function judgeRows(context: OwnContext, given: readonly VerifyRowInput[]): readonly Row[] {
  const { house, caller, schema, generation } = context
  const most = house.limits.subjectsPerOperation
  if (given.length < 1 || given.length > most)
    throw new Failure('LIMIT_EXCEEDED', {
      detail: { zh: `一次核实须有 1 至 ${most} 行`, en: `a verification has 1 to ${most} rows` },
    })
  const { fields } = generation
  const view = generation.views.viewOf(caller)
  const recordsOf = (kind: SubjectType) => subjectRecords(schema, fields, kind)
  const { decisions } = generation.views.introspectionViewOf({ ...caller, matter: null, case: null })
  const widest: Judging['widest'] = (at) => decisions.get(at)?.kind ?? null
  const judging: Judging = { schema, fields, view, widest, recordsOf }
  return given.map((row) => {
    const who = namedSubject(row)
    return { who, items: judgeItems(judging, who, row.items) }
  })
}

async function verify(
  context: OwnContext,
  { asked, ...asking }: AskingOperation & { readonly asked: AnsweredOperation['outcomes'] },
  rows: readonly Row[],
): Promise<readonly VerifiedRow[]> {
  const { house, exchange } = context
  noteMisuse(house, exchange, asking)
  const failure = await admitSubjects(house, exchange, asking)
  if (failure) throw refusedOperation(exchange, asking, failure)
  noteUse(house, exchange, asking)
  const attempted = await Promise.all(rows.map((row) => takeAttempts(context, row))).catch((error: unknown) => {
    throw error instanceof Failure ? refusedOperation(exchange, asking, error) : error
  })
  const reading = await readRows(context, rows, attempted)
  const suspect = await noteHits(house, exchange, hitsOf(rows, reading))
  const outcomes = [...asked, ...reading.outcomes]
  if (suspect) throw refusedOperation(exchange, asking, suspect, outcomes)
  const times = timesOf(rows, reading)
  const results = await Promise.all(
    rows.map(async (row, index) => {
      const compared = await compareRow(context, row, attempted[index] ?? [], heldAt(reading, index))
      return answerRow(context, row, compared, { times, of: rows.length })
    }),
  )
  const verified = results.map(({ recorded }) => recorded)
  exchange.operation = { ...asking, outcomes, records: rows.length, refused: null, verified }
  return results.map(({ answered }) => answered)
}

/** What the record says of the operation, and its limits count: everybody named, and each item by its decision. */
function askingOf({ facts, compiled }: OwnContext, rows: readonly Row[]): AskingOperation {
  const decisions = new Map(
    rows.flatMap(({ items }) =>
      items.flatMap((item) => {
        const { coordinate, decision } = item.kind === 'open' ? item.claim : item
        return coordinate !== null && decision !== null ? [[coordinate, decision] as const] : []
      }),
    ),
  )
  const active = [...decisions].map(([coordinate, decision]) => ({ coordinate, path: [], decision, when: null }))
  const subjects = rows.map(({ who }) => knownAs(who))
  return { ...facts, introspectionOnly: false, compiled, active, subjects, arguments: new Map(), verified: [] }
}
