import type { FragmentDefinitionNode, GraphQLSchema, SelectionSetNode } from 'graphql'
import { Kind, parse } from 'graphql'
import type { FetchNode, Rewrite } from '../compile/plan.ts'
import { isOfType } from './possible-types.ts'

/** One key that a fetch asks for. */
export interface AskedField {
  /** As it stands in the data, once the planner's renaming is undone. */
  readonly name: string
  /** Types that the object must all be of; none where any will do. */
  readonly on: readonly string[]
  /** What is asked of the objects under it; null for a leaf. */
  readonly below: Asked | null
  /** Whether no other fetch of the plan asks for it at this place: then nobody else has a word in it. */
  alone: boolean
}

/** What a fetch asks of one object: a department speaks for this and for nothing else. */
export class Asked {
  readonly fields: readonly AskedField[]
  readonly #schema: GraphQLSchema
  readonly #byType = new Map<string, readonly AskedField[]>()

  constructor(schema: GraphQLSchema, fields: readonly AskedField[]) {
    this.#schema = schema
    this.fields = fields
  }

  /** The fields for an object of a type; all of them where the type is not told. */
  of(type: unknown): readonly AskedField[] {
    if (typeof type !== 'string') return this.fields
    const known = this.#byType.get(type)
    if (known) return known
    const fitting = this.fields.filter(({ on }) => on.every((one) => isOfType(this.#schema, type, one)))
    this.#byType.set(type, fitting)
    return fitting
  }
}

/** Reads what a fetch asks from its text: of the root, or of each entity. */
export function readAsked(schema: GraphQLSchema, fetch: FetchNode): Asked {
  const { definitions } = parse(fetch.operation, { noLocation: true })
  const fragments = new Map(
    definitions.flatMap((one) => (one.kind === Kind.FRAGMENT_DEFINITION ? [[one.name.value, one] as const] : [])),
  )
  const roots = definitions.flatMap((one) => (one.kind === Kind.OPERATION_DEFINITION ? one.selectionSet : []))
  const sets = fetch.requires ? roots.flatMap(({ selections }) => selections.flatMap(selectionBelow)) : roots
  const renames = fetch.outputRewrites.flatMap(renameOf)
  return collect({ schema, fragments }, sets, renames)
}

function selectionBelow(one: SelectionSetNode['selections'][number]): readonly SelectionSetNode[] {
  return one.kind === Kind.FIELD && one.selectionSet ? [one.selectionSet] : []
}

/** A renaming below one place: the names that lead to the key, and what it is renamed to. */
interface Rename {
  readonly path: readonly string[]
  readonly to: string
}

/** Aliases of the planner are unique in one selection, so that types need not be compared. */
function renameOf(rewrite: Rewrite): readonly Rename[] {
  if (rewrite.kind !== 'KeyRenamer') return []
  return [{ path: rewrite.path.filter((step) => !step.startsWith('... on ')), to: rewrite.renameKeyTo }]
}

interface Reading {
  readonly schema: GraphQLSchema
  readonly fragments: ReadonlyMap<string, FragmentDefinitionNode>
}

/** All selections of one key under the same types. */
interface Gathered {
  readonly key: string
  readonly on: readonly string[]
  readonly sets: SelectionSetNode[]
}

function collect(reading: Reading, sets: readonly SelectionSetNode[], renames: readonly Rename[]): Asked {
  const found = new Map<string, Gathered>()
  for (const set of sets) gather(reading, set, [], found)
  const fields = [...found.values()].map(({ key, on, sets: below }): AskedField => {
    const deeper = renames.filter(({ path }) => path.length > 1 && path[0] === key)
    const inner = deeper.map(({ path, to }) => ({ path: path.slice(1), to }))
    const renamed = renames.find(({ path }) => path.length === 1 && path[0] === key)
    return {
      name: renamed?.to ?? key,
      on,
      below: below.length === 0 ? null : collect(reading, below, inner),
      alone: true,
    }
  })
  return new Asked(reading.schema, fields)
}

/** The type of an object is read where it is needed and is nobody's to give or withhold. */
function gather(reading: Reading, set: SelectionSetNode, on: readonly string[], found: Map<string, Gathered>): void {
  for (const one of set.selections) {
    if (one.kind === Kind.FIELD) {
      const key = one.alias?.value ?? one.name.value
      if (key === '__typename') continue
      const place = `${key} ${on.join(' ')}`
      const known = found.get(place) ?? { key, on, sets: [] }
      found.set(place, known)
      if (one.selectionSet) known.sets.push(one.selectionSet)
      continue
    }
    const inner = one.kind === Kind.FRAGMENT_SPREAD ? reading.fragments.get(one.name.value) : one
    const type = inner?.typeCondition?.name.value
    const held = type === undefined || on.includes(type) ? on : [...on, type]
    if (inner) gather(reading, inner.selectionSet, held, found)
  }
}
