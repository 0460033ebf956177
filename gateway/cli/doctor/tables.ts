import { departments } from '../../../subgraphs/departments.ts'
import { neededPlaces } from '../../../subgraphs/kit/describe.ts'
import type { Department, MissingPlace } from '../../../subgraphs/kit/register.ts'
import type { Config } from '../../config/config.ts'
import { departmentsToConnect } from '../../start/departments.ts'
import { fail, ok, reasonOf } from './finding.ts'
import type { Check, Finding } from './finding.ts'

const REMEDY = {
  zh: '核对表名、列名、库模式(databaseSchema)和只读用户的权限,见 docs/adapters.md',
  en: 'Check the names of tables and columns, databaseSchema and what the reading user may see, see docs/adapters.md',
}

/**
 * The databases of departments have every table and column that is ever read of them: a wrong name is found before the
 * first citizen is asked for.
 */
export const checkTables: Check = async (config) => {
  const findings: Finding[] = []
  for (const [code, one] of departmentsToConnect(config)) {
    const department = departments.find(({ name }) => name === code)
    if (department === undefined || one.kind !== 'embedded' || one.databaseUrl === null) continue
    findings.push(...(await tableFindings(department, config, one.databaseUrl, one.databaseSchema ?? undefined)))
  }
  return findings
}

/** A department may have a second system, over HTTP. Only its tables are looked at here, so that one is never called. */
const UNASKED = {
  apiUrl: 'http://127.0.0.1:9',
  apiKey: 'unasked',
  soapUrl: 'http://127.0.0.1:9',
  soapUser: 'unasked',
  soapPassword: 'unasked',
} as const

async function tableFindings(
  department: Department,
  { dataDirectory }: Config,
  databaseUrl: string,
  databaseSchema: string | undefined,
): Promise<readonly Finding[]> {
  const check = `tables.${department.name}`
  try {
    const source = await department.connect({ dataDirectory, databaseUrl, databaseSchema, ...UNASKED })
    try {
      if (source.describe === undefined) return []
      const needed = neededPlaces(department)
      const missing = await source.describe(needed)
      if (missing.length > 0) return missing.map((place) => missingFinding(check, place))
      return [ok(check, `${needed.length} 张表的列齐全`, `${needed.length} tables have every column`)]
    } finally {
      await source.close()
    }
  } catch (error) {
    // Of an address that cannot be reached the check before this one tells more.
    const reason = reasonOf(error)
    return [fail(check, { zh: `无法检查数据表:${reason}`, en: `the tables cannot be checked: ${reason}` }, REMEDY)]
  }
}

function missingFinding(check: string, { at, columns }: MissingPlace): Finding {
  if (columns === 'ALL') return fail(check, { zh: `${at} 无法读取`, en: `${at} cannot be read` }, REMEDY)
  const names = columns.join(', ')
  return fail(check, { zh: `${at} 无法读取列 ${names}`, en: `${at}: cannot read ${names}` }, REMEDY)
}
