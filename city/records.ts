/** GB/T 2261.1. */
export type Sex = '1' | '2'

/** Name and number of a person as one system has them. All dates here are `YYYY-MM-DD`. */
export interface Held {
  readonly name: string
  readonly documentNumber: string
}

/** A residence permit (HZ-19), and a telephone that no list shares. */
export interface ResidencePermit extends Held {
  readonly sex: Sex
  readonly ethnicity: string
  readonly birthDate: string
  readonly householdAddress: string
  readonly permitNumber: string
  readonly county: string
  /** Nine digits. */
  readonly township: string
  readonly address: string
  readonly committee: string
  readonly policeStation: string
  readonly authority: string
  readonly authorityDivision: string
  readonly registered: string
  readonly issued: string
  readonly cancelled: string | null
  readonly phone: string
}

/** A medical certificate of birth (HZ-21.2), and a weight that no list shares. */
export interface Birth {
  readonly certificateNumber: string
  readonly newbornName: string
  readonly sex: Sex
  /** Null where the number was never written back to the certificate. */
  readonly documentNumber: string | null
  readonly birthDate: string
  readonly health: 'GOOD' | 'FAIR' | 'POOR'
  readonly grams: number
  readonly mother: Held
  readonly father: Held | null
  readonly issued: string
  readonly issuer: string
}

/** A medical certificate of death (HZ-21.3), and the certificate's occupation, which no list shares. */
export interface Death extends Held {
  readonly certificateNumber: string
  readonly division: string
  readonly city: string
  /** Null in a city without counties. */
  readonly county: string | null
  readonly sex: Sex
  readonly ethnicity: string
  readonly birthDate: string
  readonly date: string
  readonly age: number
  readonly residenceAddress: string
  readonly householdAddress: string
  readonly place: string
  readonly cause: string
  readonly occupation: string
  readonly kin: { readonly name: string; readonly phone: string; readonly address: string }
  readonly physician: string
  readonly institution: string
  readonly officer: string
  readonly policeStation: string
}

/** Family-planning certificates (HZ-22), and a number of children that no list shares. */
export interface FamilyPlanning extends Held {
  readonly serviceCertificate: string | null
  readonly migrantCertificate: string | null
  readonly received: string
  readonly authority: string
  readonly authorityDivision: string
  readonly children: number
}

/** An examination or a test: what, when, with what result. */
export interface Result {
  readonly what: string
  readonly date: string
  readonly result: string
}

/** A student record (HZ-24#01–26, #34–36), and a guardian's telephone that no list shares. */
export interface Student extends Held {
  readonly registrationNumber: string
  readonly sex: Sex
  readonly birthDate: string
  readonly birthPlace: string
  readonly household: string
  readonly enrolled: string
  readonly school: string
  readonly schoolAddress: string
  readonly exams: readonly Result[]
  readonly skills: string | null
  readonly practice: string | null
  readonly fitness: readonly Result[]
  readonly checkups: readonly Result[]
  readonly vaccinations: readonly { readonly vaccine: string; readonly dose: number; readonly date: string }[]
  readonly awards: readonly { readonly title: string; readonly by: string; readonly date: string }[]
  readonly aid: readonly { readonly kind: string; readonly from: string; readonly until: string }[]
  readonly completed: string | null
  readonly transfer: { readonly date: string; readonly from: string; readonly to: string } | null
  readonly suspended: string | null
  readonly resumed: string | null
  readonly withdrawn: string | null
  readonly left: { readonly date: string; readonly reason: string } | null
  readonly authority: string
  readonly authorityDivision: string
  readonly registered: string
  readonly guardianPhone: string
}

/** A diploma and its degree (HZ-24#27–33), and a mean mark that no list shares. */
export interface Credential extends Held {
  /** GB/T 4658. */
  readonly level: string
  readonly major: string
  readonly diploma: string
  /** Degree by GB/T 6864. */
  readonly degree: {
    readonly code: string
    readonly conferred: string
    readonly by: string
    readonly number: string
  } | null
  readonly meanMark: number
}

/** A housing provident fund account (HZ-26), and a balance that no list shares. */
export interface HousingFund extends Held {
  readonly status: 'NORMAL' | 'SEALED' | 'FROZEN' | 'CLOSED'
  readonly employer: string
  readonly registered: string
  /** Yuan. */
  readonly balance: number
}

/** A qualification certificate or a practice licence (HZ-27), and a mark that no list shares. */
export interface Certificate extends Held {
  readonly kind: 'QUALIFICATION' | 'LICENCE'
  readonly title: string
  readonly number: string
  readonly issuer: string
  readonly issuerDivision: string
  readonly issued: string
  readonly cancelled: string | null
  readonly mark: number
}

/** What five more departments hold of a person. Null or empty: not in that system. */
export interface Records {
  readonly residencePermit: ResidencePermit | null
  /** The person's own birth; the parents are found from it. */
  readonly birth: Birth | null
  readonly death: Death | null
  readonly familyPlanning: FamilyPlanning | null
  readonly student: Student | null
  readonly credentials: readonly Credential[]
  readonly housingFund: HousingFund | null
  readonly certificates: readonly Certificate[]
}

/** Somebody in none of these systems. */
export const NO_RECORDS: Records = Object.freeze({
  residencePermit: null,
  birth: null,
  death: null,
  familyPlanning: null,
  student: null,
  credentials: [],
  housingFund: null,
  certificates: [],
})
