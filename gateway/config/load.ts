import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import type { Config } from './config.ts'
import { readEnvironment } from './environment.ts'
import type { Override } from './environment.ts'
import { ConfigFault } from './fault.ts'
import type { Fault, Origin } from './fault.ts'
import { productionRefusals } from './production.ts'
import type { Role } from './production.ts'
import { definition } from './schema.ts'
import type { Parsed } from './schema.ts'
import { knownKeys, settle } from './settle.ts'
import type { Provenance } from './settle.ts'
import { faultsOf, parseYamlText } from './yaml.ts'
import type { YamlText } from './yaml.ts'

/** Where the configuration is read from. */
export interface LoadOptions {
  /** The file that the user named; without one `GONGXIANG_CONFIG`, then `gongxiang.yaml` where it exists. */
  readonly file?: string | undefined
  readonly env: Readonly<Record<string, string | undefined>>
  /** Folder that relative paths of the environment start from. */
  readonly cwd: string
  /** What the process is about to be; production asks other things of each. `gateway` by default. */
  readonly role?: Role
}

const INSTALLATION = resolve(import.meta.dirname, '../..')
const EMPTY: YamlText = { value: {}, locate: () => ({ kind: 'default' }) }

interface ConfigFile {
  readonly path: string | null
  readonly text: YamlText
}

function unreadable(named: string, variable: string | null): ConfigFault {
  const origin: Origin = variable === null ? { kind: 'default' } : { kind: 'environment', variable }
  return new ConfigFault([{ origin, path: '', message: `the configuration file ${named} cannot be read` }])
}

async function readConfigFile({ file, env, cwd }: LoadOptions): Promise<ConfigFile> {
  const fromEnvironment = env['GONGXIANG_CONFIG']
  const named = file ?? (fromEnvironment === '' ? undefined : fromEnvironment)
  const path = resolve(cwd, named ?? 'gongxiang.yaml')
  const text = await readFile(path, 'utf8').catch(() => null)
  if (text === null && named !== undefined) throw unreadable(named, file === undefined ? 'GONGXIANG_CONFIG' : null)
  if (text === null) return { path: null, text: EMPTY }
  const yaml = parseYamlText(text, named ?? 'gongxiang.yaml')
  // An empty file, or one with comments only, is an empty configuration.
  return { path, text: yaml.value === null ? { ...yaml, value: {} } : yaml }
}

/** A copy of the tree with the overrides put in; one that has no object to go into is left to the schema's refusal. */
function withOverrides(tree: unknown, overrides: readonly Override[]): unknown {
  const copy: unknown = structuredClone(tree)
  for (const { path, value } of overrides) {
    let node: unknown = copy
    for (const [at, part] of path.entries()) {
      if (typeof node !== 'object' || node === null) break
      const last = at === path.length - 1
      const known: unknown = Object.getOwnPropertyDescriptor(node, part)?.value
      const next: unknown = last ? value : (known ?? {})
      Object.defineProperty(node, part, { value: next, enumerable: true, configurable: true, writable: true })
      node = next
    }
  }
  return copy
}

function hasValueAt(tree: unknown, path: readonly string[]): boolean {
  let node = tree
  for (const part of path) {
    if (typeof node !== 'object' || node === null) return false
    node = Object.getOwnPropertyDescriptor(node, part)?.value
  }
  return node !== undefined
}

type Locate = (path: readonly PropertyKey[], want?: 'key' | 'value') => Origin

function createLocate(file: ConfigFile, overrides: readonly Override[]): Locate {
  const variables = new Map(overrides.map(({ path, variable }) => [path.join('.'), variable]))
  return (path, want) => {
    const name = path.map(String).join('.')
    const variable = variables.get(name)
    if (variable !== undefined) return { kind: 'environment', variable }
    if (file.path !== null && hasValueAt(file.text.value, path.map(String))) return file.text.locate(path, want)
    const below = [...variables].find(([known]) => known.startsWith(`${name}.`))
    if (below !== undefined) return { kind: 'environment', variable: below[1] }
    return { kind: 'default' }
  }
}

/** Where a setting that is absent should have been: its nearest parent in the file. */
function nearest(locate: Locate, path: readonly string[]): Origin {
  for (let length = path.length; length > 0; length -= 1) {
    const origin = locate(path.slice(0, length), 'key')
    if (origin.kind !== 'default') return origin
  }
  return { kind: 'default' }
}

function refusals(parsed: Parsed, role: Role, locate: Locate): readonly Fault[] {
  if (parsed.mode !== 'production') return []
  return productionRefusals(parsed, role, (path) => locate(path).kind !== 'default').map(({ path, message }) => ({
    origin: nearest(locate, path),
    path: path.join('.'),
    message,
  }))
}

function deepFreeze<T>(value: T): T {
  if (typeof value === 'object' && value !== null) Object.values(Object.freeze(value)).forEach(deepFreeze)
  return value
}

/**
 * Loads the configuration: defaults, then the file, then the environment. The result is frozen.
 * @throws ConfigFault with every fault: file, line and column, or the name of the variable
 */
export async function loadConfig(options: LoadOptions): Promise<Config> {
  const file = await readConfigFile(options)
  const { overrides, faults } = readEnvironment(options.env)
  const locate = createLocate(file, overrides)
  const parsed = definition.safeParse(withOverrides(file.text.value, overrides))
  if (!parsed.success) {
    const found = parsed.error.issues.flatMap((issue) => faultsOf(issue, locate, knownKeys))
    throw new ConfigFault([...found, ...faults])
  }
  const from: Provenance = {
    cwd: options.cwd,
    installation: INSTALLATION,
    file: file.path,
    origin: (path) => locate(path),
  }
  const settled = await settle(parsed.data, from)
  const all = [...faults, ...settled.faults, ...refusals(parsed.data, options.role ?? 'gateway', locate)]
  if (all.length > 0) throw new ConfigFault(all)
  return deepFreeze(settled.config)
}
