import { posix } from 'node:path'
import { DropRefused } from '../drop/problem.ts'
import type { Parts } from './parts.ts'
import { readWholeXml } from './xml.ts'

/** A sheet of a workbook. */
export interface Sheet {
  readonly name: string
  readonly hidden: boolean
  /** Path of its part. */
  readonly path: string
}

/** What the sheets of a workbook have in common. */
export interface Workbook {
  readonly sheets: readonly Sheet[]
  /** Whether days are counted from 1904 on and not from 1900. */
  readonly from1904: boolean
  /** Style of a cell → whether its figure is a date. */
  readonly dated: readonly boolean[]
  /** Path of the texts that cells refer to; null where there are none. */
  readonly strings: string | null
}

interface Relation {
  /** Last word of its kind, e.g. `worksheet`. */
  readonly kind: string
  readonly path: string
}

/** Reads the table of contents of a workbook. Throws `DropRefused`. */
export async function readWorkbook(parts: Parts): Promise<Workbook> {
  const roots = await relations(parts, '')
  const path = [...roots.values()].find(({ kind }) => kind === 'officeDocument')?.path
  if (path === undefined) throw new DropRefused('NOT_XLSX')
  const related = await relations(parts, path)
  const named: { name: string; hidden: boolean; id: string }[] = []
  let from1904 = false
  await readWholeXml(await parts.open(path), {
    open(tag, attributes) {
      if (tag === 'workbookPr') from1904 = isTrue(attributes['date1904'])
      if (tag !== 'sheet') return
      const { name = '', state = 'visible' } = attributes
      named.push({ name, hidden: state !== 'visible', id: attributes['r:id'] ?? idOf(attributes) })
    },
  })
  const of = (kind: string): string | null => [...related.values()].find((one) => one.kind === kind)?.path ?? null
  const styles = of('styles')
  return {
    sheets: named.flatMap(({ id, ...sheet }) => {
      const one = related.get(id)
      // Charts and dialogs are sheets as well, and have no rows.
      return one?.kind === 'worksheet' ? [{ ...sheet, path: one.path }] : []
    }),
    from1904,
    dated: styles === null ? [] : await readStyles(parts, styles),
    strings: of('sharedStrings'),
  }
}

/** The relation's id, whatever the prefix of its namespace. */
function idOf(attributes: Readonly<Record<string, string>>): string {
  return Object.entries(attributes).find(([name]) => name.endsWith(':id'))?.[1] ?? ''
}

function isTrue(value: string | undefined): boolean {
  return value === '1' || value === 'true'
}

/** Id → where a part leads to. */
async function relations(parts: Parts, path: string): Promise<ReadonlyMap<string, Relation>> {
  const folder = posix.dirname(path)
  const list = posix.join(folder, '_rels', `${posix.basename(path)}.rels`)
  const found = new Map<string, Relation>()
  if (!parts.has(list)) throw new DropRefused('NOT_XLSX')
  await readWholeXml(await parts.open(list), {
    open(tag, { Id: id = '', Type: type = '', Target: target = '', TargetMode: mode }) {
      // What lies outside of the workbook is never followed.
      if (tag !== 'Relationship' || mode === 'External') return
      const to = target.startsWith('/') ? target.slice(1) : posix.join(folder, target)
      found.set(id, { kind: type.slice(type.lastIndexOf('/') + 1), path: to })
    },
  })
  return found
}

/** Formats of dates that every workbook knows; those of 27–36 and 50–58 are Chinese ones. */
const DATE_FORMATS: readonly (readonly [number, number])[] = [
  [14, 17],
  [22, 22],
  [27, 31],
  [36, 36],
  [50, 54],
  [57, 58],
]

async function readStyles(parts: Parts, path: string): Promise<readonly boolean[]> {
  const custom = new Map<number, boolean>()
  const dated: boolean[] = []
  let inCells = false
  await readWholeXml(await parts.open(path), {
    open(tag, attributes) {
      if (tag === 'cellXfs') inCells = true
      const format = Number(attributes['numFmtId'])
      if (tag === 'numFmt') custom.set(format, isDateFormat(attributes['formatCode'] ?? ''))
      if (tag === 'xf' && inCells) dated.push(custom.get(format) ?? isKnownDate(format))
    },
    close(tag) {
      if (tag === 'cellXfs') inCells = false
    },
  })
  return dated
}

function isKnownDate(format: number): boolean {
  return DATE_FORMATS.some(([from, to]) => format >= from && format <= to)
}

/** A format with a day or a year outside of quoted text, brackets and escapes; a time alone is no date. */
export function isDateFormat(code: string): boolean {
  const plain = code.replaceAll(/"[^"]*"|\[[^\]]*\]|\\.|_.|\*./g, '').split(';')[0] ?? ''
  return /[yd]/i.test(plain) && !/general/i.test(plain)
}
