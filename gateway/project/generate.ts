import { isNonNullType } from 'graphql'
import { put } from './objects.ts'
import { ALWAYS, NOTHING, spend } from './writing.ts'
import type { FieldShape, LeafKind, WriteObject } from './writing.ts'

/**
 * Code that writes the objects of one type at one place: the same as writing field after field, with the fields' names in
 * the text, so that reading and writing them costs what it costs in code written by hand. Whatever is not simply copied is
 * left to the writer of its field.
 *
 * Null where code may not be generated (`--disallow-code-generation-from-strings`): nothing depends on it.
 */
export function generateObject(fields: readonly FieldShape[]): WriteObject | null {
  const text = textOf(fields)
  try {
    // oxlint-disable-next-line no-new-func, typescript/no-implied-eval -- every name in the text is quoted JSON
    const make = new Function('write', 'put', 'spend', 'NOTHING', text)
    const writers = fields.map(({ write }) => write)
    const made: unknown = Reflect.apply(make, undefined, [writers, put, spend, NOTHING])
    return made as WriteObject
  } catch {
    return null
  }
}

function textOf(fields: readonly FieldShape[]): string {
  const open = fields.findIndex(({ when }) => when !== ALWAYS)
  const literal = open === -1 ? fields : fields.slice(0, open)
  const rest = fields.slice(literal.length)
  return `'use strict'
${fields.map((_, index) => `const write${index} = write[${index}]`).join('\n')}
return (writing, source, place) => {
  let characters = 0
${literal.map(readText).join('\n')}
  const target = { ${literal.map(({ field }, index) => `${keyText(field.key)}: value${index}`).join(', ')} }
${rest.map((field, index) => conditionalText(field, literal.length + index)).join('\n')}
  spend(writing, characters)
  return target
}`
}

function readText(field: FieldShape, index: number): string {
  return `  let value${index} = ${valueText(field, index)}
${field.leaf === null ? '' : checkText(field, field.leaf, index)}${nothingText(field, index)}`
}

function conditionalText(field: FieldShape, index: number): string {
  const open = field.when === ALWAYS ? '{' : `if (writing.holds[${field.when}]) {`
  return `${open}
${readText(field, index)}
  put(target, ${JSON.stringify(field.field.key)}, value${index})
}`
}

/** In a literal `__proto__` would be something else; any other key costs less when it is not computed. */
function keyText(key: string): string {
  return key === '__proto__' ? "['__proto__']" : JSON.stringify(key)
}

/** Where a field is copied, its value; else what its writer makes of it. */
function valueText({ field, leaf }: FieldShape, index: number): string {
  const inlined = leaf !== null && !(field.source in Object.prototype)
  return inlined ? `source[${JSON.stringify(field.source)}]` : `write${index}(writing, source, place)`
}

/** Anything but what the type mostly is goes to the field's writer, undefined and a wrong null too. */
function checkText({ field }: FieldShape, leaf: LeafKind, index: number): string {
  if (field.source in Object.prototype) return ''
  const value = `value${index}`
  const fits = isNonNullType(field.type) ? FITS[leaf](value) : `${value} === null || ${FITS[leaf](value)}`
  const text = leaf === 'text' ? `  if (typeof ${value} === 'string') characters += ${value}.length\n  else` : '  '
  return `${text} if (!(${fits})) ${value} = write${index}(writing, source, place)\n`
}

/** Whether a value is written as it stands. */
const FITS: Readonly<Record<LeafKind, (value: string) => string>> = {
  text: () => 'false',
  integer: (value) => `(${value} | 0) === ${value}`,
  number: (value) => `typeof ${value} === 'number' && ${value} - ${value} === 0`,
  boolean: (value) => `typeof ${value} === 'boolean'`,
  enum: () => 'false',
  other: () => 'false',
}

function nothingText({ field }: FieldShape, index: number): string {
  return isNonNullType(field.type) ? `  if (value${index} === NOTHING) return NOTHING` : ''
}
