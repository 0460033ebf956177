import { isSameOfficer } from '../../vocabulary/staff-number.ts'
import type { JudgedRecord } from './batch.ts'
import { isInquiry, isOperation } from './batch.ts'
import type { Judge, Judging } from './judge.ts'
import { officerKey, officerOfKey } from './keys.ts'
import { instant } from './sighting.ts'
import type { Sighting } from './sighting.ts'
import { DAY } from './windows.ts'

/** A planted record, of a person or firm that cannot exist: whoever looks it up copies, or tries numbers out (FS-27). */
export const judgeHoney: Judge = (judging) => watchedIn(judging, 'HONEY')

/** An officer's own data; what an officer may see of themselves, they see at the desk as everybody does. */
export const judgeSelf: Judge = (judging) => watchedIn(judging, 'SELF')

/** Data of an officer's relative, as far as officers were linked with their relatives. */
export const judgeRelatives: Judge = (judging) => watchedIn(judging, 'RELATIVE')

type Kind = 'HONEY' | 'SELF' | 'RELATIVE'
const RULE_OF = { HONEY: 'HONEY', SELF: 'SELF_LOOKUP', RELATIVE: 'RELATIVE_LOOKUP' } as const

async function watchedIn({ batch, look }: Judging, kind: Kind): Promise<readonly Sighting[]> {
  // Nobody comes upon a planted record by way of another, for none refers to it: lists and references count too.
  const subjectsOf = ({ record, objects }: JudgedRecord): readonly string[] =>
    kind === 'HONEY' ? record.subjects : objects
  const operations = batch.filter(({ record }) => isOperation(record) && !(kind === 'HONEY' && isInquiry(record)))
  const rows = await look.watched(operations.flatMap(subjectsOf))
  const watched = Map.groupBy(
    rows.filter((row) => row.kind === kind),
    ({ pseudonym }) => pseudonym,
  )
  if (watched.size === 0) return []
  return operations.flatMap((judged) =>
    subjectsOf(judged)
      .filter((one) => watched.get(one)?.some(({ officer, since }) => since <= judged.at && isMeant(officer, judged)))
      .map((pseudonym) => sightingOf(kind, judged, pseudonym)),
  )
}

/** Whoever it was, for a planted record; else the officer whom it is linked with. */
function isMeant(linked: string, { by }: JudgedRecord): boolean {
  if (linked === '') return true
  const officer = officerOfKey(linked)
  if (by === null || officer === null) return false
  return by.department === officer.department && isSameOfficer(by.officer, officer.officer)
}

function sightingOf(kind: Kind, { record, at, by }: JudgedRecord, pseudonym: string): Sighting {
  const { department, application, officer, matter } = record
  return {
    rule: RULE_OF[kind],
    key: [by === null ? '' : officerKey(by), pseudonym],
    concerned: { department, application, officer, matter },
    at,
    window: DAY,
    evidence: {
      measure: `${kind}_LOOKED_UP`,
      count: 1,
      limit: 1,
      from: instant(at),
      until: instant(at),
      numbers: { status: record.outcome.status },
      receipts: [record.receipt],
      subjects: [pseudonym],
      named: {
        ...(matter === null ? {} : { matters: [matter] }),
        ...(record.case === null ? {} : { cases: [record.case] }),
      },
    },
  }
}
