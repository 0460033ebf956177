import { readFile } from 'node:fs/promises'
import { dirname, resolve } from 'node:path'
import { alarmFaults, alarmsOf } from './alarms.ts'
import { anchorFaults, anchorsOf } from './anchors.ts'
import type { Config, TlsSettings } from './config.ts'
import { departmentFaults, departmentsOf } from './departments.ts'
import type { Fault, Origin } from './fault.ts'
import type { Parsed } from './schema.ts'
import { SETTINGS, settingAt } from './settings.ts'

/** What the last step needs to know about where settings came from. */
export interface Provenance {
  readonly cwd: string
  /** Folder of the program: where the registers and schemas of the repository lie. */
  readonly installation: string
  readonly file: string | null
  origin(path: readonly string[]): Origin
}

type Tree = Record<string, unknown>

function isTree(value: unknown): value is Tree {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

function isAddress(text: string): boolean {
  return /^https?:\/\//.test(text)
}

function baseOf(path: readonly string[], from: Provenance): string {
  switch (from.origin(path).kind) {
    case 'file':
      return from.file === null ? from.cwd : dirname(from.file)
    case 'environment':
      return from.cwd
    case 'default':
      return settingAt(path)?.base === 'installation' ? from.installation : from.cwd
  }
}

/** Makes every path of the tree absolute, in place. */
function resolvePaths(tree: Tree, path: readonly string[], from: Provenance): void {
  for (const [name, value] of Object.entries(tree)) {
    const here = [...path, name]
    if (isTree(value)) resolvePaths(value, here, from)
    else if (typeof value === 'string' && (settingAt(here)?.base ?? null) !== null && !isAddress(value))
      tree[name] = resolve(baseOf(here, from), value)
  }
}

/** Reads the files that stand for secrets, in place; a secret given twice is a fault. */
async function readSecrets(tree: Tree, path: readonly string[], from: Provenance): Promise<readonly Fault[]> {
  const faults: Fault[] = []
  for (const [name, value] of Object.entries(tree)) {
    const here = [...path, name]
    if (isTree(value)) faults.push(...(await readSecrets(value, here, from)))
    const target = name.replace(/File$/, '')
    if (target === name || typeof value !== 'string' || settingAt([...path, target])?.secret !== true) continue
    const fault = (message: string): Fault => ({ origin: from.origin(here), path: here.join('.'), message })
    if (tree[target] !== undefined) faults.push(fault(`stands beside ${target}; give one of them`))
    const text = await readFile(value, 'utf8').catch(() => null)
    if (text === null) faults.push(fault('cannot be read'))
    else if (text.trim() === '') faults.push(fault('is empty'))
    else tree[target] = text.trim()
  }
  return faults
}

function checkDepartments(parsed: Parsed, from: Provenance): readonly Fault[] {
  return Object.entries(parsed.departments).flatMap(([code, settings]) =>
    departmentFaults(settings).map(({ setting, message }) => {
      const path = ['departments', code, setting]
      return { origin: from.origin(path), path: path.join('.'), message }
    }),
  )
}

function checkAnchors({ audit }: Parsed, from: Provenance): readonly Fault[] {
  return anchorFaults(audit.anchors).map(({ setting, message }) => {
    const path = ['audit', 'anchors', ...setting]
    return { origin: from.origin(path), path: path.join('.'), message }
  })
}

function checkAlarms({ alarms }: Parsed, from: Provenance): readonly Fault[] {
  return alarmFaults(alarms).map(({ setting, message }) => {
    const path = ['alarms', 'webhook', setting]
    return { origin: from.origin(path), path: path.join('.'), message }
  })
}

/** An address of another kind of server would be found out by a thread that nobody watches. */
function checkGovernance({ governance: { databaseUrl } }: Parsed, from: Provenance): readonly Fault[] {
  if (databaseUrl === undefined || /^postgres(ql)?:\/\/./.test(databaseUrl)) return []
  const path = ['governance', 'databaseUrl']
  return [{ origin: from.origin(path), path: path.join('.'), message: 'expected a postgres:// address' }]
}

function fill(parsed: Parsed): Config {
  const embedded = parsed.mode === 'embedded'
  const publicKeys = (purpose: string): string => `${parsed.dataDirectory}/keys/public/${purpose}.jwks.json`
  return {
    ...parsed,
    http: { ...parsed.http, host: parsed.http.host ?? (embedded ? '127.0.0.1' : '0.0.0.0') },
    identity: { ...parsed.identity, jwks: parsed.identity.jwks ?? publicKeys('token-signing') },
    departments: departmentsOf(parsed.departments),
    departmentTls: tlsOf(parsed.departmentTls),
    subgraph: {
      ...parsed.subgraph,
      gatewayJwks: parsed.subgraph.gatewayJwks ?? publicKeys('call-context'),
      tls: subgraphTls(parsed.subgraph.tls),
    },
    audit: {
      ...parsed.audit,
      directory: parsed.audit.directory ?? `${parsed.dataDirectory}/audit`,
      anchors: anchorsOf(parsed.audit.anchors),
    },
    governance: {
      databaseUrl: parsed.governance.databaseUrl ?? null,
      databaseSchema: parsed.governance.databaseSchema,
    },
    alarms: alarmsOf(parsed.alarms),
    log: { level: parsed.log.level, pretty: parsed.log.pretty ?? null },
    graphiql: { enabled: parsed.graphiql.enabled ?? embedded },
    redis: { url: parsed.redis.url ?? null },
    cache: { ...parsed.cache, redis: cacheRedis(parsed) },
    metrics: { ...parsed.metrics, port: parsed.metrics.port ?? null },
    tracing: { ...parsed.tracing, endpoint: parsed.tracing.endpoint ?? null },
  }
}

/** Null where none is stated; one without the others is a fault (`checkTls`). */
function tlsOf({ certificate, key, authorities, revocations }: Parsed['departmentTls']): TlsSettings | null {
  if (certificate === undefined || key === undefined || authorities === undefined) return null
  return { certificate, key, authorities, revocations: revocations ?? null }
}

function subgraphTls(settings: Parsed['subgraph']['tls']): Config['subgraph']['tls'] {
  const tls = tlsOf(settings)
  return tls === null ? null : { ...tls, gatewayName: settings.gatewayName }
}

/** Half of the certificates would be none: what was meant to be protected would stay open. */
function checkTls(settings: Parsed['departmentTls'], path: readonly string[], from: Provenance): readonly Fault[] {
  const { certificate, key, authorities, revocations } = settings
  const stated = { certificate, key, authorities, revocations }
  if (Object.values(stated).every((one) => one === undefined)) return []
  const missing = (['certificate', 'key', 'authorities'] as const).filter((name) => stated[name] === undefined)
  return missing.map((name) => {
    const here = [...path, name]
    return {
      origin: from.origin(here),
      path: here.join('.'),
      message: 'is missing; certificate, key and authorities go together',
    }
  })
}

/** Its own Redis, or that of the counters, which is a single one. */
function cacheRedis({ redis: { url: shared }, cache }: Parsed): Config['cache']['redis'] {
  const { url, kind, nodes, master, sentinelPassword } = cache.redis
  const own = url ?? shared
  if (own === undefined) return null
  return {
    url: own,
    kind: url === undefined ? 'single' : kind,
    nodes: nodes?.split(',') ?? [],
    master,
    sentinelPassword: sentinelPassword ?? null,
  }
}

/** Absolute paths, secrets read, defaults that hang on the mode; `parsed` is not changed. */
export async function settle(
  parsed: Parsed,
  from: Provenance,
): Promise<{ readonly config: Config; readonly faults: readonly Fault[] }> {
  const tree = structuredClone(parsed)
  resolvePaths(tree, [], from)
  const secretFaults = await readSecrets(tree, [], from)
  const tlsFaults = [
    ...checkTls(tree.departmentTls, ['departmentTls'], from),
    ...checkTls(tree.subgraph.tls, ['subgraph', 'tls'], from),
  ]
  return {
    config: fill(tree),
    faults: [
      ...secretFaults,
      ...checkDepartments(tree, from),
      ...checkAnchors(tree, from),
      ...checkAlarms(tree, from),
      ...checkGovernance(tree, from),
      ...tlsFaults,
    ],
  }
}

/** Setting names that an object of the configuration takes, for suggestions. */
export function knownKeys(path: readonly PropertyKey[]): readonly string[] {
  const below = SETTINGS.filter(({ path: pattern }) =>
    path.every((part, at) => pattern[at] === '*' || pattern[at] === part),
  )
  return [...new Set(below.map(({ path: pattern }) => pattern[path.length] ?? ''))].filter((name) => name !== '')
}
