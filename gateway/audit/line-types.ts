import type { DigestName } from './suite.ts'

/** `prev` of the first record of a chain. */
export const GENESIS = '0'.repeat(64)

/** A place in a chain: the last record so far. */
export interface Tip {
  readonly seq: number
  readonly hash: string
}

/** How a segment was left when the next one began. Lines beyond `records` were never acknowledged. */
export interface Left {
  readonly segment: number
  readonly records: number
  /** `sealed` in order; `open` or `torn` found so after a crash; `retired` because writing or fsync failed. */
  readonly state: 'sealed' | 'open' | 'torn' | 'retired'
}

interface Signed {
  readonly key: string
  readonly signature: string
}

/** First line of a segment. Chains begun in version 1 go on in version 2 with their next segment. */
export interface HeaderLineV1 extends Signed {
  readonly v: 1
  readonly kind: 'header'
  readonly chain: string
  readonly digest: 'SHA-256'
  readonly segment: number
  /** `seq` of the record that this segment begins with. */
  readonly first: number
  /** Hash of the record before it. */
  readonly prev: string
  /** The segments since the last one that began in order; empty for the first of a chain. */
  readonly follows: readonly Left[]
  /** How many heads were durable: a shortened file of heads is found. */
  readonly heads: number
  readonly created: string
}

/** Version 2 adds the tree before the segment, and the number of the last order. */
export interface HeaderLineV2 extends Omit<HeaderLineV1, 'v' | 'digest'> {
  readonly v: 2
  /** Hashes the records of this segment, and the nodes of the tree above them. */
  readonly digest: DigestName
  /** The Merkle tree of all records before `first`, as merkle.ts keeps it, each hash in base64. */
  readonly tree: readonly string[]
  /** Number of the last order on keeping and removing (order.ts) that stood in the directory. */
  readonly orders: number
}

/** First line of a segment, of either version. */
export type HeaderLine = HeaderLineV1 | HeaderLineV2

/** Last line of a segment that was closed in order. */
export interface SealLineV1 extends Signed {
  readonly v: 1
  readonly kind: 'seal'
  readonly chain: string
  readonly segment: number
  readonly records: number
  readonly last: number
  readonly hash: string
  readonly sealed: string
}

/** Version 2 adds the roots of the segment and of the log. */
export interface SealLineV2 extends Omit<SealLineV1, 'v'> {
  readonly v: 2
  /** Merkle root of the segment's own records, base64. */
  readonly root: string
  /** Merkle root of the whole chain up to `last`, base64. */
  readonly log: string
}

/** Last line of a segment closed in order, of either version. */
export type SealLine = SealLineV1 | SealLineV2

/** Why the chain stated how far it had come. */
export type HeadReason = 'start' | 'interval' | 'stop'

/** Version 1 of a checkpoint: a signed statement, outside the segments, that the chain had reached a record. */
export interface HeadLine extends Signed {
  readonly v: 1
  readonly kind: 'head'
  readonly chain: string
  /** 1, 2, 3 … without gaps. */
  readonly head: number
  readonly segment: number
  readonly seq: number
  readonly hash: string
  readonly time: string
  readonly reason: HeadReason
}

/** A checkpoint (checkpoint.ts) as a line of a file of heads; the note signs itself. */
export interface CheckpointLine {
  readonly v: 2
  readonly kind: 'checkpoint'
  readonly checkpoint: string
}

interface Order extends Signed {
  readonly v: 2
  readonly chain: string
  /** 1, 2, 3 … without gaps over all orders of the chain. */
  readonly order: number
  /** SHA-256, hex, of the order before, its line without line feed; `GENESIS` for the first. */
  readonly prev: string
  readonly time: string
  /** Who ordered it, and the second officer who agreed: never one alone. */
  readonly by: string
  readonly second: string
  readonly reason: string
}

/** Whole segments at the beginning of a chain were removed, their time being over (R809-29). */
export interface RemovalLine extends Order {
  readonly kind: 'removal'
  /** Number of the written decision (文号). */
  readonly document: string
  readonly years: number
  /** First and last segment removed, and first and last record in them. */
  readonly segments: readonly number[]
  readonly records: readonly number[]
  /** Hash of the last record removed, and the tree up to it. */
  readonly hash: string
  readonly tree: readonly string[]
  readonly digest: DigestName
  /** Of the earliest and of the latest record removed. */
  readonly times: readonly string[]
}

/** What a legal hold keeps: everything, or records of these times, or records about these subjects. */
export interface HoldScope {
  readonly from?: string
  readonly to?: string
  /** Pseudonyms (pseudonym.ts), under every key that was in use. */
  readonly subjects?: readonly string[]
}

/** Nothing that it touches is removed until it is released. */
export interface HoldLine extends Order {
  readonly kind: 'hold'
  readonly id: string
  readonly scope: HoldScope
}

/** The end of a legal hold. */
export interface ReleaseLine extends Order {
  readonly kind: 'release'
  readonly id: string
}

/** An order on keeping and removing. */
export type OrderLine = RemovalLine | HoldLine | ReleaseLine

/** Every line that carries a signature of its own. */
export type SignedLine = HeaderLine | SealLine | HeadLine | OrderLine

/** What may be a chain's ID. */
export const CHAIN_ID = /^[A-Za-z0-9._-]{1,64}$/
