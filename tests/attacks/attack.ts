import { demoPeople } from '../../city/demo-people.ts'
import type { AuditRecord } from '../../gateway/audit/record.ts'
import { ANALYST, ANALYST_MATTER, DESK, DESK_MATTER, MARKET, MARKET_MATTER } from '../kit/gateway.ts'
import type { Ask, TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { departmentsSeen, fieldsSeen } from '../kit/gateway-departments.ts'
import type { Reply } from '../kit/gateway-http.ts'

export const NUMBER = demoPeople.allThree.document.idDocumentNumber
/** Of a person whom public security alone knows. */
export const OTHER_NUMBER = demoPeople.publicSecurityOnly.document.idDocumentNumber

export const AS_DESK = { as: DESK, ...DESK_MATTER } as const
export const AS_MARKET = { as: MARKET, ...MARKET_MATTER } as const
export const AS_ANALYST = { as: ANALYST, ...ANALYST_MATTER } as const

/** A document that asks about one person, whose number is the variable `n`. */
export function person(selection: string, definitions = ''): string {
  return `query ($n: IdNumber!${definitions}) {
    person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${selection} }
  }`
}

/** An attack and all that came of it. */
export interface Outcome {
  readonly reply: Reply
  readonly record: AuditRecord
  /** Departments that were asked, without the gateway itself. */
  readonly departments: readonly string[]
  /** Every word of what they were asked. */
  readonly words: readonly string[]
}

/** Asks once; attacks of one file run one after another, so that what departments saw is this request's. */
export async function attack(gateway: TestGateway, ask: Ask): Promise<Outcome> {
  gateway.forget()
  const reply = await gateway.ask({ variables: { n: NUMBER }, ...ask })
  const record = await gateway.recordOf(reply.receipt)
  return { reply, record, departments: departmentsSeen(gateway.seen), words: fieldsSeen(gateway.seen) }
}

/** Coordinates with their decisions, as the record has them. */
export function decided({ record }: Outcome): Readonly<Record<string, string>> {
  return Object.fromEntries(record.data.map(({ coordinate, decision, code }) => [coordinate, code ?? decision]))
}

/** The answer without what differs from request to request. */
export function comparable({ reply }: Outcome): unknown {
  return JSON.parse(reply.text.replaceAll(reply.receipt, 'receipt'))
}

/** What is wrong after all attacks of a file: faults of the chain, values of anybody in record or log. */
export async function leaksAfter(gateway: TestGateway, further: readonly string[] = []): Promise<readonly unknown[]> {
  const { faults } = await gateway.verify()
  return [...faults, ...(await leaksIn(gateway.directory, further)), ...Object.keys(Object.prototype)]
}
