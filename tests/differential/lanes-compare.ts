import type { AuditRecord } from '../../gateway/audit/record.ts'
import type { Half, Lane, LaneGateway, Pair } from './lanes.ts'

/** What of a record is of its place in the chain, or of the way that it came. */
const OWN = { lane: null, milliseconds: null, seq: null, prev: null, hash: null }

/**
 * Everything in which the two lanes differ, part by part.
 *
 * @param records all records of the gateway
 * @returns one line for each; empty where both mean the same
 */
export function differences(lanes: LaneGateway, pair: Pair, records: readonly AuditRecord[]): readonly string[] {
  const { apollo, fast } = pair
  const parts: readonly (keyof Half)[] = ['status', 'headers', 'text', 'fetches']
  const told = parts.flatMap((part) => unequal(part, written(apollo[part]), written(fast[part])))
  const parted = lanes.recordsOf(pair, records)
  if (parted === null) return [...told, 'records: one lane wrote others than the other']
  return [...told, ...unequal('record', recordText(parted.apollo), recordText(parted.fast))]
}

/** The lane that the record of a half names; null where none was written. */
export function laneTaken(lanes: LaneGateway, pair: Pair, half: Lane, records: readonly AuditRecord[]): string | null {
  return lanes.recordsOf(pair, records)?.[half][0]?.lane ?? null
}

/** Every code that an answer or a record of a pair names. */
export function codesOfPair(lanes: LaneGateway, pair: Pair, records: readonly AuditRecord[]): readonly string[] {
  const answered = [...pair.fast.text.matchAll(/"code":"([A-Z_]+)"/g)].map(([, code = '']) => code)
  const recorded = (lanes.recordsOf(pair, records)?.fast ?? []).flatMap(({ outcome, data }) => [
    ...outcome.codes,
    ...data.flatMap(({ code }) => code ?? []),
  ])
  return [...answered, ...recorded]
}

function recordText(records: readonly AuditRecord[]): string {
  // Attempts count up with every request, whichever way it came.
  return JSON.stringify(records.map((one) => ({ ...one, ...OWN }))).replaceAll(/"attempt":\d+/g, '"attempt":1')
}

/** A department seals its cursors anew each time: who has two of one page learns nothing by comparing them. */
function written(part: Half[keyof Half]): string {
  const text = typeof part === 'string' ? part : JSON.stringify(part)
  return text.replaceAll(/(?<="(?:endCursor|\w+)":")[\w-]{51}(?=")/g, (sealed) => '.'.repeat(sealed.length))
}

/** The first place at which two texts part, with a little around it. */
function unequal(part: string, apollo: string, fast: string): readonly string[] {
  if (apollo === fast) return []
  let at = 0
  while (apollo[at] === fast[at]) at += 1
  const around = (text: string): string => Buffer.from(text.slice(Math.max(0, at - 60), at + 120), 'latin1').toString()
  return [`${part}: apollo …${around(apollo)}…\n  but fast …${around(fast)}…`]
}
