import { createHash } from 'node:crypto'
import { setImmediate as nextTurn } from 'node:timers/promises'
import { sql } from 'kysely'
import type { Kysely } from 'kysely'
import type { GovernanceTables } from '../store/tables.ts'
import type { Piece } from './branches.ts'
import { recordsAt } from './records.ts'
import type { FoundRecord } from './records.ts'
import type { Position } from './scope.ts'

/** What a sample is drawn from. Times are milliseconds, `until` is exclusive. */
export interface SampleAsk {
  readonly count: number
  readonly seed: string
  readonly since: number
  readonly until: number
}

/** A random sample (随机抽查, ZS-6.12). */
export interface Sample {
  /** Records that it was drawn from. */
  readonly population: number
  /** Whether these are all of the period. */
  readonly complete: boolean
  readonly records: readonly FoundRecord[]
}

/** Most records that are drawn from, and how many one statement goes through. */
const MOST = 200_000
const STEP = 5_000

/**
 * Draws records at random. The order of the records of a period that is over does not change, and the places are drawn
 * from the seed alone: whoever repeats it with the same seed has the same records, and nobody can choose them without
 * choosing the seed. Of a period with more than `MOST` records the oldest are drawn from.
 */
export async function drawSample(
  db: Kysely<GovernanceTables>,
  { count, seed, since, until }: SampleAsk,
): Promise<Sample> {
  const counted = sql<{ readonly rows: number }>`select count(*) as rows from (
    select 1 as one from audit_record where at >= ${since} and at < ${until} limit ${MOST + 1}) p`
  const there = Number((await counted.execute(db)).rows[0]?.rows ?? 0)
  const population = Math.min(there, MOST)
  const drawn = await atPlaces(db, drawPlaces(seed, population, count), { since, until })
  return { population, complete: there <= MOST, records: await recordsAt(db, drawn) }
}

/** The records at places of the order, counted from 1, oldest first. */
async function atPlaces(
  db: Kysely<GovernanceTables>,
  places: readonly number[],
  { since, until }: Pick<SampleAsk, 'since' | 'until'>,
): Promise<readonly Position[]> {
  const found: Position[] = []
  let last: Position | null = null
  for (let before = 0; found.length < places.length; before += STEP) {
    if (before > 0) await nextTurn()
    const from: Piece = last === null ? sql`at >= ${since}` : ahead(last)
    const step = sql<Position>`select at, chain, seq from audit_record where ${from} and at < ${until}
      order by at, seq, chain limit ${STEP}`
    const { rows } = await step.execute(db)
    found.push(...places.flatMap((place) => rows[place - 1 - before] ?? []))
    last = rows.at(-1) ?? null
    if (last === null) break
  }
  return found
}

/** Comes later than a position, oldest first. */
function ahead({ at, seq, chain }: Position): Piece {
  const sameTime = sql`(seq > ${seq} or (seq = ${seq} and chain > ${chain}))`
  return sql`at >= ${at} and (at > ${at} or ${sameTime})`
}

/**
 * Different places from 1 to `population`, as many as are wanted and there are: the first that SHA-256 over seed and
 * counter gives, each number with the same chance.
 */
export function drawPlaces(seed: string, population: number, count: number): readonly number[] {
  const wanted = Math.min(count, population)
  const places = new Set<number>()
  for (let counter = 0; places.size < wanted; counter += 1) {
    const digest = createHash('sha256')
      .update(JSON.stringify(['gongxiang audit sample v1', seed, counter]))
      .digest()
    // 48 bits over at most 200,000 places: no place is favoured by more than one in a billion.
    places.add(1 + (digest.readUIntBE(0, 6) % population))
  }
  return [...places].toSorted((a, b) => a - b)
}
