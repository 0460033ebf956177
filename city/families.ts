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
  readonly birthDate: string
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
      const adult = { ...held, surname: surnameOf(name), birthDate, died: deathCancelled(known) }
      // The oldest acquaintance is forgotten.
      if (sex === '2') women[nextWoman++ % REMEMBERED] = adult
      else men[nextMan++ % REMEMBERED] = adult
    },
    parentsOf(random, { core }) {
      const mothers = women.filter((one) => fits(one, core.birthDate, 20, 40))
      if (mothers.length === 0) return null
      const mother = asParent(random.pick(mothers))
      const named = surnameOf(core.name)
      const fathers = men.filter((one) => one.surname === named && fits(one, core.birthDate, 22, 45))
      return { mother, father: fathers.length === 0 ? null : asParent(random.pick(fathers)) }
    },
  }
}

/** Whether the adult was alive and of such an age at the birth. */
function fits({ birthDate, died }: Adult, born: string, least: number, most: number): boolean {
  const years = Number(born.slice(0, 4)) - Number(birthDate.slice(0, 4))
  return years >= least && years <= most && (died === null || died > born)
}

function asParent({ name, documentNumber }: Adult): Held {
  return { name, documentNumber }
}
