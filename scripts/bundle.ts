import { mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { basename, dirname, join, relative } from 'node:path'
import { parseArgs } from 'node:util'
import { buildConsole } from './build-console.ts'
import { ELASTIC, licenceList, readLicences, refusedLicences } from './bundle/licences.ts'
import type { LicensedPackage } from './bundle/licences.ts'
import { filesBelow } from './bundle/folders.ts'
import { shippedPackages } from './bundle/packages.ts'
import { fetchRuntime, isPlatform, NODE_VERSION, RUNTIMES } from './bundle/runtimes.ts'
import type { Platform, Runtime } from './bundle/runtimes.ts'
import { billOfMaterials } from './bundle/sbom.ts'
import { digestOf, writeArchive } from './bundle/tar.ts'
import type { Entry } from './bundle/tar.ts'
import { trackedSources } from './bundle/tracked.ts'
import type { Sources } from './bundle/tracked.ts'

const ROOT = dirname(import.meta.dirname)

export interface BundleOptions {
  /** Folder of the sources, a Git work tree with its node_modules; this installation's own where it is left out. */
  readonly root?: string
  /** Folder for the archive and its checksum. */
  readonly out: string
  /** Platforms whose Node is packed. */
  readonly platforms: readonly Platform[]
  /** Leaves out, with a word, a platform that cannot be had; else that is an error. */
  readonly lenient: boolean
  /** Takes files as they lie, committed or not. */
  readonly dirty: boolean
  readonly log: (line: string) => void
}

/**
 * Builds the offline installation: one archive and its checksum, with the same bytes for the same commit and platforms.
 *
 * @returns the archive
 * @throws where files differ from the commit, node_modules from the lockfile, or a licence is not permitted
 */
export async function buildBundle({
  root = ROOT,
  out,
  platforms,
  lenient,
  dirty,
  log,
}: BundleOptions): Promise<string> {
  const { version } = JSON.parse(await readFile(join(root, 'package.json'), 'utf8')) as { readonly version: string }
  const sources = await trackedSources(root, dirty)
  const packages = await readLicences(root, await shippedPackages(root))
  const refused = refusedLicences(packages)
  if (refused.length > 0) throw new Error(`these packages may not be handed on:\n${refused.join('\n')}`)
  const runtimes = await runtimesOf(platforms, lenient, log)
  const folder = `gongxiang-${version}-${sources.name}`
  const archive = join(out, `${folder}-${runtimes.map(({ platform }) => platform).join('+') || 'no-node'}.tar.gz`)
  const workshop = await mkdtemp(join(tmpdir(), 'gx-bundle-'))
  try {
    const console = join(workshop, 'console')
    await buildConsole({ outDir: console })
    const entries = [
      ...sources.files.map((one) => ({ ...one, path: `app/${one.path}` })),
      ...(await packagesOf(root, packages)),
      ...(await filesBelow(console)).map((one) => ({ ...one, path: `app/console/dist/${one.path}` })),
      ...runtimes.flatMap(filesOf),
      ...(await textsOf({ version, sources, packages, runtimes, folder, archive: basename(archive) })),
    ]
    await mkdir(out, { recursive: true })
    await writeArchive(`${archive}.new`, await sealed(folder, entries), sources.time)
    await rename(`${archive}.new`, archive)
  } finally {
    await rm(workshop, { recursive: true, force: true })
    await rm(`${archive}.new`, { force: true })
  }
  const digest = await digestOf({ path: archive, executable: false, content: { file: archive } })
  await writeFile(`${archive}.sha256`, `${digest}  ${basename(archive)}\n`)
  const inConsole = packages.filter(({ part }) => part === 'console').length
  log(`${archive}: ${packages.length} packages, ${inConsole} of them within the console`)
  log(`with Node ${NODE_VERSION} for ${runtimes.map(({ platform }) => platform).join(', ') || 'no platform'}`)
  return archive
}

async function runtimesOf(
  platforms: readonly Platform[],
  lenient: boolean,
  log: BundleOptions['log'],
): Promise<readonly Runtime[]> {
  const found: Runtime[] = []
  for (const platform of platforms) {
    try {
      found.push(await fetchRuntime(platform, join(ROOT, '.gongxiang/runtimes')))
    } catch (error) {
      if (!lenient) throw error
      log(
        `left out: the Node of ${platform} cannot be had (${error instanceof Error ? error.message : 'unknown reason'})`,
      )
    }
  }
  return found
}

/** Folders of the packages, each without those that lie within it: they are packages of their own, or not shipped. */
async function packagesOf(root: string, packages: readonly LicensedPackage[]): Promise<readonly Entry[]> {
  const shipped = packages.filter(({ part }) => part === 'runtime')
  const files = await Promise.all(
    shipped.map(async ({ location }) =>
      (await filesBelow(join(root, location), 'node_modules')).map((one) => ({
        ...one,
        path: `app/${location}/${one.path}`,
      })),
    ),
  )
  return files.flat()
}

function filesOf({ platform, binary, licence }: Runtime): readonly Entry[] {
  return [
    { path: `runtime/${platform}/bin/node`, executable: true, content: binary },
    { path: `runtime/${platform}/LICENSE`, executable: false, content: licence },
  ]
}

interface Facts {
  readonly version: string
  readonly sources: Sources
  readonly packages: readonly LicensedPackage[]
  readonly runtimes: readonly Runtime[]
  readonly folder: string
  readonly archive: string
}

async function textsOf({ version, sources, packages, runtimes, folder, archive }: Facts): Promise<readonly Entry[]> {
  const template = await readFile(join(import.meta.dirname, 'bundle/files/INSTALL.md'), 'utf8')
  const values: Readonly<Record<string, string>> = {
    version,
    commit: sources.name,
    node: NODE_VERSION,
    folder,
    archive,
    platforms: runtimes.map(({ platform }) => platform).join('、') || '无 none',
    elastic: packages
      .filter(({ licence }) => licence === ELASTIC.licence)
      .map((one) => `- \`${one.name}\` ${one.version}`)
      .join('\n'),
  }
  const install = template.replaceAll(/\{(\w+)\}/g, (all, name: string) => values[name] ?? all)
  const time = new Date(sources.time * 1000).toISOString()
  const licences = runtimes.map(({ platform, licence }) => ({
    name: `node ${NODE_VERSION} (${platform})`,
    text: Buffer.from(licence).toString('utf8'),
  }))
  const text = (path: string, content: string, executable = false): Entry => ({
    path,
    executable,
    content: Buffer.from(content),
  })
  return [
    text('INSTALL.md', install),
    text('sbom.cdx.json', billOfMaterials({ version, commit: sources.name, time }, packages, runtimes)),
    text('THIRD-PARTY-LICENCES.txt', licenceList(packages, licences)),
    text('install.sh', await readFile(join(import.meta.dirname, 'bundle/files/install.sh'), 'utf8'), true),
    text('gongxiang', await readFile(join(import.meta.dirname, 'bundle/files/gongxiang.sh'), 'utf8'), true),
  ]
}

/** The entries in their folder, with the checksums of all. */
async function sealed(folder: string, entries: readonly Entry[]): Promise<readonly Entry[]> {
  const strange = entries.find(({ path }) => /[\n\\]/.test(path))
  if (strange !== undefined) throw new Error(`${JSON.stringify(strange.path)} cannot stand in a list of checksums`)
  const known: Entry[] = []
  for (const one of entries.toSorted((a, b) => (a.path < b.path ? -1 : 1)))
    known.push({ ...one, digest: await digestOf(one) })
  const lines = known.map(({ digest = '', path }) => `${digest}  ${path}\n`)
  const sums: Entry = { path: 'SHA256SUMS', executable: false, content: Buffer.from(lines.join('')) }
  return [...known, sums].map((one) => ({ ...one, path: `${folder}/${one.path}` }))
}

const HELP = `npm run bundle -- [--out DIRECTORY] [--platforms linux-x64,linux-arm64|none] [--dirty]

Builds the offline installation of the commit that is checked out. --platforms makes it an error where one of them cannot
be had; without it, all that can be had are packed. --dirty takes files that differ from the commit.`

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      out: { type: 'string' },
      platforms: { type: 'string' },
      dirty: { type: 'boolean' },
      help: { type: 'boolean' },
    },
  })
  if (values.help === true) return console.log(HELP)
  const named = values.platforms === 'none' ? [] : values.platforms?.split(',')
  const unknown = named?.find((one) => !isPlatform(one))
  if (unknown !== undefined)
    throw new Error(`there is no platform ${unknown}; there are ${Object.keys(RUNTIMES).join(', ')}`)
  const platforms = (named ?? Object.keys(RUNTIMES)).filter(isPlatform)
  const out = values.out ?? join(ROOT, '.gongxiang/bundle')
  const archive = await buildBundle({
    out,
    platforms,
    lenient: named === undefined,
    dirty: values.dirty ?? false,
    log: console.log,
  })
  console.log(relative(process.cwd(), archive))
}

if (import.meta.main)
  await main().catch((error: unknown) => {
    console.error(`gongxiang: ${error instanceof Error ? error.message : String(error)}`)
    process.exitCode = 1
  })
