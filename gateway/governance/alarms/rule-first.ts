import type { Batch } from './batch.ts'
import { isOperation } from './batch.ts'
import type { Judge } from './judge.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Concerned, Sighting } from './sighting.ts'
import { DAY } from './windows.ts'

/** Something that an application or a department has used. */
export interface Use {
  readonly kind: 'FIELD' | 'MATTER'
  /** `<department>/<application>` for a field, the department for a matter. */
  readonly who: string
  readonly what: string
  readonly at: number
  readonly receipt: string
  readonly concerned: Concerned
}

/** Word for when somebody was first seen at all: learning begins there. */
export const START = 'START'

/** What stands in a record for a matter that no register knows. */
const UNREGISTERED = '(unregistered)'

/** Everything that a batch uses, by whom; what was refused is not used. Each once, at its first time. */
export function usesOf(batch: Batch): readonly Use[] {
  const uses = batch.flatMap(({ record, at }): readonly Use[] => {
    const { department, application, officer, matter, receipt, data } = record
    if (department === null || application === null || !isOperation(record) || record.method === 'refused') return []
    const common = { at, receipt, concerned: { department, application, officer, matter } }
    const fields = data
      .filter(({ decision }) => decision !== 'DENY')
      .map(
        ({ coordinate }) =>
          ({ kind: 'FIELD', who: `${department}/${application}`, what: coordinate, ...common }) as const,
      )
    if (matter === null || matter === UNREGISTERED) return fields
    return [{ kind: 'MATTER', who: department, what: matter, ...common } as const, ...fields]
  })
  const first = new Map<string, Use>()
  for (const use of uses) {
    const name = JSON.stringify([use.kind, use.who, use.what])
    if (use.at < (first.get(name)?.at ?? Infinity)) first.set(name, use)
  }
  return [...first.values()]
}

/**
 * An application uses a field, or a department a matter, for the first time, when it has been known for a while: a grant
 * is found to be good for more than it was thought of. What is used in the first days is learned.
 */
export const judgeFirsts: Judge = async ({ batch, look, settings }) => {
  const learning = settings.FIRST_SEEN.learningDays * DAY
  const sightings: Sighting[] = []
  for (const uses of Map.groupBy(usesOf(batch), ({ kind, who }) => JSON.stringify([kind, who])).values()) {
    const [one] = uses
    if (one === undefined) continue
    const { kind, who } = one
    const start = (await look.seen(START, who, [''])).get('')
    if (start === undefined) continue
    const known = await look.seen(
      kind,
      who,
      uses.map(({ what }) => what),
    )
    const firsts = uses.filter(({ what, at }) => at >= start + learning && (known.get(what) ?? Infinity) >= at)
    if (firsts.length > 0) sightings.push(sightingOf(kind, who, firsts, start))
  }
  return sightings
}

function sightingOf(kind: Use['kind'], who: string, firsts: readonly Use[], start: number): Sighting {
  const at = Math.max(...firsts.map((use) => use.at))
  const newest = firsts.toSorted((a, b) => b.at - a.at)
  const { department, application, officer, matter } = newest[0]?.concerned ?? NOBODY
  return {
    rule: 'FIRST_SEEN',
    key: [kind, who],
    concerned: { department, application, officer, matter },
    at,
    window: DAY,
    evidence: {
      measure: `FIRST_USE_OF_${kind}`,
      count: firsts.length,
      limit: 1,
      from: instant(Math.min(...firsts.map((use) => use.at))),
      until: instant(at),
      numbers: { daysLearned: Math.floor((at - start) / DAY) },
      receipts: listed(newest.map(({ receipt }) => receipt)),
      subjects: [],
      named: { [kind === 'FIELD' ? 'coordinates' : 'matters']: listed(newest.map(({ what }) => what)) },
    },
  }
}
