import type { Known } from './known.ts'
import { deathCancelled, isResident } from './known.ts'
import { surnameOf } from './names.ts'
import type { Random } from './random.ts'
import type { Held } from './records.ts'

/** Who gave birth to somebody, and who is the father; both are people of the city. */
export interface Parents {
  readonly mother: Held
  readonly father: Held | null
}

/** Finds parents among the people who were made before, so that a larger city begins with the families of a smaller. */
export interface Families {
  /** Takes somebody in as a parent of those who come later. */
  remember(known: Known): void
  /** Null where nobody of a fitting age is known. */
  parentsOf(random: Random, child: Known): Parents | null
}

interface Adult extends Held {
  readonly surname: string
  readonly year: number
  readonly died: string | null
}

/** So many are remembered of each sex: enough to find a fitting one, few enough to search for each child. */
const REMEMBERED = 600

/** Families of one city, empty at first. */
export function createFamilies(): Families {
  const women: Adult[] = []
  const men: Adult[] = []
  let [nextWoman, nextMan] = [0, 0]
  return {
    remember(known) {
      if (!isResident(known)) return
      const { name, birthDate, document, sex } = known.core
      const held = { name, documentNumber: document.idDocumentNumber }
      const adult = { ...held, surname: surnameOf(name), year: yearOf(birthDate), died: deathCancelled(known) }
      // The oldest acquaintance is forgotten.
      if (sex === '2') women[nextWoman++ % REMEMBERED] = adult
      else men[nextMan++ % REMEMBERED] = adult
    },
    parentsOf(random, { core }) {
      const year = yearOf(core.birthDate)
      const mothers = women.filter((one) => fits(one, core.birthDate, year - 40, year - 20))
      if (mothers.length === 0) return null
      const mother = asParent(random.pick(mothers))
      const named = surnameOf(core.name)
      const fathers = men.filter((one) => one.surname === named && fits(one, core.birthDate, year - 45, year - 22))
      return { mother, father: fathers.length === 0 ? null : asParent(random.pick(fathers)) }
    },
  }
}

/** Whether the adult was born in such years, and alive at the birth. */
function fits({ year, died }: Adult, born: string, first: number, last: number): boolean {
  return year >= first && year <= last && (died === null || died > born)
}

function yearOf(date: string): number {
  return Number(date.slice(0, 4))
}

function asParent({ name, documentNumber }: Adult): Held {
  return { name, documentNumber }
}
