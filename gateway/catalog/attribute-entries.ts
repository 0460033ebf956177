import { coordinate } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { ATTRIBUTE_ROLES } from './attributes.ts'
import type { AttributeEntry, AttributeRegistration, AttributeRole, AttributeSource, Reconciled } from './attributes.ts'
import { attributeFields } from './attribute-sdl.ts'
import { LEVELS } from './catalog.ts'
import type { FieldEntry } from './catalog.ts'
import type { FaultCode, Finding } from './fault.ts'
import type { TypeIndex } from './shape.ts'

/** The catalogue's fields with what the gateway makes of several sources, the attributes, and what is wrong with them. */
export interface AttributesRead {
  readonly fields: readonly FieldEntry[]
  readonly attributes: readonly AttributeEntry[]
  readonly findings: readonly Finding[]
}

type ByCoordinate = ReadonlyMap<Coordinate, FieldEntry>

/**
 * Joins the register of attributes to the catalogue: each of its paths must lead to a value that a department registers,
 * its first authority must be the one that the department's own SDL names (`@share(authoritativeFor:)`), and nobody else
 * may claim to be it. An attribute with a fault makes no entry, and its fields stay closed.
 */
export function joinAttributes(
  fields: readonly FieldEntry[],
  registrations: readonly AttributeRegistration[],
  types: TypeIndex,
): AttributesRead {
  const known = new Map(fields.map((field) => [field.coordinate, field] as const))
  const findings: Finding[] = []
  const entries = registrations.flatMap((one, at) => {
    const { entry, faults } = readAttribute(one, known, types)
    const again = registrations.slice(0, at).some(({ attribute }) => attribute === one.attribute)
    if (again) faults.push(found(one, 'AUTHORITY_CONFLICT', `${one.attribute} is registered twice`))
    findings.push(...faults)
    return faults.length === 0 ? [{ registration: one, entry }] : []
  })
  const made = new Map(entries.flatMap((one) => madeFields(one.registration, one.entry, known)))
  return {
    fields: fields.map((field) => made.get(field.coordinate) ?? field),
    attributes: entries.map(({ entry }) => entry),
    findings,
  }
}

function readAttribute(
  registration: AttributeRegistration,
  known: ByCoordinate,
  types: TypeIndex,
): { readonly entry: AttributeEntry; readonly faults: Finding[] } {
  const { attribute, subject, field, compare, authorities, others } = registration
  const faults: Finding[] = []
  const read = (path: string, authority: boolean): readonly AttributeSource[] => {
    const source = sourceAt(subject, path.split('.'), authority, known, types)
    if (source) return [source]
    faults.push(
      found(registration, 'COORDINATE_UNKNOWN', `${attribute}: ${subject}.${path} leads to no registered value`),
    )
    return []
  }
  const sources = [...authorities.flatMap((one) => read(one, true)), ...others.flatMap((one) => read(one, false))]
  const entry = { attribute, consolidated: coordinate(subject, field), compare, sources }
  if (faults.length === 0) faults.push(...checkSources(registration, entry, known))
  return { entry, faults }
}

/** A path of single steps from the subject to a leaf; what leads to somebody else, or takes arguments by reference, is none. */
function sourceAt(
  subject: string,
  path: readonly string[],
  authority: boolean,
  known: ByCoordinate,
  types: TypeIndex,
): AttributeSource | null {
  let type = subject
  const crossed: Coordinate[] = []
  for (const [index, step] of path.entries()) {
    const at = coordinate(type, step)
    const entry = known.get(at)
    const last = index === path.length - 1
    if (!entry || entry.follows !== null || entry.kind !== (last ? 'leaf' : 'object')) return null
    if (last) return { path, coordinate: at, crossed, department: entry.provider, resource: entry.resource, authority }
    crossed.push(at)
    type = types.fieldType(type, step) ?? ''
  }
  return null
}

function checkSources(registration: AttributeRegistration, entry: AttributeEntry, known: ByCoordinate): Finding[] {
  const { attribute, level } = registration
  const { sources } = entry
  const faults: Finding[] = []
  const note = (code: FaultCode, message: string): void =>
    void faults.push(found(registration, code, `${attribute}: ${message}`))
  const held = sources.map((one) => one.coordinate)
  if (held.length < 2) note('AUTHORITY_CONFLICT', 'one source alone is nothing to be checked against')
  if (new Set(held).size < held.length) note('AUTHORITY_CONFLICT', 'a source is named twice')
  const claiming = [...known.values()].filter(({ authoritativeFor }) => authoritativeFor === attribute)
  const first = sources.find(({ authority }) => authority)
  for (const { coordinate: at } of claiming)
    if (at !== first?.coordinate)
      note('AUTHORITY_CONFLICT', `${at} claims to be the authoritative source, and the register begins with another`)
  if (first && claiming.length === 0)
    note('AUTHORITY_CONFLICT', `the SDL of ${first.coordinate} does not say authoritativeFor: "${attribute}"`)
  const strictest = Math.max(...held.map((at) => LEVELS.indexOf(known.get(at)?.level ?? 'L4')))
  if (LEVELS.indexOf(level) < strictest)
    note('CLASS_CONFLICT', `level ${level} is below that of a source, ${LEVELS[strictest] ?? 'L4'}`)
  return faults
}

function found({ place }: AttributeRegistration, code: FaultCode, message: string): Finding {
  return { code, ...place, message, topic: 'ONE_SOURCE' }
}

type Made = readonly [Coordinate, FieldEntry]

/** The entries of the gateway's own fields, with what their decisions owe to those of the sources. */
function madeFields(registration: AttributeRegistration, entry: AttributeEntry, known: ByCoordinate): readonly Made[] {
  const names = attributeFields(registration)
  return ATTRIBUTE_ROLES.flatMap((role): readonly Made[] => {
    const name = names[role]
    const own = name === null ? undefined : known.get(coordinate(registration.subject, name))
    return own ? [[own.coordinate, { ...own, ...owed(role, registration, entry, known) }]] : []
  })
}

/**
 * What each role owes (docs/decisions/0019):
 * - the value is its authorities', and takes their strictest decision and mask;
 * - the sources side by side need every one of them clear (S16);
 * - the flag needs the authorities clear. Of another source it tells what a verification would, that it holds another
 *   value, so that it asks for no more than one: that the value may be verified, and that its record may be known of.
 *   Where values can be guessed the flag tells the value itself, and all must be clear.
 */
function owed(
  role: AttributeRole,
  { guessable }: AttributeRegistration,
  { attribute, sources }: AttributeEntry,
  known: ByCoordinate,
): Pick<FieldEntry, 'embeds' | 'requires'> & { readonly reconciled: Reconciled } {
  const all = sources.map((one) => one.coordinate)
  const authorities = sources.filter(({ authority }) => authority).map((one) => one.coordinate)
  const made = (compares: Reconciled['compares']): Reconciled => ({ attribute, role, compares })
  switch (role) {
    case 'VALUE':
      return { embeds: authorities, requires: [], reconciled: made([]) }
    case 'SOURCES':
      return { embeds: [], requires: all, reconciled: made([]) }
    case 'CONFLICT': {
      const open = sources.filter(
        ({ authority, coordinate: at }) => !authority && !guessable && known.get(at)?.verify?.lowEntropy === false,
      )
      const closed = sources.filter((one) => !open.includes(one)).map((one) => one.coordinate)
      return {
        embeds: [],
        requires: closed,
        reconciled: made(open.map(({ coordinate: at, crossed }) => ({ coordinate: at, crossed }))),
      }
    }
  }
}
