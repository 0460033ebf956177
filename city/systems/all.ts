import type { CitySize } from '../generate.ts'
import { civilAffairsSystem } from './civil-affairs.ts'
import { disabledPersonsDrop } from './disabled-persons.ts'
import { educationSystem } from './education.ts'
import { healthSystem } from './health.ts'
import { housingFundSystem } from './housing-fund.ts'
import { humanResourcesData } from './human-resources.ts'
import { institutionStaffingSystem } from './institution-staffing.ts'
import { marketRegistrationSystem } from './market-registration.ts'
import { professionalQualificationsSystem } from './professional-qualifications.ts'
import { publicSecuritySqlite } from './public-security-sqlite.ts'
import { qualitySupervisionSystem } from './quality-supervision.ts'
import { residencePermitSystem } from './residence-permit.ts'
import type { Sink } from './sink.ts'
import { taxSystem } from './tax.ts'

/** Opens an old system for filling, in its own folder below the city's directory. */
export type OpenSink = (directory: string, size: CitySize) => Sink

/** Every old system of the city, in the order in which they are filled and listed. */
const SYSTEMS: readonly OpenSink[] = [
  publicSecuritySqlite,
  humanResourcesData,
  disabledPersonsDrop,
  residencePermitSystem,
  healthSystem,
  educationSystem,
  housingFundSystem,
  professionalQualificationsSystem,
  marketRegistrationSystem,
  qualitySupervisionSystem,
  taxSystem,
  institutionStaffingSystem,
  civilAffairsSystem,
]

/** Opens all of them. */
export function openSinks(directory: string, size: CitySize): readonly Sink[] {
  return SYSTEMS.map((open) => open(directory, size))
}
