import { civilAffairsTables } from '../systems/civil-affairs.ts'
import { educationTables } from '../systems/education.ts'
import { healthTables } from '../systems/health.ts'
import { marketRegistrationTables } from '../systems/market-registration.ts'
import { naturalResourcesTables } from '../systems/natural-resources.ts'
import { publicSecurityTables } from '../systems/public-security.ts'
import { qualitySupervisionTables } from '../systems/quality-supervision.ts'
import { residencePermitTables } from '../systems/residence-permit.ts'
import type { SqlSystem } from '../systems/sql-system.ts'
import { transportTables } from '../systems/transport.ts'

/** Every old system of the city that is a database, or the part of it that is. */
export const SQL_SYSTEMS: readonly SqlSystem[] = [
  publicSecurityTables,
  residencePermitTables,
  civilAffairsTables,
  healthTables,
  educationTables,
  marketRegistrationTables,
  qualitySupervisionTables,
  naturalResourcesTables,
  transportTables,
]
