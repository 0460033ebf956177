import { existsSync } from 'node:fs'
import { parse } from 'yaml'
import { z } from 'zod'
import { departments } from '../../subgraphs/departments.ts'
import { readEnvironment } from '../../gateway/config/environment.ts'

const dependency = z.object({ condition: z.enum(['service_healthy', 'service_completed_successfully']) })

const service = z.object({
  image: z.string(),
  build: z.object({ context: z.string(), dockerfile: z.string() }).optional(),
  user: z.string().optional(),
  read_only: z.boolean().optional(),
  cap_drop: z.array(z.string()).default([]),
  security_opt: z.array(z.string()).default([]),
  restart: z.string(),
  command: z.array(z.string()).default([]),
  entrypoint: z.array(z.string()).optional(),
  networks: z.array(z.string()).default([]),
  ports: z.array(z.string()).default([]),
  environment: z.record(z.string(), z.string()).default({}),
  volumes: z.array(z.string()).default([]),
  configs: z.array(z.unknown()).default([]),
  depends_on: z.record(z.string(), dependency).default({}),
  healthcheck: z.object({ test: z.array(z.string()) }).optional(),
  deploy: z.object({ resources: z.object({ limits: z.object({ cpus: z.string(), memory: z.string() }) }) }).optional(),
})
type Service = z.output<typeof service>

/** The part of docker-compose.yml that is checked. */
export const composeFile = z.object({
  services: z.record(z.string(), service),
  networks: z.record(z.string(), z.unknown()),
  volumes: z.record(z.string(), z.unknown()),
})
export type ComposeFile = z.output<typeof composeFile>

/** Reads docker-compose.yml; YAML merges are resolved, variables are not. The file is ours: its aliases need no bound. */
export function parseCompose(text: string): ComposeFile {
  return composeFile.parse(parse(text, { merge: true, maxAliasCount: -1 }))
}

/** Everything that Docker would only find out at the start, and what we promise of each service. */
export function composeFaults(file: ComposeFile): readonly string[] {
  return Object.entries(file.services).flatMap(([name, one]) =>
    [
      ...hardening(one),
      ...references(file, one),
      ...health(one),
      ...settings(one),
      ...Object.entries(one.environment).flatMap(([variable, value]) => departmentUrl(file, variable, value)),
    ].map((fault) => `${name}: ${fault}`),
  )
}

function hardening(one: Service): readonly string[] {
  return [
    ...(one.user === undefined || one.user === 'root' || one.user === '0' ? ['runs as root'] : []),
    ...(one.read_only === true ? [] : ['can write to its root']),
    ...(one.cap_drop.includes('ALL') ? [] : ['keeps capabilities']),
    ...(one.security_opt.includes('no-new-privileges:true') ? [] : ['can gain privileges']),
    ...(one.deploy === undefined ? ['has no resource limits'] : []),
    ...(/:[\w.-]*\d/.test(one.image) ? [] : [`image ${one.image} has no version`]),
  ]
}

function references(file: ComposeFile, one: Service): readonly string[] {
  const sources = one.volumes.map((volume) => volume.split(':')[0] ?? '')
  const volumes = sources.filter((name) => !name.startsWith('./') && !(name in file.volumes))
  const mounted = sources.filter(
    (name) => name.startsWith('./') && !existsSync(new URL(`../../${name}`, import.meta.url)),
  )
  const services = Object.keys(one.depends_on).filter((name) => !(name in file.services))
  return [
    ...volumes.map((name) => `no volume ${name}`),
    ...one.networks.filter((name) => !(name in file.networks)).map((name) => `no network ${name}`),
    ...services.map((name) => `no service ${name}`),
    ...mounted.map((name) => `no file ${name}`),
    // Docker would have to write them below a root that cannot be written to.
    ...(one.configs.length > 0 ? ['takes configs, which a read-only root refuses'] : []),
    ...Object.entries(one.depends_on).flatMap(([name, { condition }]) => waiting(name, condition, file.services[name])),
  ]
}

/** A service that is waited for until it is healthy needs a check; one that is waited out must end. */
function waiting(name: string, condition: string, other: Service | undefined): readonly string[] {
  if (other === undefined) return []
  if (condition === 'service_healthy') return other.healthcheck ? [] : [`waits for ${name}, which has no health check`]
  return other.restart === 'no' ? [] : [`waits for the end of ${name}, which restarts for ever`]
}

/** Services that stay have a health check, and ours ask the port that they are told to listen on. */
function health(one: Service): readonly string[] {
  if (one.restart === 'no') return []
  if (!one.healthcheck) return ['has no health check']
  const asked = /127\.0\.0\.1:(\d+)/.exec(one.healthcheck.test.join(' '))?.[1]
  const listens = listeningPort(one)
  return asked === listens ? [] : [`health check asks port ${asked}, the service listens on ${listens}`]
}

/** The port as configured, or undefined for services that are not ours. */
function listeningPort(one: Service): string | undefined {
  const flag = one.command.indexOf('--port')
  return (
    one.environment['GONGXIANG_PORT'] ??
    one.environment['GONGXIANG_SUBGRAPH_PORT'] ??
    (flag < 0 ? undefined : one.command[flag + 1])
  )
}

/** The gateway's own reader of the environment names every variable that it does not know. */
function settings(one: Service): readonly string[] {
  return readEnvironment(one.environment).faults.map((fault) => `${JSON.stringify(fault.origin)} ${fault.message}`)
}

/** The address of a department's subgraph leads to its service. */
function departmentUrl(file: ComposeFile, variable: string, value: string): readonly string[] {
  const name = /^GONGXIANG_DEPARTMENTS_([A-Z_]+?)_URL$/.exec(variable)?.[1]?.toLowerCase().replaceAll('_', '-')
  const department = departments.find((one) => one.name === name)
  if (!department) return []
  const server = file.services[department.name]
  if (!server) return [`${variable} has no service ${department.name}`]
  const expected = `http://${department.name}:${server.environment['GONGXIANG_SUBGRAPH_PORT']}/graphql`
  return value === expected ? [] : [`${variable} is ${value}, the service answers at ${expected}`]
}

/** `${NAME:-default}` in a text: name → default. */
export function variablesOf(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/\$\{(\w+)(?::-([^}]*))?\}/g)].map((match) => [match[1] ?? '', match[2] ?? '']))
}

/** `NAME=value` lines of an environment file. */
export function readEnvironmentFile(text: string): ReadonlyMap<string, string> {
  return new Map([...text.matchAll(/^(\w+)=(.*)$/gm)].map((match) => [match[1] ?? '', match[2] ?? '']))
}
