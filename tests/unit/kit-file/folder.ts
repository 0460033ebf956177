import { createHash } from 'node:crypto'
import { mkdir, mkdtemp, readdir, readFile, rm, utimes, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { residentNumber } from '../../../city/identity.ts'
import { newWorkbook } from '../../../city/systems/xlsx-file.ts'
import type { SheetOptions, SheetValue } from '../../../city/systems/xlsx-file.ts'
import { writeZip, zipPart } from '../../../city/systems/zip-file.ts'
import { code, date, standardCode, text } from '../../../subgraphs/kit/decode.ts'
import { acceptances, fileSource, rejections } from '../../../subgraphs/kit/drop/file.ts'
import type { Acceptance, FileDropSource, FileSource, Rejection } from '../../../subgraphs/kit/drop/file.ts'
import type { Register, SubjectKey } from '../../../subgraphs/kit/register.ts'

/** Somebody who cannot exist, and the same person's number of before 1999. */
export const NUMBER = residentNumber('442090', '1985-06-15', 28)
export const OLD_NUMBER = '442090850615028'
export const KEY: SubjectKey = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: NUMBER }

const KINDS = { 居民身份证: 'RESIDENT_ID', 护照: 'PASSPORT' } as const

/** A register of permits: a name, a date, a division, and what is about nobody else. */
export const permits: Register = {
  type: 'Permit',
  at: 'xkz',
  rows: 'ONE',
  key: { documentType: { kind: 'COLUMN', column: '证件类型', codes: KINDS }, number: '证件号码', oldNumbers: true },
  fields: {
    name: text('姓名'),
    kind: code('证件类型', KINDS),
    issued: date('发证日期'),
    division: standardCode('区划', /^\d{6}$/),
  },
}
/** The same with several rows a person, told apart by a number. */
export const awards: Register = { ...permits, type: 'Award', at: 'hj', rows: 'MANY' }

export const HEADINGS = ['姓名', '证件类型', '证件号码', '发证日期', '区划', '联系电话'] as const
/** A good row, by heading. */
export const GOOD = {
  姓名: '司马𫖯',
  证件类型: '居民身份证',
  证件号码: NUMBER,
  发证日期: '2021年4月12日',
  区划: '442000',
  联系电话: '10000000001',
} as const
type Heading = keyof typeof GOOD

/** A row with some cells changed, in the order of the headings. */
export function row<Value>(changes: Partial<Record<Heading, Value>> = {}): (Value | string)[] {
  return HEADINGS.map((heading) => changes[heading] ?? GOOD[heading])
}

/** CSV text as RFC 4180 has it. */
export function csv(rows: readonly (readonly string[])[], lineEnd = '\r\n'): string {
  const cell = (value: string): string => (/[",\r\n]/.test(value) ? `"${value.replaceAll('"', '""')}"` : value)
  return rows.map((cells) => `${cells.map(cell).join(',')}${lineEnd}`).join('')
}

/** A sheet and its rows. */
export type SheetRows = SheetOptions & { readonly rows: readonly (readonly SheetValue[])[] }

/** A drop folder, its work folder, and what is told of it. */
export interface TestFolder {
  readonly folder: string
  readonly work: string
  readonly rejected: Rejection[]
  readonly accepted: Acceptance[]
  open(options?: Partial<FileSource>): Promise<FileDropSource>
  /** Writes a file and its manifest, with what is changed in it; `rows` as given or those without the headings. */
  drop(name: string, content: Buffer, manifest: Record<string, unknown>): Promise<void>
  dropCsv(
    version: string,
    rows: readonly (readonly string[])[],
    manifest?: Record<string, unknown>,
    encoding?: string,
  ): Promise<void>
  dropXlsx(
    version: string,
    sheets: readonly SheetRows[],
    manifest?: Record<string, unknown>,
    options?: { readonly from1904?: boolean },
  ): Promise<void>
  /** A file as it is, with whatever stands beside it. */
  write(name: string, content: Buffer | string, aged?: number): Promise<void>
  /** The only report there is. */
  report(): Promise<string>
  close(): Promise<void>
}

export function sha256(content: Buffer | string): string {
  return createHash('sha256').update(content).digest('hex')
}

/** A new one in a temporary folder. */
export async function testFolder(): Promise<TestFolder> {
  const root = await mkdtemp(join(tmpdir(), 'gx-drop-test-'))
  const [folder, work] = [join(root, 'drop'), join(root, 'work')]
  await mkdir(folder)
  const rejected: Rejection[] = []
  const accepted: Acceptance[] = []
  const onRejection = (event: unknown): void => void rejected.push(event as Rejection)
  const onAcceptance = (event: unknown): void => void accepted.push(event as Acceptance)
  rejections.subscribe(onRejection)
  acceptances.subscribe(onAcceptance)
  const sources: FileDropSource[] = []
  const test: TestFolder = {
    folder,
    work,
    rejected,
    accepted,
    async open(options = {}) {
      const source = await fileSource({ folder, workDirectory: work, registers: [permits], pollEvery: 1e9, ...options })
      sources.push(source)
      return source
    },
    async drop(name, content, manifest) {
      await writeFile(join(folder, name), content)
      const version = name.replace(/^.*_/, '').replace(/\.\w+$/, '')
      const told = { version, file: name, dataDate: isoDate(version), sha256: sha256(content), ...manifest }
      await writeFile(join(folder, name.replace(/\.\w+$/, '.manifest.json')), JSON.stringify(told))
    },
    async dropCsv(version, rows, manifest = {}, encoding = 'gb18030') {
      const content = iconv.encode(csv(rows), encoding.replace('-bom', ''), { addBOM: encoding.endsWith('-bom') })
      await test.drop(`xkz_${version}.csv`, content, { rows: rows.length - 1, ...manifest })
    },
    async dropXlsx(version, sheets, manifest = {}, options = {}) {
      const name = `xkz_${version}.xlsx`
      const rows = sheets.reduce((sum, sheet) => sum + sheet.rows.length - 1, 0)
      await test.drop(name, await workbook(join(root, name), sheets, options), { rows, ...manifest })
    },
    async write(name, content, aged = 0) {
      await writeFile(join(folder, name), content)
      const at = new Date(Date.now() - aged)
      await utimes(join(folder, name), at, at)
    },
    async report() {
      const names = await readdir(join(work, 'quarantine'))
      if (names.length !== 1) throw new Error(`${names.length} reports`)
      return readFile(join(work, 'quarantine', names[0] ?? ''), 'utf8')
    },
    async close() {
      rejections.unsubscribe(onRejection)
      acceptances.unsubscribe(onAcceptance)
      for (const source of sources) await source.close()
      await rm(root, { recursive: true, force: true })
    },
  }
  return test
}

function isoDate(version: string): string {
  return version.replace(/^(\d{4})(\d{2})(\d{2}).*$/, '$1-$2-$3')
}

/** The bytes of a workbook. */
async function workbook(
  path: string,
  sheets: readonly SheetRows[],
  options: { readonly from1904?: boolean } = {},
): Promise<Buffer> {
  const book = newWorkbook(path, options)
  for (const { rows, ...about } of sheets) {
    const sheet = book.sheet(about)
    for (const cells of rows) sheet.add(cells)
  }
  book.finish()
  return readFile(path)
}

/** The bytes of a workbook of one sheet, whose rows are given as they are, and shared strings, if there are any. */
export async function rawWorkbook({ work }: TestFolder, sheet: string, strings?: string): Promise<Buffer> {
  const main = 'http://schemas.openxmlformats.org/spreadsheetml/2006/main'
  const relations = 'http://schemas.openxmlformats.org/officeDocument/2006/relationships'
  const to = (id: string, kind: string, target: string): string =>
    `<Relationship Id="${id}" Type="${relations}/${kind}" Target="${target}"/>`
  const list = (...all: readonly string[]): string =>
    `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">${all.join('')}</Relationships>`
  const shared = strings === undefined ? [] : [to('t', 'sharedStrings', 'sharedStrings.xml')]
  const parts: Readonly<Record<string, string>> = {
    '_rels/.rels': list(to('w', 'officeDocument', '/xl/workbook.xml')),
    'xl/workbook.xml': `<x:workbook xmlns:x="${main}" xmlns:r="${relations}"><x:sheets><x:sheet name="表" sheetId="1" r:id="s"/></x:sheets></x:workbook>`,
    'xl/_rels/workbook.xml.rels': list(to('s', 'worksheet', 'worksheets/sheet1.xml'), ...shared),
    'xl/worksheets/sheet1.xml': `<worksheet xmlns="${main}">${sheet}</worksheet>`,
    ...(strings === undefined ? {} : { 'xl/sharedStrings.xml': `<sst xmlns="${main}">${strings}</sst>` }),
  }
  const path = join(work, '..', 'made.xlsx')
  const zipped = Object.entries(parts).map(([name, xml]) => {
    const part = zipPart(name)
    part.add(xml)
    return part
  })
  writeZip(path, zipped)
  return readFile(path)
}

/** The asked columns of the person of `KEY`. */
export async function ask(source: FileDropSource, columns: readonly string[] = ['姓名'], register = permits) {
  return source.fetch({ register, columns, keys: [KEY], signal: undefined })
}
