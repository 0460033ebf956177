import { PROFILES } from '../../gateway/caller/development-issuer.ts'
import { BUILTIN } from '../../gateway/builtin/subgraph.ts'
import { composeCity } from '../../gateway/start/composition.ts'
import { benchRules, composedOrThrow } from './installation.ts'
import type { InstallationPlan } from './installation.ts'

const MANY = 1_000_000

/** The demonstration city with its own registers; asked by the clerk of its housing desk. */
export const CITY_PLAN: InstallationPlan = {
  composed: () => composedOrThrow(composeCity(benchRules())),
  registers: null,
  subject: PROFILES['housing-clerk'],
  headers: { 'x-matter': 'public-rental-housing', 'x-case': 'PRH-2026-0001' },
  limits: {
    officerPerMinute: MANY,
    applicationPerMinute: MANY,
    departmentPerMinute: MANY,
    subjectsPerCase: 10_000,
    subjectsPerOfficerHour: MANY,
    subjectsPerOfficerDay: MANY,
    subjectsPerApplicationHour: MANY,
    subjectsPerDepartmentDay: MANY,
    neighboursPerOfficer: MANY,
    neighboursPerApplication: MANY,
    neighboursPerDepartment: MANY,
    missPercent: 100,
  },
}

const KEPT_MATTER = 'certificates-check'

/** Items of the lower levels that are brought up to date once a day or less often: what may be kept for minutes. */
const KEPT_FIELDS = [
  'StudentRecord.studentName',
  'StudentRecord.sex',
  'AcademicCredential.educationLevel',
  'AcademicCredential.major',
  'QualificationCertificate.qualificationCertificateName',
  'QualificationCertificate.issuingDepartment',
  'PracticeLicence.practiceLicenceName',
  'PracticeLicence.issuingDepartment',
]

/** The same city, and a matter that needs nothing of what its sources keep up in real time. */
export const KEPT_PLAN: InstallationPlan = {
  ...CITY_PLAN,
  registers: {
    matters: {
      matters: [
        { code: KEPT_MATTER, title: '证书核查', department: CITY_PLAN.subject.department, fields: KEPT_FIELDS },
      ],
    },
    cases: { cases: [] },
    operations: { operations: [] },
    grants: {
      grants: [
        {
          id: 'G-1',
          consumer: CITY_PLAN.subject.department,
          matters: [KEPT_MATTER],
          clear: KEPT_FIELDS,
          validFrom: '2026-01-01T00:00:00+08:00',
          validUntil: '2099-01-01T00:00:00+08:00',
          approver: 'BENCH-0001',
          agreement: 'XY-BENCH-1',
        },
      ],
    },
  },
  headers: { 'x-matter': KEPT_MATTER },
}

/** The departments that the gateway asks; its own lookups it has inside. */
export function departmentsAlone(urls: Readonly<Record<string, string>>): Readonly<Record<string, string>> {
  return Object.fromEntries(Object.entries(urls).filter(([name]) => name !== BUILTIN))
}

/** The city's supergraph with the addresses of its departments, for a gateway that reads them there. */
export function citySupergraph(urls: Readonly<Record<string, string>>): string {
  const { supergraphSdl } = CITY_PLAN.composed()
  return supergraphSdl.replaceAll(
    /@join__graph\(name: "([\w-]+)", url: ""\)/g,
    (_, name: string) => `@join__graph(name: "${name}", url: "${urls[name] ?? ''}")`,
  )
}
