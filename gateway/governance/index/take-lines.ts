import { RECORD_SHAPE } from '../../audit/line-shapes.ts'
import type { HeaderLine, Tip } from '../../audit/line-types.ts'
import { readLine } from '../../audit/read-line.ts'
import type { RecordFacts } from '../../audit/read-line.ts'
import type { AuditRecord } from '../../audit/record.ts'
import { misfit } from '../../audit/shape.ts'
import type { Found } from './found.ts'

/** A place in a chain: the last record that was taken, and what was found on the way. */
export interface Taken {
  readonly tip: Tip
  readonly records: readonly AuditRecord[]
  readonly found: readonly Found[]
  /** Bytes of whole lines that are done with. */
  readonly bytes: number
  /** Whether a record was met that had been taken before, with another content. */
  readonly lost: boolean
}

/** Which lines count. */
export interface LineRules {
  readonly header: Pick<HeaderLine, 'chain' | 'digest'>
  /** Records of this number and later stand in the next segment. */
  readonly bound: number
  /** Of the bytes given, how many have stood there for a while; later lines count up to `acknowledged`. */
  readonly settled: number
  readonly acknowledged: number
  readonly most: number
}

const LINE_FEED = 10

/** Takes the whole lines at the beginning of bytes, up to the first that does not count yet. */
export function takeLines(bytes: Uint8Array, after: Tip, rules: LineRules): Taken {
  const zero = bytes.indexOf(0)
  const used = zero < 0 ? bytes : bytes.subarray(0, zero)
  const records: AuditRecord[] = []
  const found: Found[] = []
  let [tip, done, lost] = [after, 0, false]
  for (let feed = used.indexOf(LINE_FEED); feed >= 0 && records.length < rules.most;) {
    const end = feed + 1
    const line = readLine({ number: 0, bytes: used.subarray(done, feed), torn: false, end }, rules.header.digest)
    const seq = line.kind === 'record' ? line.record.seq : tip.seq + 1
    if (line.kind === 'record' && seq >= rules.bound) break
    if (end > rules.settled && seq > rules.acknowledged) break
    if (line.kind === 'record') {
      const judged = judge(line.record, tip, rules.header.chain)
      found.push(...judged.found)
      lost = judged.lost
      if (lost) break
      tip = judged.tip
      if (judged.taken) records.push(recordOf(used.subarray(done, feed)))
    }
    done = end
    feed = used.indexOf(LINE_FEED, done)
  }
  return { tip, records, found, bytes: done, lost }
}

interface Judged {
  readonly taken: boolean
  readonly lost: boolean
  readonly tip: Tip
  readonly found: readonly Found[]
}

function judge(record: RecordFacts, tip: Tip, chain: string): Judged {
  const { seq, hash } = record
  if (record.chain !== chain)
    return { taken: false, lost: false, tip, found: [changed(tip.seq + 1, 'is another chain’s')] }
  // Lines that a failed segment left behind come again in the next one, the same.
  if (seq <= tip.seq) return { taken: false, lost: seq === tip.seq && hash !== tip.hash, tip, found: [] }
  const found = [
    ...(seq > tip.seq + 1 ? [gap(tip.seq + 1, seq - 1)] : []),
    ...(seq === tip.seq + 1 && record.prev !== tip.hash ? [forked(seq)] : []),
  ]
  if (record.intact && record.misfit === null) return { taken: true, lost: false, tip: { seq, hash }, found }
  const detail = record.intact ? 'breaks the specification' : 'does not fit its hash'
  return { taken: false, lost: false, tip: { seq, hash }, found: [...found, changed(seq, detail)] }
}

/** Numbers that no line has. */
export function gap(from: number, to: number): Found {
  return { kind: 'GAP', from, to, detail: 'these records are not in the segments' }
}

/** A record, or a segment, that names another hash before it. */
export function forked(seq: number): Found {
  return { kind: 'FORKED', from: seq, to: seq, detail: 'the record does not follow the one before it' }
}

function changed(seq: number, why: string): Found {
  return { kind: 'CHANGED', from: seq, to: seq, detail: `a line ${why}; it was not copied` }
}

/** @throws TypeError never for a line that was found to fit the specification */
function recordOf(line: Uint8Array): AuditRecord {
  const value: unknown = JSON.parse(Buffer.from(line.buffer, line.byteOffset, line.length).toString('utf8'))
  if (isRecord(value)) return value
  throw new TypeError('not a record')
}

function isRecord(value: unknown): value is AuditRecord {
  return misfit(RECORD_SHAPE, value) === null
}
