import type { OperationDefinitionNode } from 'graphql'

/** A step of a path to the objects that a fetch extends: a response name, or `@` for every element of a list. */
export type PathStep = string

/** What a fetch needs of an object to identify it, as in a federation query plan. */
export type Requirement =
  | {
      readonly kind: 'Field'
      readonly name: string
      readonly selections: readonly Requirement[] | null
      /** When it is needed; always, where it is left out. */
      readonly when?: FetchNode['asks']
      /** Part of what identifies the object, and nothing that a field is computed from. */
      readonly key?: true
    }
  | { readonly kind: 'InlineFragment'; readonly type: string | null; readonly selections: readonly Requirement[] }

/** A change of keys or values that the planner asks for around a fetch (`@interfaceObject`, conflicting aliases). */
export type Rewrite =
  | { readonly kind: 'KeyRenamer'; readonly path: readonly string[]; readonly renameKeyTo: string }
  | { readonly kind: 'ValueSetter'; readonly path: readonly string[]; readonly setValueTo: unknown }

/** Keys of fetched data, after the output rewrites; a null type means any. */
export interface EntityKeys {
  readonly type: string | null
  readonly names: readonly string[]
}

/** What a value in a department's answer has to be: a leaf of one JSON kind, or an object. */
export interface ValueShape {
  /** How many lists deep it lies. */
  readonly lists: number
  /** `any` for a scalar that only its department knows. */
  readonly of: 'string' | 'integer' | 'number' | 'boolean' | 'any' | ObjectShape
  /** Whether a condition of the document may leave it out. */
  readonly optional: boolean
}

/** Type of an object → what it has under which response name; nothing else, or the answer breaks the contract. */
export type ObjectShape = ReadonlyMap<string, ReadonlyMap<string, ValueShape>>

/** How the entities of a fetch may be kept (design, Walls 15). */
export interface FetchKeeping {
  /** Seconds of the shortest update cycle among what is asked for; 0: its source is kept up in real time (ZS-3.07). */
  readonly cycle: number
  /** Whether it is about persons: then it is kept for one consumer department alone, or a hit would tell of another. */
  readonly personal: boolean
  /** Whether an entity tells of others than whom it is the entity of. */
  readonly others: boolean
  /** Codes of the catalogue entries that it comes from, sorted. */
  readonly resources: readonly string[]
  /** Version of the catalogue by which all this was decided. */
  readonly catalog: string
  /** What an entity has to be: of what is more or other, nothing is kept. */
  readonly shape: ObjectShape
}

/** What may be done with a fetch beside asking once; the same for every request. */
export interface FetchRules {
  /** Whether it only reads, so that it may be asked a second time. */
  readonly idempotent: boolean
  /** Null where nothing may be kept or shared: L4, the gateway's own answers, sources that answer by caller. */
  readonly keep: FetchKeeping | null
}

/** One request to one department. */
export interface FetchNode {
  readonly kind: 'fetch'
  /** Position in the plan, for messages and metrics. */
  readonly id: number
  readonly department: string
  readonly operation: string
  readonly rules: FetchRules
  readonly variables: readonly string[]
  readonly path: readonly PathStep[]
  /** When it asks for anything; with all its fields excluded, the department is not asked. */
  readonly asks: readonly (readonly { readonly variable: string; readonly equals: boolean }[])[] | null
  /** Null for a root fetch; else the representations of `_entities`. */
  readonly requires: readonly Requirement[] | null
  /** What an entity of each type should have after this fetch: null where the department has no such entity. */
  readonly keys: readonly EntityKeys[]
  readonly inputRewrites: readonly Rewrite[]
  readonly outputRewrites: readonly Rewrite[]
}

/** A query plan, ready to be walked. */
export type PlanNode =
  | FetchNode
  | { readonly kind: 'sequence' | 'parallel'; readonly nodes: readonly PlanNode[] }
  | {
      readonly kind: 'condition'
      readonly variable: string
      readonly yes: PlanNode | null
      readonly no: PlanNode | null
    }

/** Plans pruned operations. A port: planning can move to another thread without its users noticing. */
export interface Planner {
  /**
   * Resolves to null when there is nothing to fetch. Rejects when the planner fails.
   *
   * @param asker who waits, where more than one may
   * @param known looked into when its turn comes: the plan, where it was made for another asker meanwhile
   */
  plan(
    operation: OperationDefinitionNode,
    asker?: string,
    known?: () => PlanNode | null | undefined,
  ): Promise<PlanNode | null>
}

/** Every fetch of a plan, in the order of their ids. */
export function* fetchesOf(node: PlanNode | null): Iterable<FetchNode> {
  if (node === null) return
  if (node.kind === 'fetch') yield node
  else if (node.kind === 'condition') {
    yield* fetchesOf(node.yes)
    yield* fetchesOf(node.no)
  } else for (const one of node.nodes) yield* fetchesOf(one)
}
