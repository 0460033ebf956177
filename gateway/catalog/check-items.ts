import type { FieldEntry } from './catalog.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { argument } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import type { Located } from './reader.ts'
import { fieldOf, typeOf } from '../vocabulary/coordinate.ts'
import type { ListedItem } from './rules.ts'
import type { TypeIndex } from './shape.ts'

type Items = ReadonlyMap<string, ListedItem>

/** Holds the items that fields claim against the lists (HZ-18 … HZ-34): known, claimed once, under their own name. */
export function checkItems(readings: readonly DepartmentReading[], types: TypeIndex, items: Items | null): Finding[] {
  if (items === null) return []
  const claims = readings.flatMap((reading) => reading.fields).filter(({ value }) => value.item !== null)
  const resources = new Set(readings.flatMap((reading) => reading.resources.map(({ value }) => value.type)))
  const proposed = new Set(
    readings.flatMap((reading) => reading.resources.flatMap(({ value }) => (value.proposed ? [value.type] : []))),
  )
  const parts = partsOf(claims, types)
  return [
    ...claims.flatMap((claim) => checkName(claim, items, parts)),
    ...claims.flatMap((claim) => checkProposed(claim, proposed)),
    ...Map.groupBy(
      claims.filter(({ value }) => resources.has(typeOf(value.coordinate))),
      ({ value }) => `${typeOf(value.coordinate)} ${value.item ?? ''}`,
    )
      .values()
      .flatMap((group) => checkTwice(group, items)),
  ]
}

/** `Type item` of every type that a field of that item leads to: its fields are parts of the item, with names of their own. */
function partsOf(claims: readonly Located<FieldEntry>[], types: TypeIndex): ReadonlySet<string> {
  return new Set(
    claims.flatMap(({ value }) => {
      const leadsTo = types.fieldType(typeOf(value.coordinate), fieldOf(value.coordinate))
      return leadsTo === null ? [] : [`${leadsTo} ${value.item ?? ''}`]
    }),
  )
}

function checkName(
  { value, file, annotation }: Located<FieldEntry>,
  items: Items,
  parts: ReadonlySet<string>,
): Finding[] {
  const { coordinate: at, title } = value
  const item = value.item ?? ''
  const listed = items.get(item)
  if (!listed) {
    const message = `${at}: no list names the item "${item}"`
    return [findingAt(file, argument(annotation, 'item'), 'ITEM_UNKNOWN', message, 'CATALOGUED')]
  }
  const whole = listed.fields === 1 && !parts.has(`${typeOf(at)} ${item}`)
  if (!whole || sameName(title, listed.title)) return []
  const message = `${at}: the item ${item} is called "${listed.title}", not "${title}"`
  return [findingAt(file, argument(annotation, 'title'), 'ITEM_CONFLICT', message, 'CATALOGUED')]
}

/** What this installation proposes is in no list: an item of one would make it look as if a regulation said so. */
function checkProposed(
  { value, file, annotation }: Located<FieldEntry>,
  proposed: ReadonlySet<string>,
): readonly Finding[] {
  if (!proposed.has(typeOf(value.coordinate))) return []
  const message = `${value.coordinate}: its record is proposed, and so no list names its item ${value.item ?? ''}`
  return [findingAt(file, argument(annotation, 'item'), 'ITEM_CONFLICT', message, 'CATALOGUED')]
}

function sameName(a: string, b: string): boolean {
  const plain = (text: string): string => text.normalize('NFKC').replaceAll(/\s/g, '')
  return plain(a) === plain(b)
}

/** An item makes as many fields of one record as its list says; the ones beyond are told. */
function checkTwice(group: readonly Located<FieldEntry>[], items: Items): Finding[] {
  const item = group[0]?.value.item ?? ''
  const allowed = items.get(item)?.fields ?? 1
  const coordinates = [...new Set(group.map(({ value }) => value.coordinate))]
  const beyond = new Set(coordinates.slice(allowed))
  return group
    .filter(({ value }) => beyond.has(value.coordinate))
    .map(({ value, file, annotation }) => {
      const message = `${value.coordinate}: the item ${item} is claimed already, by ${coordinates.slice(0, allowed).join(', ')}`
      return findingAt(file, argument(annotation, 'item'), 'ITEM_CONFLICT', message, 'CATALOGUED')
    })
}
