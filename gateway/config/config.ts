import type { Parsed } from './schema.ts'

/** How a department is reached, and how much is asked of it at once. */
export type Department = DepartmentBounds & DepartmentRoute

/** Calls at once, and milliseconds that each may take. */
export interface DepartmentBounds {
  readonly concurrency: number
  readonly timeoutMs: number
}

type DepartmentRoute =
  | { readonly kind: 'http'; readonly url: string }
  | {
      readonly kind: 'embedded'
      readonly databaseUrl: string | null
      readonly databaseSchema: string | null
      readonly apiUrl: string | null
      readonly apiKey: string | null
      readonly soapUrl: string | null
      readonly soapUser: string | null
      readonly soapPassword: string | null
      readonly directory: string | null
      readonly workDirectory: string | null
    }

/** Absolute paths of PEM files. */
export interface TlsSettings {
  readonly certificate: string
  readonly key: string
  readonly authorities: string
  readonly revocations: string | null
}

/** The effective configuration, frozen; every path is absolute, every default is filled in. */
export interface Config {
  readonly mode: Parsed['mode']
  readonly regime: string
  readonly dataDirectory: string
  readonly schemaDirectory: string
  readonly http: Readonly<Parsed['http']> & { readonly host: string }
  /** `jwks` is an absolute path or an http(s) address. */
  readonly identity: Readonly<Parsed['identity']> & { readonly jwks: string }
  /** Absolute paths. */
  readonly registers: Readonly<Parsed['registers']>
  readonly departments: Readonly<Record<string, Department>>
  /** What the gateway shows departments on other machines, and whom it takes; null: no certificate of its own. */
  readonly departmentTls: TlsSettings | null
  readonly subgraph: Readonly<Omit<Parsed['subgraph'], 'tls'>> & {
    readonly gatewayJwks: string
    /** Null: served without TLS. */
    readonly tls: (TlsSettings & { readonly gatewayName: string }) | null
  }
  readonly city: Readonly<Parsed['city']>
  readonly audit: Readonly<Omit<Parsed['audit'], 'anchors'>> & {
    readonly directory: string
    readonly anchors: AnchorsConfig
  }
  /** `databaseUrl` null: a file of this machine (`governanceAddress`). */
  readonly governance: { readonly databaseUrl: string | null; readonly databaseSchema: string }
  readonly alarms: AlarmsConfig
  /** `pretty` null: decide by the terminal. */
  readonly log: { readonly level: Parsed['log']['level']; readonly pretty: boolean | null }
  readonly graphiql: { readonly enabled: boolean }
  readonly masking: Readonly<Parsed['masking']>
  readonly verification: Readonly<Parsed['verification']>
  readonly statistics: Readonly<Parsed['statistics']>
  readonly freshness: Readonly<Parsed['freshness']>
  readonly limits: Readonly<Parsed['limits']>
  readonly redis: { readonly url: string | null }
  readonly cache: CacheConfig
  readonly processes: number
  /** `port` null: nothing is counted or served. */
  readonly metrics: { readonly host: string; readonly port: number | null }
  /** `endpoint` null: no spans are made. */
  readonly tracing: { readonly endpoint: string | null; readonly samplesPerThousand: number }
}

/** Of the alarms; `rules` null: the limits that are built in; `webhook` null: they are posted nowhere. */
export interface AlarmsConfig {
  readonly enabled: boolean
  readonly rules: string | null
  readonly suspend: boolean
  readonly webhook: {
    readonly url: string
    readonly secret: string
    readonly privateNetwork: boolean
    readonly authorities: string | null
  } | null
}

/** Of the cache; `redis` null: each process keeps for itself. */
export type CacheConfig = Readonly<Omit<Parsed['cache'], 'redis'>> & { readonly redis: CacheRedis | null }

/** A Redis, and how it is laid out. */
export interface CacheRedis {
  readonly url: string
  readonly kind: Parsed['cache']['redis']['kind']
  readonly nodes: readonly string[]
  readonly master: string
  readonly sentinelPassword: string | null
}

/** Second places for checkpoints of the audit record; null where there is none. */
export interface AnchorsConfig {
  readonly folder: string | null
  readonly http: { readonly url: string; readonly bearer: string | null; readonly hmacKey: string | null } | null
  readonly objectStore: ObjectStoreConfig | null
  readonly everyMs: number
  readonly lateMs: number
}

/** An object store of the S3 kind. */
export interface ObjectStoreConfig {
  readonly endpoint: string
  readonly bucket: string
  readonly region: string
  readonly prefix: string
  readonly accessKeyId: string
  readonly secretAccessKey: string
}

/** Folder of the key ring. */
export function keysDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/keys`
}

/** Folder of what the process counts and must not forget at a restart. */
export function stateDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/state`
}

/** Where the governance store is: a PostgreSQL database, or an SQLite file of this machine. */
export function governanceAddress({
  governance: { databaseUrl, databaseSchema },
  dataDirectory,
}: Pick<Config, 'governance' | 'dataDirectory'>):
  | { readonly databaseUrl: string; readonly schema: string }
  | { readonly file: string } {
  if (databaseUrl !== null) return { databaseUrl, schema: databaseSchema }
  return { file: `${stateDirectory({ dataDirectory })}/governance.sqlite` }
}

/** File of the dated events about officers (suspensions). */
export function officerEventsFile(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/events/officers.jsonl`
}

/** File of the dated events about the cache (invalidations). */
export function cacheEventsFile(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/events/cache.jsonl`
}

/** File of the dated events about grants (revocations). */
export function grantEventsFile(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/grant-events.ndjson`
}
