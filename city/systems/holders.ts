import { createHash } from 'node:crypto'
import { to15 } from '../../gateway/vocabulary/id-number.ts'
import type { Citizen } from '../citizen.ts'
import { age } from '../dates.ts'
import { demoPeople } from '../demo-people.ts'
import type { Organisation } from '../organisations/organisation.ts'
import { PLACES } from '../places.ts'
import type { Place } from '../places.ts'
import { randomFor } from '../random.ts'
import type { Random } from '../random.ts'

/*
 * What belongs to somebody, in systems that have no list of people: each thing follows from its holder's own identifier
 * and from what it is, so that every system that speaks of it makes the same thing, in whatever order people come.
 */

function digestOf(identifier: string, what: string): Buffer {
  return createHash('sha256').update(`${what}:${identifier}`).digest()
}

/** The random choices about one thing of one holder. */
export function randomOf(identifier: string, what: string): Random {
  const digest = digestOf(identifier, what)
  return randomFor(digest.readUInt32BE(0), digest.readUInt32BE(4))
}

/** Digits that are one thing's own: of 200,000 things no two have the same ten in the long run. */
export function serialOf(identifier: string, what: string, digits = 10): string {
  const value = digestOf(identifier, what).readBigUInt64BE(8) % 10n ** BigInt(digits)
  return String(value).padStart(digits, '0')
}

/** Each demo person is there for one thing: what they hold is told where they are named, and nothing else by chance. */
const DEMO: ReadonlySet<string> = new Set(Object.values(demoPeople).map(({ document }) => document.idDocumentNumber))

/** A citizen who may hold a right here: an adult with a resident ID number, whose registration was not cancelled. */
export function mayHold({ document, birthDate, household }: Citizen): boolean {
  if (DEMO.has(document.idDocumentNumber)) return false
  return document.idDocumentType === 'RESIDENT_ID' && age(birthDate) >= 18 && (household?.cancelled ?? null) === null
}

/** The number of a citizen as an older register may still hold it: 15 digits, of some who were born before 1985. */
export function heldNumber(random: Random, { document, birthDate }: Citizen): string {
  const old = birthDate < '1985-01-01' && random.chance(0.15) ? to15(document.idDocumentNumber) : null
  return old ?? document.idDocumentNumber
}

/** Where a citizen's things are: in the township of the household, or somewhere for those who have none here. */
export function placeOf(random: Random, { household }: Citizen): Place {
  return PLACES.find(({ township }) => township === household?.township) ?? random.pick(PLACES)
}

/** Where an organisation's things are: in its division. */
export function placeIn(random: Random, { division }: Organisation): Place {
  const there = PLACES.filter((place) => place.division === division)
  return random.pick(there.length > 0 ? there : PLACES)
}
