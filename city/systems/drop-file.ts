import { createHash } from 'node:crypto'
import { closeSync, mkdirSync, openSync, readFileSync, writeFileSync, writeSync } from 'node:fs'
import { basename, dirname } from 'node:path'
import iconv from 'iconv-lite'

/** A CSV file with CRLF, being written. */
export interface CsvFile {
  add(rows: readonly (readonly string[])[]): void
  /** Closes it, and gives its rows without the headings and its checksum. */
  finish(): { readonly rows: number; readonly sha256: string }
}

/** Begins a CSV file. `utf-8-bom` begins with the mark by which spreadsheets know UTF-8. */
export function newCsv(
  path: string,
  encoding: 'utf-8' | 'utf-8-bom' | 'gbk' | 'gb18030',
  headings: readonly string[],
): CsvFile {
  mkdirSync(dirname(path), { recursive: true })
  const file = openSync(path, 'w')
  const hash = createHash('sha256')
  const put = (text: string): void => {
    const bytes = iconv.encode(text, encoding.replace('-bom', ''))
    hash.update(bytes)
    writeSync(file, bytes)
  }
  put(`${encoding === 'utf-8-bom' ? '\uFEFF' : ''}${line(headings)}`)
  let count = 0
  return {
    add(rows) {
      count += rows.length
      if (rows.length > 0) put(rows.map(line).join(''))
    },
    finish() {
      closeSync(file)
      return { rows: count, sha256: hash.digest('hex') }
    },
  }
}

function line(cells: readonly string[]): string {
  return `${cells.map(cell).join(',')}\r\n`
}

/** RFC 4180. */
function cell(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text
}

/** What a manifest says beside the name of the file and its version, which are in the file's name. */
export interface ManifestFacts {
  readonly dataDate: string
  readonly rows: number | Readonly<Record<string, number>>
  readonly sha256: string
  readonly encoding?: string
}

/** Path of the manifest of a file. */
export function manifestOf(path: string): string {
  return path.replace(/\.\w+$/, '.manifest.json')
}

/** Writes the manifest of a file `<prefix>_<version>.<ending>`, beside it and last. */
export function writeManifest(path: string, facts: ManifestFacts): void {
  const file = basename(path)
  const version = file.replace(/^.*_/, '').replace(/\.\w+$/, '')
  writeFileSync(manifestOf(path), `${JSON.stringify({ version, file, ...facts }, null, 2)}\n`)
}

/** Writes the checksum of a file beside it, as `sha256sum` does, and gives it. */
export function writeSum(path: string): void {
  writeFileSync(`${path}.sha256`, `${sumOf(path)}  ${basename(path)}\n`)
}

/** The checksum of a file that is written. */
export function sumOf(path: string): string {
  return createHash('sha256').update(readFileSync(path)).digest('hex')
}
