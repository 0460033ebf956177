import type { Readable } from 'node:stream'
import { DropRefused } from '../drop/problem.ts'
import { columnAt, rowInSheet } from './column.ts'
import { notZip } from './parts.ts'

/** A range of cells that show the content of the first one; columns from 0, rows from 1. */
export interface Merge {
  readonly fromRow: number
  readonly toRow: number
  readonly fromColumn: number
  readonly toColumn: number
}

/** Characters of the list of merged cells at most; it stands behind the rows. */
const LONGEST_LIST = 4_000_000
/** Merged cells that touch the headings at most: each column of each row of headings is looked for in all of them. */
const MOST_MERGES = 2_000

/**
 * The merged cells of a sheet down to a row, which is that of the last heading. Throws `DropRefused`. Looks for their list alone: reading all of a large sheet as XML only for it would double
 * the time. Text of cells cannot hold the word, since its `<` is escaped there.
 */
export async function mergesOf(stream: Readable, last: number): Promise<readonly Merge[]> {
  const decoder = new TextDecoder()
  let [list, tail] = ['', '']
  try {
    const bytes: AsyncIterable<Uint8Array> = stream
    for await (const chunk of bytes) {
      const text = tail + decoder.decode(chunk, { stream: true })
      const at = list === '' ? text.search(/<(?:\w+:)?mergeCells[\s>]/) : 0
      if (at === -1) tail = text.slice(-40)
      else {
        list += text.slice(at)
        tail = ''
      }
      if (list.includes('mergeCells>') || list.length > LONGEST_LIST) break
    }
  } catch (error) {
    throw notZip(error)
  } finally {
    stream.destroy()
  }
  return mergesIn(list, last)
}

function mergesIn(list: string, last: number): readonly Merge[] {
  const merges: Merge[] = []
  // Not over the next tag: from each of many tags without an end, all of the list would be looked through.
  for (const found of list.matchAll(/<(?:\w+:)?mergeCell\s[^<>]*?ref="([A-Z]+)(\d+):([A-Z]+)(\d+)"/g)) {
    const [, left = '', top, right = '', bottom] = found
    const [fromRow, toRow] = [rowInSheet(Number(top)), rowInSheet(Number(bottom))]
    if (fromRow > last) continue
    if (merges.length >= MOST_MERGES) throw new DropRefused('TOO_LARGE')
    merges.push({ fromRow, toRow, fromColumn: columnAt(left), toColumn: columnAt(right) })
  }
  return merges
}

/** A row of headings: texts by column. */
interface HeadingRow {
  readonly row: number
  readonly texts: ReadonlyMap<number, string>
}

/** One heading for each column: those of the rows of headings, joined with `/`. A merged one is said once. */
export function joinedHeadings(
  head: readonly HeadingRow[],
  rows: readonly number[],
  merges: readonly Merge[],
): readonly string[] {
  const width = Math.max(0, ...head.flatMap(({ texts }) => [...texts.keys()].map((column) => column + 1)))
  const textAt = (row: number, column: number): string => head.find((one) => one.row === row)?.texts.get(column) ?? ''
  return Array.from({ length: width }, (_, column) => {
    const parts = rows.map((row) => {
      const merge = merges.find((one) => holds(one, row, column))
      if (merge === undefined) return textAt(row, column)
      return merge.fromRow === row ? textAt(row, merge.fromColumn) : ''
    })
    return parts.filter((part) => part !== '').join('/')
  })
}

function holds({ fromRow, toRow, fromColumn, toColumn }: Merge, row: number, column: number): boolean {
  return row >= fromRow && row <= toRow && column >= fromColumn && column <= toColumn
}
