import type { AnchorsConfig, ObjectStoreConfig } from './config.ts'
import type { Parsed } from './schema.ts'

type Settings = Parsed['audit']['anchors']

/** The second places that are configured. */
export function anchorsOf({ folder, http, objectStore, everyMs, lateMs }: Settings): AnchorsConfig {
  const { url, bearer = null, hmacKey = null } = http
  return {
    folder: folder ?? null,
    http: url === undefined ? null : { url, bearer, hmacKey },
    objectStore: objectStoreOf(objectStore),
    everyMs,
    lateMs,
  }
}

function objectStoreOf(settings: Settings['objectStore']): ObjectStoreConfig | null {
  const { endpoint, bucket, region, prefix, accessKeyId, secretAccessKey } = settings
  if (endpoint === undefined || bucket === undefined) return null
  if (accessKeyId === undefined || secretAccessKey === undefined) return null
  return { endpoint, bucket, region, prefix, accessKeyId, secretAccessKey }
}

/** What is missing: a second place that is half configured would be none, and nobody would notice. */
export function anchorFaults({
  http,
  objectStore,
}: Settings): readonly { readonly setting: readonly string[]; readonly message: string }[] {
  const parts = ['endpoint', 'bucket', 'accessKeyId', 'secretAccessKey'] as const
  const missing = parts.filter((name) => objectStore[name] === undefined)
  const half = missing.length > 0 && missing.length < parts.length
  const lonely = http.url === undefined && (http.bearer !== undefined || http.hmacKey !== undefined)
  return [
    ...(half ? missing : []).map((name) => ({
      setting: ['objectStore', name],
      message: 'is missing; endpoint, bucket, accessKeyId and secretAccessKey go together',
    })),
    ...(lonely ? [{ setting: ['http', 'url'], message: 'is missing; without it nothing is sent' }] : []),
  ]
}
