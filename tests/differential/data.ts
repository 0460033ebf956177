import type { Ref } from './interpreter.ts'
import type { Field, Model, Run } from './model.ts'

/** FNV-1a over texts: the data of a run is a function of its seed. */
function hash(...parts: readonly (string | number)[]): number {
  let value = 2_166_136_261
  for (const character of parts.join('|')) value = Math.imul(value ^ character.charCodeAt(0), 16_777_619)
  return (value ^ (value >>> 15)) >>> 0
}

const PEOPLE = 4

/** All data of one run: every department reads it, and so does the interpreter. One in eight values is null. */
export function dataOf(model: Model, seed: number): Pick<Run, 'lookup' | 'missing'> {
  const missing = (department: number, of: Ref): boolean =>
    model.entities.includes(of.type) && hash(seed, 'missing', department, of.type, of.id) % 9 === 0
  const entity = (type: string, at: number): Ref => ({ type, id: String(at % PEOPLE) })
  const one = (field: Field, at: number): unknown => {
    if (at % 8 === 0 && field.kind !== 'sure' && field.kind !== 'texts') return null
    const within = at >>> 3
    if (field.yields === 'String') return `text${within % 100}`
    if (field.yields === 'Int') return within % 100
    if (field.yields === 'Face') return entity(model.entities[within % model.entities.length] ?? '', within >>> 4)
    if (field.yields === 'Any') return entity(model.union[within % model.union.length] ?? '', within >>> 4)
    return entity(field.yields, within)
  }
  const list = (at: number, of: (next: number) => unknown): unknown =>
    at % 9 === 0 ? null : Array.from({ length: (at >>> 3) % 4 }, (_, index) => of(hash(at, index)))
  const lookup: Run['lookup'] = (of, field, given) => {
    if (missing(field.department, of)) return null
    const at = hash(seed, of.type, of.id, field.name)
    if (field.kind === 'asked') return at % 8 === 0 ? null : `${at % 100} ${JSON.stringify(sorted(given))}`
    if (field.kind === 'grid' || field.kind === 'nested')
      return list(at, (row) => list(row, (next) => one(field, next)))
    const plural = ['texts', 'many', 'sure', 'values', 'faces', 'anys'].includes(field.kind)
    return plural ? list(at, (next) => one(field, next)) : one(field, at)
  }
  return { lookup, missing }
}

function sorted(given: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
