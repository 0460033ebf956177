/**
 * The journal of reports: each report is itself a look at the audit record, and leaves a line before it leaves. A line
 * names the one before by its hash and is signed, so that none can be changed or taken out unseen; the subject stands in
 * it as a pseudonym only (HZ-47.2).
 */
import { createHash } from 'node:crypto'
import type { Kysely, Transaction } from 'kysely'
import { sql } from 'kysely'
import type { GovernanceTables, ReportIssuedRow } from '../store/tables.ts'
import type { ReportKind } from './report.ts'

/** What is told of a report. */
export interface ReportTrace {
  /** Number that is printed on it. */
  readonly id: string
  readonly kind: ReportKind
  /** Staff number of the officer who had it made. */
  readonly by: string
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
  /** Pseudonym of the person, or code of the department; null for the whole city. */
  readonly subject: string | null
  readonly format: string
  /** SHA-256 of the output, hex. */
  readonly sha256: string
}

/** Who signs a line: by which key, and how. */
export interface JournalSigner {
  readonly key: string
  /** Signature over the bytes, base64url. */
  sign(bytes: Uint8Array): string
}

/** Before the first line. */
const NOTHING = '0'.repeat(64)

/** What a signature is over; lines of other journals begin otherwise. */
function signedBytes(line: string): Uint8Array {
  return Buffer.from(`gongxiang report v1\n${line}`)
}

type Line = ReportTrace & { readonly number: number; readonly prev: string }

function lineOf({ number, id, kind, by, reason, at, subject, format, sha256, prev }: Line): string {
  return JSON.stringify({ number, id, kind, by, reason, at, subject, format, sha256, prev })
}

/** Writes the line; only then may the report leave. Two who write at once take turns. Resolves with its number. */
export async function noteReport(
  db: Kysely<GovernanceTables>,
  kind: 'sqlite' | 'postgres',
  trace: ReportTrace,
  signer: JournalSigner,
): Promise<number> {
  return db.transaction().execute(async (trx) => {
    if (kind === 'postgres') await sql`select pg_advisory_xact_lock(${LOCK})`.execute(trx)
    const last = await lastLine(trx)
    const number = last === null ? 1 : last.number + 1
    const line = lineOf({ ...trace, number, prev: last === null ? NOTHING : hashOf(lineOf(last)) })
    await trx
      .insertInto('report_issued')
      .values({
        number,
        id: trace.id,
        kind: trace.kind,
        officer: trace.by,
        reason: trace.reason,
        at: trace.at,
        subject: trace.subject,
        format: trace.format,
        sha256: trace.sha256,
        prev: last === null ? NOTHING : hashOf(lineOf(last)),
        key: signer.key,
        signature: signer.sign(signedBytes(line)),
      })
      .execute()
    return number
  })
}

/** Held while a line is added, so that no two have one number. */
const LOCK = 7_034_017_122

async function lastLine(trx: Transaction<GovernanceTables>): Promise<Line | null> {
  const row = await trx.selectFrom('report_issued').selectAll().orderBy('number', 'desc').limit(1).executeTakeFirst()
  return row === undefined ? null : lineOfRow(row)
}

function lineOfRow(row: ReportIssuedRow): Line {
  const { id, reason, subject, format, sha256, prev, officer: by } = row
  return {
    number: Number(row.number),
    id,
    kind: row.kind,
    by,
    reason,
    at: Number(row.at),
    subject,
    format,
    sha256,
    prev,
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}

/** What is wrong with a line of the journal. */
export interface JournalFault {
  readonly number: number
  readonly kind: 'MISSING' | 'CHANGED' | 'BAD_SIGNATURE'
}

/**
 * Holds the journal's lines against each other and against their signatures. The end of the journal cannot be missed by
 * itself: hold the numbers on the reports against it.
 */
export async function checkJournal(
  db: Kysely<GovernanceTables>,
  isSigned: (key: string, bytes: Uint8Array, signature: Uint8Array) => boolean,
): Promise<readonly JournalFault[]> {
  const rows = await db.selectFrom('report_issued').selectAll().orderBy('number').execute()
  const faults: JournalFault[] = []
  let before: Line | null = null
  for (const row of rows) {
    const line = lineOfRow(row)
    const expected: number = before === null ? 1 : before.number + 1
    for (let number = expected; number < line.number; number += 1) faults.push({ number, kind: 'MISSING' })
    const follows = line.number === expected
    const prev: string = before === null ? NOTHING : hashOf(lineOf(before))
    if (follows && line.prev !== prev) faults.push({ number: before?.number ?? line.number, kind: 'CHANGED' })
    if (!isSigned(row.key, signedBytes(lineOf(line)), Buffer.from(row.signature, 'base64url')))
      faults.push({ number: line.number, kind: 'BAD_SIGNATURE' })
    before = line
  }
  return faults
}

/** The journal, the newest first. */
export async function listReports(db: Kysely<GovernanceTables>, most: number): Promise<readonly ReportIssuedRow[]> {
  return db.selectFrom('report_issued').selectAll().orderBy('number', 'desc').limit(most).execute()
}
