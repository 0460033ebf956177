import { keyColumns } from './keys.ts'
import type { Department, NeededPlace, Register } from './register.ts'
import { registersOf } from './subjects.ts'

/** Every table, path or file that a department reads, each once, with all that is ever read of it. */
export function neededPlaces(department: Department): readonly NeededPlace[] {
  const { person, legalEntity = {}, lists = {}, statistics = {} } = department
  const taken = [...Object.values(person), ...Object.values(legalEntity)].map(({ register }) => register)
  const listed = Object.values(lists).map(({ register, order, filters }) => ({
    at: register.at,
    columns: [...columnsOf(register), order, ...Object.values(filters).map(({ column }) => column)],
  }))
  const counted = Object.values(statistics).map(({ register, dimensions, only = [] }) => ({
    at: register.at,
    columns: [
      ...Object.values(dimensions).flatMap((field) => register.fields[field]?.column ?? []),
      ...only.map(({ column }) => column),
    ],
  }))
  return together([...placesOf([...registersOf(department), ...taken]), ...listed, ...counted])
}

/** What registers read, each place by itself. */
export function placesOf(registers: readonly Register[]): readonly NeededPlace[] {
  return registers.map((register) => ({ at: register.at, columns: columnsOf(register) }))
}

function columnsOf(register: Register): readonly string[] {
  return [...keyColumns(register), ...Object.values(register.fields).map(({ column }) => column)]
}

/** Places of the same name become one. */
export function together(places: readonly NeededPlace[]): readonly NeededPlace[] {
  const columns = new Map<string, Set<string>>()
  for (const place of places) columns.set(place.at, new Set([...(columns.get(place.at) ?? []), ...place.columns]))
  return [...columns].map(([at, names]) => ({ at, columns: [...names] }))
}
