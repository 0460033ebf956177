import { readFileSync } from 'node:fs'
import path from 'node:path'
import { Supergraph } from '@apollo/federation-internals'
import { isInterfaceType } from 'graphql'
import { stringify } from 'yaml'
import { readOperations } from '../../gateway/adapters/operation-files.ts'
import { parseParties } from '../../gateway/adapters/party-register-file.ts'
import { readCases, readGrants, readMatters } from '../../gateway/adapters/register-files.ts'
import { readComposed } from '../../gateway/adapters/supergraph-files.ts'
import type { ComposedSchema } from '../../gateway/adapters/supergraph-files.ts'
import type { Caller } from '../../gateway/caller/caller.ts'
import { createIdentify } from '../../gateway/caller/identify.ts'
import type { Party, PartyRegister } from '../../gateway/caller/parties.ts'
import { indexFields, indexResources } from '../../gateway/catalog/catalog.ts'
import { judge } from '../../gateway/catalog/compose.ts'
import type { CityReading } from '../../gateway/catalog/compose.ts'
import { printFault } from '../../gateway/catalog/fault.ts'
import { NO_RULES } from '../../gateway/catalog/rules.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import { emergenciesOf } from '../../gateway/grants/emergency.ts'
import { createGrantIndex } from '../../gateway/grants/grant.ts'
import type { GrantIndex } from '../../gateway/grants/grant.ts'
import type { RegisteredOperation } from '../../gateway/request/registered-operation.ts'
import type { Authority } from '../../gateway/grants/view.ts'
import { instantOf } from '../cases/case-file.ts'
import type { DecisionCase, Situation } from '../cases/case-file.ts'
import { readAmended } from '../kit/amended-city.ts'
import type { Amendments } from '../kit/amended-city.ts'
import { AUDIENCE, bearer, changeableKeys, forge, ISSUER, jwksOf, makeKey } from '../unit/caller/issuer.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
const REGISTERS = path.join(ROOT, 'city/registers')

/** The registers and the catalogue of a case, as a gateway reads them, without a gateway. */
export interface Standing {
  /** All of an authority but the regime. */
  readonly authority: Omit<Authority, 'regime'>
  readonly composed: ComposedSchema
  readonly served: ReturnType<typeof servedSchema>
  readonly grants: GrantIndex
  readonly parties: PartyRegister
  /** As it is registered, faulty entries too. */
  readonly operations: readonly RegisteredOperation[]
  /** Officers who may not ask. */
  readonly suspended: readonly { readonly department: string; readonly officer: string }[]
}

type RegisterName = 'parties' | 'matters' | 'cases' | 'grants' | 'operations'
type Catalogued = Pick<Standing, 'composed' | 'served'> & {
  readonly authority: Omit<Authority, 'regime' | 'matters' | 'cases'>
}

/** Reads standings; a catalogue is composed once, for composing takes long and most cases amend nothing. */
export function createStandings(): (one: Situation) => Standing {
  const catalogues = new Map<string, Catalogued>()
  return (one) => {
    const { catalogue = {} } = one
    const key = JSON.stringify(catalogue)
    const { authority, ...catalogued } = catalogues.get(key) ?? openCatalog(catalogue)
    catalogues.set(key, { authority, ...catalogued })
    const matters = readMatters('matters.yaml', register(one, 'matters'))
    const cases = readCases('cases.yaml', register(one, 'cases'))
    return {
      ...catalogued,
      authority: { ...authority, matters, cases },
      grants: grantsOf(one),
      parties: registerOf(parseParties(register(one, 'parties'), 'parties.yaml')),
      operations: readOperations(path.join(REGISTERS, 'operations.yaml'), register(one, 'operations')).operations,
      suspended: one.registers?.suspensions ?? [],
    }
  }
}

/** The grants of the case, revoked as its events say. */
function grantsOf(one: Situation): GrantIndex {
  const revoked = new Map((one.registers?.revocations ?? []).map(({ grant, at }) => [grant, Date.parse(at)]))
  const grants = readGrants('grants.yaml', register(one, 'grants'))
  return createGrantIndex(
    1,
    grants.map((grant) => ({ ...grant, revokedAt: revoked.get(grant.id) ?? null })),
    emergenciesOf(one.registers?.emergencies ?? []),
  )
}

function registerOf(parties: readonly Party[]): PartyRegister {
  return { find: (department) => parties.find(({ code }) => code === department) ?? null, all: () => parties }
}

/** The register of the case, or the demonstration city's, as YAML. */
function register({ registers }: Situation, name: RegisterName): string {
  const own = registers?.[name]
  const version = name === 'parties' ? { version: 1 } : {}
  return own ? stringify({ ...version, [name]: own }) : readFileSync(path.join(REGISTERS, `${name}.yaml`), 'utf8')
}

/** The composed catalogue, or the one that a case amends; under which regulation it is registered changes nothing of it. */
function openCatalog(catalogue: Amendments): Catalogued {
  const composed =
    Object.keys(catalogue).length > 0 ? judged(readAmended(catalogue)) : readComposed(path.join(ROOT, 'schema'))
  const { supergraphSdl, catalog } = composed
  const served = servedSchema(Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema())
  const authority = {
    catalogVersion: catalog.version,
    resources: indexResources(catalog),
    fields: indexFields(catalog),
    implementations: implementationsOf(served),
  }
  return { composed, served, authority }
}

function judged(city: CityReading): ComposedSchema {
  const composition = judge(city, NO_RULES)
  if (composition.kind === 'faulty') throw new Error(composition.faults.map(printFault).join('\n'))
  return composition
}

function implementationsOf({ schema }: Standing['served']): Authority['implementations'] {
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  return new Map(interfaces.map((one) => [one.name, schema.getPossibleTypes(one).map(({ name }) => name)]))
}

const KEY = makeKey('cases')

/** Who asks, by a token of its own, at the time of the case. @throws Failure as identification does */
export function callerOf(one: Situation & Pick<DecisionCase, 'headers'>, { parties }: Standing): Promise<Caller> {
  const identify = createIdentify({
    keys: changeableKeys(jwksOf(KEY)),
    parties,
    issuer: ISSUER,
    audience: AUDIENCE,
    clockToleranceSeconds: 30,
  })
  const { department: dept, application: app, officer: sub, roles, matter, case: file, emergency } = one.caller
  const stated = [
    ...(matter === undefined ? [] : ['x-matter', matter]),
    ...(file === undefined ? [] : ['x-case', file]),
    ...(emergency === undefined ? [] : ['x-emergency', emergency]),
    ...Object.entries(one.headers ?? {}).flat(),
  ]
  const now = instantOf(one)
  const lifetime = { iat: now / 1000, exp: now / 1000 + 600 }
  return identify(bearer(forge(KEY, { dept, app, sub, roles, ...lifetime }), ...stated), now)
}
