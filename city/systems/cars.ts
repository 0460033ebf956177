import type { Citizen } from '../citizen.ts'
import { demoPeople } from '../demo-people.ts'
import { dayBetween, yearsLater } from '../dates.ts'
import { demoOrganisations } from '../organisations/demo-organisations.ts'
import type { Organisation } from '../organisations/organisation.ts'
import { heldNumber, mayHold, randomOf, serialOf } from './holders.ts'

/** A car as public security registers it. */
export interface Car {
  readonly plate: string
  /** GA 24.7. */
  readonly plateType: '01' | '02' | '52' | '07'
  readonly brand: string
  readonly registered: string
}

/** A car that is hired with its driver, as transport knows it; its operator owns it. */
export interface HiredCar extends Car {
  readonly kind: 'TAXI' | 'RIDE_HAILING'
  readonly operator: { readonly name: string; readonly uscc: string }
  readonly licence: string
  readonly licenceUntil: string
  readonly driver: { readonly name: string; readonly idNumber: string; readonly phone: string }
  readonly qualification: string
}

const BRANDS = ['样例牌 YL7150', '示范牌 SF6480', '演示牌 YS7000EV', '虚构牌 XG125'] as const
/** Of plates: the letters O and I are in none, so that one that begins with O is on no car. */
const ALPHABET = 'ABCDEFGHJKLMNPQRSTUVWXYZ0123456789'

/** A number plate that was never issued. */
function plateOf(identifier: string, what: string): string {
  const random = randomOf(identifier, `${what}-plate`)
  return `粤${random.pick(['T', 'L'])}O${Array.from({ length: 8 }, () => random.pick([...ALPHABET])).join('')}`
}

function car(identifier: string, what: string): Car {
  const random = randomOf(identifier, what)
  const plateType = random.pick(['02', '02', '52', '07'] as const)
  const registered = dayBetween(random, '2012-01-04', '2026-10-31')
  return { plate: plateOf(identifier, what), plateType, brand: random.pick(BRANDS), registered }
}

/** Demo people with a car of their own, and one who drives a taxi. */
const OWNERS: readonly string[] = [demoPeople.allThree, demoPeople.movedOut].map(numberOf)
const DRIVER = numberOf(demoPeople.parent)

function numberOf({ document }: Citizen): string {
  return document.idDocumentNumber
}

/** The car that a citizen owns; null for most. */
export function ownCar(citizen: Citizen): Car | null {
  const number = numberOf(citizen)
  const owns = OWNERS.includes(number) || (mayHold(citizen) && randomOf(number, 'owns-car').chance(0.18))
  return owns ? car(number, 'car') : null
}

/** The car that an enterprise owns; null for most, and for those without a code. */
export function firmCar({ kind, uscc }: Organisation): Car | null {
  if (kind !== 'ENTERPRISE' || uscc === null) return null
  const owns = uscc === demoOrganisations.firm.uscc || randomOf(uscc, 'owns-car').chance(0.25)
  return owns ? { ...car(uscc, 'car'), plateType: '01' } : null
}

/** Who runs the city's taxis and ride-hailing: the enterprises that are in every city. */
const OPERATORS = [demoOrganisations.firm, demoOrganisations.movedFirm].map(({ name, uscc }) => ({
  name,
  uscc: uscc ?? '',
}))

/** The hired car that a citizen drives; null for most. */
export function hiredCar(citizen: Citizen): HiredCar | null {
  const number = numberOf(citizen)
  const random = randomOf(number, 'drives')
  const drives = mayHold(citizen) && random.chance(0.05)
  if (number !== DRIVER && !drives) return null
  const [operator, licensed] = [random.pick(OPERATORS), dayBetween(random, '2021-01-04', '2025-12-31')]
  return {
    ...car(number, 'hired-car'),
    plateType: '52',
    kind: number === DRIVER || random.chance(0.5) ? 'TAXI' : 'RIDE_HAILING',
    operator,
    licence: `99${serialOf(number, 'transport-licence')}`,
    licenceUntil: yearsLater(licensed, 6),
    driver: { name: citizen.name, idNumber: heldNumber(random, citizen), phone: `100${serialOf(number, 'driver', 8)}` },
    qualification: `99${serialOf(number, 'driver-qualification')}`,
  }
}
