import type { ObjectShape, ValueShape } from '../compile/plan.ts'

/**
 * Whether an entity is what was asked for: nothing missing, nothing more, each value of its kind. What a department
 * volunteers must not be kept, it may be anything; and a wrong value is not worth giving again.
 *
 * @param type of the representation that it answers
 */
export function fits(shape: ObjectShape, type: unknown, entity: unknown): boolean {
  return isObject(entity) && (entity['__typename'] ?? type) === type && fitsObject(shape, entity, type)
}

function fitsObject(shape: ObjectShape, value: Readonly<Record<string, unknown>>, type: unknown): boolean {
  const fields = typeof type === 'string' ? shape.get(type) : undefined
  if (!fields) return false
  let found = 0
  for (const [name, field] of fields) {
    if (!Object.hasOwn(value, name)) {
      if (!field.optional) return false
      continue
    }
    found += 1
    if (!fitsValue(field, value[name], field.lists)) return false
  }
  return Object.keys(value).length === found
}

function fitsValue(shape: ValueShape, value: unknown, lists: number): boolean {
  if (value === null) return true
  if (lists > 0) return Array.isArray(value) && value.every((one) => fitsValue(shape, one, lists - 1))
  switch (shape.of) {
    case 'string':
    case 'number':
    case 'boolean':
      return typeof value === shape.of
    case 'integer':
      return Number.isInteger(value)
    case 'any':
      return typeof value !== 'object'
    default:
      return isObject(value) && fitsObject(shape.of, value, value['__typename'] ?? onlyType(shape.of))
  }
}

/** Where only one type is possible an object need not name it. */
function onlyType(shape: ObjectShape): string | undefined {
  return shape.size === 1 ? shape.keys().next().value : undefined
}

function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}
