import { dayBetween, slipped, yearsLater } from './dates.ts'
import { asHeld, later, phone } from './facts.ts'
import { isResident, lastDay } from './known.ts'
import type { Known } from './known.ts'
import { cityOf, PLACES, STREETS, townshipCode } from './places.ts'
import type { Place } from './places.ts'
import type { Random } from './random.ts'
import type { ResidencePermit } from './records.ts'

/** Where the holders come from: the divisions of identity.ts, and cities of the province next to them. */
const HOMES = ['广东省广州市', '广西桂林市', '湖南省衡阳市', '江西省赣州市', '贵州省遵义市', '四川省绵阳市'] as const

/** Residence permits began in Guangdong in 2010. */
const FIRST = '2010-01-01'

/**
 * The residence permit of somebody who lives here and is registered elsewhere. In one of 100 the birth date slipped
 * when it was typed: a planted conflict.
 */
export function residencePermit(random: Random, known: Known): ResidencePermit | null {
  const { core, household } = known
  if (!isResident(known) || household !== null || !random.chance(0.85)) return null
  const place = random.pick(PLACES)
  const registered = dayBetween(random, later(yearsLater(core.birthDate, 1), FIRST), lastDay(known))
  const issued = dayBetween(random, registered, lastDay(known))
  return {
    ...asHeld(random, core),
    sex: core.sex,
    ethnicity: core.ethnicity,
    birthDate: random.chance(0.01) ? slipped(core.birthDate) : core.birthDate,
    householdAddress: `${random.pick(HOMES)}${random.pick(STREETS)}${random.between(1, 300)}号`,
    permitNumber: random.chance(0.6)
      ? core.document.idDocumentNumber
      : `JZ99${String(random.between(0, 99_999_999)).padStart(8, '0')}`,
    ...residence(random, place),
    registered,
    issued,
    cancelled: random.chance(0.08) ? dayBetween(random, issued, lastDay(known)) : null,
    phone: phone(random),
  }
}

/** Where somebody lives, and who registered it. */
function residence(random: Random, place: Place) {
  const city = cityOf(place.division)
  return {
    county: place.division,
    township: townshipCode(place),
    address: `${place.township}${random.pick(STREETS)}${random.between(1, 300)}号${random.between(1, 30)}栋`,
    committee: `${place.township}虚构第${random.between(1, 12)}居委会`,
    policeStation: place.policeStation,
    authority: `${city}${city === '惠州市' ? '来惠' : '流动'}人员服务管理办公室`,
    authorityDivision: place.division,
  }
}
