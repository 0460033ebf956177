/** Roles that change what a caller may learn. */
export const ROLES = [
  'APPLICATION',
  'DESK',
  'ANALYST',
  'AUTHORITY',
  'AUDITOR',
  'PROVIDER',
  'SECURITY_ADMIN',
  'DATA_OPERATOR',
] as const
export type Role = (typeof ROLES)[number]
