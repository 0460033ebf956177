import type { GraphQLField, GraphQLInputType, GraphQLObjectType, GraphQLSchema } from 'graphql'
import { getNamedType, isEnumType, isInputObjectType, isListType, isNonNullType, isObjectType } from 'graphql'
import type { Random } from '../../city/random.ts'

/** A document that fits the schema, one operation of it, and the values of its variables. */
export interface Asking {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>> | null
  readonly operationName?: string
}

/** What documents are drawn from. */
export interface Drawing {
  readonly schema: GraphQLSchema
  /** Values that places ask for, by the name of the argument or input field, else of the type. */
  readonly values: Readonly<Record<string, readonly unknown[]>>
  /** Coordinates that are asked for more often than others. */
  readonly wanted: ReadonlySet<string>
  /** Root fields, the more frequent ones first. */
  readonly roots: readonly string[]
}

interface Draft extends Drawing {
  readonly random: Random
  readonly fragments: string[]
  readonly declared: Map<string, string>
  readonly given: Record<string, unknown>
  /** Whether values stand in the text. */
  readonly literals: boolean
  left: number
  aliases: number
}

const MAX_DEPTH = 6
const MAX_FIELDS = 45
const NAMES = ['One', 'Two', 'Three'] as const

/** A random valid request: fields, arguments, aliases, fragments, conditions, defaults, several operations. */
export function askingOf(random: Random, drawing: Drawing): Asking {
  const empty = { fragments: [], declared: new Map<string, string>(), given: {}, left: MAX_FIELDS, aliases: 0 }
  const draft: Draft = { ...drawing, random, ...empty, literals: random.chance(0.35) }
  const count = random.chance(0.2) ? random.between(2, 3) : 1
  const bodies = Array.from({ length: count }, () => rootSelections(draft))
  const named = count > 1 || random.chance(0.6)
  const operations = bodies.map((body, at) => operationText(draft, body, named ? (NAMES[at] ?? '') : ''))
  const query = [...operations, ...draft.fragments].join(random.pick([' ', '\n', '\n\n# 注释\n', ',']))
  const chosen = random.between(0, count - 1)
  const operationName = count > 1 || (named && random.chance(0.5)) ? NAMES[chosen] : undefined
  const none = Object.keys(draft.given).length === 0
  const values = none ? random.pick([{}, { variables: {} }, { variables: null }]) : { variables: draft.given }
  return { query, ...values, ...(operationName ? { operationName } : {}) }
}

function operationText(draft: Draft, body: string, name: string): string {
  const whole = `${body} ${reachable(draft, body)}`
  const uses = (variable: string): boolean => new RegExp(`\\$${variable}\\b`).test(whole)
  const declared = [...draft.declared].filter(([variable]) => uses(variable))
  const head = declared.map(([variable, type]) => `$${variable}: ${type}`).join(', ')
  if (name === '' && head === '') return body
  return `query ${name}${head === '' ? '' : `(${head})`} ${body}`
}

/** The fragments that a text leads to. */
function reachable(draft: Draft, body: string): string {
  const found = new Set<string>()
  const follow = (text: string): void => {
    for (const [, name = ''] of text.matchAll(/\.\.\.\s*(F\d+)/g)) {
      if (found.has(name)) continue
      found.add(name)
      follow(draft.fragments[Number(name.slice(1))] ?? '')
    }
  }
  follow(body)
  return [...found].map((name) => draft.fragments[Number(name.slice(1))] ?? '').join(' ')
}

function rootSelections(draft: Draft): string {
  const { random, schema, roots } = draft
  const query = schema.getQueryType()
  if (!query) throw new Error('nothing can be asked')
  const parts = Array.from({ length: random.chance(0.7) ? 1 : random.between(2, 3) }, () => {
    const field = query.getFields()[random.pickRanked(roots)]
    return field ? rootField(draft, field) : '__typename'
  })
  if (random.chance(0.15)) parts.push(random.pick(['__typename', 'kind: __typename']))
  return `{ ${parts.join(' ')} }`
}

function rootField(draft: Draft, field: GraphQLField<unknown, unknown>): string {
  const { random } = draft
  const first = draft.aliases === 0
  const alias = first ? random.pick(['', '', '', 'r: ', '__proto__: ', 'constructor: ']) : `r${draft.aliases}: `
  draft.aliases += 1
  const given = field.args.flatMap(({ name, type }) => {
    if (!isNonNullType(type) && random.chance(0.4)) return []
    return [`${name}: ${valueText(draft, name, type)}`]
  })
  const shuffled = random.chance(0.3) ? given.toReversed() : given
  const type = getNamedType(field.type)
  const below = isObjectType(type) ? ` ${selections(draft, type, 1)}` : ''
  return `${alias}${field.name}${shuffled.length > 0 ? `(${shuffled.join(', ')})` : ''}${conditions(draft)}${below}`
}

function selections(draft: Draft, type: GraphQLObjectType, depth: number): string {
  const count = draft.random.between(1, 4)
  return `{ ${Array.from({ length: count }, () => selection(draft, type, depth)).join(' ')} }`
}

function selection(draft: Draft, type: GraphQLObjectType, depth: number): string {
  const { random } = draft
  draft.left -= 1
  if (draft.left <= 0 || random.chance(0.08)) return `__typename${conditions(draft)}`
  if (random.chance(0.1) && depth < MAX_DEPTH) return fragment(draft, type, depth)
  const field = fieldOf(draft, type, depth)
  if (!field) return '__typename'
  const below = getNamedType(field.type)
  const body = isObjectType(below) ? ` ${selections(draft, below, depth + 1)}` : ''
  // One alias means one field wherever it stands: merged selections never disagree.
  const alias = random.chance(0.12) ? `a_${field.name}: ` : ''
  return `${alias}${field.name}${conditions(draft)}${body}`
}

/** One of the wanted fields, or of those that lead to some; now and then any. */
function fieldOf({ random, wanted }: Draft, type: GraphQLObjectType, depth: number) {
  const all = Object.values(type.getFields()).filter(
    (one) => one.args.length === 0 && (depth < MAX_DEPTH || !isObjectType(getNamedType(one.type))),
  )
  if (all.length === 0) return null
  const leads = (one: (typeof all)[number]): boolean => {
    const below = getNamedType(one.type)
    if (!isObjectType(below)) return wanted.has(`${type.name}.${one.name}`)
    return Object.keys(below.getFields()).some((name) => wanted.has(`${below.name}.${name}`))
  }
  const likely = all.filter(leads)
  return random.pick(likely.length > 0 && random.chance(0.75) ? likely : all)
}

function fragment(draft: Draft, type: GraphQLObjectType, depth: number): string {
  const { random } = draft
  const body = selections(draft, type, depth + 1)
  const shape = random.between(0, 2)
  if (shape === 0) {
    const name = `F${draft.fragments.length}`
    draft.fragments.push(`fragment ${name} on ${type.name} ${body}`)
    return `... ${name}${conditions(draft)}`
  }
  return shape === 1 ? `... on ${type.name}${conditions(draft)} ${body}` : `...${conditions(draft)} ${body}`
}

function conditions(draft: Draft): string {
  const { random } = draft
  if (random.chance(0.8)) return ''
  const one = (): string =>
    random.pick(['true', 'false', flag(draft, 'yes', 'Boolean!'), flag(draft, 'maybe', 'Boolean! = true')])
  const [skip, include] = [` @skip(if: ${one()})`, ` @include(if: ${one()})`]
  return random.pick([skip, include, include, skip + include])
}

function flag({ random, declared, given }: Draft, name: string, type: string): string {
  declared.set(name, type)
  if (name === 'yes' || random.chance(0.5)) given[name] ??= random.chance(0.6)
  return `$${name}`
}

/** A literal, a variable, a variable with a default, or nothing where that may be. */
function valueText(draft: Draft, place: string, type: GraphQLInputType): string {
  const { random, declared, given } = draft
  if (draft.literals && random.chance(0.6)) return literal(draft, place, type)
  const name = `v${declared.size}`
  const nullable = !isNonNullType(type)
  if (random.chance(0.2)) {
    const inner = isNonNullType(type) ? type.ofType : type
    declared.set(name, `${String(inner)} = ${constant(valueOf(draft, place, inner), inner)}`)
    if (random.chance(0.5)) given[name] = valueOf(draft, place, inner)
    return `$${name}`
  }
  declared.set(name, nullable && random.chance(0.2) ? `${String(type)}!` : String(type))
  if (nullable && !String(declared.get(name)).endsWith('!') && random.chance(0.3)) {
    if (random.chance(0.5)) given[name] = null
    return `$${name}`
  }
  given[name] = valueOf(draft, place, type)
  return `$${name}`
}

/** Written out; now and then with a variable inside. */
function literal(draft: Draft, place: string, type: GraphQLInputType): string {
  const { random } = draft
  if (!isNonNullType(type) && random.chance(0.1)) return 'null'
  const bare = isNonNullType(type) ? type.ofType : type
  if (isListType(bare) && random.chance(0.5))
    return `[${Array.from({ length: random.between(1, 3) }, () => literal(draft, place, bare.ofType)).join(', ')}]`
  if (isInputObjectType(bare) && random.chance(0.5)) {
    const fields = Object.values(bare.getFields()).filter((one) => isNonNullType(one.type) || random.chance(0.4))
    return `{${fields.map((one) => `${one.name}: ${valueText(draft, one.name, one.type)}`).join(' ')}}`
  }
  return constant(valueOf(draft, place, type), type)
}

function valueOf(draft: Draft, place: string, type: GraphQLInputType): unknown {
  const { random, values } = draft
  if (isNonNullType(type)) return valueOf(draft, place, type.ofType)
  if (isListType(type)) {
    // A single element may stand for its list.
    if (random.chance(0.15)) return valueOf(draft, place, type.ofType)
    return Array.from({ length: random.between(1, 3) }, () => valueOf(draft, place, type.ofType))
  }
  if (isInputObjectType(type)) {
    const fields = Object.values(type.getFields()).filter((one) => isNonNullType(one.type) || random.chance(0.4))
    return Object.fromEntries(fields.map((one) => [one.name, valueOf(draft, one.name, one.type)]))
  }
  if (isEnumType(type)) return random.pick(values[type.name] ?? type.getValues().map(({ name }) => name))
  return random.pick(values[place] ?? values[type.name] ?? ['x'])
}

function constant(value: unknown, type: GraphQLInputType): string {
  if (value === null || value === undefined) return 'null'
  if (isNonNullType(type)) return constant(value, type.ofType)
  if (isListType(type))
    return Array.isArray(value)
      ? `[${value.map((one) => constant(one, type.ofType)).join(', ')}]`
      : constant(value, type.ofType)
  if (isInputObjectType(type)) {
    const fields = type.getFields()
    const given = Object.entries(value).flatMap(([name, one]) => {
      const field = fields[name]
      return field ? [`${name}: ${constant(one, field.type)}`] : []
    })
    return `{${given.join(', ')}}`
  }
  const text = JSON.stringify(value)
  return isEnumType(type) ? text.slice(1, -1) : text
}
