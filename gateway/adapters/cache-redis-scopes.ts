import { ALL, namesOf } from '../cache/port.ts'
import type { Scope } from '../cache/port.ts'
import { MOST_SUBJECTS, newEpoch, pseudonymsOf } from '../cache/epochs.ts'
import type { RedisClient } from './redis-connection.ts'

/** Scope name → epoch. In one slot of a cluster with the subjects, which have a hash of their own because they end. */
const EPOCHS = 'gongxiang:cache:{epochs}'
const SUBJECTS = 'gongxiang:cache:{epochs}:subjects'
/** In both: changes whenever the second does. */
const REVISION = 'subjects'
/** Tells all replicas that epochs were moved. */
export const CHANNEL = 'gongxiang:cache:moved'

/** Superseded epochs that are remembered: one that comes back means that Redis has lost what it was told. */
const MOST_SUPERSEDED = 10_000

/** What Redis has. */
export interface ReadEpochs {
  readonly values: ReadonlyMap<string, string>
  /** Null where they are those of before. */
  readonly subjects: ReadonlyMap<string, string> | null
}

/**
 * Remembers what epochs there were. A Redis that comes back with older data, as a replica may that became the master,
 * would show one of them again, and with it entries that were invalidated.
 */
export function createEpochMemory() {
  let known: ReadonlyMap<string, string> = new Map()
  const superseded = new Set<string>()
  const supersede = (epoch: string): void => {
    superseded.add(epoch)
    const [oldest] = superseded
    if (superseded.size > MOST_SUPERSEDED && oldest !== undefined) superseded.delete(oldest)
  }
  return {
    known: () => known,
    isTakenBack: (values: ReadonlyMap<string, string>): boolean =>
      [...known].some(([name, epoch]) => {
        const read = values.get(name)
        return read !== epoch && (read === undefined || superseded.has(read))
      }),
    /** Whether everything has moved. */
    take(values: ReadonlyMap<string, string>): boolean {
      const moved = [...values].filter(([name, epoch]) => known.get(name) !== epoch)
      for (const [name] of moved) supersede(known.get(name) ?? '')
      known = values
      return moved.some(([name]) => name === ALL)
    },
    /** They are of no more use: everything begins anew. */
    forget(): void {
      for (const epoch of known.values()) supersede(epoch)
      known = new Map()
    },
  }
}

/** What Redis has; null where it has no epochs, or not those of the subjects. Subjects are read where they have changed. */
export async function readEpochs(
  redis: RedisClient,
  known: ReadonlyMap<string, string>,
  now: number,
): Promise<ReadEpochs | null> {
  const values = new Map(Object.entries(await redis.hgetall(EPOCHS)))
  if (!values.has(ALL)) return null
  const current = values.get(REVISION)
  if (current === known.get(REVISION)) return { values, subjects: null }
  const { [REVISION]: read, ...subjects } = await redis.hgetall(SUBJECTS)
  if (current !== undefined && read !== current) return null
  return { values, subjects: new Map(Object.entries(subjects).filter(([, epoch]) => endOf(epoch) > now)) }
}

function endOf(epoch: string): number {
  return Number(epoch.slice(epoch.indexOf('.') + 1))
}

/**
 * Moves the epochs of some scopes in Redis and tells all replicas. Each command is of one key. The subjects come first:
 * who hears of them finds them.
 *
 * @throws what Redis says, or that it does not answer
 */
export async function tell(
  redis: RedisClient,
  scopes: readonly Scope[],
  { now, life }: { readonly now: number; readonly life: number },
): Promise<void> {
  const pseudonyms = pseudonymsOf(scopes)
  const moved = Object.fromEntries(scopes.flatMap(namesOf).map((name) => [name, newEpoch()]))
  if (pseudonyms.length > 0) {
    const { [REVISION]: _, ...known } = await redis.hgetall(SUBJECTS)
    const ended = Object.entries(known).flatMap(([pseudonym, epoch]) => (endOf(epoch) > now ? [] : [pseudonym]))
    if (ended.length > 0) await redis.hdel(SUBJECTS, ...ended)
    const added = pseudonyms.map((one) => [one, `${newEpoch()}.${now + life}`] as const)
    const tooMany = Object.keys(known).length - ended.length + added.length > MOST_SUBJECTS
    // Too many to be remembered one by one: then everything is meant.
    if (tooMany) await redis.del(SUBJECTS)
    if (tooMany) moved[ALL] = newEpoch()
    moved[REVISION] = newEpoch()
    await redis.hset(SUBJECTS, { ...(tooMany ? {} : Object.fromEntries(added)), [REVISION]: moved[REVISION] })
  }
  await redis.hset(EPOCHS, moved)
  await redis.publish(CHANNEL, 'moved')
}

/**
 * New epochs in the place of lost ones: what lay under those is not found again. Where Redis has none at all, those of
 * whichever process is first.
 */
export async function beginAnew(redis: RedisClient): Promise<void> {
  if (!(await redis.exists(EPOCHS))) await redis.hsetnx(EPOCHS, ALL, newEpoch())
  else await supersedeAll(redis)
  await redis.publish(CHANNEL, 'moved')
}

async function supersedeAll(redis: RedisClient): Promise<void> {
  const revision = newEpoch()
  await redis.del(SUBJECTS)
  await redis.hset(SUBJECTS, { [REVISION]: revision })
  await redis.hset(EPOCHS, { [ALL]: newEpoch(), [REVISION]: revision })
}
