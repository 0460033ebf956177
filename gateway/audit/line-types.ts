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

/** First line of a segment. */
export interface HeaderLine {
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
  readonly key: string
  readonly signature: string
}

/** Last line of a segment that was closed in order. */
export interface SealLine {
  readonly v: 1
  readonly kind: 'seal'
  readonly chain: string
  readonly segment: number
  readonly records: number
  readonly last: number
  readonly hash: string
  readonly sealed: string
  readonly key: string
  readonly signature: string
}

/** A signed statement, outside the segments, that the chain had reached a record. */
export interface HeadLine {
  readonly v: 1
  readonly kind: 'head'
  readonly chain: string
  /** 1, 2, 3 … without gaps. */
  readonly head: number
  readonly segment: number
  readonly seq: number
  readonly hash: string
  readonly time: string
  readonly reason: 'start' | 'interval' | 'stop'
  readonly key: string
  readonly signature: string
}

export type SignedLine = HeaderLine | SealLine | HeadLine

/** What may be a chain's ID. */
export const CHAIN_ID = /^[A-Za-z0-9._-]{1,64}$/
