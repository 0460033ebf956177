import { subjectPseudonym } from '../audit/pseudonym.ts'
import type { AskedSubject, Finding } from '../limits/enumeration.ts'
import { publishAlert } from '../observe/channels.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Exchange, RequestSubject } from './exchange.ts'
import type { House } from './house.ts'

/** Division and birth date: what the numbers of neighbours share. */
const SHARED = 14

/** A number in the form of a resident's, whether it exists or not: whoever tries numbers out also tries those that cannot. */
const RESIDENT_FORM = /^\d{17}[\dX]$/

/** Identifiers of legal entities, whose first characters are their registry's. */
const LEGAL: ReadonlySet<string> = new Set(['USCC', 'REGISTRATION_NUMBER'])

/** What the findings need of the house. */
type Watch = Pick<House, 'enumeration' | 'suspensions'>

/**
 * Counts whom a request asks about before anybody is asked for it, and stops who tries numbers out (S13): the officer
 * is suspended at once, the record and an alert name the finding.
 *
 * @returns ENUMERATION_SUSPECTED, which tells no number; null where there is nothing to find
 */
export async function suspectOf(
  house: Watch,
  exchange: Exchange,
  subjects: readonly RequestSubject[],
): Promise<Failure | null> {
  const { caller } = exchange
  if (caller === null) throw new Error('subjects without a caller')
  const { counter } = exchange.secrets
  const asked = subjects.map((one) => askedSubject(counter, one))
  const finding = await house.enumeration.ask(caller, asked, exchange.exactly)
  return finding && stop(house, exchange, subjects, finding)
}

/**
 * Counts for whom something was found and for whom nothing was, and stops who mostly asks about nobody. A subject of
 * whom nothing is known, because a department did not answer or none was asked, belongs in neither list.
 *
 * @returns as `suspectOf`; the answer must not leave then
 */
export async function noteHits(
  house: Watch,
  exchange: Exchange,
  { found, missed }: { readonly found: readonly RequestSubject[]; readonly missed: readonly RequestSubject[] },
): Promise<Failure | null> {
  const { caller } = exchange
  if (caller === null) throw new Error('subjects without a caller')
  const { counter } = exchange.secrets
  const named = (subjects: readonly RequestSubject[]): readonly string[] =>
    subjects.map(({ type, number }) => subjectPseudonym(counter, type, number))
  const finding = await house.enumeration.learn(caller, named(found), named(missed))
  return finding && stop(house, exchange, missed, finding)
}

function askedSubject(key: Uint8Array, { type, number }: RequestSubject): AskedSubject {
  // Residence permits and identity cards of others have the form of a resident's number too.
  const resident = !LEGAL.has(type) && RESIDENT_FORM.test(number)
  return {
    pseudonym: subjectPseudonym(key, type, number),
    neighbourhood: resident ? subjectPseudonym(key, `${type}#${SHARED}`, number.slice(0, SHARED)) : null,
  }
}

const REASONS: Readonly<Record<Finding['kind'], string>> = {
  NEIGHBOURHOOD: 'enumeration suspected: too many neighbouring numbers',
  NO_HIT: 'enumeration suspected: too many numbers without a record',
}

async function stop(
  house: Watch,
  exchange: Exchange,
  subjects: readonly RequestSubject[],
  finding: Finding,
): Promise<Failure> {
  const { caller, receipt } = exchange
  if (caller === null) throw new Error('a finding without a caller')
  const { department, application, officer } = caller
  exchange.finding = finding
  // What an application or a department did too much says nothing of its last officer.
  if (finding.of === 'OFFICER')
    await house.suspensions.suspend({ department, officer }, `${REASONS[finding.kind]}, receipt ${receipt}`)
  publishAlert(() => ({
    ...finding,
    receipt,
    department,
    application,
    officer,
    // As the record has them, so that the two can be held together.
    subjects: subjects.map(({ type, number }) => subjectPseudonym(exchange.secrets.subject, type, number)),
  }))
  return new Failure('ENUMERATION_SUSPECTED')
}
