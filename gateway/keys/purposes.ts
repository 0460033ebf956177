/** Purposes with an Ed25519 pair: others check with the public half. */
export const SIGNING_PURPOSES = ['token-signing', 'call-context', 'audit-head', 'receipt', 'report'] as const
/** Purposes with an SM2 pair (GM/T 0003), where the national suite is asked for (HZ-47). */
export const SM2_PURPOSES = ['audit-head-sm2'] as const
/** Purposes with 32 secret bytes. */
export const SECRET_PURPOSES = [
  'subject-pseudonym',
  'argument-hash',
  'cursor',
  'counter-member',
  'consumer-pseudonym',
  'cache',
  'viewer-pseudonym',
] as const

export type SigningPurpose = (typeof SIGNING_PURPOSES)[number]
export type SecretPurpose = (typeof SECRET_PURPOSES)[number]
/** A purpose whose pair is of SM2. */
export type Sm2Purpose = (typeof SM2_PURPOSES)[number]
/** What others check with the public half of. */
export type PublishedPurpose = SigningPurpose | Sm2Purpose
export type Purpose = PublishedPurpose | SecretPurpose

/** Every purpose; a key never serves two (Wall 18). */
export const PURPOSES: readonly Purpose[] = [...SIGNING_PURPOSES, ...SM2_PURPOSES, ...SECRET_PURPOSES]

/** What each purpose is for, for the operator. */
export const PURPOSE_TEXTS: Readonly<Record<Purpose, string>> = {
  'token-signing': 'signs development tokens; in production the identity provider does',
  'call-context': 'signs what the gateway tells a department with each call',
  'audit-head': 'signs the heads of the audit chain',
  'audit-head-sm2': 'signs the heads of the audit chain where `audit.suite` is sm',
  receipt: 'signs receipts of verification',
  report: 'signs the journal of reports',
  'subject-pseudonym': 'hashes subjects in the audit record',
  'argument-hash': 'hashes arguments in the audit record',
  cursor: 'seals page cursors of the departments in this process',
  'counter-member': 'hashes subjects in the counters of limits',
  'consumer-pseudonym': "makes a person's pseudonym for one department and matter",
  cache: 'hashes the keys of kept entities and seals their values',
  'viewer-pseudonym': 'makes the pseudonyms that one department sees in the audit record',
}

/** Whether signatures are checked years later: then a public half is never taken away. */
export function isProvenLater(purpose: Purpose): boolean {
  return purpose === 'audit-head' || purpose === 'audit-head-sm2' || purpose === 'receipt' || purpose === 'report'
}

/**
 * How many older keys stay accepted by a rotation that says nothing of it: of those that the audit record is searched by,
 * all, for it is kept for years (R809-29).
 */
export function usualKeep(purpose: Purpose): number {
  return purpose === 'subject-pseudonym' || purpose === 'argument-hash' ? 99 : 2
}

export function isSigningPurpose(purpose: Purpose): purpose is SigningPurpose {
  return SIGNING_PURPOSES.some((one) => one === purpose)
}

/** Whether a purpose’s pair is of SM2. */
export function isSm2Purpose(purpose: Purpose): purpose is Sm2Purpose {
  return SM2_PURPOSES.some((one) => one === purpose)
}

/** Whether it has a public half. */
export function isPublishedPurpose(purpose: Purpose): purpose is PublishedPurpose {
  return isSigningPurpose(purpose) || isSm2Purpose(purpose)
}

export function isPurpose(text: string): text is Purpose {
  return PURPOSES.some((one) => one === text)
}
