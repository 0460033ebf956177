import { subjectPseudonym } from '../audit/pseudonym.ts'
import { caseKeyOf, principalOf } from '../caller/caller.ts'
import type { AttemptsExceeded } from '../limits/attempts.ts'
import { publishAlert } from '../observe/channels.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { OwnContext } from './own-context.ts'
import { knownAs } from './verify-claims.ts'
import type { OpenClaim, RefusedItem, Row } from './verify-claims.ts'

/** An item that may be compared now, or that is refused. */
export type AttemptedItem =
  | {
      readonly kind: 'taken'
      readonly claim: OpenClaim
      /** Which attempt it is; null for what the caller may read anyway, where there is nothing to guess. */
      readonly attempt: number | null
      giveBack(): Promise<void>
    }
  | RefusedItem

/** Counts the attempts of a row before anything is asked, whatever will come of them (walls 16, 17). */
export async function takeAttempts(context: OwnContext, row: Row): Promise<readonly AttemptedItem[]> {
  const { house, exchange, caller } = context
  const { type, number } = knownAs(row.who)
  const subject = subjectPseudonym(exchange.secrets.counter, type, number)
  const { department, officer } = caller
  const principal = principalOf(caller)
  // Where a matter needs no case, the matter is what the attempts belong to.
  const file = caseKeyOf(caller) ?? JSON.stringify([principal, null, caller.matter])
  return Promise.all(
    row.items.map(async (item): Promise<AttemptedItem> => {
      if (item.kind === 'refused') return item
      const { claim } = item
      const { coordinate, decision } = claim
      if (decision.kind === 'ALLOW') return { kind: 'taken', claim, attempt: null, giveBack: async () => {} }
      const taken = await house.attempts.take({ department, principal, officer, case: file, subject, coordinate })
      if ('kind' in taken) {
        alarm(context, row, taken)
        return { kind: 'refused', coordinate, decision, failure: tooOften(taken, claim) }
      }
      return { kind: 'taken', claim, attempt: taken.number, giveBack: () => taken.giveBack() }
    }),
  )
}

/** Who goes on guessing is told of at once (S07). */
function alarm({ exchange, caller }: OwnContext, { who }: Row, { kind, most }: AttemptsExceeded): void {
  const { department, application, officer } = caller
  const subject = knownAs(who)
  publishAlert(() => ({
    kind: 'ATTEMPTS',
    of: kind === 'DEPARTMENT' ? 'DEPARTMENT' : 'OFFICER',
    count: most + 1,
    receipt: exchange.receipt,
    department,
    application,
    officer,
    subjects: [subjectPseudonym(exchange.secrets.subject, subject.type, subject.number)],
  }))
}

function tooOften(exceeded: AttemptsExceeded, { decision }: OpenClaim): Failure {
  return new Failure('RATE_LIMIT', { clause: decision.clause, detail: textOf(exceeded) })
}

function textOf({ kind, most }: AttemptsExceeded): Text {
  switch (kind) {
    case 'CASE':
      return {
        zh: `本人在本办件(无办件的,在本事项)中对该对象该数据项已核实 ${most} 次,90 日内不再核实`,
        en: `you have made ${most} attempts at this item of this subject in this case, or matter; no more for 90 days`,
      }
    case 'DEPARTMENT':
      return {
        zh: `本部门对该对象该数据项已核实 ${most} 次,90 日内不再核实`,
        en: `your department has made ${most} attempts at this item of this subject; no more for 90 days`,
      }
    case 'OFFICER':
      return { zh: `本人今日已核实 ${most} 次`, en: `you have made ${most} attempts today` }
  }
}
