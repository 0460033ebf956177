import { spanOf } from './batch.ts'
import type { Batch } from './batch.ts'
import type { Look } from './look.ts'
import type { AlarmRuleCode } from './rules.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { DAY } from './windows.ts'

/**
 * What the index found missing in the record: a gap, a tail that is gone, a chain that forked or is not there any more
 * (ZS-6.03).
 *
 * @param after the number of the last one that was told
 * @param since those found since this instant are told once more, which changes nothing where they were told
 * @param told numbers that this process has told
 * @returns sightings, the number of the last one, and all numbers that are told with these
 */
export async function judgeGaps(
  look: Look,
  { after, since, told }: { readonly after: number; readonly since: number; readonly told: ReadonlySet<number> },
): Promise<{ readonly sightings: readonly Sighting[]; readonly last: number; readonly told: ReadonlySet<number> }> {
  const found = await look.gaps(after, since)
  const gaps = found.filter(({ id }) => !told.has(id))
  const sightings = gaps.map((gap): Sighting => {
    const { chain, kind, found_at: at, from_seq: from, to_seq: to } = gap
    return {
      rule: 'AUDIT_TROUBLE',
      // Each finding by itself: what was decided on one says nothing of records elsewhere in the chain.
      key: [kind, chain, String(from)],
      concerned: NOBODY,
      at,
      window: DAY,
      evidence: {
        measure: `RECORDS_${kind}`,
        count: Math.max(1, to - from + 1),
        limit: 1,
        from: instant(at),
        until: instant(at),
        numbers: { fromSeq: from, toSeq: to },
        receipts: [],
        subjects: [],
        named: { chains: [chain] },
      },
    }
  })
  return { sightings, last: found.at(-1)?.id ?? after, told: new Set(found.map(({ id }) => id)) }
}

/** A rule could not judge some records, however often it was asked: whether there is a pattern in them nobody knows. */
export function ruleTrouble(rule: AlarmRuleCode, batch: Batch): readonly Sighting[] {
  return [...Map.groupBy(batch, ({ record }) => record.chain)].map(([chain, some]): Sighting => {
    const numbers = some.map(({ record }) => record.seq)
    const { first, last } = spanOf(some)
    return {
      rule: 'AUDIT_TROUBLE',
      key: ['RULE_FAILED', rule, chain],
      concerned: NOBODY,
      at: last,
      window: DAY,
      evidence: {
        measure: 'RULE_FAILED',
        count: some.length,
        limit: 1,
        from: instant(first),
        until: instant(last),
        numbers: { fromSeq: Math.min(...numbers), toSeq: Math.max(...numbers) },
        receipts: listed(some.map(({ record }) => record.receipt)),
        subjects: [],
        named: { chains: [chain], rules: [rule] },
      },
    }
  })
}
