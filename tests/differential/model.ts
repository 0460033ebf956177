import fc from 'fast-check'

/**
 * What a field yields. `face` and `any` lead to the interface and the union, `value` to an object without a key;
 * `computed` is made from `label` by another department, `sought` is a list that arguments filter.
 */
const KINDS = [
  'text',
  'number',
  'texts',
  'grid',
  'asked',
  'one',
  'many',
  'sure',
  'nested',
  'value',
  'values',
  'face',
  'faces',
  'any',
  'anys',
  'computed',
  'sought',
] as const
export type Kind = (typeof KINDS)[number]

/** A field before its names are chosen. */
interface Draft {
  readonly kind: Kind
  readonly target: number
  readonly department: number
  readonly follows: boolean
  readonly flavour: number
}

/** A random schema: entities over departments, value types, one interface and one union. */
export interface Draft0 {
  readonly departments: number
  readonly entities: readonly (readonly Draft[])[]
  readonly values: readonly (readonly Draft[])[]
  readonly roots: readonly Draft[]
  readonly unionWithValue: boolean
  /** Whether a department adds a field to the interface (`@interfaceObject`). */
  readonly joined: boolean
}

/** What texts look like: as what the masking rules are made for, or not. */
const FLAVOURS = ['TEXT', 'NAME', 'ID_NUMBER', 'ID_NUMBER', 'DATE', 'NUMBER'] as const
export type Flavour = (typeof FLAVOURS)[number]

/** A field with its place and type. */
export interface Field {
  readonly type: string
  readonly name: string
  readonly kind: Kind
  /** The named type that it yields. */
  readonly yields: string
  readonly department: number
  /** Coordinate of the identifier that it follows. */
  readonly follows: string | null
  readonly flavour: Flavour
  /** Coordinate that the arguments filter by. */
  readonly by: string | null
  /** Another department computes it, and a clause lets it be told although its origin may not be. */
  readonly declassified: boolean
}

export interface Model {
  readonly departments: readonly number[]
  readonly entities: readonly string[]
  readonly fields: readonly Field[]
  readonly union: readonly string[]
}

const draft = fc.record({
  kind: fc.constantFrom(...KINDS),
  target: fc.nat(5),
  department: fc.nat(2),
  follows: fc.boolean(),
  flavour: fc.nat(FLAVOURS.length - 1),
})
const leafDraft = fc.record({
  kind: fc.constantFrom<Kind>('text', 'number', 'texts', 'one', 'asked'),
  target: fc.nat(5),
  department: fc.nat(2),
  follows: fc.constant(false),
  flavour: fc.nat(FLAVOURS.length - 1),
})
const rootDraft = fc.record({
  kind: fc.constantFrom<Kind>(
    'one',
    'many',
    'sure',
    'nested',
    'face',
    'faces',
    'any',
    'anys',
    'value',
    'text',
    'sought',
  ),
  target: fc.nat(5),
  department: fc.nat(2),
  follows: fc.constant(false),
  flavour: fc.nat(FLAVOURS.length - 1),
})

export const drafts: fc.Arbitrary<Draft0> = fc.record({
  departments: fc.constantFrom(2, 3),
  entities: fc.array(fc.array(draft, { minLength: 3, maxLength: 6 }), { minLength: 2, maxLength: 3 }),
  values: fc.array(fc.array(leafDraft, { minLength: 1, maxLength: 3 }), { minLength: 1, maxLength: 2 }),
  roots: fc.array(rootDraft, { minLength: 2, maxLength: 5 }),
  unionWithValue: fc.boolean(),
  joined: fc.boolean(),
})

const LOCAL = ['Face', 'Any']

/** Names everything. The interface, the union and the values live in department 0, and fields that lead there too. */
export function modelOf({ departments, entities, values, roots, unionWithValue, joined }: Draft0): Model {
  const names = entities.map((_, index) => `E${index}`)
  const valueNames = values.map((_, index) => `V${index}`)
  const pick = (list: readonly string[], target: number): string => list[target % list.length] ?? ''
  const yields = ({ kind, target }: Draft): string => {
    if (kind === 'face' || kind === 'faces') return 'Face'
    if (kind === 'any' || kind === 'anys') return 'Any'
    if (kind === 'value' || kind === 'values') return pick(valueNames, target)
    if (['one', 'many', 'sure', 'nested', 'sought'].includes(kind)) return pick(names, target)
    return kind === 'number' || kind === 'grid' ? 'Int' : 'String'
  }
  const departmentOf = (type: string, leads: string, one: Draft): number => {
    if (LOCAL.includes(leads) || leads.startsWith('V') || type.startsWith('V')) return 0
    return one.kind === 'computed' ? 1 + (one.department % (departments - 1)) : one.department % departments
  }
  const name = (type: string, prefix: string, one: Draft, index: number): Field => {
    const leads = yields(one)
    const follows = one.follows && leads.startsWith('E') && type.startsWith('E') ? `${type}.label` : null
    return {
      type,
      name: `${prefix}${index}`,
      kind: one.kind,
      yields: leads,
      department: departmentOf(type, leads, one),
      follows: one.kind === 'sought' ? null : follows,
      flavour: FLAVOURS[one.flavour] ?? 'TEXT',
      by: one.kind === 'sought' ? `${pick(names, one.flavour)}.label` : null,
      declassified: one.follows,
    }
  }
  const extra = (type: string): Field[] => (joined ? [{ ...plain(type, 'extra'), department: departments }] : [])
  return {
    departments: Array.from({ length: joined ? departments + 1 : departments }, (_, index) => index),
    entities: names,
    fields: [
      ...roots.map((one, index) => name('Query', 'r', one, index)),
      ...entities.flatMap((fields, type) => [
        { ...plain(`E${type}`, 'label'), flavour: FLAVOURS[fields[0]?.flavour ?? 0] ?? 'TEXT' },
        ...extra(`E${type}`),
        ...fields.map((one, index) => name(`E${type}`, 'f', one, index)),
      ]),
      ...values.flatMap((fields, type) => fields.map((one, index) => name(`V${type}`, 'f', one, index))),
    ],
    union: unionWithValue ? [...names, 'V0'] : names,
  }
}

/** A text that every type of the interface has. */
function plain(type: string, name: string): Field {
  return {
    type,
    name,
    kind: 'text',
    yields: 'String',
    department: 0,
    follows: null,
    flavour: 'TEXT',
    by: null,
    declassified: false,
  }
}
