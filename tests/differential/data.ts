import type { Run } from './departments.ts'
import { computed } from './departments.ts'
import type { Ref } from './interpreter.ts'
import type { Field, Flavour, Model } from './model.ts'

/** FNV-1a over texts: the data of a run is a function of its seed. */
export function hash(...parts: readonly (string | number)[]): number {
  let value = 2_166_136_261
  for (const character of parts.join('|')) value = Math.imul(value ^ character.charCodeAt(0), 16_777_619)
  // Mixed once more: neighbouring texts must not have neighbouring values.
  value = Math.imul(value ^ (value >>> 16), 2_246_822_507)
  value = Math.imul(value ^ (value >>> 13), 3_266_489_909)
  return (value ^ (value >>> 16)) >>> 0
}

const PEOPLE = 4
const FAMILY = ['李', '欧阳', '司马', '王']
const GIVEN = ['明', '小红', '海']

/** Texts of a kind; one in eight is of none, so that masks meet what they cannot parse. */
function textOf(flavour: Flavour, at: number): string {
  const two = String(at % 90).padStart(2, '0')
  if (at % 8 === 3) return `text${at % 100}`
  switch (flavour) {
    case 'NAME':
      return `${FAMILY[at % FAMILY.length] ?? ''}${GIVEN[at % GIVEN.length] ?? ''}`
    case 'ID_NUMBER':
      return at % 5 === 0
        ? `1101018001${two}003`
        : `440000190001${two.replace(/^[3-9]/, '1').replace('00', '01')}00${at % 10}X`
    case 'DATE':
      return `19${two}-0${1 + (at % 9)}-1${at % 10}`
    case 'NUMBER':
      return at % 3 === 0 ? `C${two}` : `CERT-000000${two}`
    case 'TEXT':
      return `text${at % 100}`
  }
}

/** All data of one run: every department reads it, and so does the interpreter. One in eight values is null. */
export function dataOf(model: Model, seed: number): Pick<Run, 'lookup' | 'missing'> {
  // Where a department's value is required by another's, its owner knows everybody: what becomes of a value
  // computed from what is not there is the computing department's affair.
  const required = model.fields.some(({ kind }) => kind === 'computed')
  const missing = (department: number, of: Ref): boolean =>
    (model.entities.includes(of.type) || of.type === 'Face') &&
    !(required && department === 0) &&
    hash(seed, 'missing', department, of.type, of.id) % 9 === 0
  const entity = (type: string, at: number): Ref => ({ type, id: String(at % PEOPLE) })
  const one = (field: Field, at: number): unknown => {
    if (at % 8 === 0 && field.kind !== 'sure' && field.kind !== 'texts') return null
    const within = at >>> 3
    if (field.yields === 'String') return textOf(field.flavour, within)
    if (field.yields === 'Int') return within % 100
    if (field.yields === 'Face') return entity(model.entities[within % model.entities.length] ?? '', within >>> 4)
    if (field.yields === 'Any') return entity(model.union[within % model.union.length] ?? '', within >>> 4)
    return entity(field.yields, within)
  }
  const list = (at: number, of: (next: number) => unknown): unknown =>
    at % 9 === 0 ? null : Array.from({ length: (at >>> 3) % 4 }, (_, index) => of(hash(at, index)))
  const lookup: Run['lookup'] = (of, field, given) => {
    // What is added to the interface is the same whatever the type of the object.
    if (field.name === 'extra' && of.type !== 'Face') return lookup({ ...of, type: 'Face' }, field, given)
    if (missing(field.department, of)) return null
    if (field.kind === 'computed') return computed(lookup(of, labelOf(model, of), {}))
    const at = hash(seed, of.type, of.id, field.name)
    if (field.kind === 'asked') return at % 8 === 0 ? null : `${at % 100} ${JSON.stringify(sorted(given))}`
    if (field.kind === 'sought') return list(hash(at, JSON.stringify(sorted(given))), (next) => one(field, next))
    if (field.kind === 'grid' || field.kind === 'nested')
      return list(at, (row) => list(row, (next) => one(field, next)))
    const plural = ['texts', 'many', 'sure', 'values', 'faces', 'anys'].includes(field.kind)
    return plural ? list(at, (next) => one(field, next)) : one(field, at)
  }
  return { lookup, missing }
}

function labelOf(model: Model, of: Ref): Field {
  const label = model.fields.find(({ type, name }) => type === of.type && name === 'label')
  if (!label) throw new Error(`no label of ${of.type}`)
  return label
}

function sorted(given: Readonly<Record<string, unknown>>): unknown {
  return Object.entries(given).toSorted(([a], [b]) => (a < b ? -1 : 1))
}
