import type { Language } from '../../vocabulary/codes.ts'
import { reportCsv } from './csv.ts'
import { reportPage } from './page.ts'
import type { IssuedReport } from './report.ts'
import { reportXlsx } from './xlsx.ts'

/** In which forms a report leaves. */
export const REPORT_FORMATS = ['html', 'json', 'csv', 'xlsx'] as const
/** Form that a report is written in. */
export type ReportFormat = (typeof REPORT_FORMATS)[number]

/** The bytes of a report. */
export async function writeReport(report: IssuedReport, format: ReportFormat, language: Language): Promise<Uint8Array> {
  switch (format) {
    case 'html':
      return Buffer.from(reportPage(report, language))
    case 'json':
      return Buffer.from(`${JSON.stringify(machineForm(report), null, 2)}\n`)
    case 'csv':
      return Buffer.from(reportCsv(report, language))
    case 'xlsx':
      return reportXlsx(report, language)
  }
}

function machineForm({ document, issue }: IssuedReport): object {
  const { reference, by, reason, at, city, regime } = issue
  return {
    kind: document.kind,
    report: { reference, by, reason, at: new Date(at).toISOString(), city: city.zh, regime },
    notes: document.notes.map(({ zh }) => zh),
    data: document.data,
  }
}
