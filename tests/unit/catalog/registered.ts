import { readAllRules } from '../../../gateway/start/composition.ts'
import type { CatalogRules } from '../../../gateway/catalog/rules.ts'
import { header } from './marked.ts'

/** What each regime of the installation asks. */
export const ALL_RULES: readonly CatalogRules[] = readAllRules()

/** The rules of one regime. */
export function rulesOf(regime: string): CatalogRules {
  const found = ALL_RULES.find((rules) => rules.regime === regime)
  if (!found) throw new Error(`there is no regime ${regime}`)
  return found
}

type Arguments = Readonly<Record<string, string>>

/** Every argument of an entry that is complete under every regime, as GraphQL literals. */
export const ENTRY: Arguments = {
  code: '"D-1"',
  title: '"记录"',
  department: '"d0"',
  updateCycle: '"DAILY"',
  format: '"API"',
  contact: '"信息科"',
  themes: '["HEALTH"]',
  content: '"登记内容"',
  form: '"STRUCTURED"',
  mode: '"QUERY"',
  use: '"限所列事项"',
  sample: '"李**,440***************"',
  system: '"业务系统"',
  location: '"person.record"',
  sharingPeriod: '"PERMANENT"',
  openness: '"NOT_OPEN"',
  openMode: '"NONE"',
  published: '"2026-01-05"',
  standard: '"GB/T 2261.1"',
  authorisationMode: '"DIRECT"',
  secrecyReview: '"BM-2026-001"',
}

/** A conditional item that is complete under every regime. */
export const CONDITIONAL: Arguments = {
  class: '"CONDITIONAL"',
  level: '"L3"',
  title: '"状况"',
  basis: '["HZ-4.3"]',
  reasons: '"涉及个人"',
  conditions: '"凭授权"',
  scope: '["civil-affairs"]',
}

/** An item that every regime lets its department keep back. */
export const NOT_SHARED: Arguments = {
  class: '"NOT_SHARED"',
  level: '"L4"',
  title: '"内情"',
  grounds: '["LAW 《中华人民共和国统计法》第九条"]',
  reasons: '"法律禁止"',
}

/** `@name(…)`; an argument of null is left out. */
export function annotation(
  name: string,
  given: Arguments,
  changed: Readonly<Record<string, string | null>> = {},
): string {
  const list = Object.entries({ ...given, ...changed }).flatMap(([key, value]) =>
    value === null ? [] : `${key}: ${value}`,
  )
  return list.length === 0 ? `@${name}` : `@${name}(${list.join(', ')})`
}

/** What of the registered record may be written in another way; each is put in as it stands. */
export interface Parts {
  readonly entry?: string
  readonly conditional?: string
  readonly notShared?: string
  readonly more?: string
}

/** The SDL of one department with one record, complete under every regime unless a part is written otherwise. */
export function registered({ entry, conditional, notShared, more }: Parts = {}): string {
  return `${header()}
type Query {
  record: Record @share(class: "UNCONDITIONAL", level: "L1", title: "查询")
}
type Record
  ${entry ?? annotation('resource', ENTRY)} {
  open: String @share(class: "UNCONDITIONAL", level: "L1", title: "公开项")
  limited: String
    ${conditional ?? annotation('share', CONDITIONAL)}
  kept: String
    ${notShared ?? annotation('share', NOT_SHARED)}
  ${more ?? ''}
}`
}
