import { signReceipt } from '../verify/receipt.ts'
import type { ReceiptItem } from '../verify/receipt.ts'
import type { RequestSubject } from './exchange.ts'
import type { OwnContext } from './own-context.ts'

/** What a receipt is given for. */
export interface Receipted {
  /** Number of the audit record that it belongs to. */
  readonly receipt: string
  readonly subject: RequestSubject
  readonly items: readonly ReceiptItem[]
}

/** Signs the receipt of what one caller was told of one subject (FS-19): a paper for the file, without any value. */
export async function receiptFor(
  { house, exchange, caller, facts }: OwnContext,
  { receipt, subject, items }: Receipted,
): Promise<string> {
  const { department, application, officer, matter, case: file } = caller
  const [own] = house.pseudonymsFor({ consumer: department, matter: matter ?? '' })(subject.type, subject.number)
  return signReceipt(house.receiptKeys.signing(), {
    v: 1,
    receipt,
    issuedAt: new Date(exchange.startedAt).toISOString(),
    regime: house.regime.regime,
    catalogVersion: facts.catalogVersion,
    gatewayVersion: house.version,
    department,
    application,
    officer,
    matter,
    case: file,
    // The department's own: what the audit record has would be recognised there (wall 18).
    subject: own ?? '',
    items,
  })
}
