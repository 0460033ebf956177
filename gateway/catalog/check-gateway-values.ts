import type { Coordinate } from '../vocabulary/coordinate.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument, text } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import { coordinatesIn } from './requires.ts'
import { fieldSet, placesOf } from './shape.ts'
import type { TypeIndex } from './shape.ts'

/**
 * What the gateway adds to a record is made for whoever asks, as a pseudonym is for one department and matter (HZ-47.2).
 * A department that received it together with the number could tell the one from the other ever after, and a filter by
 * it would lead from the pseudonym back to the person: no department may name it in either.
 */
export function checkGatewayValues(readings: readonly DepartmentReading[], types: TypeIndex): Finding[] {
  const values = gatewayValues(readings, types)
  const departments = readings.filter(({ source }) => !source.builtin)
  return departments.flatMap((reading) => [...filteredBy(reading, values), ...computedFrom(reading, values, types)])
}

/** Fields of the gateway's own SDL on records that departments extend, the keys aside. */
function gatewayValues(readings: readonly DepartmentReading[], types: TypeIndex): ReadonlySet<Coordinate> {
  const found = new Set<Coordinate>()
  for (const { source, document, fields } of readings) {
    if (!source.builtin || !document) continue
    const keys = new Map<string, Set<Coordinate>>()
    for (const { at: type, directives } of placesOf(document)) {
      for (const one of directives.filter(({ name }) => name.value === 'key')) {
        const named = coordinatesIn(fieldSet(text(argument(one, 'fields')) ?? ''), type, types)
        keys.set(type, new Set([...(keys.get(type) ?? []), ...named]))
      }
    }
    for (const { value } of fields)
      if (keys.get(typeOf(value.coordinate))?.has(value.coordinate) === false) found.add(value.coordinate)
  }
  return found
}

function filteredBy({ filters }: DepartmentReading, values: ReadonlySet<Coordinate>): Finding[] {
  return filters
    .filter(({ value }) => values.has(value.field))
    .map(({ value, file, annotation }) => taken(file, annotation, `${value.at} filters by ${value.field}`))
}

function computedFrom({ fields }: DepartmentReading, values: ReadonlySet<Coordinate>, types: TypeIndex): Finding[] {
  return fields.flatMap(({ value, node, file }) => {
    const directive = node.directives?.find(({ name }) => name.value === 'requires')
    const read = directive ? text(argument(directive, 'fields')) : null
    if (!directive || read === null) return []
    return [...coordinatesIn(fieldSet(read), typeOf(value.coordinate), types)]
      .filter((at) => values.has(at))
      .map((at) => taken(file, directive, `${value.coordinate} is computed from ${at}`))
  })
}

function taken(file: string, node: Parameters<typeof findingAt>[1], what: string): Finding {
  const message = `${what}, which the gateway makes for whoever asks`
  return findingAt(file, node, 'GATEWAY_VALUE_TAKEN', message, 'MINIMUM')
}
