import { fileURLToPath } from 'node:url'
import { readRegime } from '../../../gateway/adapters/regime-file.ts'
import type { Caller } from '../../../gateway/caller/caller.ts'
import type { FieldEntry, ResourceEntry } from '../../../gateway/catalog/catalog.ts'
import { createGrantIndex } from '../../../gateway/grants/grant.ts'
import type { Grant, GrantIndex, GrantMode } from '../../../gateway/grants/grant.ts'
import type { Case, FieldUse, Matter } from '../../../gateway/grants/registers.ts'
import type { Authority } from '../../../gateway/grants/view.ts'
import type { Regime } from '../../../gateway/regime/regime.ts'
import { typeOf } from '../../../gateway/vocabulary/coordinate.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'

/** The profiles that are shipped. */
export const ZHONGSHAN = regime('zhongshan')
export const HUIZHOU = regime('huizhou')
export const NANTONG = regime('nantong')
export const FUSHUN = regime('fushun')
export const ZHEJIANG = regime('zhejiang')
export const NATIONAL = regime('national')

function regime(name: string): Regime {
  return readRegime(fileURLToPath(new URL(`../../../schema/regimes/${name}.yaml`, import.meta.url)))
}

/** An instant in the middle of what `grantOf` allows. */
export const NOON = Date.parse('2026-06-01T12:00:00+08:00')
const DAY = 86_400_000

/** A field of the catalogue; unconditional text unless told otherwise. */
export function field(at: Coordinate, facts: Partial<FieldEntry> = {}): FieldEntry {
  return {
    coordinate: at,
    kind: 'leaf',
    provider: 'provider',
    providers: ['provider'],
    resource: typeOf(at),
    class: 'UNCONDITIONAL',
    level: 'L2',
    item: null,
    title: '项',
    basis: [],
    grounds: [],
    reasons: null,
    conditions: null,
    subMode: null,
    scope: null,
    verifyOnly: false,
    mask: null,
    maskApproval: null,
    maskProhibited: false,
    verify: null,
    embeds: [],
    quasiIdentifier: null,
    emergencyExcluded: false,
    authoritativeFor: null,
    follows: null,
    requires: [],
    declassified: null,
    onInterface: false,
    ...facts,
  }
}

/** A catalogue entry of the department `provider`. */
export function resource(type: string, facts: Partial<ResourceEntry> = {}): ResourceEntry {
  return {
    type,
    code: type,
    title: '条目',
    department: 'provider',
    updateCycle: 'DAILY',
    format: 'API',
    contact: '科室',
    base: null,
    themes: [],
    content: null,
    form: null,
    mode: null,
    use: null,
    sample: null,
    system: null,
    location: null,
    sharingPeriod: null,
    openness: null,
    openMode: null,
    published: null,
    standard: null,
    authorisationMode: null,
    parameterControl: false,
    urgent: false,
    secrecyReview: null,
    secret: false,
    varies: false,
    ...facts,
  }
}

/** A field of class conditional. */
export function conditional(at: Coordinate, facts: Partial<FieldEntry> = {}): FieldEntry {
  return field(at, { class: 'CONDITIONAL', basis: ['HZ-4.3'], conditions: '凭授权', ...facts })
}

/** A grant of the department `housing` for the matter `M`, with its agreement. */
export function grantOf(id: string, fields: Readonly<Record<string, GrantMode>>, facts: Partial<Grant> = {}): Grant {
  return {
    id,
    consumer: 'housing',
    applications: null,
    matters: ['M'],
    fields: new Map(Object.entries(fields) as [Coordinate, GrantMode][]),
    validFrom: NOON - 30 * DAY,
    validUntil: NOON + 30 * DAY,
    approvals: [{ by: 'PROVIDER', officer: 'P-1' }],
    parameters: new Map(),
    quota: { callsPerDay: null, subjectsPerDay: null, rowsPerDay: null },
    seasonal: false,
    linkage: [],
    copyConsent: null,
    agreement: 'XY-1',
    revokedAt: null,
    ...facts,
  }
}

/** A matter of the department `housing`, called `M` unless told otherwise. */
export function matterOf(fields: Readonly<Record<string, FieldUse>>, facts: Partial<Matter> = {}): Matter {
  return {
    code: 'M',
    title: '事项',
    department: 'housing',
    caseRequired: false,
    fields: new Map(Object.entries(fields) as [Coordinate, FieldUse][]),
    ...facts,
  }
}

/** Everything that views are built from. */
export function authorityOf(
  law: Regime,
  fields: readonly FieldEntry[],
  matters: readonly Matter[],
  more: {
    readonly cases?: readonly Case[]
    readonly implementations?: Authority['implementations']
    readonly resources?: readonly ResourceEntry[]
  } = {},
): Authority {
  return {
    regime: law,
    catalogVersion: 'v1',
    resources: new Map((more.resources ?? []).map((one) => [one.type, one])),
    fields: new Map(fields.map((one) => [one.coordinate, one])),
    implementations: more.implementations ?? new Map(),
    matters: {
      version: () => 1,
      find: (code) => matters.find((one) => one.code === code) ?? null,
      ofDepartment: (department) => matters.filter((one) => one.department === department),
    },
    cases: { find: (number) => more.cases?.find((one) => one.number === number) ?? null },
  }
}

export function indexOf(...grants: readonly Grant[]): GrantIndex {
  return createGrantIndex(1, grants)
}

/** An officer at the desk of `housing`, for the matter `M`. */
export function callerOf(facts: Partial<Caller> = {}): Caller {
  return {
    department: 'housing',
    application: 'desk',
    officer: 'H-1',
    roles: ['DESK'],
    party: 'DEPARTMENT',
    actingFor: null,
    matter: 'M',
    case: null,
    emergency: null,
    ...facts,
  }
}
