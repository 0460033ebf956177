import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { FAULTS, REFUSALS } from '../gateway/vocabulary/codes.ts'
import type { Code, Text } from '../gateway/vocabulary/codes.ts'

/** What an application can do about a refusal, and when each is right. */
const ACTIONS = {
  RETRY: {
    zh: '按 Retry-After 等候后原样重发;没有该请求头的,过几秒再试,两三次后告诉用户稍后再查',
    en: 'Wait for Retry-After and send the same again; without it try after some seconds, two or three times, then tell the user to come back',
  },
  SIGN_IN: { zh: '取得新令牌后重发', en: 'Get a new token, then send it again' },
  ASK_USER: { zh: '请用户核对所输入的内容', en: 'Have the user check what was typed' },
  ASK_CITIZEN: { zh: '共享取不到:请申请人提供材料', en: 'It cannot be had by sharing: ask the citizen for the paper' },
  VERIFY: {
    zh: '不显示内容:录入申请人所示内容,用 verifyItems 核实',
    en: 'It is not shown: type what the citizen shows, and verify it by verifyItems',
  },
  APPLY: {
    zh: '不是用户的事:记下坐标,由本部门申请;眼前的办件按材料办理',
    en: 'Not the user’s business: note the coordinate, and have the department apply; the case at hand goes on by paper',
  },
  CORRECT: { zh: '程序有误:改程序,不要让用户重试', en: 'The application is wrong: mend it; trying again helps nobody' },
  REPORT: { zh: '凭回执号告知 remedy 所说的人', en: 'Tell whoever the remedy names, with the receipt' },
  STOP: {
    zh: '停止该人员的查询,联系安全管理人员',
    en: 'Stop asking for this officer, and speak to the security officer',
  },
} as const satisfies Record<string, Text>
type Action = keyof typeof ACTIONS

/** One answer for each code; a code without one does not compile. */
const OF_CODE = {
  PURPOSE_MISSING: 'CORRECT',
  PURPOSE_MISMATCH: 'APPLY',
  NOT_NEEDED: 'CORRECT',
  OPERATION_NOT_REGISTERED: 'CORRECT',
  NO_GRANT: 'APPLY',
  GRANT_EXPIRED: 'APPLY',
  GRANT_REVOKED: 'APPLY',
  AGREEMENT_MISSING: 'APPLY',
  OUT_OF_SCOPE: 'ASK_CITIZEN',
  NOT_SHARED: 'ASK_CITIZEN',
  VERIFY_ONLY: 'VERIFY',
  VERIFY_NOT_OFFERED: 'ASK_CITIZEN',
  FILTER_NOT_ALLOWED: 'CORRECT',
  PARAMETER_OUT_OF_GRANT: 'CORRECT',
  QUOTA_EXCEEDED: 'APPLY',
  COPY_CONSENT_MISSING: 'APPLY',
  EMERGENCY_INVALID: 'REPORT',
  CLASS_MISSING: 'REPORT',
  END_USER_MISSING: 'CORRECT',
  AUDIENCE_MISMATCH: 'CORRECT',
  ROLE_MISSING: 'REPORT',
  UNKNOWN_PARTY: 'REPORT',
  AUDIT_UNAVAILABLE: 'RETRY',
  COUNTERS_UNAVAILABLE: 'RETRY',
  ENUMERATION_SUSPECTED: 'STOP',
  OFFICER_SUSPENDED: 'STOP',
  SOURCE_UNAVAILABLE: 'RETRY',
  SOURCE_INVALID: 'REPORT',
  CONFLICT_UNRESOLVED: 'ASK_CITIZEN',
  UNAUTHENTICATED: 'SIGN_IN',
  BAD_REQUEST: 'CORRECT',
  GRAPHQL_PARSE_FAILED: 'CORRECT',
  GRAPHQL_VALIDATION_FAILED: 'CORRECT',
  OPERATION_RESOLUTION_FAILURE: 'CORRECT',
  BAD_USER_INPUT: 'CORRECT',
  INVALID_ID_NUMBER: 'ASK_USER',
  RECEIPT_INVALID: 'ASK_USER',
  LIMIT_EXCEEDED: 'CORRECT',
  IDEMPOTENCY_CONFLICT: 'RETRY',
  RATE_LIMIT: 'RETRY',
  OVERLOADED: 'RETRY',
  METHOD_NOT_ALLOWED: 'CORRECT',
  NOT_ACCEPTABLE: 'CORRECT',
  PAYLOAD_TOO_LARGE: 'CORRECT',
  UNSUPPORTED_MEDIA_TYPE: 'CORRECT',
  NOT_FOUND: 'CORRECT',
  NOT_READY: 'RETRY',
  INTERNAL: 'REPORT',
} as const satisfies Record<Code, Action>

const SOURCE = 'Printed by npm run generate from gateway/vocabulary/codes.ts.'

/** docs/guides/refusals.md: code → what happened, and what an application does. */
export function refusalsPage(): string {
  const actions = Object.entries(ACTIONS).map(([name, { zh, en }]) => `| \`${name}\` | ${zh} | ${en} |`)
  const rows = Object.entries({ ...REFUSALS, ...FAULTS }).map(([code, { status, message }]) => {
    const of = OF_CODE[code as Code]
    return `| [\`${code}\`](../errors.md#${code.toLowerCase()}) | ${status} | \`${of}\` | ${message.zh} | ${message.en} |`
  })
  return [
    `<!-- ${SOURCE} -->`,
    '',
    '# 应用怎样处理拒绝 · What an application does about a refusal',
    '',
    '每条错误的 `message` 和 `remedy` 已按 Accept-Language 写好,可以直接给用户看;程序只按 `extensions.code` 决定做什么。`SOURCE_UNAVAILABLE` 的数据项城市里有,只是暂时取不到:不得因此要申请人提供材料。',
    '',
    '`message` and `remedy` of each error are in the language of Accept-Language and may be shown as they are; what a program does follows from `extensions.code` alone. What is `SOURCE_UNAVAILABLE` the city has and cannot give now: it is no reason to ask the citizen for the paper.',
    '',
    '| 做什么 Action | 含义 | Meaning |',
    '| --- | --- | --- |',
    ...actions,
    '',
    '| 代码 Code | HTTP | 做什么 Action | 发生了什么 | What happened |',
    '| --- | --- | --- | --- | --- |',
    ...rows,
    '',
  ].join('\n')
}

/** examples/rental-desk/actions.ts: the same table for a program. */
export function actionsModule(): string {
  return [
    `// ${SOURCE}`,
    '',
    '/** What the application does about a refusal: docs/guides/refusals.md. */',
    `export type Action =\n${Object.keys(ACTIONS)
      .map((one) => `  | '${one}'`)
      .join('\n')}`,
    '',
    '/** By code of the refusal. */',
    'export const ACTIONS: Readonly<Record<string, Action>> = {',
    ...Object.entries(OF_CODE).map(([code, action]) => `  ${code}: '${action}',`),
    '}',
    '',
  ].join('\n')
}

/** Writes both below the root; returns the files written. */
export async function generateApplicationActions(root: string): Promise<readonly string[]> {
  const files = [
    { path: join(root, 'docs/guides/refusals.md'), text: refusalsPage() },
    { path: join(root, 'examples/rental-desk/actions.ts'), text: actionsModule() },
  ]
  for (const { path, text } of files) await writeFile(path, text)
  return files.map(({ path }) => path)
}
