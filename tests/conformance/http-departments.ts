import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { json } from 'node:stream/consumers'
import { graphql } from 'graphql'
import type { GraphQLSchema } from 'graphql'
import type { FederationCase } from './federation-case.ts'
import { departmentSchema } from './monolith.ts'
import { composeOpenly } from './open-federation.ts'

/** Departments of a case that are really there: each at its own path of one server. */
export interface HttpDepartments {
  readonly supergraphSdl: string
  /** Names of those that were asked, in order. */
  readonly asked: readonly string[]
  close(): Promise<void>
}

/** Serves the departments of a case over HTTP, as @apollo/subgraph has them, and composes them. */
export async function serveDepartments(
  one: FederationCase,
  compose: typeof composeOpenly = composeOpenly,
): Promise<HttpDepartments> {
  const asked: string[] = []
  const schemas = new Map<string, GraphQLSchema>(
    Object.entries(one.departments).map(([name, sdl]) => [`/${name}`, departmentSchema(one, sdl, () => undefined)]),
  )
  const server = createServer((request, response) => {
    void (async () => {
      const path = request.url ?? ''
      const schema = schemas.get(path)
      if (!schema) return void response.writeHead(404).end()
      asked.push(path.slice(1))
      const { query, variables } = (await json(request)) as { query: string; variables: Record<string, unknown> }
      const result = await graphql({ schema, source: query, variableValues: variables })
      response.writeHead(200, { 'content-type': 'application/json' }).end(JSON.stringify(result))
    })()
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const { port } = server.address() as AddressInfo
  return {
    supergraphSdl: compose(one.departments, (name) => `http://127.0.0.1:${port}/${name}`),
    asked,
    async close() {
      server.closeAllConnections()
      await new Promise<void>((resolve) => server.close(() => resolve()))
    },
  }
}
