/** The SDL of the subgraph `authority`, as a file: composed like any department's. */
export const AUTHORITY_SCHEMA = new URL('./schema.graphql', import.meta.url)

/** The definitions of the sharing directives, which it uses. */
export const SHARING_DEFINITIONS = new URL('../../schema/sharing.graphql', import.meta.url)
