import type { RefusalCode, Text } from '../vocabulary/codes.ts'
import { joined } from './unlock-parts.ts'
import type { Question, Unlock } from './unlock-parts.ts'

/** Refusals that come before the minimal set is looked at: behind each of them the set may refuse once more. */
const BEFORE_MATTER: ReadonlySet<RefusalCode> = new Set([
  'NO_GRANT',
  'GRANT_EXPIRED',
  'GRANT_REVOKED',
  'AGREEMENT_MISSING',
  'OUT_OF_SCOPE',
  'PURPOSE_MISMATCH',
])

/**
 * The same way, with the second obstacle told where there is one: a grant alone opens nothing that the matter's minimal
 * set lacks, so whoever only applies would be refused again after weeks.
 */
export function beyondMatter(question: Question, way: Unlock): Unlock {
  const lacking = lackingOf(question)
  if (lacking === null || way.procedure === 'NOTHING' || way.procedure === 'CHANGE_MATTER') return way
  const first = { zh: way.text.zh.replace(/。$/, ''), en: way.text.en.replace(/\.$/, '') }
  return {
    ...way,
    whom: way.whom.some(({ role }) => role === 'AUTHORITY')
      ? way.whom
      : [...way.whom, { role: 'AUTHORITY', department: null }],
    // No text says how long it takes to change a set.
    steps: [...way.steps, { step: 'AMEND_MATTER', workingDays: null, clause: null, text: lacking }],
    text: joined([first, lacking]),
  }
}

function lackingOf({ entry, decision, matter, regime }: Question): Text | null {
  if (matter === null || decision.kind !== 'DENY' || !BEFORE_MATTER.has(decision.code)) return null
  // A lookup belongs to every matter.
  if (entry.kind === 'object' && entry.coordinate.startsWith('Query.')) return null
  const { clause } = regime.parameters['access.minimalFields']
  switch (matter.fields.get(entry.coordinate)) {
    case 'READ':
      return null
    case 'VERIFY':
      return {
        zh: `事项只核实该项 (${clause}):要查看内容,另须修改事项的最少够用清单`,
        en: `the matter only verifies it (${clause}): to read it, the minimal field set would have to be changed too`,
      }
    case undefined:
      return {
        zh: `事项也不需要该项 (${clause}):另须修改事项的最少够用清单`,
        en: `nor does the matter need it (${clause}): its minimal field set would have to be changed too`,
      }
  }
}
