import type { Parsed } from './schema.ts'

/** How a department is reached. */
export type Department =
  | { readonly kind: 'http'; readonly url: string }
  | {
      readonly kind: 'embedded'
      readonly databaseUrl: string | null
      readonly apiUrl: string | null
      readonly apiKey: string | null
      readonly directory: string | null
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
  readonly subgraph: Readonly<Parsed['subgraph']> & { readonly gatewayJwks: string }
  readonly city: Readonly<Parsed['city']>
  readonly audit: Readonly<Parsed['audit']> & { readonly directory: string }
  /** `pretty` null: decide by the terminal. */
  readonly log: { readonly level: Parsed['log']['level']; readonly pretty: boolean | null }
  readonly graphiql: { readonly enabled: boolean }
  readonly masking: Readonly<Parsed['masking']>
  readonly limits: Readonly<Parsed['limits']>
  readonly redis: { readonly url: string | null }
}

/** Folder of the key ring. */
export function keysDirectory(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/keys`
}

/** File of the dated events about grants (revocations). */
export function grantEventsFile(config: Pick<Config, 'dataDirectory'>): string {
  return `${config.dataDirectory}/grant-events.ndjson`
}
