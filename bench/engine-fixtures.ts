import { buildSubgraphSchema } from '@apollo/subgraph'
import { Supergraph } from '@apollo/federation-internals'
import type { DefinitionNode, FieldDefinitionNode, GraphQLSchema } from 'graphql'
import { Kind, execute, parse, print, validate } from 'graphql'
import { readFileSync } from 'node:fs'
import { indexFields } from '../gateway/catalog/catalog.ts'
import { compose } from '../gateway/catalog/compose.ts'
import { createApolloPlanner } from '../gateway/compile/apollo-planner.ts'
import type { CompiledOperation } from '../gateway/compile/compiled-operation.ts'
import { createGeneration } from '../gateway/compile/generation.ts'
import { createPlans } from '../gateway/compile/plan-cache.ts'
import { normalise } from '../gateway/compile/normalise.ts'
import { servedSchema } from '../gateway/compile/served-schema.ts'
import type { SubgraphAsk, SubgraphClient } from '../gateway/execute/subgraph-client.ts'
import type { Coordinate } from '../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../gateway/vocabulary/decision.ts'

/** What the engine is measured on: synthetic departments, and operations over them. */

const FEDERATION = 'https://specs.apollo.dev/federation/v2.9'
const SHARING = 'https://gongxiang.example/sharing/v1.0'
const HEADER = `extend schema
  @link(url: "${FEDERATION}", import: ["@key", "@shareable", "@composeDirective"])
  @link(url: "${SHARING}", import: ["@share"])
  @composeDirective(name: "@share")
`
const SHARE = '@share(class: "UNCONDITIONAL", level: "L1", title: "a field")'
const SHARING_DEFINITIONS = readFileSync(new URL('../schema/sharing.graphql', import.meta.url), 'utf8')

/** One department serves lists of citizens, three more know of each citizen something of their own. */
const DEPARTMENTS: Readonly<Record<string, string>> = {
  people: `
    type Query { top: Citizen hundred: [Citizen!] many: [Citizen!] }
    type Citizen @key(fields: "number") {
      number: ID!
      name: String
      born: String
      height: Int
      married: Boolean
      spouse: Citizen
      head: Citizen
      children: [Citizen!]
      friends: [Citizen!]
    }`,
  insurance: `
    type Citizen @key(fields: "number") { number: ID! insured: Boolean months: Int contracts: [Contract!] }
    type Contract { employer: String since: String monthly: Float }`,
  housing: `
    type Citizen @key(fields: "number") { number: ID! home: Home waiting: Int }
    type Home { street: String floor: Int area: Float }`,
  school: `
    type Citizen @key(fields: "number") { number: ID! school: String degree: Degree year: Int }
    enum Degree { BACHELOR MASTER DOCTOR }`,
}

const FACTS = `name born height insured months contracts { employer since monthly } home { street floor area } school degree year`

/** Text of each workload, and how many fetches its plan has. */
export const WORKLOADS = {
  tiny: { text: '{ top { number name born height married } }', fetches: 1 },
  list100: { text: '{ hundred { number name born height insured months } }', fetches: 2 },
  heavy: {
    text: `{ many { number ${FACTS}
      spouse { ${FACTS} } head { ${FACTS} } children { ${FACTS} } friends { ${FACTS} } } }`,
    fetches: 16,
  },
} as const

/** A compiled operation with a client that answers it from memory. */
export interface Workload {
  readonly schema: GraphQLSchema
  readonly compiled: CompiledOperation
  readonly client: SubgraphClient
  /** Texts of the answers of one request, for what reading them costs alone. */
  readonly texts: ReadonlyMap<string, string>
}

/** Composes the departments and compiles a workload under a view of its own. */
export async function workloadOf(name: keyof typeof WORKLOADS, verdictOf: VerdictOf): Promise<Workload> {
  const sources = Object.entries(DEPARTMENTS).map(([department, sdl]) => {
    return { department, file: `${department}.graphql`, sdl: fullSdl(sdl) }
  })
  const composed = compose(sources, SHARING_DEFINITIONS)
  if (composed.kind === 'faulty') throw new Error(composed.faults.map(({ message }) => message).join('\n'))
  const served = servedSchema(Supergraph.build(composed.supergraphSdl).apiSchema().toGraphQLJSSchema())
  const { schema } = served
  const fields = indexFields(composed.catalog)
  const decisions = new Map([...fields.keys()].map((at, index) => [at, verdictOf(at, index)] as const))
  const view = { id: name, decisions, parameters: new Map<never, never>(), validUntil: Infinity }
  const document = parse(WORKLOADS[name].text)
  const [operation] = document.definitions
  if (operation?.kind !== Kind.OPERATION_DEFINITION) throw new Error('a workload is one operation')
  const generation = createGeneration({
    id: 1,
    ...served,
    catalog: composed.catalog,
    fields,
    views: { viewOf: unasked, introspectionViewOf: unasked },
    plans: createPlans(createApolloPlanner(composed.supergraphSdl)),
    maxFields: 5_000,
    wording: { classLabel: (of) => of, provider: (department) => department },
  })
  const compiled = await generation.compiledFor(view, normalise(schema, document, operation))
  return { schema, compiled, ...rememberingClient(sources) }
}

function unasked(): never {
  throw new Error('the view of a workload is handed over with it')
}

/** The decision on each coordinate, by its place in the catalogue. */
export type VerdictOf = (at: Coordinate, index: number) => Decision

/** Departments that work out each answer once and then give its text, read anew each time, as a wire does. */
function rememberingClient(
  sources: readonly { readonly department: string; readonly sdl: string }[],
): Pick<Workload, 'client' | 'texts'> {
  const schemas = new Map(
    sources.map(({ department, sdl }) => {
      const typeDefs = parse(`${sdl}\n${SHARING_DEFINITIONS}`)
      return [department, buildSubgraphSchema([{ typeDefs, resolvers: RESOLVERS }])] as const
    }),
  )
  const texts = new Map<string, string>()
  const client: SubgraphClient = {
    async fetch(department, request) {
      const key = keyOf(department, request)
      const text = texts.get(key) ?? (await work(schemas.get(department), request))
      texts.set(key, text)
      const { data } = JSON.parse(text) as { readonly data: unknown }
      return { data, sources: [] }
    },
  }
  return { client, texts }
}

/** Each department knows every citizen that it is asked about. */
const RESOLVERS = { Citizen: { __resolveReference: ({ number }: { readonly number: string }) => citizen(number) } }

function keyOf(department: string, { query, variables }: SubgraphAsk): string {
  const sent = variables['representations']
  const first = Array.isArray(sent) ? (sent[0] as { readonly number?: unknown }).number : ''
  return `${department} ${String(first)} ${query.length}`
}

async function work(schema: GraphQLSchema | undefined, { query, variables }: SubgraphAsk): Promise<string> {
  if (!schema) throw new Error('no such department')
  const document = parse(query)
  const faults = validate(schema, document)
  if (faults.length > 0) throw new Error(faults.map(({ message }) => message).join('\n'))
  const rootValue = { top: citizen('1'), hundred: citizens('h', 100), many: citizens('t', 36) }
  const result = await execute({ schema, document, variableValues: variables, rootValue })
  if (result.errors) throw new Error(result.errors.map(({ message }) => message).join('\n'))
  return JSON.stringify(result)
}

function citizens(prefix: string, count: number): readonly object[] {
  return Array.from({ length: count }, (_, index) => citizen(`${prefix}${index}`))
}

/** Everything that anybody knows of a citizen; relatives are worked out when they are asked for. */
function citizen(number: string): object {
  return {
    number,
    name: `欧阳 ${number}`,
    born: '1990-03-07',
    height: 170 + (number.length % 9),
    married: number.length % 2 === 0,
    spouse: () => citizen(`${number}s`),
    head: () => citizen(`${number}h`),
    children: () => citizens(`${number}c`, 2),
    friends: () => citizens(`${number}f`, 2),
    ...facts(number),
  }
}

function facts(number: string): object {
  const contracts = ['Works', 'Mill'].map((employer) => ({ employer, since: '2016-07-01', monthly: 5_012.5 }))
  return {
    insured: true,
    months: number.length * 7,
    contracts,
    home: { street: `石岐街道 ${number} 号`, floor: 7, area: 88.25 },
    school: 'Zhongshan No. 1',
    degree: 'MASTER',
    year: 2012,
  }
}

/** A department's full SDL: links added, and a class for every field. */
function fullSdl(short: string): string {
  return `${HEADER}\n${parse(short)
    .definitions.map((one) => print(classified(one)))
    .join('\n\n')}\n`
}

function classified(definition: DefinitionNode): DefinitionNode {
  if (definition.kind !== Kind.OBJECT_TYPE_DEFINITION) return definition
  const [like] = parse(`scalar S ${SHARE}`).definitions
  const share = like?.kind === Kind.SCALAR_TYPE_DEFINITION ? (like.directives ?? []) : []
  const withShare = (field: FieldDefinitionNode): FieldDefinitionNode => ({
    ...field,
    directives: [...(field.directives ?? []), ...share],
  })
  return { ...definition, fields: (definition.fields ?? []).map(withShare) }
}
