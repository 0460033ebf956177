/**
 * What the gateway and a department's subgraph say to each other, whether over HTTP or inside one process.
 * Nothing here knows a department.
 */

/** For whom, and for what, the gateway asks. Signed and short-lived on the wire (call-context.ts). */
export interface CallContext {
  /** The receipt of the gateway's request: joins the department's own log with the city's audit. */
  readonly receipt: string
  /** Department code of the consumer. */
  readonly consumer: string
  /** Matter code, or null (introspection of health, aggregates). */
  readonly matter: string | null
  /** What a caller's trace goes on by (headers `x-request-id`, `traceparent`, `tracestate`): unsigned, for logs alone. */
  readonly trace?: {
    readonly requestId: string | null
    readonly traceparent: string | null
    readonly tracestate: string | null
  }
}

/** A GraphQL request to a subgraph. */
export interface SubgraphRequest {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
}

/** The source's own time for one record type of this answer (`asOf`; never the gateway's clock). */
export interface SourceFact {
  /** GraphQL type name of the record, e.g. `DisabilityCertificate`. */
  readonly type: string
  /** ISO 8601 instant with offset. */
  readonly asOf: string
}

/** A GraphQL answer of a subgraph; `extensions.sources` has one entry per record type that was read. */
export interface SubgraphAnswer {
  readonly data?: Readonly<Record<string, unknown>> | null
  readonly errors?: readonly SubgraphError[]
  readonly extensions?: { readonly sources?: readonly SourceFact[] }
}

/** An error of a subgraph: a code and a place, no value. */
export interface SubgraphError {
  readonly message: string
  readonly path?: readonly (string | number)[]
  /** Code of the vocabulary, e.g. `SOURCE_UNAVAILABLE`; messages say no more than the code. */
  readonly extensions?: { readonly code: string }
}

/** Whether the existing system answers now. */
export interface Health {
  readonly ok: boolean
  /** For operators; no personal data, no credentials. */
  readonly detail: string
}

/** A running subgraph: one department over its existing system. */
export interface Subgraph {
  /** Department code, also the subgraph name in the supergraph, e.g. `public-security`. */
  readonly name: string
  execute(request: SubgraphRequest, context: CallContext, signal?: AbortSignal): Promise<SubgraphAnswer>
  health(): Promise<Health>
  close(): Promise<void>
}
