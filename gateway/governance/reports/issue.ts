import { createHash } from 'node:crypto'
import type { Language, Text } from '../../vocabulary/codes.ts'
import type { Ids } from '../../vocabulary/ports.ts'
import type { GovernanceStore } from '../store/store.ts'
import { noteReport } from './journal.ts'
import type { JournalSigner } from './journal.ts'
import type { ReportDocument } from './report.ts'
import { writeReport } from './write.ts'
import type { ReportFormat } from './write.ts'

/** Who has a report made, and in which form. */
export interface IssueOrder {
  /** Staff number. */
  readonly by: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Pseudonym of the person, or code of the department; null for the whole city. */
  readonly subject: string | null
  readonly format: ReportFormat
  readonly language: Language
  readonly city: Text
  readonly regime: string
}

/** A report that may leave: its line stands in the journal. */
export interface Issued {
  readonly reference: string
  /** Its number in the journal. */
  readonly number: number
  readonly bytes: Uint8Array
}

interface Desk {
  readonly store: Pick<GovernanceStore, 'db' | 'kind'>
  readonly signer: JournalSigner
  readonly ids: Pick<Ids, 'receipt'>
}

/** Writes a report out and notes it in the journal. Rejects where it cannot be noted: then no report leaves. */
export async function issueReport(
  { store, signer, ids }: Desk,
  document: ReportDocument,
  order: IssueOrder,
): Promise<Issued> {
  const { by, reason, at, subject, format, language, city, regime } = order
  const reference = `rp_${ids.receipt().slice('gx_'.length)}`
  const issue = { reference, by, reason, at, city, regime }
  const bytes = await writeReport({ document, issue }, format, language)
  const sha256 = createHash('sha256').update(bytes).digest('hex')
  const trace = { id: reference, kind: document.kind, by, reason, at, subject, format, sha256 }
  return { reference, bytes, number: await noteReport(store.db, store.kind, trace, signer) }
}
