import type { GraphQLSchema } from 'graphql'
import type { PathStep, Requirement } from '../compile/plan.ts'
import { isObject, own } from './data.ts'
import type { DataObject } from './data.ts'
import { isOfType } from './possible-types.ts'

/** Representations of one fetch, each once, and the objects that each stands for. */
export interface Representations {
  readonly values: readonly DataObject[]
  /** `targets[i]` receive the entity for `values[i]`. */
  readonly targets: readonly (readonly DataObject[])[]
  /** Objects that cannot be asked about: something required is not there, as after a failed fetch. */
  readonly unable: readonly DataObject[]
  /** Objects of which no department said by what it is known: nobody can be asked for more of them. */
  readonly unidentified: readonly DataObject[]
}

/** One walk along the path: every object there, siblings included. */
export function objectsAt(root: DataObject, path: readonly PathStep[]): DataObject[] {
  let current: unknown[] = [root]
  for (const step of path) current = step === '@' ? elementsOf(current) : valuesOf(current, step)
  return current.filter(isObject)
}

function elementsOf(values: readonly unknown[]): unknown[] {
  const elements: unknown[] = []
  for (const one of values) {
    if (!Array.isArray(one)) continue
    for (const element of one as readonly unknown[]) elements.push(element)
  }
  return elements
}

function valuesOf(values: readonly unknown[], name: string): unknown[] {
  const found: unknown[] = []
  for (const one of values) if (isObject(one)) found.push(own(one, name))
  return found
}

/** Collects the representations of all targets; equal ones are sent once. */
export function collectRepresentations(
  schema: GraphQLSchema,
  targets: readonly DataObject[],
  requires: readonly Requirement[],
): Representations {
  const required = requiredOf(schema, requires)
  const groups = new Map<Fitting, Group>()
  const values: DataObject[] = []
  const grouped: DataObject[][] = []
  const unable: DataObject[] = []
  const unidentified: DataObject[] = []
  let last: Group | null = null
  for (const target of targets) {
    const type = own(target, '__typename')
    // Most lists are of one type.
    const group: Group = last !== null && last.type === type ? last : groupOf(groups, required.of(type), type)
    last = group
    // Nothing is required of an object of another type: the fetch is not about it.
    if (!group.fitting.named) continue
    const value = represent(target, group.fitting)
    if (value === undefined) {
      unable.push(target)
      continue
    }
    const { single, keys } = group.fitting
    if (keys.length > 0 && !keys.some((name) => identifies(value[name]))) {
      unidentified.push(target)
      continue
    }
    const key = single === null ? undefined : value[single]
    const isKey = typeof key === 'string' || typeof key === 'number'
    const index = isKey ? group.byKey : group.byText
    const identity = isKey ? key : identityOf(value, group.fitting)
    const known = index.get(identity)
    if (known !== undefined) grouped[known]?.push(target)
    else {
      index.set(identity, values.length)
      values.push(value)
      grouped.push([target])
    }
  }
  return { values, targets: grouped, unable, unidentified }
}

/** Representations of one type, by what tells them apart: a single key as it stands, or the text of all. */
interface Group {
  readonly type: unknown
  readonly fitting: Fitting
  readonly byKey: Map<unknown, number>
  readonly byText: Map<unknown, number>
}

function groupOf(groups: Map<Fitting, Group>, fitting: Fitting, type: unknown): Group {
  const known = groups.get(fitting)
  if (known) return known
  const made = { type, fitting, byKey: new Map<unknown, number>(), byText: new Map<unknown, number>() }
  groups.set(fitting, made)
  return made
}

/** What is required of an object of one type. */
interface Fitting {
  readonly fields: readonly RequiredField[]
  /** Whether its type is, without which it is nobody's entity. */
  readonly named: boolean
  /** Those that identify it. */
  readonly keys: readonly string[]
  /** The one key beside the type, where there is no more than one, and no object. */
  readonly single: string | null
}

interface RequiredField {
  readonly name: string
  /** Null for a leaf. */
  readonly below: Required | null
}

/** What a fetch requires, by the type of the object. */
interface Required {
  of(this: void, type: unknown): Fitting
}

const kept = new WeakMap<readonly Requirement[], { readonly schema: GraphQLSchema; readonly required: Required }>()

function requiredOf(schema: GraphQLSchema, requires: readonly Requirement[]): Required {
  const known = kept.get(requires)
  if (known?.schema === schema) return known.required
  const required = compile(schema, requires)
  kept.set(requires, { schema, required })
  return required
}

function compile(schema: GraphQLSchema, requires: readonly Requirement[]): Required {
  const byType = new Map<unknown, Fitting>()
  return {
    of(type) {
      const known = byType.get(type)
      if (known) return known
      const fitting = fittingOf(schema, requires, type)
      // Types that the schema does not have are a department's own words, of which there is no end.
      if (type === undefined || (typeof type === 'string' && schema.getType(type))) byType.set(type, fitting)
      return fitting
    },
  }
}

function fittingOf(schema: GraphQLSchema, requires: readonly Requirement[], type: unknown): Fitting {
  const found = new Map<string, Requirement[] | null>()
  const keys = new Set<string>()
  const gather = (list: readonly Requirement[]): void => {
    for (const one of list) {
      if (one.kind === 'InlineFragment') {
        if (one.type === null || isOfType(schema, type, one.type)) gather(one.selections)
        continue
      }
      if (one.key) keys.add(one.name)
      if (one.selections === null) found.set(one.name, found.get(one.name) ?? null)
      // What the type and its interface require of one field is required together.
      else found.set(one.name, [...(found.get(one.name) ?? []), ...one.selections])
    }
  }
  gather(requires)
  const fields = [...found].map(([name, below]) => ({ name, below: below && compile(schema, below) }))
  const [only, ...others] = fields.filter(({ name }) => name !== '__typename')
  const single = only && others.length === 0 && only.below === null ? only.name : null
  return { fields, named: found.has('__typename'), keys: [...keys], single }
}

/** Whether anything stands in a key: of several parts some may be null. */
function identifies(value: unknown): boolean {
  if (Array.isArray(value)) return value.some(identifies)
  if (!isObject(value)) return value !== null && value !== undefined
  return Object.entries(value).some(([name, one]) => name !== '__typename' && identifies(one))
}

/** The required part of an object; undefined when something required is not there, as after a failed fetch. */
function represent(source: DataObject, { fields }: Fitting): DataObject | undefined {
  const result: DataObject = {}
  for (const { name, below } of fields) {
    const value = below ? representBelow(own(source, name), below) : own(source, name)
    if (value === undefined) return undefined
    result[name] = value
  }
  return result
}

function representBelow(value: unknown, below: Required): unknown {
  if (value === null || value === undefined) return value
  if (Array.isArray(value)) {
    const list = value.map((one) => representBelow(one, below))
    return list.includes(undefined) ? undefined : list
  }
  return isObject(value) ? represent(value, below.of(own(value, '__typename'))) : undefined
}

/** The same text for equal representations of one type, and for no others: a number is not its text. */
function identityOf(value: DataObject, { fields }: Fitting): string {
  let text = ''
  for (const { name } of fields) {
    const one = value[name]
    if (typeof one !== 'string') return JSON.stringify(value)
    text += `${one.length}:${one}`
  }
  return text
}
