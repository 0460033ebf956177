import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { byClass } from './classes.ts'
import { entailed } from './entailment.ts'
import type { Business, Item, Ruling, Rulings, Situation } from './facts.ts'
import { principal, purposeOf } from './purpose.ts'
import { allow, deny, verifyOnly, width } from './rulings.ts'

/**
 * The regulations once more, sentence by sentence and without a look at the product: what each field of a city's
 * catalogue is to one caller at one moment. Slow, plain and complete.
 */
export function rulingsOf(situation: Situation): Rulings {
  const rulings = entailed(alone(situation), situation)
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
  // Sharing is the use of other departments' data (ZS-1.08): of its own a department may know all.
  if (item.provider === principal(situation)) return allow({ clause: law['sharing.meaning'].clause })
  return leastSufficient(item, byClass(item, matter, situation), matter, situation)
}

/** ZS-4.01(3), HZ-5.5(2): no more than the matter needs, and no more of it than it needs. */
function leastSufficient(item: Item, ruling: Ruling, matter: Business, { regime }: Situation): Ruling {
  if (width(ruling) === 0) return ruling
  const { clause } = regime.parameters['access.minimalFields']
  const use = matter.fields.get(item.coordinate)
  if (use === undefined) return deny(['NOT_NEEDED'], [clause])
  return use === 'VERIFY' && width(ruling) > 1 ? verifyOnly({ clause, consents: ruling.consents }) : ruling
}

/**
 * Wall 9: a number's three digits beside a birth date, a sex or a division tell more than two. What counts is all that
 * the department may read in clear, in any of its matters and applications.
 */
function tellsOfPersons(situation: Situation): boolean {
  const { asker, matters, consents } = situation
  const applications = new Set([asker.application, ...consents.flatMap((one) => one.applications ?? [])])
  const own = matters.filter(({ department }) => department === principal(situation))
  return own.some((matter) =>
    [...applications].some((application) => {
      const standing = {
        ...situation,
        asker: { ...asker, application, matter: matter.code, case: null, actingFor: acting(matter) },
      }
      const rulings = entailed(alone({ ...standing, matters: [{ ...matter, caseRequired: false }] }), standing)
      return [...rulings].some(([at, { kind }]) => kind === 'ALLOW' && quasi(at))
    }),
  )

  function acting(matter: Business): Situation['asker']['actingFor'] {
    return asker.actingFor && { department: asker.actingFor.department, matters: [matter.code] }
  }
  function quasi(at: Coordinate): boolean {
    return (situation.items.get(at)?.quasiIdentifier ?? null) !== null
  }
}

function strengthened(rulings: Rulings): Rulings {
  const two = (one: Ruling): Ruling => (one.rule === 'M-IDNO' ? { ...one, rule: 'M-IDNO-2' } : one)
  return new Map([...rulings].map(([at, one]) => [at, two(one)]))
}
