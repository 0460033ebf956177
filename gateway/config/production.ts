import type { Config } from './config.ts'
import type { Parsed } from './schema.ts'

/** A rule of production, as setting and sentence. */
export interface ProductionRefusal {
  readonly path: readonly string[]
  readonly message: string
}

const LOOPBACK = /^(localhost|127(\.\d+){3}|\[?::1\]?)$/

function isPlainAndFar(address: string): boolean {
  if (!address.startsWith('http://')) return false
  return !LOOPBACK.test(new URL(address).hostname)
}

function embeddedCity(parsed: Parsed): readonly ProductionRefusal[] {
  return Object.entries(parsed.departments).flatMap(
    ([code, { kind, url, databaseUrl, apiUrl, soapUrl, directory }]) => {
      const embedded = kind === 'embedded' || (kind === undefined && url === undefined)
      const sourced = [databaseUrl, apiUrl, soapUrl, directory].some((one) => one !== undefined)
      if (!embedded || sourced) return []
      return [
        {
          path: ['departments', code],
          message: 'names no existing system; without one it would answer with synthetic citizens',
        },
      ]
    },
  )
}

/** The gateway itself, or one department's subgraph in a process of its own. */
export type Role = 'gateway' | 'subgraph'

function farKeys({ jwks }: Parsed['identity']): readonly ProductionRefusal[] {
  if (jwks === undefined || !isPlainAndFar(jwks)) return []
  const message = 'must use https: whoever alters these keys can be anybody (HZ-47.1)'
  return [{ path: ['identity', 'jwks'], message }]
}

function farAnchor({ http: { url, bearer } }: Parsed['audit']['anchors']): readonly ProductionRefusal[] {
  if (url === undefined || bearer === undefined || !isPlainAndFar(url)) return []
  return [
    { path: ['audit', 'anchors', 'http', 'url'], message: 'must use https: the token would be readable (HZ-47.1)' },
  ]
}

/**
 * What production refuses (HZ-52: identity, access control and audit must all be there).
 * @param stated whether a setting was written down, rather than left to its default
 */
export function productionRefusals(
  parsed: Parsed,
  role: Role,
  stated: (path: readonly string[]) => boolean,
): readonly ProductionRefusal[] {
  const must = (path: readonly string[], what: string): readonly ProductionRefusal[] =>
    stated(path) ? [] : [{ path, message: `must be stated in production: ${what}` }]
  if (role === 'subgraph')
    return [
      ...must(['subgraph', 'gatewayJwks'], "the gateway's public keys, or anybody could ask (HZ-52)"),
      ...embeddedCity(parsed),
    ]
  return [
    ...must(['identity', 'jwks'], "the identity provider's public keys (HZ-52)"),
    ...must(['identity', 'issuer'], 'who issues the tokens (HZ-52)'),
    ...must(['audit', 'directory'], 'where the audit record is kept (ZS-6.03, HZ-52)'),
    ...must(['departments'], 'no department is connected'),
    ...farKeys(parsed.identity),
    ...farAnchor(parsed.audit.anchors),
    ...embeddedCity(parsed),
  ]
}

/** What is permitted and yet worth a line at start and in `gongxiang doctor`. */
export function configWarnings(config: Config): readonly string[] {
  if (config.mode !== 'production') return []
  const plain = Object.entries(config.departments).filter(([, one]) => one.kind === 'http' && isPlainAndFar(one.url))
  return [
    ...(LOOPBACK.test(config.http.host)
      ? ['http.host is a loopback address: only a proxy on this machine can reach the gateway']
      : []),
    ...plain.map(([code]) => `departments.${code}.url is not https: the hop must be protected otherwise (HZ-47.1)`),
    ...(config.graphiql.enabled ? ['graphiql.enabled is true: GraphiQL is served in production'] : []),
    ...(config.metrics.port !== null && !LOOPBACK.test(config.metrics.host)
      ? ['metrics.host is reachable from other machines: nothing there asks for a token']
      : []),
    ...(config.tracing.endpoint !== null && isPlainAndFar(config.tracing.endpoint)
      ? ['tracing.endpoint is not https: the hop must be protected otherwise (HZ-47.1)']
      : []),
    ...(config.log.level === 'trace' ? ['log.level is trace: logs will be large'] : []),
  ]
}
