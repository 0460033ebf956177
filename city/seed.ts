import { createHash } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { mkdir, mkdtemp, open, readdir, readFile, rename, rm, stat, writeFile } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { finished } from 'node:stream/promises'
import { z } from 'zod'
import { batches } from './batches.ts'
import { DEFAULT_SIZE, generate } from './generate.ts'
import type { CitySize } from './generate.ts'
import { organisations } from './organisations/generate.ts'
import { openSinks } from './systems/all.ts'

/** Marks a folder that rightly holds personal data of a department. */
const DEPARTMENT_DATA = '.department-data'
const MANIFEST = 'city.json'
/** Raised when the same size and seed give another city than before, so that an old one is made anew. */
const FORMAT = 5
const BATCH = 1000

const manifestShape = z.object({
  format: z.literal(FORMAT),
  people: z.int(),
  seed: z.int(),
  files: z.array(z.object({ path: z.string(), bytes: z.int(), sha256: z.string() })),
})

/** What is in a city's directory. */
export type CityManifest = z.infer<typeof manifestShape>

/** Which city to make, and where. */
export interface SeedOptions extends Partial<CitySize> {
  /** Its own directory: made when missing, refused when it holds anything that is not a city. */
  readonly directory: string
  readonly onProgress?: ((done: number, people: number) => void) | undefined
}

/**
 * Makes the city's old systems. Does nothing when this very city is already there and whole. A seeding that is
 * stopped at any moment leaves either the city that was there before, or none, or the new one: never a half.
 */
export async function seedCity(options: SeedOptions): Promise<CityManifest> {
  const size: CitySize = { people: options.people ?? DEFAULT_SIZE.people, seed: options.seed ?? DEFAULT_SIZE.seed }
  const directory = resolve(options.directory)
  await sweep(directory)
  return (await intactCity(directory, size)) ?? (await build(directory, size, options.onProgress))
}

/** The manifest of this very city, or null where it is missing, another one, or damaged. */
async function intactCity(directory: string, size: CitySize): Promise<CityManifest | null> {
  const text = await readFile(join(directory, MANIFEST), 'utf8').catch(() => null)
  const manifest = text === null ? null : readManifest(text)
  if (manifest === null || manifest.people !== size.people || manifest.seed !== size.seed) return null
  for (const expected of manifest.files) {
    const found = await fingerprint(directory, expected.path).catch(() => null)
    if (found?.bytes !== expected.bytes || found.sha256 !== expected.sha256) return null
  }
  return manifest
}

function readManifest(text: string): CityManifest | null {
  try {
    return manifestShape.parse(JSON.parse(text))
  } catch {
    return null
  }
}

async function fingerprint(directory: string, path: string): Promise<CityManifest['files'][number]> {
  const hash = createHash('sha256')
  await finished(createReadStream(join(directory, path)).on('data', (chunk) => hash.update(chunk)))
  return { path, bytes: (await stat(join(directory, path))).size, sha256: hash.digest('hex') }
}

/** Builds beside the place and moves the whole into it. */
async function build(directory: string, size: CitySize, onProgress: SeedOptions['onProgress']): Promise<CityManifest> {
  await refuseForeign(directory)
  await mkdir(dirname(directory), { recursive: true })
  const aside = await mkdtemp(`${directory}.new-${process.pid}-`)
  try {
    const manifest = await fill(aside, size, onProgress)
    return (await moveInto(aside, directory, size)) ?? manifest
  } finally {
    await rm(aside, { recursive: true, force: true })
  }
}

async function refuseForeign(directory: string): Promise<void> {
  const names = await readdir(directory).catch((): readonly string[] => [])
  if (names.length > 0 && !names.includes(MANIFEST)) {
    throw new Error(`${directory} holds files that are not a synthetic city; nothing was changed`)
  }
}

async function fill(directory: string, size: CitySize, onProgress: SeedOptions['onProgress']): Promise<CityManifest> {
  // From the first byte on: who searches logs and temporary files for personal data passes such a folder by.
  await writeFile(join(directory, DEPARTMENT_DATA), '')
  const sinks = openSinks(directory, size)
  const registered = organisations(size)
  for (const sink of sinks) await sink.addOrganisations?.(registered)
  let done = 0
  for (const citizens of batches(generate(size), BATCH)) {
    for (const sink of sinks) await sink.add(citizens)
    done += citizens.length
    onProgress?.(done, size.people)
    // Lets a Ctrl-C or another request in between the batches of a large city.
    await new Promise((resume) => setImmediate(resume))
  }
  for (const sink of sinks) await sink.finish()
  const paths = sinks.flatMap((sink) => sink.files)
  const files = await Promise.all(paths.map((path) => fingerprint(directory, path)))
  const manifest: CityManifest = { format: FORMAT, ...size, files }
  await writeFile(join(directory, MANIFEST), `${JSON.stringify(manifest, null, 2)}\n`)
  for (const path of [...paths, MANIFEST]) await flush(join(directory, path))
  return manifest
}

/** To the disk: a power cut after the move must not leave a named but empty file. */
async function flush(path: string): Promise<void> {
  const file = await open(path, 'r+')
  await file.sync()
  await file.close()
}

/** Moves the new city into its place, or gives the one that another seeding has put there meanwhile. */
async function moveInto(aside: string, directory: string, size: CitySize): Promise<CityManifest | null> {
  const theirs = await intactCity(directory, size)
  if (theirs !== null) return theirs
  const old = `${aside}.old`
  await rename(directory, old).catch(ignoreMissing)
  try {
    await rename(aside, directory)
    return null
  } catch (error) {
    const placed = await intactCity(directory, size)
    if (placed !== null) return placed
    // Nothing came into the place: what was there before goes back.
    await rename(old, directory).catch(ignoreMissing)
    throw error
  } finally {
    await rm(old, { recursive: true, force: true })
  }
}

function ignoreMissing(error: unknown): void {
  if (!(error instanceof Error && 'code' in error && error.code === 'ENOENT')) throw error
}

/** Removes what a killed seeding left beside the place; what belongs to a process that is alive stays. */
async function sweep(directory: string): Promise<void> {
  const names = await readdir(dirname(directory)).catch((): readonly string[] => [])
  const prefix = `${basename(directory)}.new-`
  for (const name of names) {
    if (!name.startsWith(prefix) || isAlive(Number.parseInt(name.slice(prefix.length), 10))) continue
    await rm(join(dirname(directory), name), { recursive: true, force: true })
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    return error instanceof Error && 'code' in error && error.code === 'EPERM'
  }
}
