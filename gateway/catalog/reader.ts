import type { ConstDirectiveNode } from 'graphql'
import type { Finding } from './fault.ts'
import type { Links, SharingDirective } from './links.ts'
import type { Place } from './shape.ts'

/** A department's SDL, as found. */
export interface DepartmentSdl {
  readonly department: string
  readonly file: string
  readonly sdl: string
  /** The gateway's own: the arguments of its lookups name whom is asked about, and reach no department's rows. */
  readonly builtin?: boolean
}

/** An entry and the place that it was read from. */
export interface Located<T> {
  readonly value: T
  readonly file: string
  readonly node: Place['node']
  /** The annotation that makes the entry: `@share`, `@resource`, `@filters` or `@statistics`. */
  readonly annotation: ConstDirectiveNode
}

/** Where annotations are looked up, under the names that this SDL gives them. */
export interface Reader {
  readonly source: DepartmentSdl
  readonly links: Links
  readonly faults: Finding[]
  annotation(
    node: { readonly directives?: readonly ConstDirectiveNode[] | undefined },
    name: SharingDirective,
  ): ConstDirectiveNode | undefined
}
