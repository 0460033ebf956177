import type { GraphQLSchema } from 'graphql'
import { fetchesOf } from '../compile/plan.ts'
import type { FetchNode, PlanNode, Requirement } from '../compile/plan.ts'
import { readAsked } from './asked.ts'
import type { Asked, AskedField } from './asked.ts'
import { possibleTypes } from './possible-types.ts'

/** A fetch made ready to be walked. */
export interface CompiledFetch {
  readonly asked: Asked
  /** Whether it fills objects that another fetch brings too: what it owes is then looked at once more in the end. */
  readonly shares: boolean
  /** Keys that are sent: by these an entity says who it is, where it tells them. */
  readonly keys: readonly string[]
  /** The same for fetches that ask about the same objects by the same keys; null where no other one does. */
  readonly about: string | null
}

/** The fetches of a plan, made ready. */
export type CompiledPlan = ReadonlyMap<FetchNode, CompiledFetch>

const kept = new WeakMap<PlanNode, { readonly schema: GraphQLSchema; readonly compiled: CompiledPlan }>()

/** What each fetch of a plan asks for, worked out once for as long as the plan lives. */
export function compiledPlan(schema: GraphQLSchema, plan: PlanNode): CompiledPlan {
  const known = kept.get(plan)
  if (known?.schema === schema) return known.compiled
  const compiled = compile(schema, [...new Set(fetchesOf(plan))])
  kept.set(plan, { schema, compiled })
  return compiled
}

/** A key that a fetch asks for, at its place in the data. */
interface Occurrence {
  readonly fetch: FetchNode
  readonly field: AskedField
}

function compile(schema: GraphQLSchema, fetches: readonly FetchNode[]): CompiledPlan {
  const read = fetches.map((fetch) => [fetch, readAsked(schema, fetch)] as const)
  const places = new Map<string, Occurrence[]>()
  for (const [fetch, asked] of read) {
    const path = fetch.path.filter((step) => step !== '@').map((step) => `.${step}`)
    note(places, fetch, asked, path.join(''))
  }
  for (const occurrences of places.values()) {
    for (const { fetch, field } of occurrences)
      field.alone = !occurrences.some((other) => other.fetch !== fetch && overlap(schema, field.on, other.field.on))
  }
  const abouts = fetches.map(aboutOf)
  const compiled = read.map(([fetch, asked], index) => {
    const about = abouts[index] ?? null
    const several = abouts.filter((one) => one === about).length > 1
    const facts = { asked, shares: sharesObjects(asked), keys: keysOf(fetch.requires ?? []) }
    return [fetch, { ...facts, about: several ? about : null }] as const
  })
  return new Map(compiled)
}

function note(places: Map<string, Occurrence[]>, fetch: FetchNode, asked: Asked, path: string): void {
  for (const field of asked.fields) {
    const place = `${path}.${field.name}`
    const known = places.get(place)
    if (known) known.push({ fetch, field })
    else places.set(place, [{ fetch, field }])
    if (field.below) note(places, fetch, field.below, place)
  }
}

/** Whether one object can be of all these types. */
function overlap(schema: GraphQLSchema, one: readonly string[], other: readonly string[]): boolean {
  const [first, ...rest] = [...one, ...other].map((name) => possibleTypes(schema, name))
  return !first || [...first].some((name) => rest.every((types) => types.has(name)))
}

function sharesObjects({ fields }: Asked): boolean {
  return fields.some(({ alone, below }) => below !== null && (!alone || sharesObjects(below)))
}

function keysOf(requires: readonly Requirement[]): readonly string[] {
  return requires.flatMap((one) => {
    if (one.kind === 'InlineFragment') return keysOf(one.selections)
    return one.key && one.selections === null ? [one.name] : []
  })
}

/** By leaves alone: what is nested is read anew for each department. */
function aboutOf({ path, requires }: FetchNode): string | null {
  const flat = (list: readonly Requirement[]): boolean =>
    list.every((one) => (one.kind === 'Field' ? one.selections === null : flat(one.selections)))
  return requires && flat(requires) ? JSON.stringify([path, requires]) : null
}
