import type { Clause } from '../vocabulary/clause.ts'
import type { Text } from '../vocabulary/codes.ts'

interface FaultText {
  /** What is wrong. */
  readonly text: Text
  /** What to do next. */
  readonly next: Text
}

/** Why an emergency cannot be declared, approved, ended or reviewed; docs/emergency.md has a line for each. */
export const FAULT_TEXTS = {
  REGIME_SILENT: {
    text: {
      zh: '所适用的办法没有紧急情况的规定',
      en: 'the regulation in force has no rule of emergencies',
    },
    next: { zh: '依普通途径向提供部门申请', en: 'apply to the providing department the ordinary way' },
  },
  ID_MALFORMED: {
    text: {
      zh: '编号只接受至多 64 个字母、数字、“.”“_”“-”',
      en: 'an ID takes up to 64 letters, digits, ".", "_" and "-"',
    },
    next: { zh: '换一个编号,如 E-77', en: 'take another one, such as E-77' },
  },
  ID_USED: {
    text: { zh: '该编号已用过', en: 'the ID was used before' },
    next: { zh: '换一个编号;已有的见 gongxiang emergency list', en: 'take another one; see: gongxiang emergency list' },
  },
  DEPARTMENT_UNKNOWN: {
    text: { zh: '部门未登记或已停用', en: 'the department is not registered, or suspended' },
    next: { zh: '使用主体登记中的部门代码', en: 'use a code of the register of parties' },
  },
  MATTER_FOREIGN: {
    text: { zh: '不是该部门的事项', en: 'it is no matter of that department' },
    next: { zh: '使用该部门登记的公共安全事项', en: 'use a public-safety matter that the department has registered' },
  },
  OFFICERS_MISSING: {
    text: { zh: '未列使用人员', en: 'no officer is named who may use it' },
    next: { zh: '用 --officer 列出人员编号', en: 'name staff numbers with --officer' },
  },
  STAFF_NUMBER: {
    text: { zh: '不是人员编号', en: 'it is no staff number' },
    next: { zh: '写令牌中的人员编号(sub)', en: 'give the staff number as tokens have it (sub)' },
  },
  HOURS_EXCEEDED: {
    text: { zh: '时限应为 1 至 24 小时的整数', en: 'an emergency lasts 1 to 24 whole hours' },
    next: {
      zh: '缩短时限;仍有需要的,到期后重新宣布',
      en: 'shorten it; if it goes on, declare it anew when it has expired',
    },
  },
  FIELDS_MISSING: {
    text: { zh: '未列数据项', en: 'no field is listed' },
    next: {
      zh: '用 --field 列出数据项,如 ResidencePermit.residenceAddressDetail',
      en: 'list coordinates with --field',
    },
  },
  FIELD_UNKNOWN: {
    text: { zh: '目录中没有该数据项', en: 'the catalogue has no such field' },
    next: { zh: '对照目录改正(类型.字段)', en: 'check it against the catalogue (Type.field)' },
  },
  FIELD_EXCLUDED: {
    text: { zh: '法律规定该数据项在紧急情况下也不提供', en: 'a law keeps the field back even in an emergency' },
    next: { zh: '从清单中去掉', en: 'leave it out' },
  },
  FIELD_RESTS_ON: {
    text: {
      zh: '该数据项须与其所含或所依的数据项一并列出',
      en: 'the field opens only together with what it contains or follows',
    },
    next: { zh: '把箭头后的数据项也用 --field 列出', en: 'list the field behind the arrow too' },
  },
  TEXT_MISSING: {
    text: { zh: '警情编号、理由或结论为空或过长', en: 'incident, reason or outcome is empty or too long' },
    next: {
      zh: '写明,警情编号至多 64 字,其余至多 500 字',
      en: 'state it: 64 characters for the incident, 500 for the rest',
    },
  },
  TEXT_HOLDS_NUMBER: {
    text: { zh: '文字中含有公民身份号码,会被长期保存', en: "the text holds a citizen's number, and is kept" },
    next: { zh: '去掉号码', en: 'leave the number out' },
  },
  EMERGENCY_UNKNOWN: {
    text: { zh: '没有该紧急情况', en: 'there is no such emergency' },
    next: { zh: '已有的见 gongxiang emergency list', en: 'see: gongxiang emergency list' },
  },
  EMERGENCY_OVER: {
    text: { zh: '该紧急情况不在有效期内', en: 'the emergency is not in force' },
    next: { zh: '仍有需要的,用新编号重新宣布', en: 'if it is still needed, declare it anew under another ID' },
  },
  APPROVED_ALREADY: {
    text: { zh: '已由他人批准', en: 'it was approved already, by' },
    next: { zh: '无须再批准', en: 'nothing is left to approve' },
  },
  APPROVER_INVOLVED: {
    text: {
      zh: '宣布人员和使用人员不得批准',
      en: 'whoever declared or uses the emergency cannot be its second officer',
    },
    next: { zh: '请另一名人员批准', en: 'ask another officer' },
  },
  REVIEW_TOO_EARLY: {
    text: { zh: '紧急情况尚未结束', en: 'the emergency is not over' },
    next: { zh: '结束或到期后再复核', en: 'review it once it was ended or has expired' },
  },
  REVIEWED_ALREADY: {
    text: { zh: '已由他人复核', en: 'it was reviewed already, by' },
    next: { zh: '复核只做一次', en: 'a review is made once' },
  },
  REVIEWER_INVOLVED: {
    text: { zh: '宣布人员和使用人员不得自行复核', en: 'whoever declared or used the emergency cannot review it' },
    next: { zh: '请另一名人员复核', en: 'ask another officer' },
  },
} as const satisfies Record<string, FaultText>

/** One thing in the way, with its clause where the regulation has one. */
export interface EmergencyFault {
  readonly code: keyof typeof FAULT_TEXTS
  readonly clause: Clause | null
  readonly text: Text
  readonly next: Text
}
