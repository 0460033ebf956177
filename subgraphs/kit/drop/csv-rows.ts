import type { FileHandle } from 'node:fs/promises'
import { Readable } from 'node:stream'
import { CsvError, parse } from 'csv-parse'
import { texts } from './csv-encoding.ts'
import type { TextEncoding } from './csv-encoding.ts'
import { DropRefused } from './problem.ts'
import { plainHeading } from './rows.ts'
import type { RawRow, RawTable } from './rows.ts'

/** Rows that are handed on together. */
const BATCH = 200
/** Characters of a row at most: an open quote must not swallow the file. */
const LONGEST_ROW = 1_000_000
/** All of them: a file that was put together of others may have several. */
const LINE_ENDS = ['\r\n', '\n', '\r']

/** Opens a CSV file, as RFC 4180 has it, after as many rows of titles. */
export async function openCsv(handle: FileHandle, encoding: TextEncoding, titleRows = 0): Promise<RawTable> {
  const records = recordsOf(handle, encoding)
  let head = await records.next()
  while (head.done !== true && head.value.row <= titleRows) head = await records.next()
  const headings = head.done === true ? [] : head.value.cells.map(plainHeading)
  return {
    headings,
    rows: (columns) => rowsOf(records, headings.length, columns),
    close: async () => void (await records.return()),
  }
}

interface CsvRecord {
  readonly row: number
  readonly cells: readonly string[]
}

/** Records that hold anything: spreadsheets leave lines of commas behind. */
async function* recordsOf(handle: FileHandle, encoding: TextEncoding): AsyncGenerator<CsvRecord, void, undefined> {
  // The number of cells is judged here, so that every torn row is told and not the first alone.
  const parser = parse({ relax_column_count: true, max_record_size: LONGEST_ROW, record_delimiter: LINE_ENDS })
  const reading = Readable.from(texts(handle, encoding), { objectMode: true })
  reading.on('error', (error) => parser.destroy(error))
  reading.pipe(parser)
  let row = 0
  try {
    const records: AsyncIterable<unknown> = parser
    for await (const record of records) {
      row += 1
      if (isTexts(record) && record.some((cell) => cell.trim() !== '')) yield { row, cells: record }
    }
  } catch (error) {
    throw refusal(error, row + 1)
  } finally {
    reading.destroy()
    parser.destroy()
  }
}

function refusal(error: unknown, row: number): unknown {
  if (!(error instanceof CsvError)) return error
  return new DropRefused(error.code === 'CSV_MAX_RECORD_SIZE' ? 'TOO_LARGE' : 'NOT_CSV', { row })
}

function isTexts(record: unknown): record is readonly string[] {
  return Array.isArray(record) && record.every((cell) => typeof cell === 'string')
}

async function* rowsOf(
  records: AsyncGenerator<CsvRecord, void, undefined>,
  width: number,
  columns: readonly number[],
): AsyncGenerator<readonly RawRow[], void, undefined> {
  let batch: RawRow[] = []
  for await (const { row, cells } of records) {
    const whole = cells.length === width
    batch.push({ row, cells: columns.map((at) => cells[at] ?? ''), fault: whole ? null : 'TORN' })
    if (batch.length < BATCH) continue
    yield batch
    batch = []
  }
  if (batch.length > 0) yield batch
}
