/** An object of the city's data as one system would hold it: its values, or how each follows from arguments. */
export interface Thing {
  readonly __typename: string
  readonly [field: string]: unknown
}

/** What a department computes a field from what the gateway sent it. */
export type Compute = (sent: Readonly<Record<string, unknown>>, given: Readonly<Record<string, unknown>>) => unknown

/** One feature of federation: departments, what they hold together, and a question with its whole answer. */
export interface FederationCase {
  readonly name: string
  /** Name → SDL, without the link to the federation specification. */
  readonly departments: Readonly<Record<string, string>>
  /** The root's own values by field, and everything that stands below them. */
  readonly root: Readonly<Record<string, unknown>>
  /** Values of the fields of `Mutation`. */
  readonly mutations?: Readonly<Record<string, unknown>>
  /** Further objects: what is reached by arguments alone. */
  readonly things?: readonly Thing[]
  /** `Type.field` → how the department that computes it does so, from the representation alone. */
  readonly computed?: Readonly<Record<string, Compute>>
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
  /** The answer where everything is allowed. */
  readonly data: unknown
  /** What departments are asked then: `department query variables`; sorted, but for mutations, which have an order. */
  readonly fetches: readonly string[]
}
