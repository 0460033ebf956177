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

/** Texts of one generation, by number and by size. */
const MOST = 5_000
const MOST_BYTES = 32 * 1024 * 1024

/** About as many bytes as a syntax tree has for each character of its text, measured over the demonstration queries. */
const BYTES_PER_CHARACTER = 24

/** Known operations; those of a generation go with it. */
export function createKnownOperations(): KnownOperations {
  const generations = new WeakMap<Generation, LRUCache<string, PreparedOperation>>()
  return {
    find: (generation, asked) => generations.get(generation)?.get(keyOf(asked)),
    note(generation, asked, prepared) {
      const { split } = prepared
      if (asked.text === null || split.own !== null || split.introspection !== null) return
      const known = generations.get(generation) ?? new LRUCache({ max: MOST, maxSize: MOST_BYTES })
      generations.set(generation, known)
      known.set(keyOf(asked), prepared, { size: 1_000 + asked.text.length * BYTES_PER_CHARACTER })
    },
  }
}

/** A GraphQL name holds no line break. */
function keyOf({ text, operationName }: OperationText): string {
  return `${operationName ?? ''}\n${text ?? ''}`
}
