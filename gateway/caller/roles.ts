/** Roles that change what a caller may learn. */
export const ROLES = [
  'APPLICATION',
  'DESK',
  'ANALYST',
  'AUTHORITY',
  'AUDITOR',
  'SUPERVISOR',
  'PROVIDER',
  'SECURITY_ADMIN',
  'DATA_OPERATOR',
] as const
export type Role = (typeof ROLES)[number]

/** Roles of which one person holds one at most (安全管理、数据操作、审计核查, ZS-6.04). */
export const SEPARATE_ROLES = ['SECURITY_ADMIN', 'DATA_OPERATOR', 'AUDITOR'] as const satisfies readonly Role[]
