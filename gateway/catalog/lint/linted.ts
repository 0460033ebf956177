import type { DocumentNode } from 'graphql'
import type { Links } from '../links.ts'

/** One SDL, read, as each rule takes it. */
export interface LintedSdl {
  readonly department: string
  readonly file: string
  readonly document: DocumentNode
  readonly links: Links
  /** The gateway's own: what it answers is bounded by the limits of the request. */
  readonly builtin: boolean
}
