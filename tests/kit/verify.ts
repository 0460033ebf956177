import { demoPeople } from '../../city/demo-people.ts'
import type { DemoPerson } from '../../city/demo-people.ts'
import type { TokenSubject } from '../../gateway/caller/development-issuer.ts'
import type { Ask, TestGateway } from './gateway.ts'
import type { Reply } from './gateway-http.ts'

/** A desk of the education department, whose matter verifies an adoption (S07). */
export const SCHOOL: TokenSubject = {
  department: 'education',
  application: 'enrolment',
  officer: 'EDU-0042',
  name: '窗口 演示四',
  roles: ['DESK'],
}
export const SCHOOL_MATTER = { matter: 'school-enrolment' } as const
/** What is true of the demonstration city's student. */
export const CERTIFICATE = '演示收字第2015990001号'
export const ADOPTION = 'AdoptionRegistration.adoptionCertificateNumber'

/** The resident number of a person of the demonstration city. */
export function numberOf(person: DemoPerson): string {
  return demoPeople[person].document.idDocumentNumber
}

/** A person as `verifyItems` and `deskCheck` take one. */
export function personKey(number: string, idDocumentType = 'RESIDENT_ID') {
  return { idDocumentType, idDocumentNumber: number }
}

/** One item that somebody claims. */
export function claim(coordinate: string, claimed: string) {
  return { coordinate, claimed }
}

export const VERIFY = `mutation ($input: VerifyItemsInput!) {
  verifyItems(input: $input) {
    repeated
    rows { receipt token items { coordinate title outcome source sourceTitle asOf clause } }
  }
}`

/** Sends a verification as the school's desk. */
export function verify(
  gateway: TestGateway,
  rows: readonly object[],
  { idempotencyKey, ...ask }: Ask & { readonly idempotencyKey?: string } = {},
): Promise<Reply> {
  const input = { rows, ...(idempotencyKey === undefined ? {} : { idempotencyKey }) }
  return gateway.ask({ as: SCHOOL, ...SCHOOL_MATTER, query: VERIFY, variables: { input }, ...ask })
}

/** One row of an answer, as tests read it. */
export interface RowSeen {
  readonly receipt: string
  readonly token: string | null
  readonly items: readonly ({
    readonly coordinate: string
    readonly outcome: string
    readonly asOf: string | null
  } | null)[]
}

/** The rows of an answer. */
export function rowsOf({ body }: Reply): readonly RowSeen[] {
  const answered = body.data?.['verifyItems'] as { readonly rows: readonly RowSeen[] } | null | undefined
  return answered?.rows ?? []
}

/** Outcome by outcome, row by row; null where an item was refused. */
export function outcomesOf(reply: Reply): readonly (readonly (string | null)[])[] {
  return rowsOf(reply).map(({ items }) => items.map((item) => item?.outcome ?? null))
}
