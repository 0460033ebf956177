import type { GovernanceStore } from '../store/store.ts'
import type { WatchedSubjectRow } from '../store/tables.ts'
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
  await db
    .insertInto('watched_subject')
    .values(pseudonyms.map((pseudonym) => ({ pseudonym, kind, officer: name, since, by })))
    .onConflict((oc) => oc.columns(['pseudonym', 'kind', 'officer']).doNothing())
    .execute()
}

/** @returns how many there were */
export async function unwatchSubject({ db }: Db, kind: WatchedKind, pseudonyms: readonly string[]): Promise<number> {
  const { numDeletedRows: deleted } = await db
    .deleteFrom('watched_subject')
    .where('kind', '=', kind)
    .where('pseudonym', 'in', [...pseudonyms])
    .executeTakeFirstOrThrow()
  return Number(deleted)
}

/** Everybody who is watched for, of one kind or of all; those watched longest first. */
export function watchedSubjects({ db }: Db, kind?: WatchedKind): Promise<readonly WatchedSubjectRow[]> {
  const all = db.selectFrom('watched_subject').selectAll().orderBy('since').orderBy('pseudonym')
  return (kind === undefined ? all : all.where('kind', '=', kind)).execute()
}
