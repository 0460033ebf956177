import type { Look } from './look.ts'
import { instant, NOBODY } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { DAY } from './windows.ts'

/**
 * What the index found missing in the record: a gap, a tail that is gone, a chain that forked or is not there any more
 * (ZS-6.03).
 *
 * @param after the number of the last one that was told
 * @returns sightings, and the number of the last one
 */
export async function judgeGaps(look: Look, after: number): Promise<{ sightings: readonly Sighting[]; last: number }> {
  const gaps = await look.gaps(after)
  const sightings = gaps.map((gap): Sighting => {
    const { chain, kind, found_at: at, from_seq: from, to_seq: to } = gap
    return {
      rule: 'AUDIT_TROUBLE',
      key: [kind, chain],
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
  return { sightings, last: gaps.at(-1)?.id ?? after }
}
