import type { Business, Ruling, Situation } from './facts.ts'
import { deny } from './rulings.ts'

/** The department whose matters and consents count: a town that acts for one uses the department's (ZS-7.04). */
export function principal({ asker }: Situation): string {
  return asker.actingFor?.department ?? asker.department
}

/** Parties that the texts bind by reference only, where they name them (ZS-1.04, ZS-1.05, HZ-2.2). */
const BY_REFERENCE = ['PUBLIC_UTILITY', 'STATIONED_ORGAN']

/**
 * Party, then matter, then case: without all of them there is no query (INV-3, S15).
 *
 * @returns the matter, or what is said of every field
 */
export function purposeOf(situation: Situation): Business | Ruling {
  const { asker, regime, matters, cases } = situation
  const law = regime.parameters
  const named = law['parties.byReference']?.value ?? []
  // Whom the text does not take in is no party to sharing (NT-3.2, ZJ-2.2, R809-14).
  const parties = [asker.party, ...(asker.actingFor ? [asker.actingFor.party] : [])]
  if (parties.some((party) => BY_REFERENCE.includes(party) && !named.some((one) => one === party)))
    return deny(['UNKNOWN_PARTY'], [law['identity.registeredParty'].clause])
  const missing = deny(['PURPOSE_MISSING'], [law['access.purposeRequired'].clause])
  const mismatch = deny(['PURPOSE_MISMATCH'], [law['access.secondaryUse'].clause])
  // ZS-7.04 alone lets a town act for a department; a text that is silent lends nobody's matters.
  if (asker.actingFor && law['parties.delegation'] === null) return mismatch
  if (asker.matter === null) return missing
  const matter = matters.find(({ code }) => code === asker.matter)
  if (!matter || matter.department !== principal(situation)) return mismatch
  if (asker.actingFor && !asker.actingFor.matters.includes(matter.code)) return mismatch
  if (asker.case === null) return matter.caseRequired ? missing : matter
  const file = cases.find(({ number }) => number === asker.case)
  return file?.matter === matter.code && file.department === matter.department ? matter : mismatch
}
