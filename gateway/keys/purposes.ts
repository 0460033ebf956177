/** Purposes with an Ed25519 pair: others check with the public half. */
export const SIGNING_PURPOSES = ['token-signing', 'call-context', 'audit-head', 'receipt'] as const
/** Purposes with 32 secret bytes, for HMAC-SHA-256. */
export const SECRET_PURPOSES = ['subject-pseudonym', 'argument-hash', 'cursor'] as const

export type SigningPurpose = (typeof SIGNING_PURPOSES)[number]
export type SecretPurpose = (typeof SECRET_PURPOSES)[number]
export type Purpose = SigningPurpose | SecretPurpose

/** Every purpose; a key never serves two (Wall 18). */
export const PURPOSES: readonly Purpose[] = [...SIGNING_PURPOSES, ...SECRET_PURPOSES]

/** What each purpose is for, for the operator. */
export const PURPOSE_TEXTS: Readonly<Record<Purpose, string>> = {
  'token-signing': 'signs development tokens; in production the identity provider does',
  'call-context': 'signs what the gateway tells a department with each call',
  'audit-head': 'signs the heads of the audit chain',
  receipt: 'signs receipts of verification',
  'subject-pseudonym': 'hashes subjects in the audit record',
  'argument-hash': 'hashes arguments in the audit record',
  cursor: 'protects page cursors',
}

export function isSigningPurpose(purpose: Purpose): purpose is SigningPurpose {
  return SIGNING_PURPOSES.some((one) => one === purpose)
}

export function isPurpose(text: string): text is Purpose {
  return PURPOSES.some((one) => one === text)
}
