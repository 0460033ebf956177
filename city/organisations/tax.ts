import { dayBetween } from '../dates.ts'
import type { Place } from '../places.ts'
import type { Random } from '../random.ts'
import type { Registered, TaxRegistration } from './organisation.ts'
import { addressIn, cityAt, divisionName, LAST_REGISTRATION } from './registered.ts'

/** What the tax authorities take over from market registration, and the number that they know the taxpayer by. */
export interface Taxpayer extends Pick<Registered, 'address' | 'registered'> {
  readonly taxpayerId: string
}

/** Local tax (HZ-31): in one of 12 the address is another one than the registered one, a planted conflict. */
export function localTax(random: Random, taxpayer: Taxpayer, place: Place): TaxRegistration {
  return tax(random, taxpayer, place, 1 / 12, '地方税务局')
}

/** State tax (HZ-32): in one of 15 the address is another one. */
export function stateTax(random: Random, taxpayer: Taxpayer, place: Place): TaxRegistration {
  return tax(random, taxpayer, place, 1 / 15, '国家税务局')
}

function tax(random: Random, taxpayer: Taxpayer, place: Place, conflicts: number, office: string): TaxRegistration {
  const moved = random.chance(conflicts)
  const elsewhere = addressIn(random, place)
  const latest = `${Number(taxpayer.registered.slice(0, 4)) + 1}${taxpayer.registered.slice(4, 7)}-01`
  return {
    taxpayerId: taxpayer.taxpayerId,
    address: moved ? elsewhere : taxpayer.address,
    registered: dayBetween(random, taxpayer.registered, latest < LAST_REGISTRATION ? latest : LAST_REGISTRATION),
    authority: `${cityAt(place)}${office}${divisionName(place).slice(3)}分局`,
    paid: random.between(0, 900) * 1000,
  }
}
