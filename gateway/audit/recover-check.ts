/**
 * What a writer asks of the end of a chain before it goes on: that what was signed still stands there. It signs a header
 * on top of what it finds; bytes that somebody changed would then be under a good signature.
 */
import type { NumberedFile } from './files.ts'
import type { HeaderLine, Tip } from './line-types.ts'
import { grown, hashText, rootOf } from './merkle.ts'
import type { Frontier, TreeHash } from './merkle.ts'
import type { RawLine, ReadLine } from './read-line.ts'
import type { DigestName } from './suite.ts'
import { noteFault, signatureFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { Failure } from '../vocabulary/failure.ts'

/** The chain along one segment, record by record. */
export interface Reached {
  /** Before its first record. */
  readonly start: Tip
  readonly hashes: readonly string[]
  /** The tree before them; null where the header knows of none. */
  readonly before: Frontier | null
  readonly leaves: readonly TreeHash[]
  readonly digest: DigestName
}

/** The newest checkpoint of a directory, or head of version 1. */
export type LastHead = Extract<ReadLine, { readonly kind: 'head' | 'checkpoint' }>

/** @throws Failure `AUDIT_UNAVAILABLE` where the header from which the chain would go on is not as it was signed */
export function assertSigned(
  { name }: NumberedFile,
  raw: RawLine,
  header: HeaderLine,
  check: CheckSignature | null,
): void {
  if (check !== null && signatureFault(check, raw, header) !== null) throw refusal(`the header of ${name}`)
}

/**
 * Holds the newest checkpoint against the records, where it is about one of the last segment: an earlier one is covered by
 * the header, which was signed later. One that knows more than there is was lost with a disk: that is a finding.
 * @throws Failure `AUDIT_UNAVAILABLE` where it knows another record or another tree
 */
export function assertOwn(last: LastHead, chain: string, reached: Reached | null, check: CheckSignature | null): void {
  const facts = last.kind === 'head' ? last.head : last.checkpoint
  const bad =
    check !== null &&
    (last.kind === 'head' ? signatureFault(check, last.raw, last.head) : noteFault(check, last.checkpoint.note)) !==
      null
  if (bad || facts.chain !== chain) throw refusal('the newest checkpoint')
  if (reached === null) return
  const { start, hashes } = reached
  const index = facts.seq - start.seq
  const hash = index === 0 ? start.hash : hashes[index - 1]
  if (index < 0 || hash === undefined) return
  const root = last.kind === 'head' ? null : rootAt(reached, index, last.checkpoint.digest)
  const fits = facts.hash === hash && (root === null || last.kind === 'head' || root === last.checkpoint.root)
  if (!fits) throw refusal(`what the newest checkpoint knows of record ${facts.seq}`)
}

function rootAt({ before, leaves, digest }: Reached, count: number, of: DigestName): string | null {
  return before === null ? null : hashText(rootOf(grown(before, leaves.slice(0, count), digest), of))
}

function refusal(what: string): Failure {
  return new Failure('AUDIT_UNAVAILABLE', {
    detail: `${what} is not as it was signed: run \`audit verify\`, keep the directory as evidence and go on in another`,
  })
}
