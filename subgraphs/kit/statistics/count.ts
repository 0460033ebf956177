import { createHash } from 'node:crypto'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { read } from '../decode.ts'
import type { CountedGroup, FieldSource, Row } from '../register.ts'
import { keyOf } from './table.ts'
import type { Cell } from './table.ts'

/** Groups of a source between two turns of the event loop. */
const SLICE = 1000

/** The cells of a table, and one text for equal ones. */
export interface Counted {
  readonly cells: readonly Cell[]
  readonly digest: string
}

/**
 * Reads the groups of a source. Several codes of it may mean one value: they are one group. One that counts nobody is
 * none, whether or not the source lists it.
 *
 * @param sources of the dimensions, in their order
 * @yields where others should have a turn
 */
export function* counted(groups: readonly CountedGroup[], sources: readonly FieldSource[]): Generator<void, Counted> {
  const cells = new Map<string, Cell>()
  const hash = createHash('sha256')
  for (let from = 0; from < groups.length; from += SLICE) {
    if (from > 0) yield
    const seen: string[] = []
    for (const { row, count } of groups.slice(from, from + SLICE).filter((one) => one.count > 0)) {
      const values = sources.map((source) => valueOf(source, row))
      const key = keyOf(values)
      cells.set(key, { values, count: count + (cells.get(key)?.count ?? 0) })
      seen.push(`${key}${count}\n`)
    }
    hash.update(seen.join(''))
  }
  return { cells: [...cells.values()], digest: hash.digest('base64') }
}

/** What cannot be read is unknown: one wrong code must not keep a whole city from being counted. */
function valueOf(source: FieldSource, row: Row): string | null {
  try {
    const value = read(source, row)
    return typeof value === 'string' ? value : null
  } catch (error) {
    if (error instanceof Failure) return null
    throw error
  }
}
