/** What a value in a line of the log may be; members of an object have one fixed order, which makes bytes canonical. */
export type Shape =
  | { readonly kind: 'text'; readonly pattern?: RegExp; readonly chars?: Characters }
  | { readonly kind: 'count' }
  | { readonly kind: 'duration' }
  | { readonly kind: 'one-of'; readonly values: readonly (string | number | true)[] }
  | { readonly kind: 'nullable'; readonly of: Shape }
  | { readonly kind: 'list'; readonly of: Shape }
  | { readonly kind: 'texts-by-name' }
  | ObjectShape

/** A pattern of one kind of character, so that it can be checked byte by byte. */
export interface Characters {
  /** 1 for each ASCII code that is one of them. */
  readonly table: Uint8Array
  readonly least: number
  readonly most: number
}

/** A text of some characters of one kind; `kind` is the inside of a class of a regular expression. */
export function textOf(kind: string, least: number, most = Infinity): Shape {
  const one = new RegExp(`^[${kind}]$`)
  const table = Uint8Array.from({ length: 256 }, (_, code) =>
    code < 128 && one.test(String.fromCharCode(code)) ? 1 : 0,
  )
  const pattern = new RegExp(`^[${kind}]{${least},${most === Infinity ? '' : most}}$`)
  return { kind: 'text', pattern, chars: { table, least, most } }
}

export interface ObjectShape {
  readonly kind: 'object'
  readonly members: Readonly<Record<string, Shape>>
  readonly optional: readonly string[]
}

/** A shape that the compiler holds to type `T`: no member missing, none too many. */
export function objectOf<T>(
  members: { readonly [K in keyof T]-?: Shape },
  optional: readonly (keyof T & string)[] = [],
) {
  return { kind: 'object', members, optional } as const satisfies ObjectShape
}

/**
 * Copies a value with the members of every object in the order of the shape; members that the shape does not know are
 * kept behind them, for `misfit` to refuse: nothing is dropped in silence.
 */
export function arrange(shape: Shape, value: unknown): unknown {
  switch (shape.kind) {
    case 'nullable':
      return value === null ? null : arrange(shape.of, value)
    case 'list':
      return Array.isArray(value) ? value.map((item: unknown) => arrange(shape.of, item)) : value
    case 'object':
      return isObject(value) ? arrangeMembers(shape, value) : value
    case 'texts-by-name':
      return isObject(value) ? Object.fromEntries(Object.entries(value).toSorted(byName)) : value
    default:
      return value
  }
}

function arrangeMembers(shape: ObjectShape, value: Readonly<Record<string, unknown>>): Record<string, unknown> {
  const arranged: Record<string, unknown> = {}
  for (const [name, member] of Object.entries(shape.members)) {
    if (value[name] !== undefined) arranged[name] = arrange(member, value[name])
  }
  for (const name of Object.keys(value)) {
    if (!Object.hasOwn(shape.members, name)) arranged[name] = value[name]
  }
  return arranged
}

function byName(a: readonly [string, unknown], b: readonly [string, unknown]): number {
  return a[0] < b[0] ? -1 : 1
}

/**
 * The path of the first place where a value breaks the shape, order of members included; null when it fits, empty when
 * it is the value as a whole. The path names members and indexes, never what was found there.
 */
export function misfit(shape: Shape, value: unknown): string | null {
  switch (shape.kind) {
    case 'object':
      return isObject(value) ? misfitMember(shape, value) : ''
    case 'list':
      return Array.isArray(value) ? misfitItem(shape.of, value) : ''
    case 'nullable':
      return value === null ? null : misfit(shape.of, value)
    default:
      return fitsLeaf(shape, value) ? null : ''
  }
}

/** Whether a value fits a shape without members of its own. */
export function fitsLeaf(
  shape: Exclude<Shape, { readonly kind: 'object' | 'list' | 'nullable' }>,
  value: unknown,
): boolean {
  switch (shape.kind) {
    case 'text':
      return typeof value === 'string' && (shape.pattern?.test(value) ?? true)
    case 'count':
      return Number.isSafeInteger(value) && Number(value) >= 0
    case 'duration':
      return typeof value === 'number' && Number.isFinite(value) && value >= 0
    case 'one-of':
      return shape.values.some((allowed) => allowed === value)
    case 'texts-by-name':
      return isObject(value) && Object.values(value).every((text) => typeof text === 'string')
  }
}

// Paths are put together on the way back alone: verification asks this of every record.
function misfitItem(shape: Shape, items: readonly unknown[]): string | null {
  for (let index = 0; index < items.length; index += 1) {
    const found = misfit(shape, items[index])
    if (found !== null) return `[${index}]${found}`
  }
  return null
}

function misfitMember(shape: ObjectShape, value: Readonly<Record<string, unknown>>): string | null {
  const present = Object.keys(value)
  let at = 0
  for (const name of Object.keys(shape.members)) {
    const member = shape.members[name]
    if (present[at] === name && member !== undefined) {
      const found = misfit(member, value[name])
      if (found !== null) return `.${name}${found}`
      at += 1
    } else if (!shape.optional.includes(name)) {
      return `.${name}`
    }
  }
  return at === present.length ? null : `.${present[at] ?? ''}`
}

/** Whether a value is an object, and no list. */
export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
