import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import {
  EMPTY_TREE,
  auditPath,
  consistencyPath,
  frontierOf,
  frontierText,
  grown,
  isConsistent,
  leafHash,
  nodeHash,
  rootFromPath,
  rootOf,
  treeParts,
} from '../../../gateway/audit/merkle.ts'
import type { DigestAt, TreeHash } from '../../../gateway/audit/merkle.ts'

/** The leaves of the tests of the first Certificate Transparency implementation, and the roots of the trees of 1 … 8. */
const KNOWN_LEAVES = [
  '',
  '00',
  '10',
  '2021',
  '3031',
  '40414243',
  '5051525354555657',
  '606162636465666768696a6b6c6d6e6f',
].map((hex) => Buffer.from(hex, 'hex'))
const KNOWN_ROOTS = [
  '6e340b9cffb37a989ca544e6bb780a2c78901d3fb33738768511a30617afa01d',
  'fac54203e7cc696cf0dfcb42c92a1d9dbaf70ad9e621f4bd8d98662f00e3c125',
  'aeb6bcfe274b70a14fb067a5e5578264db0fa9b51af5e0ba159158f329e06e77',
  'd37ee418976dd95753c1c73862b9398fa2a2cf9b4ff0fdfe8b30cd95209614b7',
  '4e3bbb1f7b478dcfe71fb631631519a3bca12c9aefca1612bfce4c13a86264d4',
  '76e67dadbcdf1e10e1b74ddc608abd2f98dfb16fbce75277b5232a127f2087ef',
  'ddb89be403809e325750d3d263cd78929c2942b7942a34b77e122c9594a74c8c',
  '5dc9da79a70659a9ad559cb701ded9a2ab9d823aad2f4960cfe370eff4604328',
]

const hexOf = (hash: TreeHash): string => Buffer.from(hash, 'latin1').toString('hex')

const sha: DigestAt = () => 'SHA-256'

/** RFC 6962, 2.1, word by word; a node by the digest of its last leaf. */
function naiveRoot(leaves: readonly Uint8Array[], digestAt: DigestAt, from = 0, to = leaves.length): TreeHash {
  const only = leaves[from]
  if (to - from === 1 && only !== undefined) return leafHash(digestAt(from), only)
  let half = 1
  while (half * 2 < to - from) half *= 2
  const left = naiveRoot(leaves, digestAt, from, from + half)
  return nodeHash(digestAt(to - 1), left, naiveRoot(leaves, digestAt, from + half, to))
}

const leavesOf = (size: number) => Array.from({ length: size }, (_, index) => Buffer.from(`line ${index}`))

/** SHA-256 up to a leaf, SM3 from it on. */
const switching =
  (at: number): DigestAt =>
  (index) =>
    index < at ? 'SHA-256' : 'SM3'

function treeOf(size: number, digestAt: DigestAt) {
  let tree = EMPTY_TREE
  for (const [index, line] of leavesOf(size).entries()) {
    tree = grown(tree, [leafHash(digestAt(index), line)], digestAt(index))
  }
  return tree
}

/** What is known of a tree of `size` when the records from `base` on are read. */
function partsOf(base: number, size: number, digestAt: DigestAt) {
  const leaves = leavesOf(size)
    .map((line, index) => leafHash(digestAt(index), line))
    .slice(base)
  return treeParts(treeOf(base, digestAt), leaves, digestAt)
}

describe('the Merkle tree', () => {
  it('is that of RFC 6962: the known roots of known leaves', () => {
    const roots = KNOWN_LEAVES.map((_, index) => {
      const leaves = KNOWN_LEAVES.slice(0, index + 1).map((leaf) => leafHash('SHA-256', leaf))
      return hexOf(rootOf(grown(EMPTY_TREE, leaves, 'SHA-256'), 'SHA-256'))
    })
    expect(roots).toEqual(KNOWN_ROOTS)
    expect(hexOf(rootOf(EMPTY_TREE, 'SHA-256'))).toMatch(/^e3b0c44298fc1c14/)
  })

  it('grows by any steps to the root that the definition gives, whatever digests follow each other', () => {
    for (let size = 1; size < 70; size += 1) {
      const digestAt = switching(size % 7 === 0 ? 1000 : size % 11)
      const tree = treeOf(size, digestAt)
      expect(rootOf(tree, digestAt(size - 1)), `${size}`).toEqual(naiveRoot(leavesOf(size), digestAt))
      expect(frontierOf(size, frontierText(tree))).toEqual(tree)
      expect(frontierOf(size + 1, frontierText(tree))?.size ?? null).not.toBe(size)
    }
  })
})

const sizes = fc
  .tuple(fc.integer({ min: 1, max: 80 }), fc.nat(79), fc.nat(79), fc.nat(80))
  .map(([size, index, base, turn]) => ({ size, index: index % size, base: base % size, turn }))

describe('an inclusion proof', () => {
  it('leads from a leaf to the root, from whatever record on the tree is known', () => {
    fc.assert(
      fc.property(sizes, ({ size, index, base, turn }) => {
        const digestAt = switching(turn)
        const path = auditPath(index, size, partsOf(Math.min(base, index), size, digestAt))
        const leaf = leafHash(digestAt(index), leavesOf(size)[index] ?? Buffer.alloc(0))
        const root = rootFromPath(leaf, { index, size }, path, digestAt)
        expect(root).toEqual(naiveRoot(leavesOf(size), digestAt))
        expect(path.length).toBeLessThanOrEqual(Math.ceil(Math.log2(size)))
      }),
    )
  })

  it('fits no other leaf, place, size or path', () => {
    const [size, index] = [13, 6]
    const path = auditPath(index, size, partsOf(4, size, sha))
    const leaf = leafHash('SHA-256', leavesOf(size)[index] ?? Buffer.alloc(0))
    const root = naiveRoot(leavesOf(size), sha)
    const found = [
      rootFromPath(leafHash('SHA-256', Buffer.from('line 7')), { index, size }, path, sha),
      rootFromPath(leaf, { index: index + 1, size }, path, sha),
      rootFromPath(leaf, { index, size: 8 }, path, sha),
      rootFromPath(leaf, { index, size: size * 2 }, path, sha),
      rootFromPath(leaf, { index: size, size }, path, sha),
      rootFromPath(leaf, { index, size }, path.slice(1), sha),
      rootFromPath(leaf, { index, size }, [...path, leaf], sha),
      rootFromPath(leaf, { index, size }, path.toReversed(), sha),
      rootFromPath(leaf, { index, size }, path, () => 'SM3'),
    ]
    for (const other of found) expect(other).not.toEqual(root)
    expect(rootFromPath(leaf, { index, size }, path, sha)).toEqual(root)
  })
})

describe('a consistency proof', () => {
  it('shows every tree to be the beginning of every later one, and of no other', () => {
    fc.assert(
      fc.property(sizes, fc.nat(20), ({ size: older, base, turn }, more) => {
        const digestAt = switching(turn)
        const size = older + more
        const path = consistencyPath(older, size, partsOf(Math.min(base, older), size, digestAt))
        const before = { size: older, root: naiveRoot(leavesOf(older), digestAt) }
        const after = { size, root: naiveRoot(leavesOf(size), digestAt) }
        expect(isConsistent(before, after, path, digestAt)).toBe(true)
        const forged = leavesOf(size).with(older - 1, Buffer.from('another'))
        const other = { size, root: naiveRoot(forged, digestAt) }
        expect(isConsistent(before, other, path, digestAt)).toBe(false)
        expect(isConsistent(before, after, [...path, before.root], digestAt)).toBe(false)
        expect(path.length > 0 && isConsistent(before, after, path.slice(1), digestAt)).toBe(false)
      }),
    )
  })
})
