import { byClass } from './classes.ts'
import { entailed, resting } from './entailment.ts'
import type { Business, Item, Ruling, Rulings, Situation } from './facts.ts'
import { principal, purposeOf } from './purpose.ts'
import { allow, deny, verifyOnly, width } from './rulings.ts'

/**
 * The regulations once more, sentence by sentence and without a look at the product: what each field of a city's
 * catalogue is to one caller at one moment. Slow, plain and complete.
 */
export function rulingsOf(situation: Situation): Rulings {
  const first = alone(situation)
  const rulings = resting(entailed(first, situation), first, situation)
  const concerned = [...rulings.values()].some(({ rule }) => rule === 'M-IDNO')
  return concerned && tellsOfPersons(situation) ? strengthened(rulings) : rulings
}

/** Each field for itself: party, matter, class, consent, minimal set. */
function alone(situation: Situation): Rulings {
  const purpose = purposeOf(situation)
  const each = (item: Item): Ruling => ('kind' in purpose ? purpose : ofMatter(item, purpose, situation))
  return new Map([...situation.items.values()].map((item) => [item.coordinate, each(item)]))
}

function ofMatter(item: Item, matter: Business, situation: Situation): Ruling {
  const law = situation.regime.parameters
  // Sharing is the use of other departments' data (ZS-1.08): what it alone serves needs nobody's consent.
  const own = item.providers.every((one) => one === principal(situation))
  const ruling = own ? allow({ clause: law['sharing.meaning'].clause }) : byClass(item, matter, situation)
  return isEntrance(item) ? ruling : leastSufficient(item, ruling, matter, situation)
}

/** A root field that leads to records is no item of any list: what a matter needs is what stands in the records (S01). */
function isEntrance({ coordinate, kind }: Item): boolean {
  return kind === 'object' && coordinate.startsWith('Query.')
}

/** ZS-4.01(3), HZ-5.5(2): no more than the matter needs, and no more of it than it needs. */
function leastSufficient(item: Item, ruling: Ruling, matter: Business, { regime }: Situation): Ruling {
  if (width(ruling) === 0) return ruling
  const { clause } = regime.parameters['access.minimalFields']
  const use = matter.fields.get(item.coordinate)
  if (use === undefined) return deny(['NOT_NEEDED'], [clause], [null, ...ruling.grants])
  return use === 'VERIFY' && width(ruling) > 1 ? verifyOnly({ clause, consents: ruling.consents }) : ruling
}

/**
 * Wall 9: a number's three digits beside a birth date, a sex or a division tell more than two. What counts is all that
 * the department may read in clear, in any of its matters, whichever of its applications the consent is for.
 */
function tellsOfPersons(situation: Situation): boolean {
  const { asker, matters, consents, items } = situation
  const own = matters.filter(({ department }) => department === principal(situation))
  return own.some((matter) => {
    const acting = asker.actingFor && { ...asker.actingFor, matters: [matter.code] }
    const standing: Situation = {
      ...situation,
      asker: { ...asker, matter: matter.code, case: null, actingFor: acting },
      matters: [{ ...matter, caseRequired: false }],
      consents: consents.map((one) => ({ ...one, applications: null })),
    }
    const rulings = entailed(alone(standing), standing)
    return [...rulings].some(([at, { kind }]) => kind === 'ALLOW' && (items.get(at)?.quasiIdentifier ?? null) !== null)
  })
}

function strengthened(rulings: Rulings): Rulings {
  const two = (one: Ruling): Ruling => (one.rule === 'M-IDNO' ? { ...one, rule: 'M-IDNO-2' } : one)
  return new Map([...rulings].map(([at, one]) => [at, two(one)]))
}
