import { Kind } from 'graphql'
import type { ValueNode } from 'graphql'
import { LRUCache } from 'lru-cache'
import type { Generation } from '../compile/generation.ts'
import type { Binding } from '../compile/normalise.ts'
import type { PreparedOperation } from './prepare-operation.ts'

/** What a request says of its operation: the text to the letter, and which operation of it. */
export interface OperationText {
  /** Who says it: that one department sent a text is nothing that another should notice by how soon it is answered. */
  readonly department: string
  /** Null where the text is not at hand. */
  readonly text: string | null
  readonly operationName: string | null
}

/** Operations that were parsed, validated and read before, by generation: the same text need not be again. */
export interface KnownOperations {
  find(generation: Generation, asked: OperationText): PreparedOperation | undefined
  /**
   * Remembers an operation that only asks departments; others are the front's every time. So are texts with a value in
   * them: a number must not lie about here (wall 12).
   */
  note(generation: Generation, asked: OperationText, prepared: PreparedOperation): void
}

/** How many texts of one generation are known, and bytes that they may take. */
export interface KnownBounds {
  readonly most: number
  readonly bytes: number
}

const BOUNDS: KnownBounds = { most: 5_000, bytes: 32 * 1024 * 1024 }

/**
 * About as many bytes as each token of a text holds: its part of the syntax tree as it was written and as it was
 * normalised, both without places. Measured in a running gateway, over documents that are nearly all fields.
 */
const BYTES_PER_TOKEN = 250

/** What an operation holds beside. */
const BYTES = 1_000

/** Known operations; those of a generation go with it. */
export function createKnownOperations({ most, bytes }: KnownBounds = BOUNDS): KnownOperations {
  const generations = new WeakMap<Generation, LRUCache<string, PreparedOperation>>()
  return {
    find: (generation, asked) => generations.get(generation)?.get(keyOf(asked)),
    note(generation, asked, prepared) {
      const { split, normalised } = prepared
      if (asked.text === null || split.own !== null || split.introspection !== null) return
      if (!normalised.bindings.every(holdsNoData)) return
      const known = generations.get(generation) ?? new LRUCache({ max: most, maxSize: bytes })
      generations.set(generation, known)
      const size = BYTES + 2 * asked.text.length + prepared.tokens * BYTES_PER_TOKEN
      known.set(keyOf(asked), prepared, { size })
    },
  }
}

function holdsNoData(binding: Binding): boolean {
  const value = binding.kind === 'literal' ? binding.value : binding.definition.defaultValue
  return value === undefined || isPlain(value)
}

/** Whether a literal can be no part of anybody's data. */
function isPlain(value: ValueNode): boolean {
  switch (value.kind) {
    case Kind.ENUM:
    case Kind.BOOLEAN:
    case Kind.NULL:
      return true
    case Kind.INT:
      return value.value.length <= LONGEST_NUMBER
    case Kind.LIST:
      return value.values.every(isPlain)
    case Kind.OBJECT:
      return value.fields.every((field) => isPlain(field.value))
    case Kind.STRING:
    case Kind.FLOAT:
    case Kind.VARIABLE:
      return false
  }
}

/** Digits: the size of a page is shorter, whatever names somebody is longer. */
const LONGEST_NUMBER = 4

/** Lengths come first: a request states a name, and may state anything, a part of a text as well. */
function keyOf({ department, text, operationName }: OperationText): string {
  const name = operationName ?? ''
  return `${department.length} ${name.length} ${department}${name}${text ?? ''}`
}
