import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import { REFUSALS } from '../vocabulary/codes.ts'
import type { RefusalCode, Text } from '../vocabulary/codes.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { classLabel } from './class-label.ts'
import type { Matter } from './registers.ts'
import { apply } from './unlock-apply.ts'
import { beyondMatter } from './unlock-matter.ts'
import { joined, plain, provider, ruleOf, verificationOf } from './unlock-parts.ts'
import type { Question, Recipient, Unlock } from './unlock-parts.ts'

/**
 * What would unlock a field that is not ALLOW, in the regime's own procedure; null where nothing needs unlocking. Pure:
 * what a text does not state is said to be unstated, and no clause of another text is named.
 *
 * @param matter the stated one: where it does not need the field, that is told beside the first obstacle
 */
export function unlock(
  entry: FieldEntry,
  resource: ResourceEntry | null,
  decision: Decision,
  regime: Regime,
  matter: Matter | null = null,
): Unlock | null {
  const question = { entry, resource, decision, regime, matter }
  switch (decision.kind) {
    case 'ALLOW':
      return null
    case 'MASK':
      return ofMask(question)
    case 'VERIFY_ONLY':
      return ofVerification(question)
    case 'DENY':
      return beyondMatter(question, ofRefusal(question, decision.code))
  }
}

/** A masked value: in clear only by a wider grant, and never where the class or its mode is to be masked. */
function ofMask(question: Question): Unlock {
  const { entry, decision } = question
  const forGood = entry.class === 'NOT_SHARED' || entry.subMode === 'MASKED'
  const text = {
    zh: `只提供脱敏后的值 (${decision.clause})`,
    en: `only the masked value is provided (${decision.clause})`,
  }
  if (forGood) return plain(question, 'MASKED_ONLY', [], text)
  const rule = ruleOf(question)
  return rule ? apply(question, rule, 'APPLY', text) : plain(question, 'MASKED_ONLY', [], text)
}

/** The value is only compared: for the class, the way of sharing, the matter, or for want of a grant. */
function ofVerification(question: Question): Unlock {
  const { entry, decision, regime } = question
  const compare = {
    zh: `可提交待核对的内容核实比对,不返回内容 (${decision.clause})`,
    en: `a value may be submitted and compared; nothing is shown (${decision.clause})`,
  }
  const byMatter = decision.clause === regime.parameters['access.minimalFields'].clause
  if (byMatter)
    return plain(question, 'AMEND_MATTER', [{ role: 'AUTHORITY', department: null }], {
      zh: `${compare.zh};要查看内容,须修改事项的最少够用清单`,
      en: `${compare.en}; to read it, the minimal field set of the matter would have to be changed`,
    })
  const comparedOnly = entry.class === 'NOT_SHARED' || entry.verifyOnly || entry.subMode === 'COMPARE'
  const rule = comparedOnly || decision.grant !== null ? null : ruleOf(question)
  return rule ? apply(question, rule, 'APPLY', compare) : plain(question, 'VERIFY', [provider(entry)], compare)
}

function ofRefusal(question: Question, code: RefusalCode): Unlock {
  const { entry } = question
  switch (code) {
    case 'NO_GRANT':
      return noGrant(question)
    case 'GRANT_EXPIRED':
      return again(question, {
        zh: '授权已到期,须重新申请',
        en: 'the grant has ended: apply again',
      })
    case 'GRANT_REVOKED':
      return again(question, {
        zh: '授权已撤销:向数据提供部门了解理由,具备条件后重新申请',
        en: 'the grant was revoked: ask the provider for the reason, and apply anew once it is met',
      })
    case 'AGREEMENT_MISSING':
      return agree(question)
    case 'NOT_SHARED':
      return notShared(question)
    case 'PURPOSE_MISSING':
      return plain(question, 'STATE_MATTER', [{ role: 'SELF', department: null }], REFUSALS.PURPOSE_MISSING.remedy)
    case 'PURPOSE_MISMATCH':
      return mismatch(question)
    case 'NOT_NEEDED':
      return notNeeded(question)
    case 'PARAMETER_OUT_OF_GRANT':
      return outsideParameters(question)
    case 'OUT_OF_SCOPE':
      return outOfScope(question)
    case 'CLASS_MISSING':
      return plain(question, 'CLASSIFY', [provider(entry)], REFUSALS.CLASS_MISSING.remedy)
    default:
      return plain(question, 'REMEDY', [], REFUSALS[code].remedy)
  }
}

function noGrant(question: Question): Unlock {
  const { entry, decision } = question
  const rule = ruleOf(question)
  if (entry.coordinate.startsWith('Query.'))
    return plain(question, 'APPLY', [], {
      zh: '由所查数据项的授权一并开通',
      en: 'it opens with the grants for the fields that are asked below it',
    })
  if (!rule)
    return plain(question, 'NOTHING', [], { zh: '本办法没有开通的途径', en: 'the regulation has no way to open it' })
  const waiting =
    decision.grant === null
      ? null
      : { zh: `授权 ${decision.grant} 尚缺批准`, en: `grant ${decision.grant} still lacks an approval` }
  return apply(question, rule, 'APPLY', waiting)
}

function again(question: Question, lead: Text): Unlock {
  const rule = ruleOf(question)
  return rule ? apply(question, rule, 'REAPPLY', lead) : plain(question, 'REAPPLY', [provider(question.entry)], lead)
}

function agree(question: Question): Unlock {
  const { entry, decision } = question
  return {
    ...plain(question, 'AGREE', [provider(entry)], {
      zh: `与数据提供部门签订信息安全保密协议,将编号登记在授权 ${decision.grant ?? ''} 上 (${decision.clause})`,
      en: `sign the security agreement with the provider and record its number on grant ${decision.grant ?? ''} (${decision.clause})`,
    }),
    agreement: decision.clause,
  }
}

/** Nothing opens it, and the ground is named; compared it may be where the regime says so (ZS-4.09), moved under HZ-48. */
function notShared(question: Question): Unlock {
  const { entry, regime } = question
  const grounds = entry.grounds.map(({ citation }) => citation).join('、')
  const verification = verificationOf(question)
  const agreement = regime.parameters['access.agreement']?.clause ?? null
  const ways = [
    ...(verification ? [{ zh: `可申请核实比对 (${verification})`, en: `it may be verified (${verification})` }] : []),
    ...(agreement
      ? [
          {
            zh: `只有签订安全保密协议并经数据主管部门确认,方可提供 (${agreement})`,
            en: `it moves only under a security agreement that the data authority has confirmed (${agreement})`,
          },
        ]
      : []),
  ]
  const lead = {
    zh: `${classLabel(regime, entry.class).zh}${grounds ? `,依据 ${grounds}` : ''};申请不能开通`,
    en: `not shared${grounds ? ` (${grounds})` : ''}: no application opens it`,
  }
  const parties: readonly Recipient[] = agreement ? [provider(entry), { role: 'AUTHORITY', department: null }] : []
  const procedure = agreement ? 'AGREE' : verification ? 'VERIFY' : 'NOTHING'
  return { ...plain(question, procedure, parties, joined([lead, ...ways])), verification, agreement }
}

/** The matter is another department's, or unknown; or a grant exists, and serves another matter only. */
function mismatch(question: Question): Unlock {
  const { decision } = question
  if (decision.grant === null)
    return plain(question, 'CHANGE_MATTER', [{ role: 'SELF', department: null }], {
      zh: `使用本部门登记的事项和该事项的办件 (${decision.clause})`,
      en: `use a matter of your own department, and a case of that matter (${decision.clause})`,
    })
  const lead = {
    zh: `授权 ${decision.grant} 不包括此事项,不得挪作他用 (${decision.clause}):为此事项另行申请`,
    en: `grant ${decision.grant} does not name this matter and serves no other use (${decision.clause}): apply for this one`,
  }
  const rule = ruleOf(question)
  return rule ? apply(question, rule, 'APPLY', lead) : plain(question, 'CHANGE_MATTER', [], lead)
}

function notNeeded(question: Question): Unlock {
  const { decision, regime, entry } = question
  if (decision.clause === regime.parameters['audit.auditorReadsNoBusinessData']?.clause)
    return plain(question, 'NOTHING', [], {
      zh: `审计人员不读取业务数据 (${decision.clause})`,
      en: `an auditor reads no business data (${decision.clause})`,
    })
  const lead = {
    zh: `事项不需要该项 (${decision.clause}):确有需要的,须修改事项的最少够用清单`,
    en: `the matter does not need it (${decision.clause}): the minimal field set of the matter would have to be changed`,
  }
  if (decision.grant === null) return plain(question, 'AMEND_MATTER', [{ role: 'AUTHORITY', department: null }], lead)
  const wider = {
    zh: `已列入清单的,向数据提供部门申请把该项加入授权 ${decision.grant}`,
    en: `if it is in the set, ask the provider to add the field to grant ${decision.grant}`,
  }
  return plain(
    question,
    'AMEND_MATTER',
    [{ role: 'AUTHORITY', department: null }, provider(entry)],
    joined([lead, wider]),
  )
}

/** Only the values that the grant names are open (NT-18.1). */
function outsideParameters(question: Question): Unlock {
  const { entry, decision } = question
  const grant = decision.grant ?? ''
  return plain(question, 'WIDEN_PARAMETERS', [provider(entry)], {
    zh: `参数取值超出授权 ${grant} 的范围 (${decision.clause}):改用允许的取值,或请数据提供部门扩大`,
    en: `the argument value is outside grant ${grant} (${decision.clause}): use a permitted one, or ask the provider to widen it`,
  })
}

function outOfScope(question: Question): Unlock {
  const { entry, decision } = question
  return plain(question, 'WIDEN_SCOPE', [provider(entry)], {
    zh: `只向目录所列部门共享:${(entry.scope ?? []).join('、')} (${decision.clause});须由数据提供部门在目录中扩大共享范围`,
    en: `shared with the departments of its entry only: ${(entry.scope ?? []).join(', ')} (${decision.clause}); the provider would have to widen the scope in the catalogue`,
  })
}
