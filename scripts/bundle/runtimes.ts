import { execFile } from 'node:child_process'
import { createHash } from 'node:crypto'
import { existsSync } from 'node:fs'
import { mkdir, mkdtemp, readFile, rename, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

const run = promisify(execFile)

/** The Node that the bundle runs with: the same version as in package.json, which a test holds it to. */
export const NODE_VERSION = '26.10.0'

/** Platforms for which the npm package of the runtime exists, with the SHA-512 of its tarball. */
export const RUNTIMES = {
  'linux-x64': 'OmAztarr1gK4PD+sNyoku4N5Q40d8eqMuLjNa/zRvxF33aCsVKVIQLs4V5HYPWSWWlMiTdkmbZE/6Phigma0hw==',
  'linux-arm64': 'idArV/cmqW9M9ODyGlbOIiyxFourDh1mJB0SdKCdMbSZjjef9CLEN3o1/eE4yf+B0+5BD+F74MpTTHiB3XXTBQ==',
} as const
export type Platform = keyof typeof RUNTIMES

/** Whether a text names a platform. */
export function isPlatform(text: string): text is Platform {
  return Object.hasOwn(RUNTIMES, text)
}

/** A runtime, ready to be packed. */
export interface Runtime {
  readonly platform: Platform
  readonly version: string
  readonly binary: Uint8Array
  readonly licence: Uint8Array
  /** Of the binary, in hex. */
  readonly sha256: string
}

/**
 * Gets the runtime of a platform: from the cache, else by `npm pack`, which asks the configured registry. Its bytes are held
 * against the hash above in either case.
 *
 * @param cache folder that keeps the tarballs
 * @throws where it cannot be had, or is not what it should be
 */
export async function fetchRuntime(platform: Platform, cache: string): Promise<Runtime> {
  const tarball = join(cache, `node-${platform}-${NODE_VERSION}.tgz`)
  if (!existsSync(tarball)) await packInto(cache, platform, tarball)
  return readRuntime(platform, tarball, RUNTIMES[platform])
}

/** Reads a runtime out of its tarball, whose SHA-512 (base64) must be the expected one. */
export async function readRuntime(platform: Platform, tarball: string, expected: string): Promise<Runtime> {
  const found = createHash('sha512')
    .update(await readFile(tarball))
    .digest('base64')
  if (found !== expected)
    throw new Error(`${tarball} is not the runtime of ${platform}: its SHA-512 is ${found}; delete it`)
  const folder = await mkdtemp(join(tmpdir(), 'gx-runtime-'))
  try {
    await run('tar', ['-xzf', tarball, '-C', folder, 'package/bin/node', 'package/LICENSE'])
    const binary = await readFile(join(folder, 'package/bin/node'))
    const licence = await readFile(join(folder, 'package/LICENSE'))
    const sha256 = createHash('sha256').update(binary).digest('hex')
    return { platform, version: NODE_VERSION, binary, licence, sha256 }
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}

async function packInto(cache: string, platform: Platform, tarball: string): Promise<void> {
  await mkdir(cache, { recursive: true })
  const folder = await mkdtemp(join(cache, 'pack-'))
  try {
    const name = `node-${platform}@${NODE_VERSION}`
    await run('npm', ['pack', name, '--pack-destination', folder, '--prefer-offline', '--silent'], { cwd: folder })
    await rename(join(folder, `node-${platform}-${NODE_VERSION}.tgz`), tarball)
  } finally {
    await rm(folder, { recursive: true, force: true })
  }
}
