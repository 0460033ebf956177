import { z } from 'zod'
import { readLegalSubject, readSubject } from '../builtin/subject.ts'
import type { Subject } from '../builtin/subject.ts'
import { ALARM_RULES } from '../governance/alarms/rules.ts'
import { DIMENSIONS } from '../governance/queries/use.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import { Failure } from '../vocabulary/failure.ts'

/** Rows of one page, and records of a sample. */
const MOST_ROWS = 50
const MOST_DRAWN = 100
/** Groups of one answer. */
const MOST_GROUPS = 500
/** Longest period of a sample: a year of a large city is drawn from quarter by quarter. */
const MOST_SAMPLED = 92 * 86_400_000

const word = z.string().regex(/^[A-Za-z0-9][\w.@:-]{0,63}$/)
const matter = z.union([word, z.literal('(unregistered)')])
const coordinate = z.string().regex(/^[A-Za-z_]\w{0,127}\.[A-Za-z_]\w{0,127}(\([A-Za-z_]\w{0,127}:\))?$/)
const code = z.string().regex(/^[A-Z][A-Z0-9_]{1,63}$/)
const moment = z.union([
  z.iso.datetime({ offset: true }).transform((text) => Date.parse(text)),
  // A day begins at midnight of the city.
  z.iso.date().transform((text) => Date.parse(`${text}T00:00:00Z`) - CITY_OFFSET),
])
const period = { since: moment.nullish(), until: moment.nullish() }
const method = z.enum(['QUERY', 'VERIFY', 'MUTATION', 'INTROSPECTION', 'REFUSED', 'ANALYSIS', 'SUMMARY'])
const person = z.object({ idDocumentType: z.string(), idDocumentNumber: z.string() }).nullish()
const legalEntity = z.object({ identifierType: z.string(), identifier: z.string() }).nullish()

const recordFilter = z.object({
  receipt: word.nullish(),
  department: word.nullish(),
  application: word.nullish(),
  officer: word.nullish(),
  matter: matter.nullish(),
  case: matter.nullish(),
  coordinate: coordinate.nullish(),
  provider: word.nullish(),
  code: code.nullish(),
  method: method.transform((text) => text.toLowerCase()).nullish(),
  grant: word.nullish(),
  person,
  legalEntity,
  ...period,
})
const page = { first: z.int().min(1).max(MOST_ROWS).nullish(), after: z.string().max(500).nullish() }

const READERS = {
  'Query.auditRecords': z.object({ filter: recordFilter.nullish(), ...page }),
  'Query.auditRecord': z.object({ receipt: word }),
  'Query.auditSample': z.object({
    count: z.int().min(1).max(MOST_DRAWN),
    seed: z.string().min(1).max(200),
    since: moment,
    until: moment,
  }),
  'Query.auditUse': z.object({
    by: z.array(z.enum(DIMENSIONS)).min(1).max(3),
    filter: z
      .object({
        provider: word.nullish(),
        consumer: word.nullish(),
        matter: matter.nullish(),
        coordinate: coordinate.nullish(),
        ...period,
      })
      .nullish(),
    most: z.int().min(1).max(MOST_GROUPS).nullish(),
  }),
  'Query.alarms': z.object({
    filter: z
      .object({
        state: z.enum(['OPEN', 'CONFIRMED', 'DISMISSED']).nullish(),
        rule: z.enum(ALARM_RULES).nullish(),
        department: word.nullish(),
        officer: word.nullish(),
        ...period,
      })
      .nullish(),
    ...page,
  }),
  'Query.auditChains': z.object({}),
  'Mutation.confirmAlarm': z.object({ id: word, reason: z.string() }),
  'Mutation.dismissAlarm': z.object({ id: word, reason: z.string() }),
  'Mutation.reopenAlarm': z.object({ id: word, reason: z.string() }),
} as const

/** Root fields that governance answers. */
export type AuthorityField = keyof typeof READERS
/** What a root field is asked, read: times are milliseconds, methods as the record has them. */
export type ArgumentsOf<F extends AuthorityField> = z.output<(typeof READERS)[F]>

/** All of them. */
export const AUTHORITY_FIELDS: ReadonlySet<string> = new Set(Object.keys(READERS))

/** Whether a coordinate is a root field of governance. */
export function isAuthorityField(at: string): at is AuthorityField {
  return Object.hasOwn(READERS, at)
}

/**
 * Reads the arguments of a root field.
 *
 * @throws Failure BAD_USER_INPUT, which names each member that does not fit and never what was in it
 */
export function readArguments<F extends AuthorityField>(field: F, given: unknown): ArgumentsOf<F> {
  const read = READERS[field].safeParse(given)
  if (!read.success)
    throw unfit(
      field,
      read.error.issues.map(({ path }) => path.join('.')),
    )
  const faults = periodFaults(read.data)
  if (faults.length > 0) throw unfit(field, faults)
  // The schema of a field reads the arguments of that field.
  return read.data as ArgumentsOf<F>
}

/** Times in order, a sample of no more than can be numbered, and of persons and firms one. */
function periodFaults(read: ArgumentsOf<AuthorityField>): readonly string[] {
  const filter = 'filter' in read ? (read.filter ?? {}) : read
  const since = 'since' in filter ? (filter.since ?? null) : null
  const until = 'until' in filter ? (filter.until ?? null) : null
  const unordered = since !== null && until !== null && since >= until
  const long = 'seed' in read && read.until - read.since > MOST_SAMPLED
  const both = 'person' in filter && filter.person && filter.legalEntity
  return [
    ...(unordered ? ['since < until'] : []),
    ...(long ? ['until - since <= 92 d'] : []),
    ...(both ? ['person | legalEntity'] : []),
  ]
}

function unfit(field: string, members: readonly string[]): Failure {
  const places = [...new Set(members)].join(', ')
  return new Failure('BAD_USER_INPUT', {
    detail: { zh: `${field} 的参数不合要求:${places}`, en: `${field}: these arguments do not fit: ${places}` },
  })
}

/** The person or firm that records are looked for by; null where by none. */
export function soughtSubject({
  person: key,
  legalEntity: firm,
}: Pick<NonNullable<ArgumentsOf<'Query.auditRecords'>['filter']>, 'person' | 'legalEntity'>): Subject | null {
  if (key) return readSubject(key.idDocumentType, key.idDocumentNumber)
  return firm ? readLegalSubject(firm.identifierType, firm.identifier) : null
}
