import { marketRegistrationTables } from '../systems/market-registration.ts'
import { publicSecurityTables } from '../systems/public-security.ts'
import { qualitySupervisionTables } from '../systems/quality-supervision.ts'
import { residencePermitTables } from '../systems/residence-permit.ts'
import type { SqlSystem } from '../systems/sql-system.ts'

/** Every old system of the city that is a database. */
export const SQL_SYSTEMS: readonly SqlSystem[] = [
  publicSecurityTables,
  residencePermitTables,
  marketRegistrationTables,
  qualitySupervisionTables,
]
