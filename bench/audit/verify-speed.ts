/*
 * How fast `audit verify` is beside a bare loop of JSON.parse and SHA-256 over the same files, and what the Merkle tree
 * costs a record that is written: `npm run bench:audit -- [records]`. Rounds alternate; the medians
 * count, of CPU, which means the same on a busy machine.
 */
import { generateKeyPairSync, hash } from 'node:crypto'
import { mkdtemp, readFile, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { auditFiles, auditReader } from '../../gateway/adapters/audit-file.ts'
import { openAuditLog } from '../../gateway/audit/audit-log.ts'
import { segmentsIn } from '../../gateway/audit/files.ts'
import { EMPTY_TREE, grown, leafHash } from '../../gateway/audit/merkle.ts'
import { readRawRecords } from '../../gateway/audit/read-records.ts'
import type { AuditEntry } from '../../gateway/audit/record.ts'
import { ed25519Signer } from '../../gateway/audit/signature.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { quantile } from '../statistics.ts'

const ROUNDS = 7
const BATCH = 250
const LINE_FEED = 10

/** A record of the usual size: one person read at one department, three fields, one of them masked, one refused. */
function entry(number: number): AuditEntry {
  return {
    receipt: `bench-${number}`,
    time: '2026-11-23T10:00:00+08:00',
    method: 'query',
    medium: 'api-response',
    route: [{ department: 'public-security', outcome: 'ok', entities: 1, milliseconds: 3.25, asOf: [] }],
    department: 'housing',
    application: 'housing-desk',
    officer: 'H-1017',
    roles: ['DESK'],
    matter: 'public-rental-housing',
    case: `C-2026-${number}`,
    approvers: ['NONE-UNCONDITIONAL', 'public-security:P-20'],
    grants: ['G-101'],
    data: [
      { coordinate: 'Person.name', decision: 'ALLOW', providers: ['public-security'], clause: 'ZS-4.07' },
      { coordinate: 'Household.address', decision: 'MASK', clause: 'ZS-4.08', grant: 'G-101', rule: 'M-ADDR' },
      { coordinate: 'Household.photo', decision: 'DENY', code: 'NO_GRANT', clause: 'ZS-4.08' },
    ],
    subjects: [hash('sha256', String(number), 'base64url')],
    objects: 1,
    operation: { hash: 'a'.repeat(43), aliases: { who: 'person' } },
    arguments: [{ name: 'idDocumentNumber', hash: 'q'.repeat(43) }],
    salt: 'c2FsdHNhbHRzYWx0c2FsdA',
    versions: { regime: 'zhongshan', catalog: 'sha256-1', gateway: '0.1.0' },
    generation: 1,
    outcome: { status: 200, codes: ['NO_GRANT'] },
    result: { bytes: 412, entities: 1 },
    milliseconds: 6.5,
    lane: 'fast',
    degraded: [],
  }
}

const keys = generateKeyPairSync('ed25519')

async function write(directory: string, records: number): Promise<void> {
  const signer = ed25519Signer(keys.privateKey, keys.publicKey)
  const log = await openAuditLog({ files: auditFiles(directory), clock: systemClock, signer, chain: 'bench' })
  for (let from = 0; from < records; from += BATCH) {
    const batch = Array.from({ length: Math.min(BATCH, records - from) }, (_, index) => from + index)
    await Promise.all(batch.map(async (number) => log.append(await log.reserve(), entry(number))))
  }
  await log.close()
}

/** Reads, parses and hashes every line, and nothing else. */
async function bareLoop(directory: string): Promise<void> {
  const names = segmentsIn(await auditReader(directory).list()).map(({ name }) => name)
  for (const name of names) {
    const file = await readFile(join(directory, name))
    for (
      let start = 0, end = file.indexOf(LINE_FEED);
      end >= 0;
      start = end + 1, end = file.indexOf(LINE_FEED, start)
    ) {
      JSON.parse(file.toString('utf8', start, end))
      hash('sha256', file.subarray(start, end), 'hex')
    }
  }
}

async function verifyLog(directory: string): Promise<void> {
  const { faults } = await verifyAudit(auditReader(directory), [keys.publicKey])
  if (faults.length > 0) throw new Error(`the log of the measurement is damaged: ${JSON.stringify(faults[0])}`)
}

/** What the writer does for the trees of the chain and of the segment. */
async function growTrees(directory: string): Promise<() => Promise<void>> {
  const lines = (await Array.fromAsync(readRawRecords(auditReader(directory)))).map(({ bytes }) => bytes)
  return async () => {
    let [log, segment] = [EMPTY_TREE, EMPTY_TREE]
    for (const line of lines) {
      const leaves = [leafHash('SHA-256', line)]
      log = grown(log, leaves, 'SHA-256')
      segment = grown(segment, leaves, 'SHA-256')
    }
  }
}

/** CPU of the process, its threads included, for each record. */
async function microseconds(records: number, work: () => Promise<void>): Promise<number> {
  const started = process.cpuUsage()
  await work()
  const { user, system } = process.cpuUsage(started)
  return (user + system) / records
}

async function main(records: number): Promise<void> {
  const directory = await mkdtemp(join(tmpdir(), 'gx-bench-audit-'))
  try {
    await write(directory, records)
    const trees = await growTrees(directory)
    const [bare, verified, grew]: readonly [number[], number[], number[]] = [[], [], []]
    for (let round = 0; round < ROUNDS; round += 1) {
      bare.push(await microseconds(records, () => bareLoop(directory)))
      verified.push(await microseconds(records, () => verifyLog(directory)))
      grew.push(await microseconds(records, trees))
    }
    const [loop = 0, ours = 0, tree = 0] = [bare, verified, grew].map((times) =>
      quantile(
        times.toSorted((a, b) => a - b),
        0.5,
      ),
    )
    process.stdout.write(
      `${records} records; a record: bare loop ${loop.toFixed(2)} µs, verified ${ours.toFixed(2)} µs, ` +
        `speed ${(loop / ours).toFixed(2)} of the loop's; trees of a record written ${tree.toFixed(2)} µs\n`,
    )
  } finally {
    await rm(directory, { recursive: true })
  }
}

await main(Number(process.argv[2] ?? 100_000))
