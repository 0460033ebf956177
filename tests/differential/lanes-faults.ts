import type { AuditRecord } from '../../gateway/audit/record.ts'
import type { Half, Pair } from './lanes.ts'

/** What could be wrong with the fast lane and be seen from outside; applied to what came of a request that was right. */
export interface PlantedDifference {
  readonly name: string
  /** Where it must be found. */
  readonly part: keyof Half | 'record' | 'records'
  readonly pair?: (fast: Half, other: Half) => Half
  /** Changes a record of the fast lane; null takes it away. */
  readonly record?: (one: AuditRecord) => AuditRecord | null
}

const headerOf = (half: Half, name: string): number => half.headers.findIndex((one, at) => at % 2 === 0 && one === name)

export const PLANTED: readonly PlantedDifference[] = [
  { name: 'another status', part: 'status', pair: (fast) => ({ ...fast, status: 203 }) },
  {
    name: 'a header more',
    part: 'headers',
    pair: (fast) => ({ ...fast, headers: [...fast.headers, 'x-lane', 'fast'] }),
  },
  {
    name: 'a header less',
    part: 'headers',
    pair: (fast) => ({ ...fast, headers: fast.headers.toSpliced(headerOf(fast, 'cache-control'), 2) }),
  },
  {
    name: 'headers in another order',
    part: 'headers',
    pair: (fast) => ({ ...fast, headers: [...fast.headers.slice(2), ...fast.headers.slice(0, 2)] }),
  },
  {
    name: 'a header spelled otherwise',
    part: 'headers',
    pair: (fast) => ({
      ...fast,
      headers: fast.headers.map((one) => (one === 'cache-control' ? 'Cache-Control' : one)),
    }),
  },
  {
    name: 'an error that is dropped',
    part: 'text',
    pair: (fast) => ({ ...fast, text: fast.text.replace(/"errors":\[.*?\],"data"/s, '"data"') }),
  },
  {
    name: 'members in another order',
    part: 'text',
    pair: (fast) => ({ ...fast, text: fast.text.replace(/^\{(.*),("extensions":.*)\}\n$/s, '{$2,$1}\n') }),
  },
  { name: 'a line that does not end', part: 'text', pair: (fast) => ({ ...fast, text: fast.text.trimEnd() }) },
  { name: 'the answer of somebody else', part: 'text', pair: (fast, other) => ({ ...fast, text: other.text }) },
  {
    name: 'a department that is not asked',
    part: 'fetches',
    pair: (fast) => ({ ...fast, fetches: fast.fetches.slice(1) }),
  },
  {
    name: 'a department that is asked twice',
    part: 'fetches',
    pair: (fast) => ({ ...fast, fetches: [...fast.fetches, ...fast.fetches.slice(0, 1)] }),
  },
  { name: 'no record', part: 'records', record: () => null },
  { name: 'a record of fewer data', part: 'record', record: (one) => ({ ...one, data: one.data.slice(1) }) },
  { name: 'a record without its subjects', part: 'record', record: (one) => ({ ...one, subjects: [] }) },
  {
    name: 'a record of another outcome',
    part: 'record',
    record: (one) => ({ ...one, outcome: { ...one.outcome, codes: [] } }),
  },
  { name: 'a record of another officer', part: 'record', record: (one) => ({ ...one, officer: 'HUR-0118' }) },
]

/** What came of a request, as if the fast lane were so. */
export function planted(
  { pair: change, record }: PlantedDifference,
  pair: Pair,
  other: Pair,
  records: readonly AuditRecord[],
  ownOf: (pair: Pair) => readonly AuditRecord[],
): readonly [Pair, readonly AuditRecord[]] {
  const own = new Set(ownOf(pair))
  const changed = records.flatMap((one) => (record && own.has(one) ? (record(one) ?? []) : one))
  return [change ? { ...pair, fast: change(pair.fast, other.fast) } : pair, changed]
}
