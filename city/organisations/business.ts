import { dayBetween } from '../dates.ts'
import { EMPLOYERS } from '../places.ts'
import { enterpriseName } from './enterprise-name.ts'
import { creditCode, oldTaxpayerId, registrationNumber } from './identifiers.ts'
import type { OrganisationKind } from './identifiers.ts'
import type { Enterprise, IndividualBusiness, Inspection, Permit, Registered } from './organisation.ts'
import { addressIn, cityAt, divisionName, LAST_REGISTRATION, representativeOf, telephone } from './registered.ts'
import type { Core } from './registered.ts'
import { localTax, stateTax } from './tax.ts'

/** From this day on licences have the credit code alone (三证合一). */
const CODE_SINCE = '2015-10-01'

/** Industry (GB/T 4754) of each of `EMPLOYERS`, and what such a firm may do. */
const TRADES = [
  ['C3989', '电子元器件制造、销售'],
  ['C2110', '家具制造、销售'],
  ['C3872', '照明灯具制造、销售'],
  ['G5430', '普通货物道路运输'],
  ['C1811', '服装制造、销售'],
  ['C1411', '食品生产、销售'],
  ['C3599', '专用设备制造、销售'],
] as const
const SHOPS = [
  ['F5211', '百货店', '百货零售'],
  ['H6291', '小吃店', '餐饮服务'],
  ['O8051', '理发店', '理发服务'],
  ['F5263', '摩托车行', '摩托车销售、修理'],
] as const

/** Codes of the market registration system, as its source decodes them. */
const ENTERPRISE_TYPES = ['YX', 'YX', 'DZ', 'GF', 'GQ'] as const

/** An enterprise, named as the employers that human resources knows. */
export function enterprise(core: Core): Enterprise {
  const { random, place, issue } = core
  const at = issue.serial % EMPLOYERS.length
  const [industry, scope] = TRADES[at] ?? TRADES[0]
  const name = enterpriseName(place, issue.serial)
  // A few old firms never came for their code.
  const facts = business(core, 'ENTERPRISE', 0.06)
  const registered = { ...facts, name, scope, address: addressIn(random, place) }
  const taxpayer = { ...registered, taxpayerId: facts.uscc ?? oldTaxpayerId(issue) }
  const [made, checked] = [industry.startsWith('C') && random.chance(0.5), random.chance(0.4)]
  return {
    ...registered,
    kind: 'ENTERPRISE',
    industry,
    enterpriseType: random.pick(ENTERPRISE_TYPES),
    capital: `${random.between(1, 500) * 10}.${random.pick(['00', '50'])}`,
    localTax: localTax(random, taxpayer, place),
    stateTax: stateTax(random, taxpayer, place),
    permits: made ? [permit(core, registered.registered, scope)] : [],
    inspections: made && checked ? [inspection(core, registered.registered, scope)] : [],
  }
}

/** An individual business. Without a code its taxpayer number is the operator's ID number and two digits. */
export function individualBusiness(core: Core): IndividualBusiness {
  const { random, place, issue } = core
  const [industry, shop, scope] = random.pick(SHOPS)
  const name = `${place.township}示范${issue.serial}号${shop}`
  const facts = business(core, 'INDIVIDUAL_BUSINESS', 0.5)
  const registered = { ...facts, name, scope, address: addressIn(random, place) }
  const taxpayer = { ...registered, taxpayerId: facts.uscc ?? `${facts.representative.idNumber}00` }
  return {
    ...registered,
    kind: 'INDIVIDUAL_BUSINESS',
    industry,
    localTax: random.chance(0.8) ? localTax(random, taxpayer, place) : null,
    stateTax: stateTax(random, taxpayer, place),
    permits: [],
    inspections: [],
  }
}

/** What both kinds have; founded before the code, this share still has the registration number alone. */
function business(
  { random, place, issue, founder, registered }: Core,
  kind: OrganisationKind,
  uncoded: number,
): Omit<Registered, 'name' | 'scope' | 'address'> & { registrationNumber: string | null; supervisor: string } {
  const old = registered < CODE_SINCE
  const coded = !old || !random.chance(uncoded)
  return {
    uscc: coded ? creditCode(kind, issue) : null,
    registrationNumber: old ? registrationNumber(issue) : null,
    division: place.division,
    divisionName: divisionName(place),
    registered,
    authority: `${cityAt(place)}工商行政管理局`,
    supervisor: `${place.township}工商所`,
    representative: representativeOf(founder),
    phone: telephone(random),
  }
}

function permit({ random, issue }: Core, since: string, scope: string): Permit {
  const issued = dayBetween(random, since > '2022-01-01' ? since : '2022-01-01', LAST_REGISTRATION)
  const until = `${Number(issued.slice(0, 4)) + 5}${issued.slice(4, 7)}-01`
  // XK99 is no number of the list of licensed products.
  return { number: `XK99-001-${String(issue.serial).padStart(5, '0')}`, scope, from: issued, until, issued }
}

function inspection({ random, issue }: Core, since: string, scope: string): Inspection {
  return {
    approval: `演示质监准〔2025〕${issue.serial}号`,
    content: `${scope}的质量检测`,
    date: dayBetween(random, since > '2025-01-01' ? since : '2025-01-01', LAST_REGISTRATION),
    passed: random.chance(0.93),
  }
}
