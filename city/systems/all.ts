import type { CitySize } from '../generate.ts'
import { civilAffairsSystem } from './civil-affairs.ts'
import { developmentSystem } from './development-reform.ts'
import { disabledPersonsDrop } from './disabled-persons.ts'
import { eLicenceSystem } from './e-licence.ts'
import { ecologySystem } from './ecology-environment.ts'
import { educationSystem } from './education.ts'
import { forestryDrop } from './forestry.ts'
import { healthSystem } from './health.ts'
import { housingFundSystem } from './housing-fund.ts'
import { housingSystem } from './housing-urban-rural.ts'
import { humanResourcesData } from './human-resources.ts'
import { institutionStaffingSystem } from './institution-staffing.ts'
import { macroEconomyDrop } from './macro-economy.ts'
import { marketRegistrationSystem } from './market-registration.ts'
import { meteorologySystem } from './meteorology.ts'
import { naturalResourcesSystem } from './natural-resources.ts'
import { oceanFisheriesDrop } from './ocean-fisheries.ts'
import { professionalQualificationsSystem } from './professional-qualifications.ts'
import { publicCreditSystem } from './public-credit.ts'
import { publicSecuritySystem } from './public-security.ts'
import { qualitySupervisionSystem } from './quality-supervision.ts'
import { residencePermitSystem } from './residence-permit.ts'
import type { Sink } from './sink.ts'
import { taxSystem } from './tax.ts'
import { transportSystem } from './transport.ts'
import { waterSystem } from './water.ts'

/** Opens an old system for filling, in its own folder below the city's directory. */
export type OpenSink = (directory: string, size: CitySize) => Sink

/** Every old system of the city, in the order in which they are filled and listed. */
const SYSTEMS: readonly OpenSink[] = [
  publicSecuritySystem,
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
  naturalResourcesSystem,
  transportSystem,
  forestryDrop,
  oceanFisheriesDrop,
  macroEconomyDrop,
  eLicenceSystem,
  publicCreditSystem,
  ecologySystem,
  meteorologySystem,
  waterSystem,
  housingSystem,
  developmentSystem,
]

/** Opens all of them. */
export function openSinks(directory: string, size: CitySize): readonly Sink[] {
  return SYSTEMS.map((open) => open(directory, size))
}
