import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'
import type { Field, Model } from './model.ts'

/** A document and the values of its variables. */
export interface Asking {
  readonly text: string
  readonly variables: Readonly<Record<string, unknown>>
}

const MAX_DEPTH = 4
const MAX_FIELDS = 40

interface Draft {
  readonly g: GeneratorValue
  readonly model: Model
  readonly fragments: string[]
  left: number
}

/** A random valid document: aliases, merged repetitions, fragments, conditions, literals and variables. */
export function askingOf(g: GeneratorValue, model: Model): Asking {
  const draft: Draft = { g, model, fragments: [], left: MAX_FIELDS }
  const body = selections(draft, 'Query', 0, '')
  const whole = [body, ...draft.fragments].join('\n')
  const declared = Object.entries(VARIABLES).filter(([name]) => whole.includes(`$${name}`))
  const head = declared.length > 0 ? `query Q(${declared.map(([name, type]) => `$${name}: ${type}`).join(', ')})` : ''
  return { text: `${head} ${whole}`, variables: valuesOf(g, new Set(declared.map(([name]) => name))) }
}

const VARIABLES: Readonly<Record<string, string>> = {
  yes: 'Boolean!',
  no: 'Boolean! = false',
  maybe: 'Boolean = true',
  number: 'Int',
  text: 'String = "default"',
  element: 'String! = "e"',
  list: '[String!]',
}

/** Some are left out, where they may be; null only where the place takes it. */
function valuesOf(g: GeneratorValue, declared: ReadonlySet<string>): Record<string, unknown> {
  const values: Record<string, unknown> = { yes: g(fc.boolean) }
  if (g(fc.boolean)) values['no'] = g(fc.boolean)
  if (g(fc.boolean)) values['maybe'] = g(fc.boolean)
  if (g(fc.boolean)) values['number'] = g(fc.constantFrom, 0, 5, null)
  if (g(fc.boolean)) values['text'] = g(fc.constantFrom, 'a', null)
  if (g(fc.boolean)) values['list'] = g(fc.constantFrom<(string | null | string[])[]>, ['a', 'b'], 'single', [], null)
  return Object.fromEntries(Object.entries(values).filter(([name]) => declared.has(name)))
}

function choose<T>({ g }: Draft, list: readonly T[]): T | undefined {
  return list[g(fc.nat, Math.max(0, list.length - 1))]
}

function concreteTypes(model: Model, type: string): readonly string[] {
  if (type === 'Face') return model.entities
  return type === 'Any' ? model.union : [type]
}

/**
 * @param scope what tells this place from places of other types that could share its answer: objects of several
 * concrete types may stand at one place, where one key must mean values of one type
 */
function selections(draft: Draft, type: string, depth: number, scope: string): string {
  const count = 1 + draft.g(fc.nat, 3)
  const parts = Array.from({ length: count }, () => selection(draft, type, depth, scope))
  return `{ ${parts.join(' ')} }`
}

function selection(draft: Draft, type: string, depth: number, scope: string): string {
  const { g, model } = draft
  draft.left -= 1
  const kind = draft.left <= 0 ? 0 : g(fc.nat, 15)
  if (kind === 0) return `${g(fc.constantFrom, '', 'kind: ')}__typename${conditions(draft)}`
  const concrete = concreteTypes(model, type)
  if (type === 'Face' || type === 'Any') {
    if (type === 'Face' && kind <= 2) return `${g(fc.constantFrom, '', 'tag: ')}label${conditions(draft)}`
    const on = kind === 3 ? type : (choose(draft, concrete) ?? type)
    return fragment(draft, on, depth, on === type ? scope : `${scope}${on}`)
  }
  if (kind === 1 && type !== 'Query') return fragment(draft, type, depth, scope)
  if (kind === 2 && type !== 'Query') return `${scope ? `id${scope}: ` : ''}id${conditions(draft)}`
  const field = choose(
    draft,
    model.fields.filter((one) => one.type === type),
  )
  return field ? fieldText(draft, field, depth, scope) : '__typename'
}

function fragment(draft: Draft, on: string, depth: number, scope: string): string {
  const { g } = draft
  const body = selections(draft, on, depth, scope)
  const shape = g(fc.nat, 2)
  if (shape === 0 && draft.fragments.length < 4) {
    const name = `F${draft.fragments.length}`
    draft.fragments.push(`fragment ${name} on ${on} ${body}`)
    return `...${name}${conditions(draft)}`
  }
  return `... on ${on}${conditions(draft)} ${body}`
}

function fieldText(draft: Draft, field: Field, depth: number, scope: string): string {
  const leads = !['String', 'Int'].includes(field.yields)
  if (leads && depth >= MAX_DEPTH) return '__typename'
  const table = field.kind === 'asked' ? ARGUMENT_TEXTS : field.kind === 'sought' ? SEARCHES : []
  const given = choose(draft, table)
  const tag = given?.[0] ?? ''
  const prefix = choose(draft, ['', '', 'p', '__proto__']) ?? ''
  const plain = prefix === '' && tag === '' && scope === ''
  const alias = plain ? '' : `${prefix}${scope}${field.name}${tag}: `
  const body = leads ? ` ${selections(draft, field.yields, depth + 1, '')}` : ''
  return `${alias}${field.name}${given?.[1] ?? ''}${conditions(draft)}${body}`
}

/** A tag for the alias, and the arguments. */
const ARGUMENT_TEXTS: readonly (readonly [string, string])[] = [
  ['', ''],
  ['a', '(number: 1)'],
  ['b', '(number: $number)'],
  ['c', '(text: "110101199003070003", number: null)'],
  ['d', '(number: $number, text: $text)'],
  ['e', '(list: ["x", $element])'],
  ['f', '(list: "single", text: "1")'],
  ['g', '(list: $list, number: 1)'],
]

/** What a search is asked by: each way once from the document, once from a variable that may be left out or null. */
const SEARCHES: readonly (readonly [string, string])[] = [
  ['', ''],
  ['', ''],
  ['h', '(named: "a")'],
  ['i', '(named: $text)'],
  ['j', '(among: $list)'],
  ['k', '(among: ["a", $element])'],
  ['l', '(tag: { eq: "a" })'],
  ['m', '(tag: { in: ["a"] })'],
  ['n', '(tag: { not: "a" })'],
  ['o', '(order: LABEL)'],
  ['p', '(order: PLAIN)'],
  ['q', '(where: { label: $text })'],
  ['r', '(where: { labelIn: $list })'],
  ['s', '(tag: { eq: $text })'],
  ['t', '(named: "a", order: PLAIN)'],
  ['u', '(named: "a", among: ["foreign"])'],
  ['v', '(named: "foreign")'],
  ['w', '(like: "a")'],
  ['x', '(like: $text, named: "a")'],
]

function conditions(draft: Draft): string {
  const { g } = draft
  const one = (): string => choose(draft, ['$yes', '$no', '$maybe', 'true', 'false']) ?? 'true'
  const roll = g(fc.nat, 19)
  if (roll < 14) return ''
  if (roll < 17) return ` @include(if: ${one()})`
  if (roll < 19) return ` @skip(if: ${one()})`
  return ` @skip(if: ${one()}) @include(if: ${one()})`
}
