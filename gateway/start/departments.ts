import { join } from 'node:path'
import { startHumanResourcesSystem } from '../../city/systems/human-resources-server.ts'
import { seedCity } from '../../city/seed.ts'
import type { Subgraph } from '../../subgraphs/kit/contract.ts'
import { connectDepartment } from '../../subgraphs/departments.ts'
import { httpDepartment } from '../adapters/subgraph-clients.ts'
import type { DepartmentClient } from '../adapters/subgraph-clients.ts'
import { BUILTIN, createBuiltin } from '../builtin/subgraph.ts'
import { readDefinitions } from './composition.ts'
import type { Config, Department } from '../config/config.ts'
import type { KeyRing } from '../keys/key-ring.ts'

/** The departments that this process reaches, and how to let go of them. */
export interface ConnectedDepartments {
  readonly clients: ReadonlyMap<string, DepartmentClient>
  /** Departments that run inside this process, for their health. */
  readonly embedded: readonly Subgraph[]
  close(): Promise<void>
}

/** Where the synthetic city of the embedded mode is kept. */
export function cityDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return join(config.dataDirectory, 'city')
}

/** Whether a department needs the synthetic city: it is embedded and no system of its own is configured. */
function needsCity(department: Department): boolean {
  return department.kind === 'embedded' && department.apiUrl === null && department.directory === null
}

/** Seeds the embedded city where it is needed, then connects every configured department. */
export async function connectDepartments(
  config: Config,
  keys: KeyRing,
  onProgress: (done: number, people: number) => void,
): Promise<ConnectedDepartments> {
  const configured = Object.entries(config.departments)
  const city = await openCity(
    config,
    configured.map(([, one]) => one),
    onProgress,
  )
  const embedded: Subgraph[] = []
  const clients = new Map<string, DepartmentClient>([[BUILTIN, builtinClient()]])
  const key = keys.signing('call-context')
  for (const [name, one] of configured) {
    if (one.kind === 'http') {
      clients.set(name, httpDepartment(name, one.url, { kid: key.id, privateKey: key.privateKey }))
      continue
    }
    const subgraph = await connectDepartment(name, connectOptions(city, one))
    embedded.push(subgraph)
    clients.set(name, {
      fetch: (request, context, signal) => subgraph.execute(request, context, signal),
      close: () => subgraph.close(),
    })
  }
  return { clients, embedded, close: city.close }
}

/** Connects one department of this installation, for `subgraph serve`. */
export async function connectOne(
  config: Config,
  name: string,
): Promise<{ subgraph: Subgraph; close(): Promise<void> }> {
  const configured = config.departments[name]
  const one = configured?.kind === 'embedded' ? configured : BY_ITSELF
  const city = await openCity(config, [one], () => {})
  return { subgraph: await connectDepartment(name, connectOptions(city, one)), close: city.close }
}

type Embedded = Department & { kind: 'embedded' }

const BY_ITSELF: Embedded = { kind: 'embedded', databaseUrl: null, apiUrl: null, apiKey: null, directory: null }

interface City {
  readonly directory: string
  /** Address of the simulated human resources system, where it runs. */
  readonly apiUrl: string | undefined
  close(): Promise<void>
}

/** The synthetic city with its one running system; nothing of it where every department has its own. */
async function openCity(
  config: Config,
  departments: readonly Department[],
  onProgress: (done: number, people: number) => void,
): Promise<City> {
  const directory = cityDirectory(config)
  const postgresUrl = departments.flatMap((one) => (one.kind === 'embedded' ? (one.databaseUrl ?? []) : []))[0]
  if (config.mode !== 'embedded' || !departments.some(needsCity))
    return { directory, apiUrl: undefined, close: async () => {} }
  await seedCity({ directory, people: config.city.people, seed: config.city.seed, postgresUrl, onProgress })
  const system = await startHumanResourcesSystem({ directory, port: 0 })
  return { directory, apiUrl: system.url, close: () => system.close() }
}

function connectOptions(city: City, one: Embedded): Parameters<typeof connectDepartment>[1] {
  return {
    dataDirectory: one.directory ?? city.directory,
    databaseUrl: one.databaseUrl ?? undefined,
    apiUrl: one.apiUrl ?? city.apiUrl,
    apiKey: one.apiKey ?? undefined,
  }
}

function builtinClient(): DepartmentClient {
  const builtin = createBuiltin(readDefinitions())
  return { fetch: (request) => builtin.execute(request), close: async () => {} }
}
