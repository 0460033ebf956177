import type { Catalog } from '../../catalog/catalog.ts'
import type { Party } from '../../caller/parties.ts'
import type { Matter } from '../../grants/registers.ts'
import { isCode, message } from '../../vocabulary/codes.ts'
import type { Text } from '../../vocabulary/codes.ts'
import { plain } from './report.ts'

/** How a coordinate stands in the catalogue. */
export interface FieldName {
  readonly title: Text
  /** Whether it carries a value of somebody: not a link, nor a cursor of a list. */
  readonly tells: boolean
  readonly providers: readonly string[]
  /** Record type. */
  readonly resource: string
}

/** What people call departments, applications, matters and fields; what no register knows is called by its code. */
export interface ReportNames {
  department(code: string | null): Text
  application(department: string | null, code: string | null): Text
  matter(code: string | null): Text
  /** Whether it is a standing matter of supervision: under it the audit record is looked at, and nothing of a citizen. */
  isSupervision(matter: string | null): boolean
  field(coordinate: string): FieldName
  code(code: string): Text
  /** Coordinates that a department is responsible for. */
  fieldsOf(department: string): readonly string[]
}

const NOBODY: Text = { zh: '未知', en: 'unknown' }
const GATEWAY: Text = { zh: '共享网关', en: 'The gateway' }
const NO_MATTER: Text = { zh: '未说明事项', en: 'no matter stated' }

/** Names by the registers and the catalogue of this moment; a field that is gone since is called by its coordinate. */
export function createReportNames(
  catalog: Catalog,
  parties: readonly Party[],
  matters: readonly Pick<Matter, 'code' | 'title' | 'supervision'>[],
): ReportNames {
  const byCode = new Map(parties.map((party) => [party.code, party]))
  const titles = new Map(matters.map(({ code, title }) => [code, title]))
  const supervision = new Set(matters.flatMap((one) => (one.supervision === true ? [one.code] : [])))
  const entries = new Map<string, FieldName>(
    catalog.fields.map((one) => [
      one.coordinate,
      {
        title: { zh: one.title, en: one.coordinate },
        tells: one.kind === 'leaf' && !isPaging(one.resource),
        providers: one.providers,
        resource: one.resource,
      },
    ]),
  )
  return {
    department: (code) =>
      code === null ? NOBODY : code === 'gateway' ? GATEWAY : (byCode.get(code)?.name ?? plain(code)),
    application(department, code) {
      if (code === null) return NOBODY
      const found = byCode.get(department ?? '')?.applications.find((one) => one.code === code)
      return found?.name ?? plain(code)
    },
    matter(code) {
      if (code === null) return NO_MATTER
      const title = titles.get(code)
      return title === undefined ? plain(code) : { zh: title, en: code }
    },
    isSupervision: (code) => code !== null && supervision.has(code),
    field: (coordinate) =>
      entries.get(coordinate) ?? {
        title: plain(coordinate),
        tells: true,
        providers: [],
        resource: coordinate.split('.')[0] ?? coordinate,
      },
    code: (code) => (isCode(code) ? { zh: message(code, 'zh-CN'), en: message(code, 'en') } : plain(code)),
    fieldsOf: (department) =>
      [...entries].flatMap(([coordinate, { providers }]) => (providers.includes(department) ? [coordinate] : [])),
  }
}

/** Cursors and page flags stand in types of their own and tell of nobody. */
function isPaging(resource: string): boolean {
  return resource.endsWith('Connection')
}
