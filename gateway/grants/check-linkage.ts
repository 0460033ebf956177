import { indexFields, indexResources } from '../catalog/catalog.ts'
import type { MaskSet } from '../vocabulary/decision.ts'
import type { RegisterCheck, RegisterFinding } from './check-registers.ts'
import type { Grant } from './grant.ts'
import { describeLinkage, lintLinkage } from './linkage.ts'
import type { LinkageAcceptance, LinkageFinding } from './linkage.ts'
import { departmentDecisions } from './view.ts'
import type { Authority } from './view.ts'

/** What linkage is judged by, beside the registers. */
export interface LinkageContext {
  /** Implementations by interface, as views are built with. */
  readonly implementations: Authority['implementations']
  readonly masks: MaskSet
  readonly now: number
}

/** How a masked number fares in the hands of one department, and where its grant stands. */
export interface LinkageReport extends LinkageFinding {
  readonly department: string
  /** Place in the register of grants, or null where no grant opens it. */
  readonly path: readonly (string | number)[] | null
}

/**
 * The numbers that one person can still have, for each masked ID number in the hands of each department, over the
 * union of its views (R809-25, wall 9). Pure.
 */
export function checkLinkage(check: RegisterCheck, context: LinkageContext): readonly LinkageReport[] {
  const authority: Authority = {
    regime: check.regime,
    catalogVersion: check.catalog.version,
    fields: indexFields(check.catalog),
    resources: indexResources(check.catalog),
    implementations: context.implementations,
    matters: {
      version: () => 1,
      find: (code) => check.matters.find((one) => one.code === code) ?? null,
      ofDepartment: (department) => check.matters.filter((one) => one.department === department),
    },
    cases: { find: () => null },
  }
  return check.parties.flatMap(({ code, type }) => {
    const grants = check.grants.filter((grant) => grant.consumer === code)
    const decisions = departmentDecisions(authority, code, type, grants, context.now)
    const accepted = acceptedBy(grants)
    return lintLinkage({ fields: authority.fields, decisions, masks: context.masks, accepted }).map((finding) => ({
      ...finding,
      department: code,
      path: placeOf(finding, decisions.get(finding.coordinate)?.grant ?? null, check.grants),
    }))
  })
}

/** Of several signatures under one number the latest in the register counts. */
function acceptedBy(grants: readonly Grant[]): ReadonlyMap<LinkageFinding['coordinate'], LinkageAcceptance> {
  return new Map(grants.flatMap(({ linkage }) => linkage.map((one) => [one.coordinate, one] as const)))
}

function placeOf({ coordinate }: LinkageFinding, id: string | null, grants: readonly Grant[]): LinkageReport['path'] {
  const at = grants.findIndex((grant) => grant.id === id)
  const masked = [...(grants[at]?.fields ?? [])].filter(([, mode]) => mode === 'MASKED').map(([one]) => one)
  const index = masked.indexOf(coordinate)
  // A clear grant over what is only shared masked has it in another list: the grant is place enough.
  return at < 0 ? null : index < 0 ? ['grants', at] : ['grants', at, 'masked', index]
}

/** The reports that nobody has signed for, as findings of the register of grants. */
export function linkageFindings(reports: readonly LinkageReport[]): readonly RegisterFinding[] {
  return reports
    .filter(({ verdict }) => verdict === 'TOO_FEW')
    .map((one) => ({
      register: 'grants',
      path: one.path ?? [],
      severity: 'error',
      text: {
        zh: `${one.department}:${describeLinkage(one, 'zh-CN')}`,
        en: `${one.department}: ${describeLinkage(one, 'en')}`,
      },
      clause: one.clause,
    }))
}
