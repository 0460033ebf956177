import { createHash } from 'node:crypto'
import type { Caller } from '../caller/caller.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision } from '../vocabulary/decision.ts'
import { decideField, deny } from './decide.ts'
import { entail } from './entail.ts'
import type { Entailment } from './entail.ts'
import { nextChange } from './grant.ts'
import type { Grant, GrantIndex } from './grant.ts'
import { establishPurpose } from './purpose.ts'
import type { Purpose } from './purpose.ts'
import type { CaseSource, Matter, MatterSource } from './registers.ts'

/** What one (department, application, roles, matter) may learn at one moment: a decision for every coordinate. */
export interface View {
  /** Hash of the decision vector: views with equal vectors are one view. */
  readonly id: string
  readonly decisions: ReadonlyMap<Coordinate, Decision>
  /** First instant at which a grant of the department changes its state; nothing built on the view outlives it. */
  readonly validUntil: number
}

/** The registers and the law that views are built from; immutable but for the grants, which are snapshots. */
export interface Authority extends Entailment {
  readonly regime: Regime
  readonly catalogVersion: string
  readonly matters: MatterSource
  readonly cases: CaseSource
}

/** Builds the view of a caller at an instant. Pure. */
export function buildView(authority: Authority, caller: Caller, grants: GrantIndex, now: number): View {
  const purpose = establishPurpose(caller, authority.matters, authority.cases, authority.regime)
  const decisions = decideAll(authority, caller, purpose, usableGrants(caller, grants), now)
  const all = grants.ofConsumer(caller.department)
  // Masks depend on every grant of the department, so all of them end the view.
  return seal(authority, strengthenMasks(decisions, authority, caller, all, now), nextChange(all, now))
}

/**
 * The union of a caller's views over all matters of the department: what introspection shows to one who has not
 * stated a matter yet. It decides no request.
 */
export function buildUnionView(authority: Authority, caller: Caller, grants: GrantIndex, now: number): View {
  const usable = usableGrants(caller, grants)
  return seal(authority, unionDecisions(authority, caller, usable, now), nextChange(usable, now))
}

function usableGrants(caller: Caller, grants: GrantIndex): readonly Grant[] {
  return grants
    .ofConsumer(caller.department)
    .filter((grant) => grant.applications === null || grant.applications.includes(caller.application))
}

type Decisions = ReadonlyMap<Coordinate, Decision>

function decideAll(
  authority: Authority,
  caller: Caller,
  purpose: Purpose,
  grants: readonly Grant[],
  now: number,
): Decisions {
  const auditor = caller.roles.includes('AUDITOR')
    ? authority.regime.parameters['audit.auditorReadsNoBusinessData']
    : null
  const decide = (entry: FieldEntry): Decision => {
    if (auditor) return deny('NOT_NEEDED', auditor.clause, null)
    if (purpose.kind === 'unstated') return deny(purpose.code, purpose.clause, null)
    return decideField(entry, { regime: authority.regime, matter: purpose.matter, grants, now })
  }
  const first = new Map([...authority.fields].map(([at, entry]) => [at, decide(entry)] as const))
  return entail(first, authority)
}

/** The widest decision of each coordinate over all the department's matters. */
function unionDecisions(authority: Authority, caller: Caller, grants: readonly Grant[], now: number): Decisions {
  const matters: readonly Matter[] = authority.matters.ofDepartment(caller.department)
  const vectors = matters.map((matter) => decideAll(authority, caller, { kind: 'stated', matter }, grants, now))
  const none = deny('PURPOSE_MISSING', authority.regime.parameters['access.purposeRequired'].clause, null)
  const widest = (at: Coordinate): Decision =>
    vectors.map((vector) => vector.get(at) ?? none).toSorted((a, b) => width(a) - width(b))[0] ?? none
  return new Map([...authority.fields.keys()].map((at) => [at, widest(at)]))
}

function width(decision: Decision): number {
  return ['ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY'].indexOf(decision.kind)
}

/**
 * How strong a mask is depends on what the department may see over all its matters and applications, never on one
 * document (wall 9): beside a clear birth date, sex or division an ID number keeps two characters, not three (M-IDNO).
 *
 * @param grants all of the department
 */
function strengthenMasks(
  decisions: Decisions,
  authority: Authority,
  caller: Caller,
  grants: readonly Grant[],
  now: number,
): Decisions {
  if (![...decisions.values()].some((decision) => decision.kind === 'MASK' && decision.rule === 'M-IDNO'))
    return decisions
  const union = unionDecisions(authority, caller, grants, now)
  const linkable = [...authority.fields.values()].some(
    (entry) => entry.quasiIdentifier !== null && union.get(entry.coordinate)?.kind === 'ALLOW',
  )
  if (!linkable) return decisions
  const strengthen = (decision: Decision): Decision =>
    decision.kind === 'MASK' && decision.rule === 'M-IDNO' ? { ...decision, rule: 'M-IDNO-2' } : decision
  return new Map([...decisions].map(([at, decision]) => [at, strengthen(decision)]))
}

function seal(authority: Authority, decisions: Decisions, validUntil: number): View {
  const vector = [...decisions].map(([at, decision]) => [at, decision])
  const content = JSON.stringify([authority.regime.regime, authority.catalogVersion, vector])
  const id = createHash('sha256').update(content).digest('base64url').slice(0, 22)
  return Object.freeze({ id, decisions, validUntil })
}
