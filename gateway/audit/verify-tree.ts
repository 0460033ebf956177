import { EMPTY_TREE, frontierOf, grown, hashText, leafHash, rootOf } from './merkle.ts'
import type { Frontier, TreeHash } from './merkle.ts'
import type { HeaderLine } from './line-types.ts'
import type { DigestName } from './suite.ts'
import type { TrustedHead } from './verify-heads.ts'
import { fault } from './verify-report.ts'
import type { AuditFault } from './verify-report.ts'
import type { SegmentView } from './verify-segment.ts'

/** The tree up to where the verification has come; null where damage, or version 1, leaves it unknown. */
export interface TreeState {
  readonly tree: Frontier | null
  /** Of the last record. */
  readonly digest: DigestName
}

/** Where a segment leaves the tree, and which signed roots were computed again on the way. */
export interface TreeChecked extends TreeState {
  readonly faults: readonly AuditFault[]
  readonly roots: number
  /** The heads whose root was computed again from the records. */
  readonly computed: readonly TrustedHead[]
}

/**
 * Computes the tree over a segment whose records are in order, and holds it against every root that was signed: those
 * of the checkpoints here (by number), of the seal, and what the header says of the tree before.
 */
export function checkTree(view: SegmentView, heads: readonly TrustedHead[], before: TreeState): TreeChecked {
  const { segment, placed, digest } = view
  const faults: AuditFault[] = []
  const begun = treeBefore(segment.header, before.tree)
  if (!begun.agrees) faults.push(fault('tree', segment.name, 1, view.first - 1))
  const signed = heads.filter((head) => head.root !== null && head.chain === view.chain)
  if (begun.tree === null) return { tree: null, digest, faults, roots: 0, computed: [] }
  let state: TreeState = { tree: begun.tree, digest: before.digest }
  const computed: TrustedHead[] = []
  const leaves = placed.map(({ raw }) => leafHash(digest, raw.bytes))
  for (const head of signed) {
    const come = growTo(state, head.seq, view.first, leaves, digest)
    if (come.tree?.size !== head.seq) continue
    state = come
    computed.push(head)
    const line = placed[head.seq - view.first]?.line ?? 1
    if (head.root !== null && !isRoot(state.tree, head.root)) faults.push(fault('tree', segment.name, line, head.seq))
  }
  state = growTo(state, view.first + placed.length - 1, view.first, leaves, digest)
  const sealed = sealFaults(view, state, leaves)
  return { ...state, faults: [...faults, ...sealed.faults], roots: computed.length + sealed.roots, computed }
}

/** What the header says of the tree counts, and must be what the records before have made it. */
function treeBefore(header: HeaderLine | null, tree: Frontier | null): { tree: Frontier | null; agrees: boolean } {
  if (header?.v !== 2) return { tree, agrees: true }
  const said = frontierOf(header.first - 1, header.tree)
  if (said === null) return { tree: null, agrees: false }
  const agrees = tree === null || tree.size !== said.size || sameNodes(tree, said)
  return { tree: said, agrees }
}

function sameNodes(a: Frontier, b: Frontier): boolean {
  return a.nodes.every((node, index) => node === b.nodes[index])
}

function growTo(
  { tree, digest }: TreeState,
  size: number,
  first: number,
  leaves: readonly TreeHash[],
  own: DigestName,
): TreeState {
  if (tree === null || size <= tree.size) return { tree, digest }
  return { tree: grown(tree, leaves.slice(tree.size + 1 - first, size + 1 - first), own), digest: own }
}

function isRoot(tree: Frontier | null, root: { readonly text: string; readonly digest: DigestName }): boolean {
  return tree !== null && hashText(rootOf(tree, root.digest)) === root.text
}

function sealFaults(view: SegmentView, after: TreeState, leaves: readonly TreeHash[]) {
  const { seal, segment, placed, first, digest } = view
  if (seal?.v !== 2) return { faults: [], roots: 0 }
  const own = hashText(rootOf(grown(EMPTY_TREE, leaves, digest), digest)) === seal.root
  // Of an empty segment the last record stands in another, whose digest a part of the log may not show.
  const digests: readonly DigestName[] = placed.length > 0 ? [digest] : ['SHA-256', 'SM3']
  const log = digests.some((one) => isRoot(after.tree, { text: seal.log, digest: one }))
  return { faults: own && log ? [] : [fault('tree', segment.name, placed.length + 2, first)], roots: 2 }
}
