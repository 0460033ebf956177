/**
 * Every code that a caller can meet, and what it means on the wire.
 * docs/errors.md has one section per code; a test holds the two together in both directions.
 */

/** Language of a user's text. */
export type Language = 'zh-CN' | 'en'

/** A user's text in both languages. */
export interface Text {
  readonly zh: string
  readonly en: string
}

interface CodeEntry {
  /** HTTP status when the code ends the whole request; a refused field alone leaves it 200. */
  readonly status: number
  /** What happened. */
  readonly message: Text
  /** What to do next. */
  readonly remedy: Text
}

/** Refusals of a field or of a caller (scenarios: "Conventions"). */
export const REFUSALS = {
  PURPOSE_MISSING: {
    status: 403,
    message: { zh: '未说明办理的事项', en: 'No matter is stated' },
    remedy: {
      zh: '在请求头 x-matter 中写明事项代码;需要办件号的事项同时写 x-case',
      en: 'State the matter in the header x-matter, and the case in x-case where the matter needs one',
    },
  },
  PURPOSE_MISMATCH: {
    status: 403,
    message: { zh: '该授权不适用于此事项', en: 'The grant does not serve this matter' },
    remedy: {
      zh: '使用授权所列的事项,或为此事项另行申请',
      en: 'Use a matter that the grant names, or apply for this one',
    },
  },
  NOT_NEEDED: {
    status: 403,
    message: { zh: '办理此事项不需要该数据项', en: 'This matter does not need the field' },
    remedy: {
      zh: '从查询中删去;确有需要的,请数据主管部门修改事项的最少够用清单,已列入清单的,向提供部门申请扩大授权',
      en: "Leave it out; if it is needed, ask the data authority to amend the matter's minimal field set or, where it is there already, the provider to widen the grant",
    },
  },
  OPERATION_NOT_REGISTERED: {
    status: 403,
    message: {
      zh: '该应用只能执行为此事项登记的查询,所提交的未登记',
      en: 'No such operation is registered for this application and matter',
    },
    remedy: {
      zh: '在 x-matter 中写明登记时的事项,原样提交已登记的文档或其 documentId;新查询请先登记',
      en: 'State its matter in x-matter and send the registered document unchanged, or its documentId; register a new one first',
    },
  },
  NO_GRANT: {
    status: 403,
    message: { zh: '尚未获得该数据项的授权', en: 'There is no grant for the field' },
    remedy: { zh: '向数据提供部门提出共享申请', en: 'Apply to the providing department' },
  },
  GRANT_EXPIRED: {
    status: 403,
    message: { zh: '授权已到期', en: 'The grant has ended' },
    remedy: { zh: '重新提出申请', en: 'Apply again' },
  },
  GRANT_REVOKED: {
    status: 403,
    message: { zh: '授权已撤销', en: 'The grant was revoked' },
    remedy: { zh: '联系数据提供部门了解撤销理由', en: 'Ask the providing department for the reason' },
  },
  AGREEMENT_MISSING: {
    status: 403,
    message: { zh: '缺少信息安全保密协议', en: 'The security agreement is missing' },
    remedy: { zh: '与提供部门签订协议并登记编号', en: 'Sign it with the provider and record its number on the grant' },
  },
  OUT_OF_SCOPE: {
    status: 403,
    message: {
      zh: '该数据项只向目录列明的部门共享',
      en: 'The field is shared only with the departments that its entry names',
    },
    remedy: {
      zh: '请数据提供部门在目录中扩大共享范围',
      en: 'Ask the providing department to widen the scope in the catalogue',
    },
  },
  NOT_SHARED: {
    status: 403,
    message: { zh: '该数据项不予共享', en: 'The field is not shared' },
    remedy: {
      zh: '查看目录所列依据;可申请核实比对的,使用核实',
      en: 'See its basis in the catalogue; verify instead where that is offered',
    },
  },
  VERIFY_ONLY: {
    status: 403,
    message: { zh: '该数据项只能核实比对,不返回内容', en: 'The field can be verified, not read' },
    remedy: { zh: '使用核实操作提交待核对的内容', en: 'Submit the value to be checked to the verification operation' },
  },
  VERIFY_NOT_OFFERED: {
    status: 403,
    message: { zh: '该数据项不能这样核实', en: 'The item cannot be verified in this way' },
    remedy: {
      zh: '按说明与同一记录的其他数据项一并核实;不提供核实的,见目录',
      en: 'Verify it together with other items of its record where the message says so; the catalogue tells what is offered',
    },
  },
  FILTER_NOT_ALLOWED: {
    status: 403,
    message: { zh: '不得用该数据项筛选、排序或分组', en: 'The field may not filter, order or group' },
    remedy: { zh: '只用允许查看的数据项筛选', en: 'Filter only by fields that you may read' },
  },
  PARAMETER_OUT_OF_GRANT: {
    status: 403,
    message: { zh: '查询条件超出授权所定的参数', en: 'An argument is outside what the grant permits' },
    remedy: {
      zh: '用授权所列的值限定所示数据项,或申请扩大授权',
      en: 'Limit the field named here to the values that the grant lists, or apply for a wider grant',
    },
  },
  QUOTA_EXCEEDED: {
    status: 429,
    message: { zh: '授权当日的用量已用完', en: "The grant's quota for the day is used up" },
    remedy: {
      zh: '次日零时(北京时间)后再查,或请提供部门调整配额',
      en: 'Ask again after midnight (UTC+8), or ask the provider for another quota',
    },
  },
  COPY_CONSENT_MISSING: {
    status: 403,
    message: { zh: '批量取得数据须经工作机构同意', en: 'Data in bulk needs the consent of the working agency' },
    remedy: {
      zh: '减少查询的条数或人数;确需复制的,请工作机构同意并在授权上登记文号',
      en: 'Ask for fewer rows or persons; to copy, obtain the consent and have its number recorded on the grant',
    },
  },
  EMERGENCY_INVALID: {
    status: 403,
    message: { zh: '所述紧急情况不能使用', en: 'The stated emergency does not hold' },
    remedy: {
      zh: '核对请求头 x-emergency;重新宣布紧急情况或由第二名人员批准,否则去掉该请求头,依普通途径申请',
      en: 'Check the header x-emergency; have the emergency declared anew or approved by a second officer, or leave the header out and apply the ordinary way',
    },
  },
  CLASS_MISSING: {
    status: 403,
    message: { zh: '该数据项尚未确定共享类型', en: 'The field has no sharing class' },
    remedy: { zh: '由责任部门在目录中补登', en: 'The responsible department must classify it' },
  },
  END_USER_MISSING: {
    status: 403,
    message: { zh: '未指明具体使用人员', en: 'No named officer' },
    remedy: { zh: '令牌须载明使用人员编号(sub)', en: 'The token must name the officer (sub)' },
  },
  AUDIENCE_MISMATCH: {
    status: 403,
    message: { zh: '令牌不属于该部门或应用', en: 'The token belongs to another department or application' },
    remedy: { zh: '使用本部门本应用的令牌', en: 'Use a token of your own department and application' },
  },
  ROLE_MISSING: {
    status: 403,
    message: { zh: '该操作需要您没有的角色', en: 'This needs a role that you do not hold' },
    remedy: {
      zh: '由具有该角色的人员办理,或只以自己的身份提出',
      en: 'Leave it to somebody who holds the role, or ask in your own standing only',
    },
  },
  UNKNOWN_PARTY: {
    status: 403,
    message: { zh: '未登记的部门', en: 'The department is not registered' },
    remedy: { zh: '请数据主管部门登记', en: 'Ask the data authority to register it' },
  },
  AUDIT_UNAVAILABLE: {
    status: 503,
    message: { zh: '审计记录无法写入,不予答复', en: 'The audit record cannot be written; no answer is given' },
    remedy: { zh: '稍后再试;管理员检查审计磁盘', en: 'Try again later; the administrator checks the audit disk' },
  },
  COUNTERS_UNAVAILABLE: {
    status: 503,
    message: {
      zh: '用量计数暂不可靠,最敏感的数据项暂不提供',
      en: 'Use cannot be counted exactly at present; the most sensitive fields are not given',
    },
    remedy: {
      zh: '稍后再试,或先查询其他数据项;管理员检查 Redis 或计数文件',
      en: 'Try again later, or ask for other fields; the administrator checks Redis or the file of the counts',
    },
  },
  ENUMERATION_SUSPECTED: {
    status: 403,
    message: { zh: '疑似逐个试探证件号码,已停止查询', en: 'Numbers seem to be tried out; the queries are stopped' },
    remedy: {
      zh: '向本部门安全管理人员说明情况;核实无误后,由其恢复',
      en: 'Explain it to the security officer of your department, who can lift the suspension',
    },
  },
  OFFICER_SUSPENDED: {
    status: 403,
    message: { zh: '该人员已被暂停查询', en: 'The officer is suspended' },
    remedy: {
      zh: '联系本部门安全管理人员或数据主管部门',
      en: 'Ask the security officer of your department, or the data authority',
    },
  },
  CONFLICT_UNRESOLVED: {
    status: 200,
    message: {
      zh: '各部门所载内容不一致,且未登记权威来源,不作取舍',
      en: 'Departments hold different values, and none is registered as the authority: none is chosen',
    },
    remedy: {
      zh: '查看各来源所载内容;申请人持有合法证明的,不得仅因不一致拒绝办理;提请主管部门确定数据',
      en: 'Look at what each source holds; do not refuse the matter for the difference alone where there is lawful proof; ask the authority to determine the datum',
    },
  },
  SOURCE_UNAVAILABLE: {
    status: 200,
    message: { zh: '数据提供部门的系统暂不可用', en: "The providing department's system is unavailable" },
    remedy: { zh: '稍后再试;其他数据项不受影响', en: 'Try again later; other fields are not affected' },
  },
  SOURCE_INVALID: {
    status: 200,
    message: { zh: '数据提供部门返回的内容不符合规范', en: "The providing department's answer breaks its schema" },
    remedy: { zh: '请凭回执号联系数据提供部门', en: 'Report the receipt to the providing department' },
  },
} as const satisfies Record<string, CodeEntry>

/** Faults of the request itself, before any field is decided. */
export const FAULTS = {
  UNAUTHENTICATED: {
    status: 401,
    message: { zh: '令牌缺失、无效或已过期', en: 'The token is missing, invalid or expired' },
    remedy: {
      zh: '取得新令牌,写入请求头 Authorization: Bearer',
      en: 'Get a new token and send it as Authorization: Bearer',
    },
  },
  BAD_REQUEST: {
    status: 400,
    message: { zh: '请求不符合 GraphQL over HTTP 规范', en: 'The request breaks the GraphQL over HTTP specification' },
    remedy: {
      zh: '以 application/json 提交 {query, variables, operationName}',
      en: 'POST {query, variables, operationName} as application/json',
    },
  },
  GRAPHQL_PARSE_FAILED: {
    status: 400,
    message: { zh: '查询有语法错误', en: 'The document has a syntax error' },
    remedy: { zh: '按所示位置改正', en: 'Correct it at the position shown' },
  },
  GRAPHQL_VALIDATION_FAILED: {
    status: 400,
    message: { zh: '查询与目录不符', en: 'The document does not fit the schema' },
    remedy: { zh: '对照目录改正字段和参数', en: 'Check fields and arguments against the schema' },
  },
  OPERATION_RESOLUTION_FAILURE: {
    status: 400,
    message: { zh: '未指明要执行的操作', en: 'The operation to run is not clear' },
    remedy: { zh: '用 operationName 指明', en: 'Name it with operationName' },
  },
  BAD_USER_INPUT: {
    status: 400,
    message: { zh: '变量或参数的值不符合类型', en: 'A variable or argument does not fit its type' },
    remedy: { zh: '按所示位置和类型改正', en: 'Correct it at the position and to the type shown' },
  },
  INVALID_ID_NUMBER: {
    status: 200,
    message: {
      zh: '证件号码的格式或校验码不正确,未查询',
      en: 'The ID number has a wrong form or check digit; nothing was fetched',
    },
    remedy: { zh: '核对证件号码', en: 'Check the number' },
  },
  RECEIPT_INVALID: {
    status: 400,
    message: { zh: '不是有效的核验回执', en: 'This is no genuine receipt of verification' },
    remedy: {
      zh: '核对回执是否完整;改动过或来源不明的,重新核实',
      en: 'Check that the receipt is complete; where it was changed or comes from elsewhere, verify again',
    },
  },
  LIMIT_EXCEEDED: {
    status: 400,
    message: { zh: '查询超出规模限制', en: 'The document exceeds a size limit' },
    remedy: { zh: '拆分查询', en: 'Split the document' },
  },
  IDEMPOTENCY_CONFLICT: {
    status: 409,
    message: { zh: '幂等键已用于另一请求,或同一请求正在办理', en: 'The idempotency key is in use' },
    remedy: {
      zh: '内容不同的请求换用新键;内容相同的,稍候重发',
      en: 'Use a new key for another request; send the same one again in a moment',
    },
  },
  RATE_LIMIT: {
    status: 429,
    message: { zh: '请求过于频繁', en: 'Too many requests' },
    remedy: { zh: '稍后再试', en: 'Wait and try again' },
  },
  OVERLOADED: {
    status: 503,
    message: { zh: '网关正在处理的请求过多', en: 'The gateway has too many requests at once' },
    remedy: { zh: '按响应头 Retry-After 的秒数稍后再试', en: 'Wait for the seconds in Retry-After and try again' },
  },
  METHOD_NOT_ALLOWED: {
    status: 405,
    message: { zh: '不支持该请求方法', en: 'The method is not supported here' },
    remedy: { zh: '使用 POST', en: 'Use POST' },
  },
  NOT_ACCEPTABLE: {
    status: 406,
    message: { zh: '无法以所要求的内容类型作答', en: 'No accepted content type can be served' },
    remedy: { zh: '在请求头 Accept 中接受 application/json', en: 'Accept application/json' },
  },
  PAYLOAD_TOO_LARGE: {
    status: 413,
    message: { zh: '请求体过大', en: 'The request body is too large' },
    remedy: { zh: '拆分请求', en: 'Split the request' },
  },
  UNSUPPORTED_MEDIA_TYPE: {
    status: 415,
    message: { zh: '不支持该内容类型', en: 'The content type is not supported' },
    remedy: { zh: '以 application/json(UTF-8)提交', en: 'Send application/json in UTF-8' },
  },
  NOT_FOUND: {
    status: 404,
    message: { zh: '没有该地址', en: 'There is nothing at this address' },
    remedy: { zh: '使用 /graphql、/graphiql 或 /health/ready', en: 'Use /graphql, /graphiql or /health/ready' },
  },
  NOT_READY: {
    status: 503,
    message: { zh: '网关正在启动或停止', en: 'The gateway is starting or stopping' },
    remedy: { zh: '稍后再试', en: 'Try again shortly' },
  },
  INTERNAL: {
    status: 500,
    message: { zh: '网关内部错误', en: 'The gateway failed' },
    remedy: { zh: '请凭回执号联系管理员', en: 'Report the receipt to the administrator' },
  },
} as const satisfies Record<string, CodeEntry>

export type RefusalCode = keyof typeof REFUSALS
export type FaultCode = keyof typeof FAULTS
/** Any code that a caller can meet. */
export type Code = RefusalCode | FaultCode

const CODES: Readonly<Record<Code, CodeEntry>> = { ...REFUSALS, ...FAULTS }

/** The one table from code to HTTP status. */
export function httpStatus(code: Code): number {
  return CODES[code].status
}

/** What happened, in the user's language. */
export function message(code: Code, language: Language): string {
  return language === 'en' ? CODES[code].message.en : CODES[code].message.zh
}

/** What to do next, in the user's language, ending in the page of the code. */
export function remedy(code: Code, language: Language): string {
  const text = language === 'en' ? CODES[code].remedy.en : CODES[code].remedy.zh
  return `${text} (docs/errors.md#${code.toLowerCase()})`
}

/** Whether a text is one of our codes. */
export function isCode(text: unknown): text is Code {
  return typeof text === 'string' && Object.hasOwn(CODES, text)
}

/** Every code, for the census test and the documentation. */
export const ALL_CODES = Object.keys(CODES) as readonly Code[]
