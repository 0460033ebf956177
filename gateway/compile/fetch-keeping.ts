import type { GraphQLSchema } from 'graphql'
import { isAbstractType } from 'graphql'
import type { Catalog, FieldEntry, ResourceEntry, UPDATE_CYCLES } from '../catalog/catalog.ts'
import { typeOf } from '../vocabulary/coordinate.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { isSubjectType } from '../vocabulary/subject-types.ts'
import { entityShape } from './entity-shape.ts'
import type { FetchKeeping, FetchNode, PlanNode } from './plan.ts'

/** Says of every fetch of a plan how its entities may be kept. */
export type Keeping = (plan: PlanNode | null) => PlanNode | null

const DAY = 86_400

/** Its own values depend on who asks: a person's pseudonym is another one for each department and matter. */
const GATEWAY = 'gateway'

/** Seconds of each update cycle; what is kept up in real time has none (ZS-3.07). */
const CYCLES: Readonly<Record<(typeof UPDATE_CYCLES)[number], number>> = {
  REALTIME: 0,
  DAILY: DAY,
  MONTHLY: 28 * DAY,
  QUARTERLY: 90 * DAY,
  STATIC: 365 * DAY,
}

/** What a catalogue says of keeping. */
interface Source {
  readonly schema: GraphQLSchema
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly catalog: Catalog
}

/**
 * What may be kept, from the catalogue alone: the same for every view, because decisions are no part of it (wall 15). A
 * plan that several views share is gone through once.
 */
export function createKeeping(source: Source): Keeping {
  const known = new WeakMap<PlanNode, PlanNode>()
  const read = (node: PlanNode): PlanNode => {
    switch (node.kind) {
      case 'fetch':
        return { ...node, rules: { ...node.rules, keep: keepingOf(source, node) } }
      case 'condition':
        return { ...node, yes: node.yes && read(node.yes), no: node.no && read(node.no) }
      case 'sequence':
      case 'parallel':
        return { ...node, nodes: node.nodes.map(read) }
    }
  }
  return (plan) => {
    if (plan === null) return null
    const kept = known.get(plan) ?? read(plan)
    known.set(plan, kept)
    return kept
  }
}

/**
 * Null where nothing may be kept: what is no entity, what only the gateway itself could know, what is of level 4 or
 * computed from it, what nobody has classified, and what its source answers by caller.
 */
function keepingOf(source: Source, { department, operation, requires, rules }: FetchNode): FetchKeeping | null {
  if (requires === null || !rules.idempotent || department === GATEWAY) return null
  const found = entityShape(source.schema, operation)
  if (found === null) return null
  const { shape, coordinates, top, below } = found
  const entries = [...coordinates].flatMap((at) => entryAt(source, at))
  const known = entries.filter((one) => one !== null)
  if (known.length === 0 || known.length < entries.length || !known.every((one) => isKeepable(source, one))) return null
  const resources = [...new Set(known.flatMap((one) => resourcesOf(source.catalog, department, one)))]
  if (resources.some(({ varies }) => varies)) return null
  return {
    cycle: Math.min(...known.map((one) => cycleOf(resourcesOf(source.catalog, department, one)))),
    // Only what may be public of what is nobody tells nothing by having been asked.
    personal: known.some(({ level }) => level !== 'L1') || top.has('Person') || below.has('Person'),
    others: [...below].some(isSubjectType) || ![...top].every(isSubjectType),
    resources: resources.map(({ code }) => code).toSorted(),
    catalog: source.catalog.version,
    shape,
  }
}

/** The entry of a coordinate; an interface's field may have none of its own: those of its types are asked for as well. */
function entryAt({ schema, fields }: Source, at: Coordinate): readonly (FieldEntry | null)[] {
  const entry = fields.get(at) ?? null
  return entry === null && isAbstractType(schema.getType(typeOf(at))) ? [] : [entry]
}

function isKeepable({ fields }: Source, { level, requires, embeds }: FieldEntry): boolean {
  return level !== 'L4' && [...requires, ...embeds].every((at) => (fields.get(at)?.level ?? 'L4') !== 'L4')
}

/** The catalogue entries that a field belongs to: where it names none, all of its department might be meant. */
function resourcesOf(catalog: Catalog, department: string, { resource }: FieldEntry): readonly ResourceEntry[] {
  const own = catalog.resources.filter(({ type }) => type === resource)
  return own.length > 0 ? own : catalog.resources.filter((one) => one.department === department)
}

/** What is in no entry has no declared cycle: it is taken for what is kept up in real time. */
function cycleOf(resources: readonly ResourceEntry[]): number {
  const cycles: Readonly<Record<string, number>> = CYCLES
  return resources.length === 0 ? 0 : Math.min(...resources.map(({ updateCycle }) => cycles[updateCycle] ?? 0))
}
