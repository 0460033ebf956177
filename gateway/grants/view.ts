import { createHash } from 'node:crypto'
import { principalOf } from '../caller/caller.ts'
import type { Caller } from '../caller/caller.ts'
import type { FieldEntry, ResourceEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Clause } from '../vocabulary/clause.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { isByReference } from '../caller/parties.ts'
import type { PartyType } from '../caller/parties.ts'
import { decideField, deny } from './decide.ts'
import { emergencyState, nextEmergencyChange } from './emergency.ts'
import type { Emergency } from './emergency.ts'
import { NO_CLAIM, claimEmergency, underEmergency } from './emergency-claim.ts'
import type { EmergencyClaim } from './emergency-claim.ts'
import { entail, restsOn } from './entail.ts'
import type { Entailment } from './entail.ts'
import { nextChange } from './grant.ts'
import type { Grant, GrantIndex, PermittedValues } from './grant.ts'
import { establishPurpose } from './purpose.ts'
import type { Purpose } from './purpose.ts'
import { decideSupervised, isSupervised } from './supervision.ts'
import type { CaseSource, MatterSource } from './registers.ts'

/** Argument values that the grant behind a decision permits (NT-18.1). */
export interface GrantParameters {
  readonly grant: string
  readonly values: PermittedValues
  /** Why an argument outside is refused. */
  readonly clause: Clause
}

/** What one (department, application, roles, matter) may learn at one moment: a decision for every coordinate. */
export interface View {
  /** Hash of the decision vector: views with equal vectors are one view. */
  readonly id: string
  readonly decisions: ReadonlyMap<Coordinate, Decision>
  /** Coordinates whose decision rests, of its own or by what it contains or follows, on grants that fix argument values. */
  readonly parameters: ReadonlyMap<Coordinate, readonly GrantParameters[]>
  /** First instant at which a grant of the department changes its state; nothing built on the view outlives it. */
  readonly validUntil: number
}

/** The registers and the law that views are built from; immutable but for the grants, which are snapshots. */
export interface Authority extends Entailment {
  readonly regime: Regime
  readonly catalogVersion: string
  /** Catalogue entries by record type. */
  readonly resources: ReadonlyMap<string, ResourceEntry>
  readonly matters: MatterSource
  readonly cases: CaseSource
}

/** Builds the view of a caller at an instant. Pure. */
export function buildView(authority: Authority, caller: Caller, grants: GrantIndex, now: number): View {
  const purpose = establishPurpose(caller, authority.matters, authority.cases, authority.regime)
  const usable = usableGrants(caller, grants)
  const claim = claimEmergency(caller, grants, authority.regime, now)
  const first = decideEach(authority, caller, purpose, usable, now, { claim })
  const department = principalOf(caller)
  const all = { grants: grants.ofConsumer(department), emergencies: emergenciesUnder(authority, grants, department) }
  const decisions = strengthenMasks(entail(first, authority), authority, caller, all, now)
  const parameters = parametersOf(decisions, first, usable, authority)
  // Masks depend on every grant and emergency of the department, so all of them end the view.
  const ends = Math.min(nextChange(all.grants, now), nextEmergencyChange(all.emergencies, now))
  return seal(authority, decisions, parameters, ends)
}

/** Emergencies that may open anything: none where the regime's text does not know them (ZS-4.10). */
function emergenciesUnder({ regime }: Authority, grants: GrantIndex, department: string): readonly Emergency[] {
  return regime.parameters['emergency.publicSafety'] === null ? [] : grants.emergenciesOf(department)
}

/**
 * The union of a caller's views over all matters of the department: what introspection shows to one who has not
 * stated a matter yet. It decides no request.
 */
export function buildUnionView(authority: Authority, caller: Caller, grants: GrantIndex, now: number): View {
  const usable = usableGrants(caller, grants)
  return seal(authority, unionDecisions(authority, caller, usable, now), NO_PARAMETERS, nextChange(usable, now))
}

/**
 * The widest that a department may see of each coordinate, over all its matters and applications, with the masks that
 * its views use (wall 9): what linkage is judged by. Pure.
 */
export function departmentDecisions(
  authority: Authority,
  department: string,
  party: PartyType,
  grants: readonly Grant[],
  now: number,
): ReadonlyMap<Coordinate, Decision> {
  const anybody: Caller = {
    department,
    application: '',
    officer: '',
    roles: [],
    party,
    actingFor: null,
    matter: null,
    case: null,
    emergency: null,
  }
  const union = unionDecisions(authority, anybody, grants, now)
  return strengthenMasks(union, authority, anybody, { grants, emergencies: [] }, now)
}

function usableGrants(caller: Caller, grants: GrantIndex): readonly Grant[] {
  return grants
    .ofConsumer(principalOf(caller))
    .filter((grant) => grant.applications === null || isNamed(grant.applications, caller))
}

/** Applications are the grant holder's own: a delegate's of the same name is another one. */
function isNamed(applications: readonly string[], caller: Caller): boolean {
  return caller.actingFor === null && applications.includes(caller.application)
}

type Decisions = ReadonlyMap<Coordinate, Decision>

/**
 * Every coordinate by its own class, grant and matter, before what it owes to others.
 *
 * @param asked which entries are asked about, and under which emergency; all, and none, where nothing is said
 */
function decideEach(
  authority: Authority,
  caller: Caller,
  purpose: Purpose,
  grants: readonly Grant[],
  now: number,
  asked: { readonly entries?: Iterable<FieldEntry>; readonly claim?: EmergencyClaim } = {},
): Decisions {
  const { entries = authority.fields.values(), claim = NO_CLAIM } = asked
  const { regime, resources } = authority
  const department = principalOf(caller)
  const barred = barredCaller(caller, regime)
  const decide = (entry: FieldEntry): Decision => {
    // The auditor, barred from everything else, is who the record is for.
    if (isSupervised(entry)) return decideSupervised(entry.coordinate, caller, purpose, regime)
    if (barred) return barred
    if (purpose.kind === 'unstated') return deny(purpose.code, purpose.clause, null)
    const ordinary = decideField(entry, { regime, department, matter: purpose.matter, grants, resources, now })
    return underEmergency(entry, ordinary, claim)
  }
  return new Map(Array.from(entries, (entry) => [entry.coordinate, decide(entry)] as const))
}

/**
 * Who may read no business data at all: an auditor, who reads the record (ZS-1.11); and a party that takes part by
 * reference under a regime whose text knows no such party (ZS-1.04, ZS-1.05, HZ-2.2); and one that acts for another
 * where the text lets nobody (ZS-7.04).
 */
function barredCaller(caller: Caller, { parameters }: Regime): Decision | null {
  const auditor = caller.roles.includes('AUDITOR') ? parameters['audit.auditorReadsNoBusinessData'] : null
  if (auditor) return deny('NOT_NEEDED', auditor.clause, null)
  const parties = [caller.party, ...(caller.actingFor ? [caller.actingFor.party] : [])]
  const known = parameters['parties.byReference']?.value ?? []
  if (parties.some((party) => isByReference(party) && !known.includes(party)))
    return deny('UNKNOWN_PARTY', parameters['identity.registeredParty'].clause, null)
  // A text that knows no delegates knows no matter of theirs.
  return caller.actingFor && parameters['parties.delegation'] === null
    ? deny('PURPOSE_MISMATCH', parameters['access.secondaryUse'].clause, null)
    : null
}

/**
 * The widest decision of each coordinate over all the department's matters. A matter opens no field that it does not
 * name, lookups aside: of a city's hundreds of matters only these fields are looked at.
 */
function unionDecisions(authority: Authority, caller: Caller, grants: readonly Grant[], now: number): Decisions {
  const { fields, matters, regime } = authority
  const lookups = [...fields.values()].filter(({ coordinate: at }) => typeOf(at) === 'Query')
  const supervised = [...fields.values()].filter(isSupervised)
  const none = deny('PURPOSE_MISSING', regime.parameters['access.purposeRequired'].clause, null)
  const widest = new Map<Coordinate, Decision>([...fields.keys()].map((at) => [at, none]))
  for (const matter of matters.ofDepartment(principalOf(caller))) {
    const named = [...matter.fields.keys()].flatMap((at) => fields.get(at) ?? [])
    const entries = new Set([...named, ...lookups, ...(matter.supervision === true ? supervised : [])])
    const first = decideEach(authority, caller, { kind: 'stated', matter }, grants, now, { entries })
    for (const [at, decision] of entail(first, authority)) {
      const known = widest.get(at) ?? none
      if (known === none || width(decision) < width(known)) widest.set(at, decision)
    }
  }
  return widest
}

function width(decision: Decision): number {
  return ['ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY'].indexOf(decision.kind)
}

/**
 * How strong a mask is depends on what the department may see over all its matters and applications, never on one
 * document (wall 9): beside a clear birth date, sex or division an ID number keeps two characters, not three (M-IDNO).
 *
 * @param all grants and emergencies of the department; what an emergency shows one officer is known there too
 */
function strengthenMasks(
  decisions: Decisions,
  authority: Authority,
  caller: Caller,
  all: { readonly grants: readonly Grant[]; readonly emergencies: readonly Emergency[] },
  now: number,
): Decisions {
  if (![...decisions.values()].some((decision) => decision.kind === 'MASK' && decision.rule === 'M-IDNO'))
    return decisions
  const union = unionDecisions(authority, caller, all.grants, now)
  const opened = all.emergencies.filter((one) => emergencyState(one, now) === 'IN_FORCE')
  const linkable = [...authority.fields.values()].some(
    ({ quasiIdentifier, coordinate: at }) =>
      quasiIdentifier !== null && (union.get(at)?.kind === 'ALLOW' || opened.some(({ fields }) => fields.has(at))),
  )
  if (!linkable) return decisions
  const strengthen = (decision: Decision): Decision =>
    decision.kind === 'MASK' && decision.rule === 'M-IDNO' ? { ...decision, rule: 'M-IDNO-2' } : decision
  return new Map([...decisions].map(([at, decision]) => [at, strengthen(decision)]))
}

/**
 * The argument values that grants fix behind each decision. A value that contains an identifier, or a reference that
 * follows one, is bound by the identifier's grant too, and keeps its own where the other's decision took its place.
 *
 * @param first the decisions before what coordinates owe to each other
 */
function parametersOf(
  decisions: Decisions,
  first: Decisions,
  grants: readonly Grant[],
  authority: Authority,
): View['parameters'] {
  const fixing = new Map(grants.filter((grant) => grant.parameters.size > 0).map((grant) => [grant.id, grant]))
  if (fixing.size === 0) return NO_PARAMETERS
  const { parameters } = authority.regime
  const { clause } = parameters['access.parameterControl'] ?? parameters['access.conditional.decider']
  const rulesOf = (at: Coordinate): readonly GrantParameters[] => {
    const reached = new Set([at])
    // A set that grows is walked to its end, so cycles end too.
    for (const one of reached) for (const other of restsOn(one, authority)) reached.add(other)
    const ids = new Set([...reached].flatMap((one) => first.get(one)?.grant ?? []))
    return [...ids].flatMap((id) => {
      const grant = fixing.get(id)
      return grant ? [{ grant: id, values: grant.parameters, clause }] : []
    })
  }
  const ruled = [...decisions].flatMap(([at, decision]) => {
    // A comparison tells of the record too: it is bound by what the grant fixes as a reading is.
    const rules = disclosesValue(decision) || decision.kind === 'VERIFY_ONLY' ? rulesOf(at) : []
    return rules.length > 0 ? [[at, rules] as const] : []
  })
  return new Map(ruled)
}

const NO_PARAMETERS: View['parameters'] = new Map()

function seal(authority: Authority, decisions: Decisions, parameters: View['parameters'], validUntil: number): View {
  const vector = [...decisions].map(([at, decision]) => [at, decision])
  const fixed = [...parameters].map(([at, rules]) => [at, rules.map(({ grant, values }) => [grant, [...values]])])
  const content = JSON.stringify([authority.regime.regime, authority.catalogVersion, vector, fixed])
  const id = createHash('sha256').update(content).digest('base64url').slice(0, 22)
  return Object.freeze({ id, decisions, parameters, validUntil })
}
