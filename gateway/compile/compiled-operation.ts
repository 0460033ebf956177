import type { GraphQLInputType, GraphQLOutputType, ValueNode } from 'graphql'
import type { GrantParameters } from '../grants/view.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import type { Decision, MaskRule } from '../vocabulary/decision.ts'
import type { AttributeEntry, AttributeRole } from '../catalog/attributes.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { PlanNode } from './plan.ts'

/** One `@include` (`equals: true`) or `@skip` (`equals: false`), on a canonical variable. */
export interface Condition {
  readonly variable: string
  readonly equals: boolean
}

/** Conditions that all hold. */
export type Conjunction = readonly Condition[]

/**
 * When a field is part of the answer: any of the conjunctions holds. Null means always.
 * Conditions of enclosing selections are included, so it can be read alone.
 */
export type When = readonly Conjunction[] | null

/** Holds where the other does not. */
export interface Unless {
  readonly unless: When
}

/** When a place counts as used: an object may speak for itself only where nothing below it does. */
export type UseWhen = readonly (readonly (Condition | Unless)[])[] | null

/** Whether a field is part of the answer for these variable values. */
export function included(when: UseWhen, variables: Readonly<Record<string, unknown>>): boolean {
  const holds = (one: Condition | Unless): boolean =>
    'unless' in one ? !included(one.unless, variables) : variables[one.variable] === one.equals
  return when === null || when.some((all) => all.every(holds))
}

/** What to write for one response key. There is a `copy` only where a coordinate is ALLOW: safe by shape. */
export type Step =
  | { readonly kind: 'copy' }
  | { readonly kind: 'mask'; readonly rule: MaskRule }
  | { readonly kind: 'null' }
  | { readonly kind: 'typename' }
  | {
      readonly kind: 'object'
      readonly selection: Projection
      /**
       * When the object is crossed, else null stands in its place: where its existence is not allowed of its own,
       * only while something below it is part of this very answer (wall 6).
       */
      readonly shown: When
      /**
       * At a place of several types, unless its existence is allowed of its own: when an object of each type is shown.
       * One of a type of which nothing is disclosed is left out.
       */
      readonly shownTypes: ReadonlyMap<string, When> | null
    }
  | ReconcileStep

/** What the gateway makes of the sources of an attribute (ZS-3.06, HZ-5.4). */
export interface ReconcileStep {
  readonly kind: 'reconcile'
  readonly role: AttributeRole
  readonly attribute: AttributeEntry
  /** Fetched for it, in the order of the sources that the role reads; it stands in no answer. */
  readonly read: readonly ProjectedField[]
  /** Sources that are clear; of two that are only verified nobody is told whether they differ. */
  readonly open: ReadonlySet<Coordinate>
  /** What is selected of each source; null unless the sources are asked for. */
  readonly selection: Projection | null
  /** Rule of the value; null for clear, and for anything but the value. */
  readonly mask: MaskRule | null
  /** The attribute's value in the same object, where a difference is noted. */
  readonly beside: readonly ProjectedField[]
}

/** One key of the answer. */
export interface ProjectedField {
  /** Response name, as the caller wrote it. */
  readonly key: string
  /** Name under which the fetched data holds it. */
  readonly source: string
  readonly coordinate: Coordinate
  /** Department that answers for it. */
  readonly provider: string
  readonly type: GraphQLOutputType
  readonly when: When
  readonly step: Step
}

/** The answer's shape at one place, per concrete type: abstract types are decided on the type of each object. */
export interface Projection {
  /** Whether the static type is abstract, so that `__typename` selects the shape. */
  readonly abstract: boolean
  readonly fields: ReadonlyMap<string, readonly ProjectedField[]>
  /**
   * Per concrete type, whom a record that stands below nobody names, and is fetched with its personal values; absent
   * where there is no such record. It stands in no answer.
   */
  readonly concerns?: ReadonlyMap<string, readonly Concern[]>
}

/** A reference to a person or firm of whom a record tells. */
export interface Concern {
  /** Name under which the fetched data holds it. */
  readonly source: string
  readonly type: GraphQLOutputType
  /** `Person` or `LegalEntity`. */
  readonly subject: string
  /** When something personal of the record is part of the answer. */
  readonly when: When
}

/** One place in the document where a coordinate is selected, and the decision on it. */
export interface Use {
  readonly coordinate: Coordinate
  /** Response names from the root, without list indices. */
  readonly path: readonly string[]
  readonly decision: Decision
  readonly when: UseWhen
  /** Read for the field at the path, and no field of its own there: it is recorded, and never refused. */
  readonly compared?: true
  /** Made of the fields that are read for it: these have the consents that it rests on. */
  readonly reconciled?: true
}

/** An argument that a call gives, or that the schema's own default gives in its place. */
export interface CallArgument {
  readonly name: string
  /** Where it may be annotated: `Type.field(argument:)`, on the type and on its interfaces. */
  readonly places: readonly string[]
  readonly type: GraphQLInputType
  /** As the normalised operation writes it; null where it is left out. */
  readonly node: ValueNode | null
  /** The schema's default; undefined for none. */
  readonly fallback: unknown
}

/** What arguments filter by, and which of them keep an answer within their values. */
export interface FilterTable {
  readonly filters: Catalog['filters']
  readonly exact: ReadonlySet<string>
  /** Root fields that count records in groups → the record type counted. */
  readonly counts?: Catalog['statistics'] & {}
}

/** A call of a field with arguments, or of any field at the root. */
export interface Call {
  /** Response name. */
  readonly key: string
  readonly coordinate: Coordinate
  readonly root: boolean
  /** Whether it takes `first`, the size of a page: a list then has to be told one. */
  readonly paged: 'LIST' | 'OBJECT' | null
  readonly arguments: readonly CallArgument[]
  /** The same for calls that say the same: one is read for all of them. */
  readonly signature: string
  readonly when: When
}

/** A place that a grant with fixed argument values opens, and the calls that lead to it, the outermost first. */
export interface ControlledUse {
  readonly coordinate: Coordinate
  readonly rule: GrantParameters
  readonly calls: readonly Call[]
  /** For each coordinate of the rule the calls whose answer is the very record that it is about: they alone limit it. */
  readonly limiting: ReadonlyMap<Coordinate, readonly Call[]>
  readonly when: When
}

/** The compiled operation: frozen, reusable for any variables until `validUntil`. */
export interface CompiledOperation {
  /** Hash of the normalised document and the view. */
  readonly key: string
  readonly kind: 'query' | 'mutation'
  /** Instant (ms since the epoch) from which it must not be used any more. */
  readonly validUntil: number
  /** What is fetched, as text: the normalised document without anything refused; null when nothing is fetched. */
  readonly pruned: string | null
  readonly plan: PlanNode | null
  readonly projection: Projection
  readonly rootType: string
  readonly uses: readonly Use[]
  /** Calls with arguments, and every root field. */
  readonly calls: readonly Call[]
  /** What arguments filter by, as the catalogue has it. */
  readonly filters: FilterTable
  /** Coordinates that the calls could filter by and must not (INV-6), with the reason where one was decided. */
  readonly forbidden: ReadonlyMap<Coordinate, Decision | null>
  /** Places that a grant opens for permitted argument values only (NT-18.1). */
  readonly controlled: readonly ControlledUse[]
  /** Coordinates that the calls could filter by, and that a grant opens for permitted values only. */
  readonly controlledFilters: ReadonlyMap<Coordinate, readonly GrantParameters[]>
  /** Response name → coordinate, where they differ. */
  readonly aliases: Readonly<Record<string, readonly Coordinate[]>>
}

/**
 * Places that are part of an answer for these variable values: the operation's own list where no place depends on
 * them, so that what follows from it need be worked out only once.
 */
export function activeUses({ uses }: CompiledOperation, variables: Readonly<Record<string, unknown>>): readonly Use[] {
  const known = unconditional.get(uses) ?? uses.every(({ when }) => when === null)
  unconditional.set(uses, known)
  return known ? uses : uses.filter((use) => included(use.when, variables))
}

const unconditional = new WeakMap<readonly Use[], boolean>()
