import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'

/** What a lockfile says of one package. */
const LOCKED = z.object({
  version: z.string().optional(),
  integrity: z.string().optional(),
  dev: z.boolean().default(false),
  devOptional: z.boolean().default(false),
  optional: z.boolean().default(false),
  link: z.boolean().default(false),
  dependencies: z.record(z.string(), z.string()).default({}),
  optionalDependencies: z.record(z.string(), z.string()).default({}),
  peerDependencies: z.record(z.string(), z.string()).default({}),
})
const LOCKFILE = z.object({ packages: z.record(z.string(), LOCKED) })
type Locked = z.infer<typeof LOCKED>

/** One package that is in the bundle. */
export interface ShippedPackage {
  /** Its folder, e.g. `node_modules/pg`. */
  readonly location: string
  readonly name: string
  readonly version: string
  /** As the lockfile has it, e.g. `sha512-…`; of the tarball that it was installed from. */
  readonly integrity: string
  /** `runtime`: its folder is in the bundle; `console`: its code is within the built console. */
  readonly part: 'runtime' | 'console'
  /** Locations of the packages that it needs. */
  readonly needs: readonly string[]
}

/** The packages that the sources of the console import; what these need is built in with them. */
export const CONSOLE_ROOTS = ['@graphiql/react', 'graphiql', 'monaco-editor', 'monaco-graphql', 'react', 'react-dom']

/**
 * What the bundle is made of, exactly as the lockfile has it.
 *
 * @param root folder of package-lock.json and node_modules
 * @throws where what is installed is not what the lockfile says: `npm ci` mends it
 */
export async function shippedPackages(root: string): Promise<readonly ShippedPackage[]> {
  const locked = LOCKFILE.parse(JSON.parse(await readFile(join(root, 'package-lock.json'), 'utf8'))).packages
  const installed = LOCKFILE.parse(
    JSON.parse(await readFile(join(root, 'node_modules/.package-lock.json'), 'utf8')),
  ).packages
  const runtime = Object.keys(locked).filter(
    (at) => at !== '' && isRuntime(locked[at]) && !isAbsent(at, locked, installed),
  )
  const inConsole = [
    ...closure(
      CONSOLE_ROOTS.map((name) => `node_modules/${name}`),
      locked,
    ),
  ]
  const built = inConsole.filter((at) => !runtime.includes(at) && !isAbsent(at, locked, installed))
  const shipped = [...runtime.map((at) => [at, 'runtime'] as const), ...built.map((at) => [at, 'console'] as const)]
  const faults: string[] = []
  const found = await Promise.all(
    shipped.map(async ([location, part]): Promise<ShippedPackage> => {
      const one = locked[location]
      const name = location.replace(/^.*node_modules\//, '')
      faults.push(...(await differences(root, location, one, installed[location])))
      const needs = needsOf(location, locked).filter((at) => !isAbsent(at, locked, installed))
      return { location, name, version: one?.version ?? '', integrity: one?.integrity ?? '', part, needs }
    }),
  )
  if (faults.length > 0) throw new Error(`node_modules is not what package-lock.json says:\n${faults.join('\n')}`)
  return found.toSorted((a, b) => (a.location < b.location ? -1 : 1))
}

function isRuntime(one: Locked | undefined): boolean {
  return one !== undefined && !one.dev && !one.devOptional && !one.link
}

/** What is for another platform is in the lockfile and rightly nowhere else. */
function isAbsent(at: string, locked: Packages, installed: Packages): boolean {
  return locked[at]?.optional === true && installed[at] === undefined
}

type Packages = Readonly<Record<string, Locked>>

async function differences(
  root: string,
  at: string,
  wanted: Locked | undefined,
  present: Locked | undefined,
): Promise<readonly string[]> {
  if (present === undefined) return [`${at} is missing`]
  if (wanted?.version !== present.version) return [`${at} is ${present.version ?? '?'}, not ${wanted?.version ?? '?'}`]
  if (wanted?.integrity === undefined) return [`${at} has no integrity in the lockfile`]
  // npm wrote this one when it had checked the tarball.
  if (wanted.integrity !== present.integrity) return [`${at} was installed from other bytes`]
  const text = await readFile(join(root, at, 'package.json'), 'utf8').catch(() => '{}')
  const { version } = z.object({ version: z.string().optional() }).parse(JSON.parse(text))
  return version === wanted.version ? [] : [`${at} holds ${version ?? 'nothing'}, not ${wanted.version ?? '?'}`]
}

function closure(starts: readonly string[], locked: Packages): ReadonlySet<string> {
  const found = new Set(starts.filter((at) => locked[at] !== undefined))
  for (const at of found) for (const next of needsOf(at, locked)) found.add(next)
  return found
}

/** Locations of what a package needs, found from its folder upwards as Node finds them. */
function needsOf(at: string, locked: Packages): readonly string[] {
  const one = locked[at]
  if (one === undefined) return []
  const names = Object.keys({ ...one.dependencies, ...one.optionalDependencies, ...one.peerDependencies })
  return [...new Set(names)].flatMap((name) => resolve(at, name, locked) ?? []).toSorted()
}

function resolve(from: string, name: string, locked: Packages): string | null {
  for (let folder = from; ; folder = folder.replace(/(^|\/)node_modules\/(@[^/]+\/)?[^/]+$/, '')) {
    const at = folder === '' ? `node_modules/${name}` : `${folder}/node_modules/${name}`
    if (locked[at] !== undefined) return at
    if (folder === '') return null
  }
}
