import { composeServices } from '@apollo/composition'
import type { DocumentNode, GraphQLError } from 'graphql'
import { Kind, Source, parse } from 'graphql'
import { checkSdl } from './check-sdl.ts'
import type { Finding } from './fault.ts'
import { findingAt } from './fault.ts'
import { SHARING_DIRECTIVES, intended } from './links.ts'
import type { DepartmentReading } from './read-department.ts'
import { placesOf } from './shape.ts'

/** Stands for a file where a fault belongs to no single department. */
const TOGETHER = 'schema/supergraph.graphql'

const EMPTY: DocumentNode = { kind: Kind.DOCUMENT, definitions: [] }

/** What Apollo's composer makes of the departments. */
export type Built =
  | { readonly kind: 'built'; readonly supergraphSdl: string; readonly hints: readonly string[] }
  | { readonly kind: 'faulty'; readonly faults: readonly Finding[] }

/** Composes the supergraph; the composer's errors become faults in the departments' files. */
export function composeSupergraph(readings: readonly DepartmentReading[], definitions: string): Built {
  const services = readings.map((reading) => ({
    name: reading.source.department,
    typeDefs: withDefinitions(reading, definitions),
  }))
  const located = readings.flatMap(({ source }, at) => checkSdl(source.file, services[at]?.typeDefs ?? EMPTY))
  if (located.length > 0) return { kind: 'faulty', faults: located }
  try {
    const result = composeServices(services)
    if (result.errors) return { kind: 'faulty', faults: result.errors.map((error) => faultOf(error, readings)) }
    return { kind: 'built', supergraphSdl: result.supergraphSdl, hints: result.hints.map((hint) => hint.message) }
  } catch (error) {
    // The composer throws at some faults that its validation does not foresee.
    const message = error instanceof Error ? error.message : 'composition failed'
    return { kind: 'faulty', faults: [findingAt(TOGETHER, undefined, 'COMPOSITION', message, null)] }
  }
}

/** The SDL and the definitions that it uses, as two sources, so that positions stay those of the department's file. */
function withDefinitions({ document, links }: DepartmentReading, definitions: string): DocumentNode {
  if (!document || !links) return EMPTY
  const defined = new Set(
    document.definitions.flatMap((one) => (one.kind === Kind.DIRECTIVE_DEFINITION ? [one.name.value] : [])),
  )
  const used = [...placesOf(document)].flatMap((place) => place.directives.map((one) => one.name.value))
  const wanted = new Set([...links.names.keys(), ...used].filter((local) => !defined.has(local)))
  const known = parse(new Source(definitions, 'schema/sharing.graphql')).definitions
  const added = [...wanted].flatMap((local) => {
    const directive = SHARING_DIRECTIVES.find((one) => one === intended(links, local))
    const found = known.find((one) => one.kind === Kind.DIRECTIVE_DEFINITION && one.name.value === directive)
    // Under the local name, or every use of an unfit import would be told as an unknown directive as well.
    return found?.kind === Kind.DIRECTIVE_DEFINITION ? [{ ...found, name: { ...found.name, value: local } }] : []
  })
  return { ...document, definitions: [...document.definitions, ...added] }
}

function faultOf(error: GraphQLError, readings: readonly DepartmentReading[]): Finding {
  const code = typeof error.extensions['code'] === 'string' ? `${error.extensions['code']}: ` : ''
  const message = `${code}${error.message}`.replace(/\s*\n\s*/g, ' ')
  const files = new Set(readings.map(({ source }) => source.file))
  const node = error.nodes?.find((one) => one.loc && files.has(one.loc.source.name))
  if (node?.loc) return findingAt(node.loc.source.name, node, 'COMPOSITION', message, null)
  // Some errors carry no node; those of one department begin with its name in brackets.
  const named = /^\[([^\]]+)\]/.exec(error.message)?.[1]
  const file = readings.find(({ source }) => source.department === named)?.source.file ?? TOGETHER
  return findingAt(file, undefined, 'COMPOSITION', message, null)
}
