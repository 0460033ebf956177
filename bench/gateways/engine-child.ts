import { Supergraph } from '@apollo/federation-internals'
import { parse, validate } from 'graphql'
import { followKeyFiles } from '../../gateway/adapters/followed-keys.ts'
import { httpDepartment } from '../../gateway/adapters/http-department.ts'
import { createIds } from '../../gateway/adapters/ids.ts'
import { createSubgraphClients } from '../../gateway/adapters/subgraph-clients.ts'
import { readComposed } from '../../gateway/adapters/supergraph-files.ts'
import type { Caller } from '../../gateway/caller/caller.ts'
import { indexFields } from '../../gateway/catalog/catalog.ts'
import { createApolloPlanner } from '../../gateway/compile/apollo-planner.ts'
import { bindVariables } from '../../gateway/compile/bind.ts'
import { createGeneration } from '../../gateway/compile/generation.ts'
import type { Generation } from '../../gateway/compile/generation.ts'
import { createPlans } from '../../gateway/compile/plan-cache.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import { boundsOf } from '../../gateway/config/departments.ts'
import { loadConfig } from '../../gateway/config/load.ts'
import { execute, failedDepartments } from '../../gateway/execute/execute.ts'
import type { ViewCache } from '../../gateway/grants/view-cache.ts'
import { startHttpServer } from '../../gateway/http/server.ts'
import { project } from '../../gateway/project/project.ts'
import type { HttpAnswer, HttpRequest } from '../../gateway/request/http.ts'
import { MAX_FIELDS, prepareOperation } from '../../gateway/request/prepare-operation.ts'
import type { PreparedOperation } from '../../gateway/request/prepare-operation.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'

/**
 * This gateway's engine with the law left out: the same HTTP server, compiler, planner, department clients with their
 * signed calls, executor and projection; everything allowed, nobody identified, nothing counted, noted or recorded. The
 * bench prices the law by it. No setting of the product does this: it is put together here, of parts.
 */

const config = await loadConfig({ file: process.argv[2] ?? '', env: {}, cwd: process.cwd() })
const { ring: keys } = await followKeyFiles(keysDirectory(config), config.mode, systemClock)
const callKey = () => {
  const { id: kid, privateKey } = keys.signing('call-context')
  return { kid, privateKey }
}
const client = createSubgraphClients(
  new Map(
    Object.entries(config.departments).flatMap(([name, one]) =>
      one.kind === 'http' ? [[name, httpDepartment(name, one.url, callKey, one)] as const] : [],
    ),
  ),
  (name) => boundsOf(config, name),
)
const generation = openGeneration()
const ids = createIds(systemClock)
const prepared = new Map<string, PreparedOperation>()

/** Nobody: what is compiled hangs on a view, and there is one for all. */
const NOBODY: Caller = {
  department: 'bench',
  application: 'bench',
  officer: 'BENCH',
  roles: [],
  party: 'DEPARTMENT',
  actingFor: null,
  matter: null,
  case: null,
  emergency: null,
}

function openGeneration(): Generation {
  const { supergraphSdl, catalog } = readComposed(config.schemaDirectory)
  const served = servedSchema(Supergraph.build(supergraphSdl).apiSchema().toGraphQLJSSchema())
  const fields = indexFields(catalog)
  const decisions = new Map(
    [...fields.keys()].map((at) => [at, { kind: 'ALLOW', clause: 'ZS-4.03', grant: null } as const]),
  )
  const view = { id: 'all', decisions, parameters: new Map(), validUntil: Infinity }
  const views: ViewCache = { viewOf: () => view, introspectionViewOf: () => view }
  const wording = { classLabel: () => '', provider: (department: string) => department }
  const plans = createPlans(createApolloPlanner(supergraphSdl))
  return createGeneration({ id: 1, ...served, catalog, fields, views, plans, maxFields: MAX_FIELDS, wording })
}

interface Asked {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

function prepare(query: string): PreparedOperation {
  const known = prepared.get(query)
  if (known) return known
  const document = parse(query)
  const [error] = validate(generation.schema, document)
  if (error) throw error
  const made = prepareOperation(generation.schema, config.limits, document, null)
  prepared.set(query, made)
  return made
}

const HEADERS = new Map([['content-type', 'application/json; charset=utf-8']])

async function handle({ body, signal }: HttpRequest): Promise<HttpAnswer> {
  const { query, variables: raw = {} } = body as Asked
  const { normalised, schema } = prepare(query)
  const variables = bindVariables(schema, normalised.bindings, raw)
  const compiled = await generation.compiledFor(generation.views.viewOf(NOBODY), normalised, NOBODY)
  const context = { receipt: ids.receipt(), consumer: NOBODY.department, matter: null }
  const asking = { schema, client, monotonic: () => systemClock.monotonic(), context, signal }
  const { data, outcomes } = await execute(compiled, variables, asking)
  const projected = project(compiled, data, variables, failedDepartments(outcomes), config.masking.ruleSet)
  if (projected.faults.length > 0) throw new Error(JSON.stringify(projected.faults[0]))
  return { status: 200, headers: HEADERS, body: JSON.stringify({ data: projected.data }) }
}

const { host, bodyLimitBytes, requestTimeoutMs } = config.http
const readiness = async () => ({ ok: true, checks: {} })
const server = await startHttpServer({
  host,
  port: 0,
  bodyLimitBytes,
  requestTimeoutMs,
  handle,
  readiness,
  console: null,
})
process.stdout.write(`ready at http://127.0.0.1:${server.port}\n`)
