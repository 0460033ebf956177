import { composeServices } from '@apollo/composition'
import { Supergraph } from '@apollo/federation-internals'
import { parse } from 'graphql'
import { indexFields } from '../../gateway/catalog/catalog.ts'
import { createApolloPlanner } from '../../gateway/compile/apollo-planner.ts'
import { createGeneration } from '../../gateway/compile/generation.ts'
import { createPlans } from '../../gateway/compile/plan-cache.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import type { Federation } from '../kit/federation.ts'
import type { FederationCase } from './federation-case.ts'
import { LINKS, departmentSchema } from './monolith.ts'
import { openCatalog } from './open-catalog.ts'

/**
 * Departments as their own owners compose them: with all of federation, and nothing of ours in their SDL.
 *
 * @param urlOf where each is reached; nowhere, where they are asked in memory
 */
export function composeOpenly(
  departments: Readonly<Record<string, string>>,
  urlOf = (name: string): string => `http://${name}.invalid`,
): string {
  const services = Object.entries(departments).map(([name, sdl]) => ({
    name,
    url: urlOf(name),
    typeDefs: parse(LINKS + sdl),
  }))
  const { supergraphSdl, errors } = composeServices(services)
  if (supergraphSdl === undefined) throw new Error((errors ?? []).map(({ message }) => message).join('\n'))
  return supergraphSdl
}

/** The departments of a case behind one gateway, and what they have been asked for (`Type.field`). */
export function openFederation(one: FederationCase): { federation: Federation; touched: Set<string> } {
  const supergraphSdl = composeOpenly(one.departments)
  const served = servedSchema(Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema())
  const catalog = openCatalog(supergraphSdl)
  const unasked = (): never => {
    throw new Error('the view is handed to the compiler')
  }
  const generation = createGeneration({
    id: 1,
    ...served,
    catalog,
    fields: indexFields(catalog),
    views: { viewOf: unasked, introspectionViewOf: unasked },
    plans: createPlans(createApolloPlanner(supergraphSdl)),
    maxFields: 5_000,
    wording: { classLabel: (of) => of, provider: (department) => department },
  })
  const touched = new Set<string>()
  const touch = (type: string, field: string): void => void touched.add(`${type}.${field}`)
  const subgraphs = new Map(
    Object.entries(one.departments).map(([name, sdl]) => [name, departmentSchema(one, sdl, touch)] as const),
  )
  return { federation: { supergraphSdl, generation, schema: served.schema, subgraphs }, touched }
}
