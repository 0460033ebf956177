import { readFileSync } from 'node:fs'
import path from 'node:path'
import { parse } from 'graphql'
import { stringify } from 'yaml'
import { parseParties } from '../../gateway/adapters/party-register-file.ts'
import { readCases, readGrants, readMatters } from '../../gateway/adapters/register-files.ts'
import { readComposed } from '../../gateway/adapters/supergraph-files.ts'
import type { Caller } from '../../gateway/caller/caller.ts'
import type { Party } from '../../gateway/caller/parties.ts'
import { indexFields, indexResources } from '../../gateway/catalog/catalog.ts'
import { createGrantIndex } from '../../gateway/grants/grant.ts'
import { buildView } from '../../gateway/grants/view.ts'
import type { Authority } from '../../gateway/grants/view.ts'
import type { Regime } from '../../gateway/regime/regime.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../gateway/vocabulary/decision.ts'
import type { DecisionCase } from '../cases/case-file.ts'
import { composeAmended } from '../kit/amended-city.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
const REGISTERS = path.join(ROOT, 'city/registers')

/** A case over its registers, ready to be decided under any profile. */
export interface OfflineCase {
  readonly one: DecisionCase
  /** What the case wants of its view, by coordinate. */
  readonly wanted: Readonly<Record<string, string>>
  /** What the view says of the same coordinates; null for one that it does not know. */
  decide(regime: Regime): Readonly<Record<string, string | null>>
}

type RegisterName = 'parties' | 'matters' | 'cases' | 'grants'

/** Refusals that rest on the values and the number of requests: a view without a request knows nothing of them. */
const OF_REQUESTS = /^DENY (PARAMETER_OUT_OF_GRANT|FILTER_NOT_ALLOWED|COPY_CONSENT_MISSING|QUOTA_EXCEEDED|RATE_LIMIT) /

/** The cases that end in decisions of a view, over the composed catalogue and the registers of each case. */
export function openOffline(cases: readonly DecisionCase[]): readonly OfflineCase[] {
  const catalogues = new Map<string, Catalogued>()
  return cases.flatMap((one) => {
    const decisions = Object.entries(one.want.decisions ?? {})
    const wanted = Object.fromEntries(decisions.filter(([, decision]) => !OF_REQUESTS.test(decision)))
    if (Object.keys(wanted).length === 0) return []
    // Composing takes long, and most cases amend nothing.
    const key = isAmended(one) ? JSON.stringify([one.regime, one.catalogue]) : ''
    const catalogued = catalogues.get(key) ?? openCatalog(one)
    catalogues.set(key, catalogued)
    const authority = { ...catalogued, ...mattersOf(one) }
    const caller = callerOf(one)
    const grants = createGrantIndex(1, readGrants('grants.yaml', register(one, 'grants')))
    const decide = (regime: Regime): Readonly<Record<string, string | null>> => {
      const view = buildView({ ...authority, regime }, caller, grants, Date.now())
      const words = Object.keys(wanted).map((at) => [at, wordsOf(view.decisions.get(at as Coordinate))] as const)
      return Object.fromEntries(words)
    }
    return [{ one, wanted, decide }]
  })
}

/** The register of the case, or the demonstration city's, as YAML. */
function register({ registers }: DecisionCase, name: RegisterName): string {
  const own = registers?.[name]
  const version = name === 'parties' ? { version: 1 } : {}
  return own ? stringify({ ...version, [name]: own }) : readFileSync(path.join(REGISTERS, `${name}.yaml`), 'utf8')
}

function mattersOf(one: DecisionCase): Pick<Authority, 'matters' | 'cases'> {
  return {
    matters: readMatters('matters.yaml', register(one, 'matters')),
    cases: readCases('cases.yaml', register(one, 'cases')),
  }
}

type Catalogued = Omit<Authority, 'regime' | 'matters' | 'cases'>

/** The composed catalogue, or the one that the case amends. */
function openCatalog(one: DecisionCase): Catalogued {
  const { supergraphSdl, catalog } = isAmended(one)
    ? composeAmended(one.catalogue ?? {}, one.regime)
    : readComposed(path.join(ROOT, 'schema'))
  return {
    catalogVersion: catalog.version,
    resources: indexResources(catalog),
    fields: indexFields(catalog),
    implementations: implementationsOf(supergraphSdl),
  }
}

function isAmended({ catalogue = {} }: DecisionCase): boolean {
  return Object.keys(catalogue).length > 0
}

function implementationsOf(sdl: string): ReadonlyMap<string, readonly string[]> {
  const pairs = parse(sdl).definitions.flatMap((one) =>
    one.kind === 'ObjectTypeDefinition'
      ? (one.interfaces ?? []).map((by) => ({ by: by.name.value, type: one.name.value }))
      : [],
  )
  return new Map([...Map.groupBy(pairs, ({ by }) => by)].map(([by, all]) => [by, all.map(({ type }) => type)]))
}

function callerOf(one: DecisionCase): Caller {
  const { department, application, officer, roles, matter = null, case: file = null } = one.caller
  const party = partiesOf(one).find(({ code }) => code === department)
  if (!party) throw new Error(`case ${one.id}: no party ${department} is registered`)
  const actingFor = one.headers?.['x-acting-for'] ?? null
  const charge = party.delegations.find(({ department: principal }) => principal === actingFor)
  const principal = partiesOf(one).find(({ code }) => code === actingFor)
  return {
    department,
    application,
    officer,
    roles,
    party: party.type,
    actingFor: charge && principal ? { ...charge, party: principal.type } : null,
    matter,
    case: file,
  }
}

function partiesOf(one: DecisionCase): readonly Party[] {
  return parseParties(register(one, 'parties'), 'parties.yaml')
}

/** As the case files write a decision: `DENY NO_GRANT ZS-4.08 grant G-1`. */
function wordsOf(decision: Decision | undefined): string | null {
  if (!decision) return null
  const how = decision.kind === 'DENY' ? decision.code : decision.kind === 'MASK' ? decision.rule : null
  const grant = decision.grant === null ? null : `grant ${decision.grant}`
  return [decision.kind, how, decision.clause, grant].filter((word) => word !== null).join(' ')
}
