import { isDeepStrictEqual } from 'node:util'
import type { Caller } from '../caller/caller.ts'
import type { Party } from '../caller/parties.ts'
import type { FieldEntry } from '../catalog/catalog.ts'
import { restricts, towards } from '../catalog/change.ts'
import type { Effect } from '../catalog/change.ts'
import { maskEffect } from '../catalog/compare.ts'
import type { Change, Sides } from '../catalog/compare.ts'
import { restsOn } from '../grants/entail.ts'
import { createGrantIndex } from '../grants/grant.ts'
import type { Grant } from '../grants/grant.ts'
import type { Matter } from '../grants/registers.ts'
import { buildView } from '../grants/view.ts'
import type { Authority, View } from '../grants/view.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { disclosesValue } from '../vocabulary/decision.ts'
import type { Decision } from '../vocabulary/decision.ts'

/** What is decided of a coordinate, with the grants that fix argument values for it. */
export interface Decided {
  readonly decision: Decision
  readonly bound: readonly string[]
}

/** A coordinate that is decided otherwise for one matter of one department; null where the catalogue has it not. */
export interface Consequence {
  readonly department: string
  /** Code of the matter. */
  readonly matter: string
  readonly coordinate: Coordinate
  readonly before: Decided | null
  readonly after: Decided | null
  readonly effect: Effect
  /** Changes of the catalogue that bring it about, e.g. `R.x class`. */
  readonly because: readonly string[]
}

/** A grant behind which something was open, and nothing is any more. */
export interface EndedGrant {
  readonly id: string
  /** Its department. */
  readonly department: string
  /** All that it opened is as open without it; else something is closed. */
  readonly needless: boolean
}

/** The registers, and the catalogues that they decide by. */
export interface Question {
  readonly authority: Sides<Omit<Authority, 'matters' | 'cases'>>
  readonly parties: readonly Party[]
  readonly matters: readonly Matter[]
  readonly grants: readonly Grant[]
  /** Instants to decide at, milliseconds since the epoch: now, and whenever a grant of the department begins. */
  readonly instants: (own: readonly Grant[]) => readonly number[]
  readonly changes: readonly Change[]
}

/** What a change of the catalogue comes to. */
export interface Outcome {
  readonly consequences: readonly Consequence[]
  readonly ended: readonly EndedGrant[]
}

/**
 * Decides every coordinate for every matter of every department by the catalogue of before and by that of after, with
 * all grants of the department whatever its application, and tells the differences. Pure; departments and matters in
 * the order of their registers, coordinates by name.
 */
export function outcomeOf(question: Question): Outcome {
  const compared = question.parties.flatMap((party) => compareParty(question, party))
  return {
    consequences: compared.flatMap(({ differences }) => differences),
    ended: endedGrants(question.grants, compared),
  }
}

/** One matter, at one instant. */
interface Compared {
  readonly views: Sides<View>
  readonly differences: readonly Consequence[]
}

function compareParty(question: Question, { code: department, type: party }: Party): Compared[] {
  const matters = question.matters.filter((one) => one.department === department)
  // The widest application and any case: what is asked is what the department loses or gains.
  const own = question.grants
    .filter(({ consumer }) => consumer === department)
    .map((grant) => ({ ...grant, applications: null }))
  const index = createGrantIndex(1, own)
  const source = {
    version: () => 1,
    find: (code: string) => matterFree(matters.find((one) => one.code === code)),
    ofDepartment: () => matters.map((one) => ({ ...one, caseRequired: false })),
  }
  return matters.flatMap((matter) => {
    const caller: Caller = { ...NOBODY, department, party, matter: matter.code }
    const told = new Set<string>()
    return question.instants(own).map((now) => {
      const view = (authority: Question['authority']['before']): View =>
        buildView({ ...authority, matters: source, cases: { find: () => null } }, caller, index, now)
      const views = { before: view(question.authority.before), after: view(question.authority.after) }
      const found = differencesOf(question, matter, views).filter((one) => !told.has(keyOf(one)))
      for (const one of found) told.add(keyOf(one))
      return { views, differences: found }
    })
  })
}

const NOBODY = { application: '', officer: '', roles: [], actingFor: null, case: null, emergency: null } as const

function matterFree(matter: Matter | undefined): Matter | null {
  return matter ? { ...matter, caseRequired: false } : null
}

/** A difference that stays the same at a later instant is told once. */
function keyOf({ coordinate, before, after }: Consequence): string {
  return JSON.stringify([coordinate, before, after])
}

function differencesOf(question: Question, matter: Matter, { before, after }: Sides<View>): Consequence[] {
  const coordinates = [...new Set([...before.decisions.keys(), ...after.decisions.keys()])].toSorted()
  return coordinates.flatMap((coordinate) => {
    const sides = { before: decidedOf(before, coordinate), after: decidedOf(after, coordinate) }
    if (isSame(sides) || !concerns(matter, coordinate, sides)) return []
    const because = causesOf(coordinate, question)
    return [
      { department: matter.department, matter: matter.code, coordinate, ...sides, effect: effectOf(sides), because },
    ]
  })
}

function decidedOf(view: View, at: Coordinate): Decided | null {
  const decision = view.decisions.get(at)
  return decision ? { decision, bound: (view.parameters.get(at) ?? []).map(({ grant }) => grant) } : null
}

/** Which clause says so is no difference to whoever asks; which grant is. */
function isSame({ before, after }: Sides<Decided | null>): boolean {
  if (before === null || after === null) return before === after
  const facts = ({ decision, bound }: Decided): unknown => ({ ...decision, clause: null, bound })
  return isDeepStrictEqual(facts(before), facts(after))
}

/** A refusal for another reason is news only to a matter that needs the field. */
function concerns(matter: Matter, at: Coordinate, { before, after }: Sides<Decided | null>): boolean {
  return matter.fields.has(at) || kindOf(before) !== 'DENY' || kindOf(after) !== 'DENY'
}

function kindOf(decided: Decided | null): Decision['kind'] {
  return decided?.decision.kind ?? 'DENY'
}

const kindEffect = towards<Decision['kind']>('ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY')

function effectOf(sides: Sides<Decided | null>): Effect {
  const effect = kindEffect(kindOf(sides.before), kindOf(sides.after))
  const [old, now] = [sides.before?.decision, sides.after?.decision]
  if (old?.kind === 'MASK' && now?.kind === 'MASK' && old.rule !== now.rule) return maskEffect(old.rule, now.rule)
  // Values that a grant fixes narrow what may be asked, whatever is shown.
  return effect === 'NEUTRAL' ? restricts(isBound(sides.before), isBound(sides.after)) : effect
}

function isBound(decided: Decided | null): boolean {
  return decided !== null && decided.bound.length > 0
}

/** Changes of the coordinate, of its record, and of all that its decision rests on. */
function causesOf(at: Coordinate, { authority, changes }: Question): readonly string[] {
  const reached = new Set([at])
  // A set that grows is walked to its end, so cycles end too.
  for (const one of reached)
    for (const side of [authority.before, authority.after]) for (const other of restsOn(one, side)) reached.add(other)
  const entries = [...reached].flatMap((one) => [
    authority.before.fields.get(one) ?? [],
    authority.after.fields.get(one) ?? [],
  ])
  const types = new Set(entries.flat().map(({ resource }) => resource))
  const near = changes.filter(({ kind, at: place }) =>
    kind === 'FIELD' ? [...reached].some((one) => one === place) : kind === 'RESOURCE' && types.has(place),
  )
  // How strong the mask of a number is rests on every quasi-identifier that the department sees (wall 9).
  const found = near.length > 0 ? near : changes.filter((one) => one.kind === 'FIELD' && isQuasi(one.at, authority))
  return found.map((one) => `${one.at} ${one.aspect}`)
}

function isQuasi(place: string, { before, after }: Question['authority']): boolean {
  const quasi = ({ coordinate, quasiIdentifier }: FieldEntry): boolean =>
    coordinate === place && quasiIdentifier !== null
  return [...before.fields.values(), ...after.fields.values()].some(quasi)
}

function endedGrants(grants: readonly Grant[], compared: readonly Compared[]): readonly EndedGrant[] {
  const opened = (side: keyof Sides<View>): ReadonlySet<string> =>
    new Set(
      compared.flatMap(({ views }) =>
        [...views[side].decisions.values()].flatMap((one) => (one.kind === 'DENY' ? [] : (one.grant ?? []))),
      ),
    )
  const [before, after] = [opened('before'), opened('after')]
  return grants
    .filter(({ id }) => before.has(id) && !after.has(id))
    .map(({ id, consumer }) => ({ id, department: consumer, needless: compared.every((one) => isAsOpen(one, id)) }))
}

/** Whether all that a grant opened is as open now. */
function isAsOpen({ views: { before, after } }: Compared, grant: string): boolean {
  return [...before.decisions].every(([at, old]) => {
    if (old.kind === 'DENY' || old.grant !== grant) return true
    return effectOf({ before: decidedOf(before, at), after: decidedOf(after, at) }) !== 'NARROWER'
  })
}

/** A decision in a few words, for the terminal. */
export function decidedText(decided: Decided | null): string {
  if (decided === null) return 'not in the catalogue'
  const { decision, bound } = decided
  const detail = decision.kind === 'MASK' ? ` ${decision.rule}` : decision.kind === 'DENY' ? ` ${decision.code}` : ''
  const grant = decision.grant === null ? '' : ` by ${decision.grant}`
  const fixed = bound.length > 0 && disclosesValue(decision) ? ', arguments fixed' : ''
  return `${decision.kind}${detail}${grant}${fixed} [${decision.clause}]`
}
