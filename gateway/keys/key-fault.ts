import type { Purpose } from './purposes.ts'

export type KeyProblemKind = 'MISSING' | 'INVALID' | 'DEVELOPMENT' | 'READABLE_BY_OTHERS' | 'NO_CURRENT'

/** One thing wrong with one purpose's keys; `message` is for the operator and holds no key material. */
export interface KeyProblem {
  readonly purpose: Purpose
  readonly kind: KeyProblemKind
  readonly message: string
}

/** The key ring cannot be opened. All problems at once. */
export class KeyFault extends Error {
  readonly code = 'KEYS_UNUSABLE'
  readonly problems: readonly KeyProblem[]

  constructor(problems: readonly KeyProblem[]) {
    super(problems.map(({ purpose, message }) => `key ${purpose}: ${message}`).join('\n'))
    this.name = 'KeyFault'
    this.problems = problems
  }
}
