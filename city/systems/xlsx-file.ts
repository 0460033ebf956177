import { columnName } from '../../subgraphs/kit/xlsx/column.ts'
import { writeZip, zipPart } from './zip-file.ts'
import type { ZipPart } from './zip-file.ts'

/** A cell as a clerk's workbook has it: a text, a figure, a day, a formula with the value it had last, or nothing. */
export type SheetValue =
  | string
  | number
  | null
  | { readonly day: string }
  | { readonly formula: string; readonly value: string | number | null }

/** A sheet, being written row by row. */
export interface SheetWriter {
  add(cells: readonly SheetValue[]): void
}

/** How a sheet begins. */
export interface SheetOptions {
  readonly name: string
  readonly hidden?: boolean
  /** Ranges such as `A1:B1`. */
  readonly merges?: readonly string[]
}

/** A workbook, being written. */
export interface WorkbookWriter {
  sheet(options: SheetOptions): SheetWriter
  /** Writes the file. */
  finish(): void
}

const OFFICE = 'http://schemas.openxmlformats.org'
const MAIN = `${OFFICE}/spreadsheetml/2006/main`
const RELATIONS = `${OFFICE}/officeDocument/2006/relationships`
const PROLOGUE = '<?xml version="1.0" encoding="UTF-8" standalone="yes"?>\n'
/** Texts that are written once however often they stand in a sheet; more of them would only fill memory. */
const MOST_SHARED = 10_000
const DAY = 86_400_000

/** Begins a workbook at a path. `from1904` counts days as old Macintosh workbooks do. */
export function newWorkbook(path: string, { from1904 = false } = {}): WorkbookWriter {
  const strings = sharedStrings()
  const sheets: { readonly options: SheetOptions; readonly part: ZipPart }[] = []
  return {
    sheet(options) {
      const part = zipPart(`xl/worksheets/sheet${sheets.length + 1}.xml`)
      sheets.push({ options, part })
      part.add(`${PROLOGUE}<worksheet xmlns="${MAIN}"><sheetData>`)
      let row = 0
      return {
        add(cells) {
          row += 1
          const written = cells.map((value, at) =>
            cellXml(`${columnName(at)}${row}`, value, (text) => strings.indexOf(text), from1904),
          )
          part.add(`<row r="${row}">${written.join('')}</row>`)
        },
      }
    },
    finish() {
      for (const { options, part } of sheets) part.add(`</sheetData>${mergesXml(options.merges ?? [])}</worksheet>`)
      const all = [
        ...frame(
          sheets.map(({ options }) => options),
          from1904,
        ),
        ...sheets.map(({ part }) => part),
      ]
      writeZip(path, [...all, strings.part()])
    },
  }
}

function sharedStrings() {
  const known = new Map<string, number>()
  const part = zipPart('xl/sharedStrings.xml')
  part.add(`${PROLOGUE}<sst xmlns="${MAIN}">`)
  let count = 0
  return {
    indexOf(text: string): number {
      const index = known.get(text)
      if (index !== undefined) return index
      part.add(`<si><t xml:space="preserve">${escaped(text)}</t></si>`)
      if (known.size < MOST_SHARED) known.set(text, count)
      count += 1
      return count - 1
    },
    part(): ZipPart {
      part.add('</sst>')
      return part
    },
  }
}

function cellXml(at: string, value: SheetValue, indexOf: (text: string) => number, from1904: boolean): string {
  if (value === null) return ''
  if (typeof value === 'string') return `<c r="${at}" t="s"><v>${indexOf(value)}</v></c>`
  if (typeof value === 'number') return `<c r="${at}"><v>${value}</v></c>`
  if ('day' in value) return `<c r="${at}" s="1"><v>${serialOf(value.day, from1904)}</v></c>`
  const kept = value.value === null ? '' : `<v>${escaped(String(value.value))}</v>`
  return `<c r="${at}"${typeof value.value === 'string' ? ' t="str"' : ''}><f>${escaped(value.formula)}</f>${kept}</c>`
}

/** Days since the day before the first one; those from 1900 on are one too many after February of that year. */
function serialOf(day: string, from1904: boolean): number {
  const days = (Date.parse(`${day}T00:00:00Z`) - Date.UTC(1899, 11, 30)) / DAY
  if (from1904) return days - 1462
  return days > 60 ? days : days - 1
}

function mergesXml(merges: readonly string[]): string {
  if (merges.length === 0) return ''
  return `<mergeCells count="${merges.length}">${merges.map((ref) => `<mergeCell ref="${ref}"/>`).join('')}</mergeCells>`
}

/** What stands around the sheets: the lists of parts, and two styles, the second of which is a date. */
function frame(sheets: readonly SheetOptions[], from1904: boolean): readonly ZipPart[] {
  const type = (part: string, kind: string): string =>
    `<Override PartName="/xl/${part}.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.${kind}+xml"/>`
  const relation = (id: string, kind: string, target: string): string =>
    `<Relationship Id="${id}" Type="${RELATIONS}/${kind}" Target="${target}"/>`
  const relations = `xmlns="${OFFICE}/package/2006/relationships"`
  const parts = sheets.map((_, at) => `worksheets/sheet${at + 1}`)
  const listed = sheets.map(
    ({ name, hidden = false }, at) =>
      `<sheet name="${escaped(name)}" sheetId="${at + 1}"${hidden ? ' state="hidden"' : ''} r:id="s${at + 1}"/>`,
  )
  return [
    whole(
      '[Content_Types].xml',
      `<Types xmlns="${OFFICE}/package/2006/content-types"><Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/><Default Extension="xml" ContentType="application/xml"/>${type('workbook', 'sheet.main')}${parts.map((part) => type(part, 'worksheet')).join('')}${type('styles', 'styles')}${type('sharedStrings', 'sharedStrings')}</Types>`,
    ),
    whole(
      '_rels/.rels',
      `<Relationships ${relations}>${relation('w', 'officeDocument', 'xl/workbook.xml')}</Relationships>`,
    ),
    whole(
      'xl/workbook.xml',
      `<workbook xmlns="${MAIN}" xmlns:r="${RELATIONS}">${from1904 ? '<workbookPr date1904="1"/>' : ''}<sheets>${listed.join('')}</sheets></workbook>`,
    ),
    whole(
      'xl/_rels/workbook.xml.rels',
      `<Relationships ${relations}>${parts.map((part, at) => relation(`s${at + 1}`, 'worksheet', `${part}.xml`)).join('')}${relation('t', 'styles', 'styles.xml')}${relation('x', 'sharedStrings', 'sharedStrings.xml')}</Relationships>`,
    ),
    whole(
      'xl/styles.xml',
      `<styleSheet xmlns="${MAIN}"><fonts count="1"><font/></fonts><fills count="1"><fill/></fills><borders count="1"><border/></borders><cellStyleXfs count="1"><xf/></cellStyleXfs><cellXfs count="2"><xf numFmtId="0"/><xf numFmtId="14" applyNumberFormat="1"/></cellXfs></styleSheet>`,
    ),
  ]
}

function whole(name: string, xml: string): ZipPart {
  const part = zipPart(name)
  part.add(PROLOGUE + xml)
  return part
}

const ENTITIES: Readonly<Record<string, string>> = { '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' }

/** XML text. What XML cannot hold, and carriage returns, which it would change, stand as `_x000D_`, as Excel has it. */
function escaped(text: string): string {
  return text
    .replaceAll(/_(?=x[0-9A-Fa-f]{4}_)/g, '_x005F_')
    .replaceAll(/[&<>"]/g, (character) => ENTITIES[character] ?? character)
    .replaceAll(
      // oxlint-disable-next-line no-control-regex -- these are what XML cannot hold
      /[\u0000-\u0008\u000B-\u001F\uFFFE\uFFFF]/g,
      (character) => `_x${character.charCodeAt(0).toString(16).padStart(4, '0').toUpperCase()}_`,
    )
}
