import { Failure } from '../gateway/vocabulary/failure.ts'
import { civilAffairs } from './civil-affairs/source.ts'
import { developmentReform } from './development-reform/source.ts'
import { disabledPersons } from './disabled-persons/source.ts'
import { eLicence } from './e-licence/source.ts'
import { ecologyEnvironment } from './ecology-environment/source.ts'
import { education } from './education/source.ts'
import { forestry } from './forestry/source.ts'
import { health } from './health/source.ts'
import { housingFund } from './housing-fund/source.ts'
import { housingUrbanRural } from './housing-urban-rural/source.ts'
import { humanResources } from './human-resources-social-security/source.ts'
import { institutionStaffing } from './institution-staffing/source.ts'
import type { Subgraph } from './kit/contract.ts'
import type { ConnectOptions, Department } from './kit/register.ts'
import { createSubgraph } from './kit/subgraph.ts'
import { macroEconomy } from './macro-economy/source.ts'
import { meteorology } from './meteorology/source.ts'
import { naturalResources } from './natural-resources/source.ts'
import { oceanFisheries } from './ocean-fisheries/source.ts'
import { professionalQualifications } from './professional-qualifications/source.ts'
import { marketRegistration } from './market-registration/source.ts'
import { publicCredit } from './public-credit/source.ts'
import { publicSecurity } from './public-security/source.ts'
import { qualitySupervision } from './quality-supervision/source.ts'
import { tax } from './tax/source.ts'
import { transport } from './transport/source.ts'
import { residencePermit } from './residence-permit/source.ts'
import { water } from './water/source.ts'

/** Every department of the city that is connected, in the order of composition. */
export const departments: readonly Department[] = [
  // natural persons
  publicSecurity,
  humanResources,
  disabledPersons,
  residencePermit,
  health,
  education,
  housingFund,
  professionalQualifications,
  civilAffairs,
  // legal entities
  marketRegistration,
  qualitySupervision,
  tax,
  institutionStaffing,
  // records of the city itself
  naturalResources,
  transport,
  forestry,
  oceanFisheries,
  macroEconomy,
  ecologyEnvironment,
  meteorology,
  water,
  housingUrbanRural,
  developmentReform,
  // of persons and of legal entities
  eLicence,
  publicCredit,
]

/** Connects a department to its system. Throws `NOT_FOUND` for a name that is no department's, `SOURCE_UNAVAILABLE`. */
export async function connectDepartment(name: string, options: ConnectOptions): Promise<Subgraph> {
  const department = departments.find((known) => known.name === name)
  if (department === undefined) {
    const names = departments.map((known) => known.name).join(', ')
    throw new Failure('NOT_FOUND', { detail: `There is no department ${name}; there are ${names}` })
  }
  return createSubgraph(department, await department.connect(options), options.cursorKeys)
}
