import { subjectPseudonym } from '../audit/pseudonym.ts'
import { principalOf } from '../caller/caller.ts'
import type { AttemptsExceeded } from '../limits/attempts.ts'
import type { Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { OwnContext } from './own-context.ts'
import type { JudgedItem, OpenClaim, Row } from './verify-claims.ts'

/** An item that may be compared now, or that is refused. */
export type AttemptedItem =
  | {
      readonly kind: 'taken'
      readonly claim: OpenClaim
      /** Which attempt it is; null for what the caller may read anyway, where there is nothing to guess. */
      readonly attempt: number | null
      giveBack(): Promise<void>
    }
  | (JudgedItem & { readonly kind: 'refused' })

/** Counts the attempts of a row before anything is asked, whatever will come of them (walls 16, 17). */
export async function takeAttempts(context: OwnContext, { who, items }: Row): Promise<readonly AttemptedItem[]> {
  const { house, caller } = context
  const file = caller.case === null ? null : JSON.stringify([principalOf(caller), caller.case])
  const subject = subjectPseudonym(house.secrets.counter, who.subject.type, who.subject.number)
  const { department, officer } = caller
  const principal = principalOf(caller)
  return Promise.all(
    items.map(async (item): Promise<AttemptedItem> => {
      if (item.kind === 'refused') return item
      const { claim } = item
      const { coordinate, decision } = claim
      if (decision.kind === 'ALLOW') return { kind: 'taken', claim, attempt: null, giveBack: async () => {} }
      const taken = await house.attempts.take({ department, principal, officer, case: file, subject, coordinate })
      if ('kind' in taken) return { kind: 'refused', coordinate, decision, failure: tooOften(taken, claim) }
      return { kind: 'taken', claim, attempt: taken.number, giveBack: () => taken.giveBack() }
    }),
  )
}

function tooOften(exceeded: AttemptsExceeded, { decision }: OpenClaim): Failure {
  return new Failure('RATE_LIMIT', { clause: decision.clause, detail: textOf(exceeded) })
}

function textOf({ kind, most }: AttemptsExceeded): Text {
  switch (kind) {
    case 'CASE':
      return {
        zh: `本办件中对该对象该数据项的核实超过 ${most} 次`,
        en: `more than ${most} attempts at this item of this subject in this case`,
      }
    case 'DEPARTMENT':
      return {
        zh: `本部门对该对象该数据项的核实超过 ${most} 次`,
        en: `more than ${most} attempts of this department at this item of this subject`,
      }
    case 'OFFICER':
      return { zh: `本人今日核实超过 ${most} 次`, en: `more than ${most} attempts of this officer today` }
  }
}
