import { generate } from '../city/generate.ts'
import { identityAt } from '../city/identity.ts'
import type { Random } from '../city/random.ts'

/**
 * What can be found of a claim. Nobody has the number of an unknown subject, and nobody can have an impossible one: for
 * that alone no department is asked, which takes much less time.
 */
export const KINDS = ['MATCH', 'NO_MATCH', 'NO_RECORD', 'unknown subject', 'impossible number'] as const
export type Kind = (typeof KINDS)[number]

/** One verification: about whom, and what is claimed. */
export interface Probe {
  readonly kind: Kind
  readonly number: string
  readonly claimed: string
}

/** The item: in a table of some people's accounts, and not to be guessed. */
export const COORDINATE = 'HousingFundAccount.registrationDate'

/** What must come back for each kind; unknown and impossible numbers are told as those without the record. */
export const EXPECTED: Readonly<Record<Kind, string>> = {
  MATCH: 'MATCH',
  NO_MATCH: 'NO_MATCH',
  NO_RECORD: 'NO_RECORD',
  'unknown subject': 'NO_RECORD',
  'impossible number': 'NO_RECORD',
}

/** So many probes of each kind, over as many subjects as the city has, in random order. */
export function plan(city: { people: number; seed: number }, each: number, random: Random): readonly Probe[] {
  const people = [...generate(city)].filter(({ document }) => document.idDocumentType === 'RESIDENT_ID')
  const accounts = people.flatMap(({ document, housingFund }) =>
    housingFund === null ? [] : [{ number: document.idDocumentNumber, date: housingFund.registered }],
  )
  const others = people.filter(({ housingFund }) => housingFund === null)
  const of = (kind: Kind, at: number): Probe => {
    const account = accounts[at % accounts.length] ?? { number: '', date: '' }
    switch (kind) {
      case 'MATCH':
        return { kind, number: account.number, claimed: account.date }
      case 'NO_MATCH':
        return { kind, number: account.number, claimed: wrong(account.date) }
      case 'NO_RECORD':
        return { kind, number: others[at % others.length]?.document.idDocumentNumber ?? '', claimed: account.date }
      case 'unknown subject':
        // The city's people have the first numbers of its seed.
        return { kind, number: identityAt(city.seed, city.people + (at % city.people)).number, claimed: account.date }
      case 'impossible number':
        return { kind, number: impossible(account.number), claimed: account.date }
    }
  }
  const probes = KINDS.flatMap((kind) => Array.from({ length: each }, (_, at) => of(kind, at)))
  return shuffled(probes, random)
}

/** Another day of the same length in the same year. */
function wrong(date: string): string {
  return date.endsWith('-11') ? `${date.slice(0, -3)}-12` : `${date.slice(0, -3)}-11`
}

/** The same person's number with another check digit. */
function impossible(number: string): string {
  return number.slice(0, -1) + (number.endsWith('1') ? '2' : '1')
}

function shuffled<T>(list: readonly T[], random: Random): readonly T[] {
  const order = list.map((one) => ({ one, key: random.next() }))
  return order.toSorted((a, b) => a.key - b.key).map(({ one }) => one)
}
