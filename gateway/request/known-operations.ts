import { LRUCache } from 'lru-cache'
import type { Generation } from '../compile/generation.ts'
import type { PreparedOperation } from './prepare-operation.ts'

/** What a request says of its operation: the text to the letter, and which operation of it. */
export interface OperationText {
  /** Null where the text is not at hand. */
  readonly text: string | null
  readonly operationName: string | null
}

/** Operations that were parsed, validated and read before, by generation: the same text need not be again. */
export interface KnownOperations {
  find(generation: Generation, asked: OperationText): PreparedOperation | undefined
  /** Remembers an operation that only asks departments; others are the front's every time. */
  note(generation: Generation, asked: OperationText, prepared: PreparedOperation): void
}

/** How many texts of one generation are known, and bytes that they may take. */
export interface KnownBounds {
  readonly most: number
  readonly bytes: number
}

const BOUNDS: KnownBounds = { most: 5_000, bytes: 32 * 1024 * 1024 }

/**
 * About as many bytes as each token of a text holds: itself, and its part of the syntax tree as it was written and as it
 * was normalised. Measured between 110 and 490; a text that is all fields has most, and who writes one is no friend.
 */
const BYTES_PER_TOKEN = 450

/** What an operation holds beside. */
const BYTES = 1_000

/** Known operations; those of a generation go with it. */
export function createKnownOperations({ most, bytes }: KnownBounds = BOUNDS): KnownOperations {
  const generations = new WeakMap<Generation, LRUCache<string, PreparedOperation>>()
  return {
    find: (generation, asked) => generations.get(generation)?.get(keyOf(asked)),
    note(generation, asked, prepared) {
      const { split } = prepared
      if (asked.text === null || split.own !== null || split.introspection !== null) return
      const known = generations.get(generation) ?? new LRUCache({ max: most, maxSize: bytes })
      generations.set(generation, known)
      const size = BYTES + 2 * asked.text.length + prepared.tokens * BYTES_PER_TOKEN
      known.set(keyOf(asked), prepared, { size })
    },
  }
}

/** The name's length comes first: a request states it, and may state anything, a part of a text as well. */
function keyOf({ text, operationName }: OperationText): string {
  const name = operationName ?? ''
  return `${name.length} ${name}${text ?? ''}`
}
