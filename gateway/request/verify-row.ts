import { createHash } from 'node:crypto'
import { argumentHash } from '../audit/pseudonym.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { Failure } from '../vocabulary/failure.ts'
import { canonicalClaim } from '../verify/canonical.ts'
import type { Outcome } from '../verify/compare.ts'
import type { ReceiptItem } from '../verify/receipt.ts'
import type { VerifiedItemRecord, VerifiedRow as RecordedRow } from './exchange.ts'
import type { OwnContext } from './own-context.ts'
import { receiptFor } from './receipt-for.ts'
import { knownAs } from './verify-claims.ts'
import type { OpenClaim, Row } from './verify-claims.ts'
import type { ComparedItem } from './verify-compare.ts'

/** One row of the answer. */
export interface VerifiedRow {
  readonly receipt: string
  readonly token: string | null
  /** A refusal stands in the place of its item: it becomes null there, and an error beside. */
  readonly items: readonly (VerifiedItem | Failure)[]
}

/** One item of the answer. */
export interface VerifiedItem {
  readonly coordinate: Coordinate
  readonly title: string
  readonly outcome: Outcome
  readonly source: string
  readonly sourceTitle: string
  readonly asOf: string | null
  readonly clause: Clause
}

/** A row as it is answered, and as it is recorded. */
export async function answerRow(
  context: OwnContext,
  { who }: Row,
  compared: readonly ComparedItem[],
  { times, of }: { readonly times: ReadonlyMap<string, string>; readonly of: number },
): Promise<{ readonly answered: VerifiedRow; readonly recorded: RecordedRow }> {
  const { house, exchange } = context
  // A single row is the operation itself; each of several has a record, and a receipt, of its own.
  const receipt = of === 1 ? exchange.receipt : house.ids.receipt()
  const subject = knownAs(who)
  const told = compared.map((item) =>
    item.kind === 'refused' ? null : receiptItem(context, receipt, item, times.get(typeOf(item.claim.coordinate))),
  )
  const items = told.filter((item) => item !== null)
  const token = items.length === 0 ? null : await receiptFor(context, { receipt, subject, items })
  const answered = compared.map((item, index) => (item.kind === 'refused' ? item.failure : (told[index] ?? LOST)))
  const recorded = compared.map((item, index) => recordOf(item, told[index]?.claim ?? null))
  return { answered: { receipt, token, items: answered }, recorded: { receipt, subject, items: recorded } }
}

const LOST = new Failure('INTERNAL')

function receiptItem(
  { house, exchange }: OwnContext,
  receipt: string,
  { claim, outcome }: ComparedItem & { readonly kind: 'compared' },
  asOf: string | undefined,
): VerifiedItem & ReceiptItem {
  const { entry, decision, coordinate } = claim
  const { title, provider: source } = entry
  const sourceTitle = house.parties.find(source)?.name.zh ?? source
  const hash = claimHash(exchange.secrets.argument, receipt, claim)
  return { coordinate, title, outcome, source, sourceTitle, asOf: asOf ?? null, clause: decision.clause, claim: hash }
}

/** What was claimed, as record and receipt hold it: keyed and salted, so that only an auditor can try a value. */
function claimHash(secret: Uint8Array, receipt: string, { coordinate, kind, claimed, labels }: OpenClaim): string {
  const salt = createHash('sha256').update(receipt).digest().subarray(0, 16)
  return argumentHash(secret, salt, coordinate, canonicalClaim(kind, claimed, labels))
}

function recordOf(item: ComparedItem, claim: string | null): VerifiedItemRecord {
  if (item.kind === 'refused') {
    const { coordinate, decision, failure } = item
    return { coordinate, decision, outcome: null, code: failure.code, attempt: null, claim }
  }
  const { outcome, attempt } = item
  const { coordinate, decision } = item.claim
  return { coordinate, decision, outcome, code: null, attempt, claim }
}
