import type { KeyObject } from 'node:crypto'
import { join } from 'node:path'
import { startOldSystems } from '../../city/systems/old-systems.ts'
import { seedCity } from '../../city/seed.ts'
import type { CallKey } from '../../subgraphs/kit/call-context.ts'
import type { Subgraph } from '../../subgraphs/kit/contract.ts'
import { connectDepartment, departments } from '../../subgraphs/departments.ts'
import type { DepartmentClient } from '../adapters/bounded-department.ts'
import { embeddedDepartment } from '../adapters/embedded-department.ts'
import { mutualTls } from '../adapters/department-connector.ts'
import type { DepartmentConnector } from '../adapters/department-connector.ts'
import { CONNECT_TIMEOUT, httpDepartment } from '../adapters/http-department.ts'
import { BUILTIN, createBuiltin } from '../builtin/subgraph.ts'
import { Failure } from '../vocabulary/failure.ts'
import { readDefinitions } from './composition.ts'
import { StartFault } from './preflight.ts'
import type { Config, Department } from '../config/config.ts'
import { USUAL_BOUNDS } from '../config/departments.ts'
import type { KeyRing } from '../keys/key-ring.ts'

/** The departments that this process reaches, and how to let go of them. */
export interface ConnectedDepartments {
  readonly clients: ReadonlyMap<string, DepartmentClient>
  /** Departments that run inside this process, for their health. */
  readonly embedded: readonly Subgraph[]
  close(): Promise<void>
}

/** Where the synthetic city of the embedded mode is kept. */
function cityDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return join(config.dataDirectory, 'city')
}

/** Whether a department needs the synthetic city: it is embedded and no system of its own is configured. */
function needsCity(department: Department): boolean {
  if (department.kind !== 'embedded') return false
  const { databaseUrl, apiUrl, soapUrl, directory } = department
  return databaseUrl === null && apiUrl === null && soapUrl === null && directory === null
}

/** The configured departments; the embedded mode runs every other one of the installation by itself. */
export function departmentsToConnect(config: Pick<Config, 'mode' | 'departments'>): readonly NamedDepartment[] {
  const configured = Object.entries(config.departments)
  if (config.mode !== 'embedded') return configured
  const silent = departments.filter(({ name }) => config.departments[name] === undefined)
  return [...configured, ...silent.map(({ name }): NamedDepartment => [name, BY_ITSELF])]
}

/** Seeds the embedded city where it is needed, then connects every department. */
export async function connectDepartments(
  config: Config,
  keys: KeyRing,
  onProgress: (done: number, people: number) => void,
): Promise<ConnectedDepartments> {
  const configured = departmentsToConnect(config)
  const connector = openConnector(config)
  const city = await openCity(config, configured, onProgress)
  const embedded: Subgraph[] = []
  try {
    const clients = new Map<string, DepartmentClient>([[BUILTIN, builtinClient(keys)]])
    // Read at each use: a rotated key serves as soon as it may.
    const cursorKeys = (): readonly KeyObject[] => keys.secrets('cursor').map(({ key }) => key)
    const callKey = (): CallKey => {
      const { id: kid, privateKey } = keys.signing('call-context')
      return { kid, privateKey }
    }
    for (const [name, one] of configured) {
      if (one.kind === 'http') {
        const secure = one.url.startsWith('https:') ? connector?.connect : undefined
        clients.set(name, httpDepartment(name, one.url, callKey, one, secure))
        continue
      }
      const subgraph = await connectNamed(name, { ...connectOptions(city, name, one), cursorKeys })
      embedded.push(subgraph)
      clients.set(name, embeddedDepartment(subgraph))
    }
    const close = async (): Promise<void> => {
      await Promise.all([...clients.values()].map((one) => one.close()))
      connector?.close()
      await city.close()
    }
    return { clients, embedded, close }
  } catch (error) {
    await Promise.all(embedded.map((one) => one.close()))
    connector?.close()
    await city.close()
    throw error
  }
}

/** Connections on which both sides show certificates, where these are configured. */
function openConnector({ departmentTls }: Config): DepartmentConnector | null {
  if (departmentTls === null) return null
  try {
    return mutualTls(departmentTls, CONNECT_TIMEOUT)
  } catch (error) {
    throw new StartFault([`departmentTls: the certificates cannot be used (${reasonOf(error)})`], error)
  }
}

async function connectNamed(name: string, options: Parameters<typeof connectDepartment>[1]): Promise<Subgraph> {
  try {
    return await connectDepartment(name, options)
  } catch (error) {
    throw new StartFault([`departments.${name}: cannot be connected (${reasonOf(error)})`], error)
  }
}

/**
 * Connects one department of this installation, for `subgraph serve`.
 *
 * @throws StartFault where it cannot be connected; nothing stays open then
 */
export async function connectOne(
  config: Config,
  name: string,
): Promise<{ subgraph: Subgraph; close(): Promise<void> }> {
  const configured = config.departments[name]
  const one = configured?.kind === 'embedded' ? configured : BY_ITSELF
  if (!departments.some((known) => known.name === name)) {
    const names = departments.map((known) => known.name).join(', ')
    throw new StartFault([`there is no department ${name}; there are ${names}`])
  }
  if (config.mode === 'production' && one === BY_ITSELF)
    throw new StartFault([`departments.${name}: names no existing system; state its database, address or directory`])
  const city = await openCity(config, [[name, one]], () => {})
  try {
    return { subgraph: await connectNamed(name, connectOptions(city, name, one)), close: () => city.close() }
  } catch (error) {
    await city.close()
    throw error
  }
}

type Embedded = Department & { kind: 'embedded' }
/** A department code and how it is connected. */
export type NamedDepartment = readonly [name: string, department: Department]

const BY_ITSELF: Embedded = {
  kind: 'embedded',
  databaseUrl: null,
  databaseSchema: null,
  apiUrl: null,
  apiKey: null,
  soapUrl: null,
  soapUser: null,
  soapPassword: null,
  directory: null,
  workDirectory: null,
  ...USUAL_BOUNDS,
}

interface City {
  readonly directory: string
  /** Address of one of its systems that are asked over HTTP, e.g. `housing-fund/soap`; undefined where it does not run. */
  readonly addressOf: (path: string) => string | undefined
  close(): Promise<void>
}

/** The synthetic city with its running systems; nothing of it where every department has its own. */
async function openCity(
  config: Config,
  connected: readonly NamedDepartment[],
  onProgress: (done: number, people: number) => void,
): Promise<City> {
  const directory = cityDirectory(config)
  if (config.mode !== 'embedded' || !connected.some(([, one]) => needsCity(one)))
    return { directory, addressOf: () => undefined, close: async () => {} }
  const { people, seed } = config.city
  await seedCity({ directory, people, seed, onProgress })
  const systems = await startOldSystems({ directory, port: 0 })
  return { directory, addressOf: systems.addressOf, close: () => systems.close() }
}

/** A driver's text may quote an address with its password: of errors not ours the code alone is told. */
function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return 'unknown reason'
  if (error instanceof Failure) return error.message
  return 'code' in error && typeof error.code === 'string' ? error.code : error.message
}

function connectOptions(city: City, name: string, one: Embedded): Parameters<typeof connectDepartment>[1] {
  return {
    dataDirectory: city.directory,
    directory: one.directory ?? undefined,
    workDirectory: one.workDirectory ?? (needsCity(one) ? join(city.directory, '..', 'work', name) : undefined),
    databaseUrl: one.databaseUrl ?? undefined,
    databaseSchema: one.databaseSchema ?? undefined,
    apiUrl: one.apiUrl ?? city.addressOf(`${name}/rest`),
    apiKey: one.apiKey ?? undefined,
    soapUrl: one.soapUrl ?? city.addressOf(`${name}/soap`),
    soapUser: one.soapUser ?? undefined,
    soapPassword: one.soapPassword ?? undefined,
  }
}

function builtinClient(keys: KeyRing): DepartmentClient {
  const builtin = createBuiltin(readDefinitions(), keys)
  return embeddedDepartment({ execute: (request, context) => builtin.execute(request, context), close: async () => {} })
}
