import type { IdDocumentType, PersonKey } from '../subgraphs/kit/register.ts'
import type { Records, Sex } from './records.ts'

/** The day on which the synthetic city stands still: the newest date in any of its systems. */
export const CITY_DATE = '2026-11-20'

/** What the household registration holds (HZ-18), and some columns that no list shares. */
export interface Household {
  readonly name: string
  readonly sex: Sex
  /** GB/T 3304, numeric. */
  readonly ethnicity: string
  readonly division: string
  readonly township: string
  readonly address: string
  readonly policeStation: string
  readonly photoFile: string
  readonly phone: string
  readonly cancelled: HouseholdCancellation | null
}

/** The end of a household registration. */
export interface HouseholdCancellation {
  readonly division: string
  readonly policeStation: string
  /** `YYYY-MM-DD`, as all dates here. */
  readonly date: string
  readonly reason: 'MOVED_OUT' | 'DECEASED'
}

/** An enrolment in one insurance (HZ-23.2#01–10). */
export interface Enrolment {
  readonly status: 'ENROLLED' | 'SUSPENDED' | 'TERMINATED'
  /** AAE140 of LD/T 92. */
  readonly insuranceType: string
  readonly from: string
  readonly until: string | null
  readonly employer: { readonly name: string; readonly number: string } | null
  readonly authority: string
  readonly authorityDivision: string
  readonly registered: string
  /** Yuan a month; no list shares it. */
  readonly contributionBase: number
}

/** A professional title and the appointment to it (HZ-23.2#11–16). */
export interface Title {
  readonly qualification: string
  readonly obtained: string
  readonly appointment: {
    readonly position: string
    readonly unit: string
    readonly unitDivision: string
    readonly date: string
  } | null
}

/** A person as the human resources system knows one; name and number as that system has them. */
export interface SocialSecurity {
  readonly name: string
  readonly documentNumber: string
  readonly insuranceNumber: string
  readonly enrolments: readonly Enrolment[]
  readonly titles: readonly Title[]
}

/** A disability certificate (HZ-25); name and number as the federation has them. */
export interface Disability {
  readonly name: string
  readonly documentNumber: string
  /** Document number, category and degree, GB/T 26341. */
  readonly certificateNumber: string
  readonly category: string
  readonly degree: string
  readonly authority: string
  readonly authorityDivision: string
  readonly issued: string
  readonly phone: string
  readonly cancelled: {
    readonly reason: string
    readonly authority: string
    readonly authorityDivision: string
    readonly date: string
  } | null
}

/** One person who does not exist, as the departments know them. Null: not in that system. */
export interface Citizen extends Records {
  readonly document: PersonKey
  readonly name: string
  readonly sex: Sex
  readonly birthDate: string
  readonly household: Household | null
  readonly socialSecurity: SocialSecurity | null
  readonly disability: Disability | null
}

/** Who could found an organisation, as far as its register asks. */
export type Founder = Pick<Citizen, 'document' | 'name' | 'birthDate' | 'household'>

export type { IdDocumentType, PersonKey, Sex }
