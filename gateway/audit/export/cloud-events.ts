import type { AuditRecord } from '../record.ts'
import { withoutPseudonyms } from './exported.ts'
import type { Exporter, ExportOptions } from './exported.ts'

/** CloudEvents 1.0 in the structured JSON form, one event a line (NDJSON). `source` and `id` name a record for ever. */
export function cloudEvents({ subjects }: ExportOptions): Exporter {
  return {
    head: '',
    write: ({ record }) =>
      `${JSON.stringify({
        specversion: '1.0',
        id: String(record.seq),
        source: `urn:gongxiang:audit:${record.chain}`,
        type: `gongxiang.audit.${record.method}.v${record.v}`,
        subject: record.receipt,
        time: record.time,
        datacontenttype: 'application/json',
        dataschema: dataSchema(record, subjects),
        data: subjects ? record : withoutPseudonyms(record),
      })}\n`,
  }
}

/** The record's specification; without pseudonyms it is a form of its own, which nobody can hash again. */
function dataSchema({ v }: AuditRecord, subjects: boolean): string {
  return `urn:gongxiang:schema:audit-record:v${v}${subjects ? '' : ':without-pseudonyms'}`
}
