import { fitsLeaf, isObject, misfit, arrange } from './shape.ts'
import type { ObjectShape, Shape } from './shape.ts'

/** A value as canonical JSON, or the path of the first place where it breaks the shape (shape.ts). */
export type Written = { readonly json: string } | { readonly misfit: string }

/** Writes values of one shape as `JSON.stringify` of `arrange` would, and checks them on the way. */
export type ShapeWriter = (value: unknown) => Written

/** Null where the value breaks the shape. */
type Write = (value: unknown) => string | null

/**
 * Builds the writer of a shape once: every record is written by it. Frozen lists are written once: what all records of
 * one operation share is built only for the first.
 */
export function writerOf(shape: Shape): ShapeWriter {
  const write = build(shape, new WeakMap())
  return (value) => {
    const json = write(value)
    if (json !== null) return { json }
    const where = misfit(shape, arrange(shape, value))
    if (where === null) throw new Error('a shape and its writer disagree')
    return { misfit: where }
  }
}

type Kept = WeakMap<object, Map<Shape, string>>

function build(shape: Shape, kept: Kept): Write {
  switch (shape.kind) {
    case 'nullable': {
      const of = build(shape.of, kept)
      return (value) => (value === null ? 'null' : of(value))
    }
    case 'list':
      return keptOnce(shape, buildList(build(shape.of, kept)), kept)
    case 'object':
      return buildObject(shape, kept)
    case 'texts-by-name':
      return (value) => (fitsLeaf(shape, value) ? JSON.stringify(arrange(shape, value)) : null)
    default:
      return (value) => (fitsLeaf(shape, value) ? JSON.stringify(value) : null)
  }
}

function buildList(of: Write): Write {
  return (value) => {
    if (!Array.isArray(value)) return null
    let json = '['
    for (let index = 0; index < value.length; index += 1) {
      const item = of(value[index])
      if (item === null) return null
      json += index === 0 ? item : `,${item}`
    }
    return `${json}]`
  }
}

/** Frozen and of frozen members alone: whoever freezes a list of others must not change them. */
function keptOnce(shape: Shape, write: Write, kept: Kept): Write {
  return (value) => {
    if (!Array.isArray(value) || value.length === 0 || !Object.isFrozen(value)) return write(value)
    const known = kept.get(value) ?? new Map<Shape, string>()
    const before = known.get(shape)
    if (before !== undefined) return before
    const json = write(value)
    if (json !== null) kept.set(value, known.set(shape, json))
    return json
  }
}

function buildObject({ members, optional }: ObjectShape, kept: Kept): Write {
  const parts = Object.entries(members).map(([name, shape]) => ({
    name,
    key: `${JSON.stringify(name)}:`,
    write: build(shape, kept),
    optional: optional.includes(name),
  }))
  return (value) => {
    if (!isObject(value)) return null
    let json = ''
    let written = 0
    for (const { name, key, write, optional: free } of parts) {
      const member = value[name]
      if (member === undefined) {
        if (free) continue
        return null
      }
      const text = write(member)
      if (text === null) return null
      json += json === '' ? key + text : `,${key}${text}`
      written += 1
    }
    return written === presentIn(value) ? `{${json}}` : null
  }
}

/** As JSON counts them: a member without a value is none. */
function presentIn(value: Readonly<Record<string, unknown>>): number {
  let present = 0
  for (const name of Object.keys(value)) if (value[name] !== undefined) present += 1
  return present
}
