import type { Selectable } from 'kysely'
import { holdsIdNumber } from '../../vocabulary/id-number.ts'
import { isSameOfficer } from '../../vocabulary/staff-number.ts'
import type { GovernanceStore } from '../store/store.ts'
import type { WatchedSubjectRow, WatchEventRow } from '../store/tables.ts'
import { officerKey } from './keys.ts'
import type { OfficerName } from './keys.ts'

/** Why somebody is watched: a planted record; an officer's own data; data of an officer's relative. */
export type WatchedKind = 'HONEY' | 'SELF' | 'RELATIVE'

/** Whom to watch for. */
export interface WatchedSubject {
  readonly kind: WatchedKind
  /** As the record has them, one for each key that is kept (`subjectPseudonyms`). */
  readonly pseudonyms: readonly string[]
  /** Whose own or whose relative's data; null for a planted record. */
  readonly officer: OfficerName | null
  /** Staff number of who decides. */
  readonly by: string
  /** Milliseconds since the epoch; look-ups before it are none of the rule's. */
  readonly since: number
}

type Db = Pick<GovernanceStore, 'db'>

/** Watches for somebody from now on. Who is watched for already stays so, since when they were. */
export async function watchSubject(
  { db }: Db,
  { kind, pseudonyms, officer, by, since }: WatchedSubject,
): Promise<void> {
  const name = officer === null ? '' : officerKey(officer)
  await db.transaction().execute(async (trx) => {
    const added = await trx
      .insertInto('watched_subject')
      .values(pseudonyms.map((pseudonym) => ({ pseudonym, kind, officer: name, since, by })))
      .onConflict((oc) => oc.columns(['pseudonym', 'kind', 'officer']).doNothing())
      .returning('pseudonym')
      .execute()
    const event = { at: since, what: 'WATCHED', kind, officer: name, by, reason: null } as const
    const events = added.map(({ pseudonym }) => ({ ...event, pseudonym }))
    if (events.length > 0) await trx.insertInto('watch_event').values(events).execute()
  })
}

/** Whom to watch for no more. */
export interface WatchEnd extends Omit<WatchedSubject, 'since'> {
  readonly reason: string
  /** Milliseconds since the epoch. */
  readonly at: number
}

/** Why a watch does not end. `CONCERNED`: nobody ends a watch over themselves. */
export type WatchEndRefusal = 'NOBODY' | 'CONCERNED' | 'NO_REASON' | 'NUMBER'

/**
 * Watches for somebody no more, in one link alone: others keep theirs to the same person. That it was so, who ended it and
 * why stays (`watch_event`).
 */
export async function unwatchSubject(
  { db }: Db,
  { kind, pseudonyms, officer, by, reason, at }: WatchEnd,
): Promise<
  { readonly kind: 'ENDED'; readonly rows: number } | { readonly kind: 'REFUSED'; readonly why: WatchEndRefusal }
> {
  const why = reason.trim()
  if (why === '') return { kind: 'REFUSED', why: 'NO_REASON' }
  if (holdsIdNumber(why) || holdsIdNumber(by)) return { kind: 'REFUSED', why: 'NUMBER' }
  if (officer !== null && isSameOfficer(officer.officer, by)) return { kind: 'REFUSED', why: 'CONCERNED' }
  const name = officer === null ? '' : officerKey(officer)
  const rows = await db.transaction().execute(async (trx) => {
    const ended = await trx
      .deleteFrom('watched_subject')
      .where('kind', '=', kind)
      .where('officer', '=', name)
      .where('pseudonym', 'in', [...pseudonyms])
      .returning('pseudonym')
      .execute()
    const event = { at, what: 'ENDED', kind, officer: name, by, reason: why.slice(0, 500) } as const
    const events = ended.map(({ pseudonym }) => ({ ...event, pseudonym }))
    if (events.length > 0) await trx.insertInto('watch_event').values(events).execute()
    return ended.length
  })
  return rows === 0 ? { kind: 'REFUSED', why: 'NOBODY' } : { kind: 'ENDED', rows }
}

/** What became of all watches, in order. */
export function watchEvents({ db }: Db): Promise<readonly Selectable<WatchEventRow>[]> {
  return db.selectFrom('watch_event').selectAll().orderBy('id').execute()
}

/** Everybody who is watched for, of one kind or of all; those watched longest first. */
export function watchedSubjects({ db }: Db, kind?: WatchedKind): Promise<readonly WatchedSubjectRow[]> {
  const all = db.selectFrom('watched_subject').selectAll().orderBy('since').orderBy('pseudonym')
  return (kind === undefined ? all : all.where('kind', '=', kind)).execute()
}
