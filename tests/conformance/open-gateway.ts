import { mkdir, mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { GraphQLSchema } from 'graphql'
import { parse } from 'graphql'
import { stringify } from 'yaml'
import { followKeyFiles } from '../../gateway/adapters/followed-keys.ts'
import { httpDepartment } from '../../gateway/adapters/http-department.ts'
import type { DepartmentClient } from '../../gateway/adapters/subgraph-clients.ts'
import { CATALOG_FILE, SUPERGRAPH_FILE } from '../../gateway/adapters/supergraph-files.ts'
import type { ComposedSchema } from '../../gateway/adapters/supergraph-files.ts'
import type { Caller } from '../../gateway/caller/caller.ts'
import { keysDirectory } from '../../gateway/config/config.ts'
import type { Config } from '../../gateway/config/config.ts'
import { USUAL_BOUNDS } from '../../gateway/config/departments.ts'
import { loadConfig } from '../../gateway/config/load.ts'
import { servedSchema } from '../../gateway/compile/served-schema.ts'
import { startHttpServer } from '../../gateway/http/server.ts'
import type { KeyRing } from '../../gateway/keys/key-ring.ts'
import { createClosers } from '../../gateway/vocabulary/closers.ts'
import type { Closers } from '../../gateway/vocabulary/closers.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { openHouse } from '../../gateway/wiring.ts'
import { graphsOf, openCatalog } from './open-catalog.ts'
import { openViews } from './open-views.ts'
import type { ViewChoice } from './open-views.ts'

/** The departments, by their names in the supergraph. */
export type Departments = ReadonlyMap<string, DepartmentClient>

export interface OpenGatewayOptions {
  readonly supergraphSdl: string
  /** 0 takes a free one. */
  readonly port: number
  readonly view?: ViewChoice
  /** In place of the addresses that the supergraph has, or around them. */
  readonly departments?: (http: Departments) => Departments
}

export interface OpenGateway {
  readonly url: string
  stop(): Promise<void>
}

/** Everybody is the same one: a public suite brings no token. */
const ANYBODY: Caller = {
  department: 'conformance',
  application: 'public-suite',
  officer: 'SUITE-0001',
  roles: [],
  party: 'DEPARTMENT',
  actingFor: null,
  matter: null,
  case: null,
  emergency: null,
}

/**
 * Serves any supergraph by the wiring of the product, with the law left out: one view for everybody, and an audit
 * record in a folder that goes with the gateway. What is not classified keeps its own nullability, where all is
 * allowed: nulls bubble as the specification says. Where something is refused, all is nullable, as in the product.
 */
export async function startOpenGateway(options: OpenGatewayOptions): Promise<OpenGateway> {
  const { supergraphSdl, port, view = { kind: 'allow' }, departments = (http) => http } = options
  const closers = createClosers()
  try {
    const directory = await mkdtemp(join(tmpdir(), 'gx-conformance-'))
    closers.add(() => rm(directory, { recursive: true, force: true }))
    const config = await configure(directory)
    const followed = await followKeyFiles(keysDirectory(config), config.mode, systemClock)
    closers.add(() => followed.close())
    const composed = { supergraphSdl, catalog: openCatalog(supergraphSdl) }
    const clients = departments(httpDepartments(supergraphSdl, followed.ring, closers))
    const house = await openHouse({
      config,
      keys: followed.ring,
      composed,
      schemaDirectory: await writeComposed(directory, composed),
      departments: clients,
      version: 'conformance',
      identify: async () => ANYBODY,
      views: (fields) => openViews(view, fields),
      served: view.kind === 'allow' ? servedAsItIs : servedSchema,
    })
    closers.add(() => house.close())
    const server = await startHttpServer({
      ...config.http,
      host: '127.0.0.1',
      port,
      handle: (request) => house.handle(request),
      readiness: async () => ({ ok: house.audit.health().ok, checks: {} }),
      console: null,
    })
    closers.add(() => server.drain(1_000))
    return { url: `http://127.0.0.1:${server.port}`, stop: () => closers.closeAll() }
  } catch (error) {
    await closers.closeAll().catch(() => undefined)
    throw error
  }
}

/** The API with the nullability that its departments gave it. */
function servedAsItIs(api: GraphQLSchema): ReturnType<typeof servedSchema> {
  const { document } = servedSchema(api)
  return { schema: api, document }
}

function httpDepartments(supergraphSdl: string, keys: KeyRing, closers: Closers): Departments {
  const callKey = () => {
    const { id: kid, privateKey } = keys.signing('call-context')
    return { kid, privateKey }
  }
  const clients = graphsOf(parse(supergraphSdl)).map(({ name, url }) => {
    const client = httpDepartment(name, url, callKey, USUAL_BOUNDS)
    closers.add(() => client.close())
    return [name, client] as const
  })
  return new Map(clients)
}

/** Where the product would look for the next composition. */
async function writeComposed(directory: string, { supergraphSdl, catalog }: ComposedSchema): Promise<string> {
  const schema = join(directory, 'schema')
  await mkdir(schema)
  await writeFile(join(schema, SUPERGRAPH_FILE), supergraphSdl)
  await writeFile(join(schema, CATALOG_FILE), JSON.stringify(catalog))
  return schema
}

const REGISTERS = {
  parties: [
    {
      code: ANYBODY.department,
      name: { zh: '公开测试', en: 'Public suite' },
      type: ANYBODY.party,
      basis: ['ZS-1.06'],
      applications: [{ code: ANYBODY.application, name: { zh: '公开测试', en: 'Public suite' } }],
    },
  ],
  matters: [],
  cases: [],
  grants: [],
  operations: [],
}

/** Bounds are what the law is about, and a suite asks as often as it likes. */
async function configure(directory: string): Promise<Config> {
  const file = join(directory, 'gongxiang.yaml')
  const many = 1_000_000
  const registers: Record<string, string> = {}
  for (const [name, entries] of Object.entries(REGISTERS)) {
    registers[name] = join(directory, `${name}.yaml`)
    await writeFile(registers[name], stringify({ ...(name === 'parties' ? { version: 1 } : {}), [name]: entries }))
  }
  const settings = {
    registers,
    dataDirectory: 'data',
    log: { level: 'silent' },
    graphiql: { enabled: false },
    audit: { segmentBytes: 1_048_576 },
    // What departments are asked is the subject: each time, not the first time.
    cache: { enabled: false },
    limits: { depth: 100, aliases: 10_000, rootFields: 1_000, officerPerMinute: many },
  }
  await writeFile(file, stringify(settings))
  return loadConfig({ file, env: {}, cwd: directory })
}
