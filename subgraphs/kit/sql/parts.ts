import { keyText, numbersOf, ownersOf, storedTypes, waysOf } from '../keys.ts'
import type { Lookup, Register, Row, SubjectKey } from '../register.ts'

type Keys = readonly SubjectKey[]

/** The keys of a lookup in parts, of which no statement has more parameters than the database takes. */
export function keysInParts({ register, keys }: Pick<Lookup, 'register' | 'keys'>, most: number): readonly Keys[] {
  if (keys.length <= 1 || parametersOf(register, keys) <= most) return [keys]
  const half = Math.ceil(keys.length / 2)
  return [keys.slice(0, half), keys.slice(half)].flatMap((part) => keysInParts({ register, keys: part }, most))
}

function parametersOf(register: Register, keys: Keys): number {
  return waysOf(register)
    .map((way) => numbersOf(way, keys).length + storedTypes(way.documentType, keys).length)
    .reduce((sum, count) => sum + count, 0)
}

/** Some of the keys of a lookup, and the rows that came back for these. */
export interface Part {
  readonly keys: Keys
  readonly rows: readonly Row[]
}

/**
 * Asks for keys in one go. Where the database says that its column cannot hold some of them, it is asked for halves,
 * until those are alone: nobody has them there, and they must not keep back what is known of the others.
 */
export async function partsOf(keys: Keys, ask: (keys: Keys) => Promise<readonly Row[]>): Promise<readonly Part[]> {
  try {
    return [{ keys, rows: await ask(keys) }]
  } catch (error) {
    if (!isForeignText(error)) throw error
    if (keys.length === 1) return [{ keys, rows: [] }]
    const half = Math.ceil(keys.length / 2)
    return [...(await partsOf(keys.slice(0, half), ask)), ...(await partsOf(keys.slice(half), ask))]
  }
}

/**
 * PostgreSQL: a text that is no number, a number too large, a character that its encoding has not. MySQL: a character
 * that the column's character set has not. SQL Server: a text that is no number (245, 8114), a number too large (244,
 * 248, 8115).
 */
const FOREIGN_TEXT = /^(?:22P02|22003|22P05|22021|ER_CANT_AGGREGATE_\w+|MSSQL_(?:24[458]|811[45]))$/

function isForeignText(error: unknown): boolean {
  return error instanceof Error && 'code' in error && FOREIGN_TEXT.test(String(error.code))
}

/**
 * The rows of all parts, each of them once: one that names subjects of several parts (a child with mother and father)
 * comes back in each of these, and is kept in the first.
 */
export function rowsOnce(register: Register, parts: readonly Part[]): readonly Row[] {
  if (parts.length === 1) return parts[0]?.rows ?? []
  const before = new Set<string>()
  return parts.flatMap(({ keys, rows }) => {
    const fresh = rows.filter((row) => !ownersOf(register, row).some((owner) => before.has(owner)))
    for (const key of keys) before.add(keyText(key))
    return fresh
  })
}
