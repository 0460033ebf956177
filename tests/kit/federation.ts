import { createHash } from 'node:crypto'
import { buildSubgraphSchema } from '@apollo/subgraph'
import type { GraphQLResolverMap } from '@apollo/subgraph'
import { Supergraph } from '@apollo/federation-internals'
import type { GraphQLSchema } from 'graphql'
import { isInterfaceType, parse } from 'graphql'
import { indexFields } from '../../gateway/catalog/catalog.ts'
import { judge, readCity } from '../../gateway/catalog/compose.ts'
import type { Composition } from '../../gateway/catalog/compose.ts'
import type { DepartmentSdl } from '../../gateway/catalog/reader.ts'
import { NO_RULES } from '../../gateway/catalog/rules.ts'
import { createApolloPlanner } from '../../gateway/compile/apollo-planner.ts'
import { createPlans } from '../../gateway/compile/plan-cache.ts'
import { createGeneration } from '../../gateway/compile/generation.ts'
import type { Generation } from '../../gateway/compile/generation.ts'
import type { Planner } from '../../gateway/compile/plan.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import { entail } from '../../gateway/grants/entail.ts'
import type { View } from '../../gateway/grants/view.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Decision, MaskRule } from '../../gateway/vocabulary/decision.ts'
import { SHARING_DEFINITIONS, fullSdl } from './federation-sdl.ts'

/** A department in memory: short SDL (no links; classes only where they matter) and resolvers. */
export interface TestDepartment {
  readonly name: string
  readonly sdl: string
  readonly resolvers?: GraphQLResolverMap
}

/** Departments composed as `gongxiang compose` does, and the generation that serves them. */
export interface Federation {
  readonly supergraphSdl: string
  readonly generation: Generation
  readonly schema: GraphQLSchema
  readonly subgraphs: ReadonlyMap<string, GraphQLSchema>
}

/** Composes departments; throws with every fault. */
export function federate(departments: readonly TestDepartment[], plannerOf = createApolloPlanner): Federation {
  const sources = departments.map(({ name, sdl }) => ({
    department: name,
    file: `${name}.graphql`,
    sdl: fullSdl(sdl),
  }))
  const composed = composeFreely(sources)
  if (composed.kind === 'faulty') throw new Error(composed.faults.map(({ message }) => message).join('\n'))
  const served = servedSchema(Supergraph.build(composed.supergraphSdl).apiSchema().toGraphQLJSSchema())
  const fields = indexFields(composed.catalog)
  const planner: Planner = plannerOf(composed.supergraphSdl)
  const generation = createGeneration({
    id: 1,
    ...served,
    catalog: composed.catalog,
    fields,
    views: { viewOf: unasked, introspectionViewOf: unasked },
    plans: createPlans(planner),
    maxFields: 5_000,
    wording: { classLabel: (of) => of, provider: (department) => department },
  })
  const subgraphs = departments.map(({ name, resolvers }, index) => {
    const typeDefs = parse(`${sources[index]?.sdl ?? ''}\n${SHARING_DEFINITIONS}`)
    return [name, buildSubgraphSchema([{ typeDefs, ...(resolvers ? { resolvers } : {}) }])] as const
  })
  return {
    supergraphSdl: composed.supergraphSdl,
    generation,
    schema: served.schema,
    subgraphs: new Map(subgraphs),
  }
}

/** Composes also where an argument does not say what it filters by: what is done with such a one is tested as well. */
function composeFreely(sources: readonly DepartmentSdl[]): Composition {
  const city = readCity(sources, SHARING_DEFINITIONS)
  return judge({ ...city, findings: city.findings.filter(({ code }) => code !== 'FILTER_MISSING') }, NO_RULES)
}

function unasked(): never {
  throw new Error('these tests hand the view to the compiler themselves')
}

/** `ALLOW`, `DENY`, `VERIFY_ONLY`, or a mask's rule; or a whole decision. */
export type Verdict = 'ALLOW' | 'DENY' | 'VERIFY_ONLY' | MaskRule | Decision

/** A view: `otherwise` for every coordinate of the catalogue but the named ones, then entailed as views are. */
export function viewWith(
  { generation, schema }: Federation,
  verdicts: Readonly<Record<Coordinate, Verdict>> = {},
  otherwise: Verdict = 'ALLOW',
): View {
  const { fields } = generation
  for (const at of Object.keys(verdicts)) {
    if (!fields.has(at as Coordinate)) throw new Error(`the catalogue has no ${at}`)
  }
  const given = new Map<Coordinate, Decision>(
    [...fields.keys()].map((at) => [at, decision(verdicts[at] ?? otherwise)] as const),
  )
  const interfaces = Object.values(schema.getTypeMap()).filter(isInterfaceType)
  const implementations = new Map(
    interfaces.map((one) => [one.name, schema.getPossibleTypes(one).map(({ name }) => name)]),
  )
  const decisions = entail(given, { fields, implementations })
  const id = createHash('sha256')
    .update(JSON.stringify([...decisions]))
    .digest('base64url')
  return { id, decisions, parameters: new Map(), validUntil: Infinity }
}

/** A decision of the named kind, as a grant of a law gives it. */
export function decision(verdict: Verdict): Decision {
  if (typeof verdict !== 'string') return verdict
  const facts = { clause: 'ZS-4.03', grant: null } as const
  if (verdict === 'ALLOW') return { kind: 'ALLOW', ...facts }
  if (verdict === 'DENY') return { kind: 'DENY', code: 'NO_GRANT', ...facts }
  if (verdict === 'VERIFY_ONLY') return { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', ...facts }
  return { kind: 'MASK', rule: verdict, ...facts }
}
