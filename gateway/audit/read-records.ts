import { segmentsIn } from './files.ts'
import type { AuditReader } from './files.ts'
import { RECORD_SHAPE } from './line-shapes.ts'
import type { AuditRecord } from './record.ts'
import { readLine, splitLines } from './read-line.ts'
import { misfit } from './shape.ts'

/**
 * The records of a log in order, each once: lines that a failed or interrupted segment left behind are passed over.
 * Reads what is there and proves nothing: `verifyAudit` does.
 */
export async function* readRecords(files: AuditReader): AsyncGenerator<AuditRecord> {
  const names = segmentsIn(await files.list()).map((segment) => segment.name)
  const firsts = await Promise.all(names.map((name) => firstNumber(files, name)))
  for (const [index, name] of names.entries()) {
    const end = firsts.slice(index + 1).find((first) => first !== null) ?? Infinity
    for (const raw of splitLines(await files.read(name))) {
      const line = readLine(raw)
      if (line.kind !== 'record' || !line.record.intact || line.record.seq >= end) continue
      const record: unknown = JSON.parse(Buffer.from(raw.bytes).toString('utf8'))
      if (isRecord(record)) yield record
    }
  }
}

async function firstNumber(files: AuditReader, name: string): Promise<number | null> {
  const raw = splitLines(await files.read(name, 4096))[0]
  const line = raw === undefined ? null : readLine(raw)
  return line?.kind === 'header' ? line.header.first : null
}

function isRecord(value: unknown): value is AuditRecord {
  return misfit(RECORD_SHAPE, value) === null
}
