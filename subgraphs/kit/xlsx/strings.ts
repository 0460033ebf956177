import type { DatabaseSync } from 'node:sqlite'
import { DropRefused } from '../drop/problem.ts'
import type { WorkFolder } from '../drop/work.ts'
import { pacer } from '../drop/pace.ts'
import type { Parts } from './parts.ts'
import { readXml } from './xml.ts'

/** Texts that stay in memory, the first ones: those that many rows share come early. */
const KEPT = 20_000
/** Their characters together. */
const KEPT_CHARACTERS = 8_000_000
/** Characters of a cell; Excel has no longer ones. */
const LONGEST_TEXT = 32_767
/** As which one character can stand there: `_x000D_`. */
const LONGEST_ESCAPE = 7

/** The texts that the cells of a workbook refer to by number. */
export interface SharedStrings {
  /** Throws `DropRefused` for a number that has no text. */
  at(index: number): string
  close(): void
}

/** A text and what comes behind it; throws `TOO_LARGE` as soon as it can be none of a cell. */
export function grownText(text: string, found: string): string {
  if (text.length + found.length > LONGEST_TEXT * LONGEST_ESCAPE) throw new DropRefused('TOO_LARGE')
  return text + found
}

/** A text that has been read to its end; throws `TOO_LARGE` where no cell could hold it. */
export function wholeText(text: string): string {
  const long = text.length > LONGEST_TEXT && text.replaceAll(/_x[0-9A-Fa-f]{4}_/g, ' ').length > LONGEST_TEXT
  if (long) throw new DropRefused('TOO_LARGE')
  return text
}

/** Reads them; whatever their number, few are in memory. */
export async function readStrings(parts: Parts, path: string | null, work: WorkFolder): Promise<SharedStrings> {
  const kept: string[] = []
  const more: { spill: Spill | null } = { spill: null }
  let characters = 0
  const add = (text: string): void => {
    characters += text.length
    if (kept.length < KEPT && characters <= KEPT_CHARACTERS) kept.push(text)
    else (more.spill ??= openSpill(work)).add(text)
  }
  const pace = pacer()
  try {
    if (path !== null) for await (const _ of readXml(await parts.open(path), collector('si', add))) await pace()
  } catch (error) {
    more.spill?.close()
    throw error
  }
  return {
    at(index) {
      const text = kept[index] ?? more.spill?.at(index - kept.length)
      if (text === undefined) throw new DropRefused('NOT_XLSX')
      return text
    },
    close: () => more.spill?.close(),
  }
}

/** Gathers the text inside of one element: its runs, without the reading aids of East Asian scripts. */
function collector(element: string, done: (text: string) => void) {
  let [text, inText, aids]: [string, boolean, number] = ['', false, 0]
  return {
    open(name: string): void {
      if (name === element) text = ''
      else if (name === 'rPh') aids += 1
      inText = name === 't' && aids === 0
    },
    text(found: string): void {
      if (inText) text = grownText(text, found)
    },
    close(name: string): void {
      inText = false
      if (name === 'rPh') aids -= 1
      if (name === element) done(wholeText(text))
    },
  }
}

interface Spill {
  add(text: string): void
  at(index: number): string | undefined
  close(): void
}

function openSpill(work: WorkFolder): Spill {
  const database: DatabaseSync = work.newDatabase([
    'create table strings (id integer primary key, value text not null)',
  ])
  const put = database.prepare('insert into strings values (?, ?)')
  const get = database.prepare('select value from strings where id = ?')
  let count = 0
  database.exec('begin')
  return {
    add(text) {
      put.run(count, text)
      count += 1
    },
    at(index) {
      const value = get.get(index)?.['value']
      return typeof value === 'string' ? value : undefined
    },
    close: () => database.close(),
  }
}
