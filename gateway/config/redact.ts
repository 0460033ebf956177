import type { Config } from './config.ts'
import { settingAt } from './settings.ts'

const REDACTED = '(secret)'

function redacted(value: unknown, path: readonly string[]): unknown {
  if (settingAt(path)?.secret === true) return value === null || value === undefined ? value : REDACTED
  if (typeof value !== 'object' || value === null) return value
  return Object.fromEntries(Object.entries(value).map(([name, child]) => [name, redacted(child, [...path, name])]))
}

/** The configuration as it may be printed: every secret replaced. */
export function redactConfig(config: Config): unknown {
  return redacted(config, [])
}
