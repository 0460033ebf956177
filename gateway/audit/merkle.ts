/**
 * The Merkle tree over the records of a chain (RFC 6962, 2.1): leaf = H(0x00 ‖ line without its line feed), node =
 * H(0x01 ‖ left ‖ right). Kept as a frontier, one hash for each set bit of the size, so that a chain of any length goes
 * on, and is proved, from any segment. Where a chain changes its digest, a node is hashed with the digest of the last
 * record under it: no record is read again, and what was signed before still stands.
 */
import { scratchBytes } from './scratch.ts'
import { digestBinary } from './suite.ts'
import type { DigestName } from './suite.ts'

/**
 * A hash, 32 bytes as a string of as many characters (Latin-1): three are made for each record, and a string costs a
 * third of a buffer. `hashText` and `hashOfText` turn it into what is written, and back.
 */
export type TreeHash = string

/** A tree as the roots of its perfect subtrees, the largest first: one for each set bit of `size`. */
export interface Frontier {
  readonly size: number
  readonly nodes: readonly TreeHash[]
}

/** The tree of no record. */
export const EMPTY_TREE: Frontier = Object.freeze({ size: 0, nodes: Object.freeze([]) })

/** By which digest the record of an index, from 0, is hashed. */
export type DigestAt = (index: number) => DigestName

const LEAF = 0
const NODE = 1
const HASH_BYTES = 32

const scratch = scratchBytes()

/** The hash of a record's line, given without its line feed. */
export function leafHash(digest: DigestName, line: Uint8Array): TreeHash {
  const bytes = scratch(line.length + 1)
  bytes[0] = LEAF
  bytes.set(line, 1)
  return digestBinary(digest, bytes)
}

// One buffer for all: it is filled and hashed in one turn.
const PAIR = Buffer.alloc(1 + 2 * HASH_BYTES, NODE)

/** The hash of two subtrees. */
export function nodeHash(digest: DigestName, left: TreeHash, right: TreeHash): TreeHash {
  PAIR.write(left, 1, 'latin1')
  PAIR.write(right, 1 + HASH_BYTES, 'latin1')
  return digestBinary(digest, PAIR)
}

/** A tree with more leaves, all of one digest. */
export function grown(tree: Frontier, leaves: readonly TreeHash[], digest: DigestName): Frontier {
  const nodes = [...tree.nodes]
  let size = tree.size
  for (const leaf of leaves) {
    let node = leaf
    for (let rest = size; rest % 2 === 1; rest = (rest - 1) / 2) node = nodeHash(digest, nodes.pop() ?? node, node)
    nodes.push(node)
    size += 1
  }
  return { size, nodes }
}

/** The root of a tree whose last record has this digest. */
export function rootOf(tree: Frontier, digest: DigestName): TreeHash {
  const root = tree.nodes.reduceRight<TreeHash | null>(
    (right, left) => (right === null ? left : nodeHash(digest, left, right)),
    null,
  )
  return root ?? digestBinary(digest, new Uint8Array())
}

/** As a header carries it, standard base64 as in a checkpoint. */
export function frontierText(tree: Frontier): readonly string[] {
  return tree.nodes.map(hashText)
}

/** From a header's list; null when it is none of a tree of this size. */
export function frontierOf(size: number, texts: readonly string[]): Frontier | null {
  return texts.length === setBits(size) ? { size, nodes: texts.map(hashOfText) } : null
}

/** A hash in standard base64. */
export function hashText(hash: TreeHash): string {
  return Buffer.from(hash, 'latin1').toString('base64')
}

/** From standard base64. */
export function hashOfText(text: string): TreeHash {
  return Buffer.from(text, 'base64').toString('latin1')
}

function setBits(size: number): number {
  let bits = 0
  for (let rest = size; rest > 0; rest = Math.floor(rest / 2)) bits += rest % 2
  return bits
}

/** The largest power of two below a width of at least 2. */
function split(width: number): number {
  let half = 1
  while (half * 2 < width) half *= 2
  return half
}

/**
 * The hashes of a tree's parts: those before `base` come from its frontier, the others are built from leaves. Any part
 * that a proof for a record behind `base` needs is one of the two.
 */
export function treeParts(base: Frontier, leaves: readonly TreeHash[], digestAt: DigestAt) {
  const starts = new Map<number, { readonly end: number; readonly node: TreeHash }>()
  let start = 0
  for (const node of base.nodes) {
    const width = widestBlock(base.size - start)
    starts.set(start, { end: start + width, node })
    start += width
  }
  const hashOf = (from: number, to: number): TreeHash => {
    const known = starts.get(from)
    if (known?.end === to) return known.node
    if (to - from === 1) {
      const leaf = leaves[from - base.size]
      if (leaf === undefined) throw new RangeError(`record ${from + 1} is not among the leaves`)
      return leaf
    }
    const middle = from + split(to - from)
    return nodeHash(digestAt(to - 1), hashOf(from, middle), hashOf(middle, to))
  }
  return hashOf
}

function widestBlock(width: number): number {
  let block = 1
  while (block * 2 <= width) block *= 2
  return block
}

type HashOf = (from: number, to: number) => TreeHash

/** The hashes beside the way from a leaf up to the root, the lowest first (RFC 6962, 2.1.1). */
export function auditPath(index: number, size: number, hashOf: HashOf): readonly TreeHash[] {
  const path: TreeHash[] = []
  let [from, to] = [0, size]
  while (to - from > 1) {
    const middle = from + split(to - from)
    if (index < middle) {
      path.unshift(hashOf(middle, to))
      to = middle
    } else {
      path.unshift(hashOf(from, middle))
      from = middle
    }
  }
  return path
}

/** The root that a leaf and its path lead to; null when the path has not the length of this tree. */
export function rootFromPath(
  leaf: TreeHash,
  place: { readonly index: number; readonly size: number },
  path: readonly TreeHash[],
  digestAt: DigestAt,
): TreeHash | null {
  const rest = [...path]
  const climb = (from: number, to: number): TreeHash | null => {
    if (to - from === 1) return leaf
    const beside = rest.pop()
    if (beside === undefined) return null
    const middle = from + split(to - from)
    const left = place.index < middle ? climb(from, middle) : beside
    const right = place.index < middle ? beside : climb(middle, to)
    return left === null || right === null ? null : nodeHash(digestAt(to - 1), left, right)
  }
  if (place.index < 0 || place.index >= place.size) return null
  const root = climb(0, place.size)
  return rest.length === 0 ? root : null
}

/** The hashes that show one tree to be the beginning of another (RFC 6962, 2.1.2); `older` is at least 1. */
export function consistencyPath(older: number, newer: number, hashOf: HashOf): readonly TreeHash[] {
  const path: TreeHash[] = []
  let [from, to, whole] = [0, newer, true]
  while (to > older) {
    const middle = from + split(to - from)
    if (older <= middle) {
      path.unshift(hashOf(middle, to))
      to = middle
    } else {
      path.unshift(hashOf(from, middle))
      from = middle
      whole = false
    }
  }
  return whole ? path : [hashOf(from, to), ...path]
}

/**
 * Whether such a path leads from the root of the older tree to that of the newer one. `digestAt` is the newer log's;
 * the older root's last step is hashed with the digest of its own last record.
 */
export function isConsistent(
  older: { readonly size: number; readonly root: TreeHash },
  newer: { readonly size: number; readonly root: TreeHash },
  path: readonly TreeHash[],
  digestAt: DigestAt,
): boolean {
  if (older.size < 1 || older.size > newer.size) return false
  const rest = [...path]
  const climb = (from: number, to: number): { old: TreeHash; now: TreeHash } | null => {
    if (to === older.size) {
      const node = from === 0 ? older.root : rest.pop()
      return node === undefined ? null : { old: node, now: node }
    }
    const beside = rest.pop()
    if (beside === undefined) return null
    const middle = from + split(to - from)
    const inner = older.size <= middle ? climb(from, middle) : climb(middle, to)
    if (inner === null) return null
    if (older.size <= middle) return { old: inner.old, now: nodeHash(digestAt(to - 1), inner.now, beside) }
    return {
      old: nodeHash(digestAt(older.size - 1), beside, inner.old),
      now: nodeHash(digestAt(to - 1), beside, inner.now),
    }
  }
  const roots = climb(0, newer.size)
  return roots !== null && rest.length === 0 && roots.old === older.root && roots.now === newer.root
}
