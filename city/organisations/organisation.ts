import type { OrganisationKind } from './identifiers.ts'

/** Who stands for an organisation: a person of the city, as the register has them. */
export interface Representative {
  readonly name: string
  readonly idNumber: string
}

/** What one tax authority holds (HZ-31, HZ-32). */
export interface TaxRegistration {
  readonly taxpayerId: string
  /** Differs from the registered address of some: a planted conflict. */
  readonly address: string
  /** `YYYY-MM-DD`, as all dates here. */
  readonly registered: string
  readonly authority: string
  /** Yuan a year; no list shares it. */
  readonly paid: number
}

/** A production permit (HZ-30#04–07). */
export interface Permit {
  readonly number: string
  readonly scope: string
  readonly from: string
  readonly until: string
  readonly issued: string
}

/** An approval with its inspection (HZ-30#01–03). */
export interface Inspection {
  readonly approval: string
  readonly content: string
  readonly date: string
  /** No list shares it. */
  readonly passed: boolean
}

/** What every register holds of its organisations. */
export interface Registered {
  /** Null for those that still have the registration number alone. */
  readonly uscc: string | null
  readonly name: string
  readonly division: string
  readonly divisionName: string
  readonly address: string
  readonly registered: string
  readonly authority: string
  readonly representative: Representative
  /** No list of market registration shares it. */
  readonly phone: string
  readonly scope: string
}

/** What tax and quality supervision hold besides. */
interface Business extends Registered {
  readonly registrationNumber: string | null
  readonly supervisor: string
  /** GB/T 4754. */
  readonly industry: string
  readonly localTax: TaxRegistration | null
  readonly stateTax: TaxRegistration | null
  readonly permits: readonly Permit[]
  readonly inspections: readonly Inspection[]
}

/** An enterprise (HZ-29.1(1)). */
export interface Enterprise extends Business {
  readonly kind: 'ENTERPRISE'
  /** Code of the market registration system. */
  readonly enterpriseType: string
  /** Ten thousand yuan, as decimal text. */
  readonly capital: string
}

/** An individual business (HZ-29.1(2)); the representative is its operator. */
export interface IndividualBusiness extends Business {
  readonly kind: 'INDIVIDUAL_BUSINESS'
}

/** A social organisation (HZ-33.1). */
export interface SocialOrganisation extends Registered {
  readonly kind: Extract<OrganisationKind, 'PRIVATE_NON_ENTERPRISE_UNIT' | 'SOCIAL_ASSOCIATION' | 'WELFARE_INSTITUTION'>
  readonly certificate: string
  readonly type: string
  readonly competentUnit: string
}

/** A public institution (HZ-34). */
export interface PublicInstitution extends Registered {
  readonly kind: 'PUBLIC_INSTITUTION'
  readonly certificate: string
  /** No list shares it. */
  readonly posts: number
}

/** An organisation that does not exist, as the departments know it. */
export type Organisation = Enterprise | IndividualBusiness | SocialOrganisation | PublicInstitution
