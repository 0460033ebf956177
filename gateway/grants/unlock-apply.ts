import type { Regime } from '../regime/regime.ts'
import type { APPLICATION_WORDS } from '../regime/words.ts'
import type { Text } from '../vocabulary/codes.ts'
import { classLabel } from './class-label.ts'
import type { ConsentRule } from './consent.ts'
import type { Approver } from './grant.ts'
import { joined, provider, verificationOf } from './unlock-parts.ts'
import type { Question, Unlock } from './unlock-parts.ts'
import { silenceOf, unlockSteps } from './unlock-steps.ts'

const ROLES: Readonly<Record<Approver, Text>> = {
  PROVIDER: { zh: '数据提供部门', en: 'the providing department' },
  PLATFORM: { zh: '共享平台', en: 'the sharing platform' },
  AGENCY: { zh: '公共数据工作机构', en: 'the working agency' },
  AUTHORITY: { zh: '数据主管部门', en: 'the data authority' },
}

/** The application that the regime knows for the field: whom to ask, what to state, how long it may take. */
export function apply(
  question: Question,
  rule: ConsentRule,
  procedure: 'APPLY' | 'REAPPLY',
  lead: Text | null,
): Unlock {
  const { entry, resource, regime } = question
  // The first list is whoever decides in the ordinary way; a platform that was charged with it goes before.
  const deciders = rule.approvals.find((list) => list.includes('PLATFORM')) ?? rule.approvals[0] ?? []
  const [decider = 'PROVIDER'] = deciders
  const opened = entry.class === 'UNCONDITIONAL' && decider === 'AGENCY'
  const steps = unlockSteps(entry, resource, decider, regime)
  const mustState = mustStateOf(regime)
  const verification = verificationOf(question)
  const sentences = [
    ...(lead ? [lead] : []),
    opened ? openingText(rule) : applicationText(question, rule, deciders),
    ...(mustState ? [{ zh: `申请须有:${mustState.zh}`, en: `the application must give: ${mustState.en}` }] : []),
    ...steps.map(({ text }) => text),
    silenceOf(entry, regime),
    ...(rule.agreement
      ? [{ zh: `须签订安全保密协议 (${rule.agreement})`, en: `a security agreement is needed (${rule.agreement})` }]
      : []),
    ...(rule.parameters ? [{ zh: '授权须限定参数取值', en: 'the grant must fix the permitted argument values' }] : []),
    ...(verification
      ? [
          {
            zh: `未获授权时可申请核实比对 (${verification})`,
            en: `without it, the value may be verified (${verification})`,
          },
        ]
      : []),
  ]
  return {
    procedure: opened ? 'OPEN' : procedure,
    whom: deciders.map((role) => (role === 'PROVIDER' ? provider(entry) : { role, department: null })),
    mustState,
    steps,
    agreement: rule.agreement,
    verification,
    clause: rule.clause,
    text: joined(sentences),
  }
}

/** Access that must be opened on request (ZJ-22.2). */
function openingText({ clause }: ConsentRule): Text {
  return {
    zh: `向公共数据工作机构提出,应当无条件开通,不作审核 (${clause})`,
    en: `ask the working agency, which opens access without a review (${clause})`,
  }
}

function applicationText({ entry, regime }: Question, { clause }: ConsentRule, deciders: readonly Approver[]): Text {
  const zh = deciders.map((role) => ROLES[role].zh).join('和')
  const en = deciders.map((role) => ROLES[role].en).join(' and ')
  const label = classLabel(regime, entry.class)
  const decider = regime.parameters['access.conditional.decider']
  // Where the text leaves the procedure to the platform's rules (FS-18.3), the profile says so.
  const configured = decider.configured === true && entry.class === 'CONDITIONAL'
  return configured
    ? {
        zh: `${label.zh}:程序依照共享平台有关规定 (${clause}),向${zh}申请`,
        en: `${label.en}: by the rules of the platform (${clause}), apply to ${en}`,
      }
    : { zh: `${label.zh}:向${zh}提出共享申请 (${clause})`, en: `${label.en}: apply to ${en} (${clause})` }
}

/** Words for what an application states, one for each of the profile's. */
const STATED: Readonly<Record<(typeof APPLICATION_WORDS)[number], Text>> = {
  BUSINESS: { zh: '具体业务内容', en: 'the concrete business' },
  DUTY: { zh: '履行职责的需要', en: 'the need of the duty' },
  ITEM_NAMES: { zh: '逐项列明数据项', en: 'the items, one by one' },
  BASIS: { zh: '法律依据', en: 'the legal basis' },
  FORM: { zh: '申请表', en: 'the application form' },
  STAMPED_SCAN: { zh: '加盖印章的扫描件', en: 'a stamped scan' },
  SCENARIO: { zh: '使用场景', en: 'the scenario of use' },
  SCOPE: { zh: '使用范围', en: 'the scope of use' },
  METHOD: { zh: '共享方式', en: 'the method of sharing' },
  TIME_LIMIT: { zh: '使用时限', en: 'the time limit of use' },
}

function mustStateOf({ parameters }: Regime): Text | null {
  const stated = parameters['access.application.mustState']
  if (!stated || stated.value.length === 0) return null
  const clauses = [...new Set([stated, ...(stated.also ?? [])].map(({ clause }) => clause))].join(', ')
  const words = stated.value.map((one) => STATED[one])
  return {
    zh: `${words.map(({ zh }) => zh).join('、')} (${clauses})`,
    en: `${words.map(({ en }) => en).join(', ')} (${clauses})`,
  }
}
