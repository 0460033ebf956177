import { coordinate, fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { FieldEntry } from './catalog.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, intended, texts } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import type { Located } from './reader.ts'
import type { TypeIndex } from './shape.ts'

/**
 * Whoever computes a field from another department's data cannot by its own word have them told (ZS-1.12): each field
 * that is read must permit it, by `@declassifies(for:)`, in every department that serves it. Where one does not, the
 * declassification is a fault and does not count.
 */
export function checkDeclassified(
  fields: readonly FieldEntry[],
  readings: readonly DepartmentReading[],
  types: TypeIndex,
): { fields: readonly FieldEntry[]; faults: readonly Finding[] } {
  const permits = permissionsOf(readings, types)
  const located = new Map(readings.flatMap((one) => one.fields).map((one) => [one.value.coordinate, one] as const))
  const faults = new Set<Finding>()
  const judged = fields.map((field) => {
    if (field.declassified === null) return field
    const names = namesOf(field.coordinate, types)
    const closed = field.requires.filter((read) => !names.some((name) => permits(read).has(name)))
    if (closed.length === 0) return field
    // A field that an interface brings is told where the interface stands.
    const own = located.get(field.coordinate)
    if (own) faults.add(unpermitted(own, closed))
    return { ...field, declassified: null }
  })
  return { fields: judged, faults: [...faults, ...unknownNames(fields, readings)] }
}

function unpermitted({ value, node, file }: Located<FieldEntry>, closed: readonly Coordinate[]): Finding {
  const message = `${value.coordinate} declassifies ${closed.join(', ')}, which only those who provide it can permit: @declassifies(for: ["${value.coordinate}"], clause:, reason:) there`
  return findingAt(file, node, 'DECLASSIFIED_ALONE', message, 'RESPONSIBLE_BODY')
}

/** A coordinate, and the interface's field that it may come from. */
function namesOf(at: Coordinate, types: TypeIndex): readonly Coordinate[] {
  return [at, ...types.interfacesOf(typeOf(at)).map((one) => coordinate(one, fieldOf(at)))]
}

/** For a coordinate, what all departments that serve it let be computed from it. */
function permissionsOf(
  readings: readonly DepartmentReading[],
  types: TypeIndex,
): (at: Coordinate) => ReadonlySet<string> {
  const given = new Map<Coordinate, Set<string>>()
  for (const { at, names } of readings.flatMap(permitted)) {
    const known = given.get(at)
    given.set(at, known ? known.intersection(new Set(names)) : new Set(names))
  }
  // An interface that a department has extended speaks for its types, beside what these say themselves.
  return (at) =>
    namesOf(at, types)
      .flatMap((name) => given.get(name) ?? [])
      .reduce<ReadonlySet<string> | null>((all, one) => all?.intersection(one) ?? one, null) ?? new Set()
}

interface Permission {
  readonly at: Coordinate
  readonly names: readonly string[]
  readonly located: Located<FieldEntry>
}

/** What each field of a department lets be computed from it; mostly nothing. */
function permitted({ fields, links }: DepartmentReading): readonly Permission[] {
  return fields.map((located) => {
    const directive = located.node.directives?.find(
      (one) => links !== null && intended(links, one.name.value) === 'declassifies',
    )
    const names = directive ? texts(argument(directive, 'for')) : []
    return { at: located.value.coordinate, names, located }
  })
}

function unknownNames(fields: readonly FieldEntry[], readings: readonly DepartmentReading[]): readonly Finding[] {
  const known = new Set<string>(fields.map((field) => field.coordinate))
  return readings
    .flatMap(permitted)
    .flatMap(({ at, names, located: { file, node } }) =>
      names
        .filter((name) => !known.has(name))
        .map((name) =>
          findingAt(file, node, 'COORDINATE_UNKNOWN', `${at} names ${name}, which no department has`, null),
        ),
    )
}
