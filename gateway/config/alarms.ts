import type { AlarmsConfig } from './config.ts'
import type { Parsed } from './schema.ts'

type Settings = Parsed['alarms']

/** Alarms with every default filled in. */
export function alarmsOf({ enabled, rules, suspend, webhook }: Settings): AlarmsConfig {
  const { url, secret, privateNetwork, authorities } = webhook
  return {
    enabled,
    rules: rules ?? null,
    suspend,
    // Where the secret is missing there is a fault, and nothing starts.
    webhook: url === undefined ? null : { url, secret: secret ?? '', privateNetwork, authorities: authorities ?? null },
  }
}

/** What does not fit together, by setting. */
export function alarmFaults({ webhook }: Settings): readonly { readonly setting: string; readonly message: string }[] {
  const { url, secret, privateNetwork, authorities } = webhook
  if (url === undefined) {
    const stated = secret !== undefined || privateNetwork || authorities !== undefined
    return stated ? [{ setting: 'url', message: 'is missing, and the other settings stand beside it' }] : []
  }
  return [
    ...(secret === undefined
      ? [{ setting: 'secret', message: 'is missing: a receiver must be able to check who posts' }]
      : []),
    ...(secret !== undefined && secret.length < 32
      ? [{ setting: 'secret', message: 'must have 32 characters or more' }]
      : []),
    ...(url.startsWith('http:') && !privateNetwork
      ? [{ setting: 'url', message: 'must be https; without TLS only with privateNetwork' }]
      : []),
  ]
}
