import { mkdir, rm } from 'node:fs/promises'
import { join } from 'node:path'
import { demoPeople } from '../../city/demo-people.ts'
import { demoOrganisations } from '../../city/organisations/demo-organisations.ts'
import { disabledPersons } from '../../subgraphs/disabled-persons/source.ts'
import { education } from '../../subgraphs/education/source.ts'
import { institutionStaffing } from '../../subgraphs/institution-staffing/source.ts'
import type { Department, Source } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'
import { professionalQualifications } from '../../subgraphs/professional-qualifications/source.ts'
import { testCity } from '../kit/city.ts'
import { identifierOf } from './subgraph-bench.ts'
import type { Bench, Kind } from './subgraph-bench.ts'

/** A department over dropped files; its queries are those that its source was asked. */
export async function startFileDepartment(department: Department): Promise<Bench> {
  const city = await testCity()
  const seen: ReadonlySet<string>[] = []
  let source = await department.connect({ dataDirectory: city.directory })
  const relay: Source = {
    fetch: (lookup) => {
      seen.push(new Set(lookup.columns))
      return source.fetch(lookup)
    },
    asOf: (register) => source.asOf(register),
    health: () => source.health(),
    close: () => source.close(),
  }
  return {
    subgraph: createSubgraph(department, relay),
    queries: () => seen.splice(0),
    async breakSource() {
      // A restart over an empty folder: nothing can be in service.
      const empty = join(city.directory, 'empty')
      await mkdir(empty)
      await source.close()
      // A database beside the files is somewhere else.
      source = await department.connect({ dataDirectory: city.directory, directory: empty, databaseUrl: NOWHERE })
    },
    async close() {
      await source.close()
      await rm(city.directory, { recursive: true, force: true })
      await city.close()
    },
  }
}

const NOWHERE = 'postgres://reader@127.0.0.1:1/nothing'
const { parent, oldNumber, allThree, publicSecurityOnly } = demoPeople
const { institution, association } = demoOrganisations

type FileKind = Omit<Kind, 'name' | 'start'> & { readonly department: Department; readonly format: string }

const KINDS: readonly FileKind[] = [
  {
    department: disabledPersons,
    format: 'CSV in GB 18030',
    type: 'DisabilityCertificate',
    link: 'disability',
    field: 'issueDate',
    keys: ['证件类型', '证件号码'],
    column: '发证日期',
    other: { field: 'cancellationReason', column: '注销原因' },
    known: oldNumber.document,
    value: { issueDate: '2012-02-02' },
    absent: publicSecurityOnly.document,
    asOf: '2026-11-01T00:00:00+08:00',
  },
  {
    department: professionalQualifications,
    format: 'workbooks and CSV of several issuers',
    type: 'PracticeLicence',
    link: 'practiceLicences',
    field: 'issueDate',
    keys: ['zjlx', 'zjhm'],
    column: 'fzrq',
    other: { field: 'cancellationDate', column: 'zxrq' },
    known: parent.document,
    value: [{ issueDate: '2012-05-15' }],
    absent: publicSecurityOnly.document,
    asOf: '2026-10-08T00:00:00+08:00',
  },
  {
    department: education,
    format: 'workbooks and CSV beside a database',
    type: 'AcademicCredential',
    link: 'credentials',
    field: 'degreeConferralDate',
    keys: ['zjlx', 'zjhm'],
    column: 'xwsyrq',
    other: { field: 'major', column: 'zy' },
    known: allThree.document,
    value: [{ degreeConferralDate: '2007-06-30' }],
    absent: publicSecurityOnly.document,
    asOf: '2026-11-05T00:00:00+08:00',
  },
  {
    department: institutionStaffing,
    format: 'a workbook with merged headings',
    type: 'PublicInstitution',
    link: 'publicInstitution',
    field: 'registrationDate',
    keys: ['tyshxydm'],
    column: 'djrq',
    other: { field: 'contactPhone', column: 'lxdh' },
    known: identifierOf(institution),
    value: { registrationDate: '2003-01-06' },
    absent: identifierOf(association),
    asOf: '2026-09-30T00:00:00+08:00',
  },
]

/** What each department over dropped files is asked. */
export const FILE_KINDS: readonly Kind[] = KINDS.map(({ department, format, ...about }) => ({
  name: `file drop, ${department.name}: ${format}`,
  start: () => startFileDepartment(department),
  ...about,
}))
