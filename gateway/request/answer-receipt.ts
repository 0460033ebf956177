import { principalOf } from '../caller/caller.ts'
import { readReceipt } from '../verify/receipt.ts'
import type { ReceiptContent } from '../verify/receipt.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { OwnContext } from './own-context.ts'

/** What `receipt` answers, as its type in the schema has it. */
export type ReceiptCheck = Pick<
  ReceiptContent,
  'receipt' | 'issuedAt' | 'regime' | 'catalogVersion' | 'matter' | 'case' | 'items'
>

/**
 * Checks a receipt for the department that it was given to. Another department is told what it would be told of any
 * text: whether somebody was verified is not its business (wall 17).
 *
 * @throws Failure RECEIPT_INVALID
 */
export async function answerReceipt(
  { house, caller }: OwnContext,
  { token }: { readonly token: string },
): Promise<ReceiptCheck> {
  // Which check failed is for the command line: here it would tell a genuine receipt of another department from none.
  const content = await readReceipt(token, house.receiptKeys.published()).catch(() => {
    throw new Failure('RECEIPT_INVALID')
  })
  const own = content.department === caller.department || content.department === principalOf(caller)
  if (!own) throw new Failure('RECEIPT_INVALID')
  return content
}
