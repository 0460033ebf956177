import { namedType } from '../../gateway/catalog/shape.ts'
import type { CatalogueSource, DepartmentSource } from './read.ts'

/** Which types of a department's SDL stand in which section of its page. */
export interface Parts {
  /** Query, subjects, and pages of a list. */
  readonly entries: ReadonlySet<string>
  readonly statistics: ReadonlySet<string>
  /** A record type and the types that stand in it alone. */
  of(record: string): ReadonlySet<string>
}

/** Every type of the SDL stands in one section: what no record and no number holds is a way to them. */
export function partsOf({ catalog }: CatalogueSource, { code, types }: DepartmentSource): Parts {
  const records = new Set(catalog.resources.flatMap((one) => (one.department === code ? [one.type] : [])))
  const counted = Object.keys(catalog.statistics ?? {}).flatMap((at) => {
    const [type = '', name] = at.split('.')
    const field = types.get(type)?.fields?.find((one) => one.name.value === name)
    return field === undefined ? [] : [namedType(field.type)]
  })
  const isOwn = (type: string): boolean =>
    types.has(type) &&
    !records.has(type) &&
    !(types.get(type)?.directives ?? []).some(({ name }) => name.value === 'key')
  const below = (start: readonly string[]): ReadonlySet<string> => {
    const found = new Set(start)
    for (const type of found)
      for (const field of types.get(type)?.fields ?? []) {
        const leads = namedType(field.type)
        if (isOwn(leads)) found.add(leads)
      }
    return found
  }
  const statistics = below(counted)
  const inRecords = below([...records])
  const entries = new Set([...types.keys()].filter((type) => !statistics.has(type) && !inRecords.has(type)))
  return { entries, statistics, of: (record) => below([record]) }
}
