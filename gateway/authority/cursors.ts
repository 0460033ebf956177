import type { KeyObject } from 'node:crypto'
import { z } from 'zod'
import { createCursors } from '../../subgraphs/kit/cursor.ts'
import type { Position } from '../governance/queries/scope.ts'
import type { Supervision } from '../grants/supervision.ts'

/** Where an alarm stands in the order of all: newest first. */
export interface AlarmPosition {
  readonly raisedAt: number
  readonly id: string
}

/** What a page belongs to: its cursor opens for the same reader and the same question only. */
export interface Listing {
  readonly field: 'auditRecords' | 'alarms'
  readonly supervision: Supervision
  readonly officer: string
  /** The filter as it was given; it is part of what is sealed, and stands nowhere. */
  readonly filter: unknown
}

/** Seals and opens places in the two lists. */
export interface Places {
  sealRecord(place: Position, listing: Listing): string
  sealAlarm(place: AlarmPosition, listing: Listing): string
  /** @throws Failure BAD_USER_INPUT */
  openRecord(cursor: string, listing: Listing): Position
  /** @throws Failure BAD_USER_INPUT */
  openAlarm(cursor: string, listing: Listing): AlarmPosition
}

const position = z.object({ at: z.number(), chain: z.string(), seq: z.number() })
const alarmPosition = z.object({ raisedAt: z.number(), id: z.string() })

/** Cursors over the keys of departments' cursors, for lists that no department has. */
export function createPlaces(keys: () => readonly KeyObject[]): Places {
  const cursors = createCursors(keys)
  return {
    sealRecord: ({ at, chain, seq }, listing) => cursors.seal(JSON.stringify({ at, chain, seq }), listOf(listing)),
    sealAlarm: ({ raisedAt, id }, listing) => cursors.seal(JSON.stringify({ raisedAt, id }), listOf(listing)),
    openRecord: (cursor, listing) => position.parse(JSON.parse(cursors.open(cursor, listOf(listing)))),
    openAlarm: (cursor, listing) => alarmPosition.parse(JSON.parse(cursors.open(cursor, listOf(listing)))),
  }
}

function listOf({ field, supervision, officer, filter }: Listing): string {
  return JSON.stringify(['authority', field, supervision, officer, sorted(filter ?? {})])
}

/** Members in one order; what is null asks as little as what is left out. */
function sorted(value: unknown): unknown {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) return value
  const members = Object.entries<unknown>({ ...value }).filter(([, one]) => one !== null && one !== undefined)
  return members.toSorted(([a], [b]) => (a < b ? -1 : 1)).map(([name, one]) => [name, sorted(one)])
}
