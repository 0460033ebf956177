import { isOperation, spanOf } from './batch.ts'
import type { Batch } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import { instant, listed, NOBODY } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { cityDay, DAY, dayStart, median } from './windows.ts'

/** Weeks that a day is compared with, each by its own same weekday: Mondays are unlike Saturdays. */
const WEEKS = 8

/**
 * A department asks for one matter far more often in a calendar day (UTC+8) than on the same weekday of the last eight
 * weeks; the middle of these counts, so that one odd week changes nothing. While there are too few weeks to compare
 * with, a limit of its own holds.
 */
export const judgeVolume: Judge = async (judging) => {
  const counted = judging.batch.filter(({ record }) => isOperation(record) && record.method !== 'introspection')
  const groups = Map.groupBy(counted, ({ record, at }) =>
    JSON.stringify([record.department, record.matter, cityDay(at)]),
  )
  const sightings: Sighting[] = []
  for (const [name, batch] of groups) {
    const record = batch[0]?.record
    if (record === undefined || record.department === null || record.matter === null) continue
    const { department, matter } = record
    sightings.push(...(await ofDay(judging, name, { department, matter }, batch)))
  }
  return sightings
}

interface OfDay {
  readonly department: string
  readonly matter: string
}

async function ofDay(
  { look, settings, patience }: Judging,
  name: string,
  { department, matter }: OfDay,
  batch: Batch,
): Promise<readonly Sighting[]> {
  const { VOLUME: limits } = settings
  const { first, last } = spanOf(batch)
  const key = JSON.stringify(['VOLUME', name])
  if (!patience.isDue(key, batch.length, first)) return []
  const day = dayStart(cityDay(last))
  const on = (weeks: number, until: number) =>
    look.countOf(department, matter, { after: day - weeks * 7 * DAY - 1, until: until - weeks * 7 * DAY })
  const count = await on(0, last)
  if (count < limits.floor) {
    patience.looked(key, count, limits.floor - count, last)
    return []
  }
  const past: number[] = []
  for (let week = 1; week <= WEEKS; week += 1) past.push(await on(week, day + DAY - 1))
  const learned = past.filter((one) => one > 0)
  const isLearned = learned.length >= limits.learningWeeks
  const limit = isLearned ? Math.max(limits.floor, Math.ceil(limits.factor * median(learned))) : limits.fresh
  patience.looked(key, count, limit - count, last)
  if (count < limit) return []
  return [
    {
      rule: 'VOLUME',
      key: [department, matter],
      concerned: { ...NOBODY, department, matter },
      at: last,
      window: DAY,
      evidence: {
        measure: 'REQUESTS_OF_MATTER_PER_DAY',
        count,
        limit,
        from: instant(day),
        until: instant(last),
        numbers: { medianOfWeekday: median(learned), weeksLearned: learned.length },
        receipts: listed(batch.map(({ record }) => record.receipt).toReversed()),
        subjects: [],
        named: { applications: listed(batch.flatMap(({ record }) => record.application ?? [])) },
      },
    },
  ]
}
