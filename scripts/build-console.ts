import { createHash } from 'node:crypto'
import { chmod, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { basename, dirname, join, relative } from 'node:path'
import { promisify } from 'node:util'
import { gzip } from 'node:zlib'
import type { BuildOptions, Metafile, Plugin } from 'esbuild'

const ROOT = dirname(import.meta.dirname)
/** Not all of `console`: a finished build may lie in `console/dist`. */
const SOURCES = ['console/graphiql', 'gateway/vocabulary']

/** Whom esbuild lowers syntax for: browsers of 2022 and later, which desks still use. */
const TARGETS = ['chrome102', 'firefox110', 'safari16.4']

/** What the server needs to know of a build; `manifest.json` in its directory. */
export interface ConsoleManifest {
  /** SHA-256 of the sources and the lockfile, the first 16 hex digits. */
  readonly hash: string
  /** Entry script, an ES module. */
  readonly script: string
  readonly style: string
  /** Every file that may be served, hashed names; texts have a `.gz` beside them. */
  readonly files: readonly string[]
}

async function sourceFiles(): Promise<readonly string[]> {
  const lists = await Promise.all(
    SOURCES.map(async (folder) => {
      const entries = await readdir(join(ROOT, folder), { recursive: true, withFileTypes: true })
      return entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name))
    }),
  )
  return [join(ROOT, 'package-lock.json'), ...lists.flat(), import.meta.filename].toSorted()
}

/** The build's identity: changes with any source of the console, any package, or this script. */
async function consoleHash(): Promise<string> {
  const hash = createHash('sha256')
  for (const file of await sourceFiles()) {
    hash
      .update(relative(ROOT, file))
      .update('\0')
      .update(await readFile(file))
      .update('\0')
  }
  return hash.digest('hex').slice(0, 16)
}

/**
 * GraphiQL ships its fonts as data URIs in CSS. As files they load only where a glyph needs them, and the page's
 * policy can say `font-src 'self'`.
 */
const fontsToFiles: Plugin = {
  name: 'fonts-to-files',
  setup(build) {
    build.onResolve({ filter: /^data:font\/woff2?;base64,/ }, ({ path }) => {
      const digest = createHash('sha256').update(path).digest('hex').slice(0, 12)
      const extension = path.slice('data:font/'.length, path.indexOf(';'))
      return { path: `font-${digest}.${extension}`, namespace: 'font', pluginData: path }
    })
    build.onLoad({ filter: /./, namespace: 'font' }, ({ pluginData }) => {
      const encoded = String(pluginData)
      return { contents: Buffer.from(encoded.slice(encoded.indexOf(',') + 1), 'base64'), loader: 'file' }
    })
  },
}

function options(outDir: string, more: BuildOptions): BuildOptions {
  return {
    absWorkingDir: ROOT,
    bundle: true,
    minify: true,
    metafile: true,
    write: true,
    outdir: outDir,
    platform: 'browser',
    target: TARGETS,
    entryNames: '[name]-[hash]',
    assetNames: '[name]-[hash]',
    legalComments: 'linked',
    logLevel: 'error',
    define: { 'process.env.NODE_ENV': '"production"' },
    // Vendors' CSS addresses browsers that esbuild does not know; nothing of ours.
    logOverride: { 'css-syntax-error': 'silent' },
    ...more,
  }
}

const WORKERS = {
  editor: 'monaco-editor/esm/vs/editor/editor.worker.js',
  graphql: 'monaco-graphql/esm/graphql.worker.js',
  json: 'monaco-editor/esm/vs/language/json/json.worker.js',
} as const

/** The output made from an entry point, e.g. `main-3F2A.js`. */
function outputOf(metafile: Metafile, stem: string, extension: string): string {
  const names = Object.keys(metafile.outputs).map((file) => basename(file))
  const name = names.find((file) => file.startsWith(`${stem}-`) && file.endsWith(extension))
  if (name === undefined) throw new Error(`The console build made no ${stem}*${extension}`)
  return name
}

async function bundle(outDir: string): Promise<Omit<ConsoleManifest, 'hash' | 'files'>> {
  // Imported late: an image without development packages serves a finished build and never comes here.
  const { build } = await import('esbuild')
  const workers = await build(options(outDir, { entryPoints: { ...WORKERS }, format: 'iife' }))
  const workerNames = Object.keys(WORKERS).map((name) => [
    name,
    `./${outputOf(workers.metafile ?? NO_OUTPUT, name, '.js')}`,
  ])
  const page = await build(
    options(outDir, {
      entryPoints: { main: 'console/graphiql/main.tsx' },
      format: 'esm',
      jsx: 'automatic',
      loader: { '.ttf': 'file' },
      define: {
        'process.env.NODE_ENV': '"production"',
        CONSOLE_WORKERS: JSON.stringify(Object.fromEntries(workerNames)),
      },
      plugins: [fontsToFiles],
    }),
  )
  const metafile = page.metafile ?? NO_OUTPUT
  return { script: outputOf(metafile, 'main', '.js'), style: outputOf(metafile, 'main', '.css') }
}

const NO_OUTPUT: Metafile = { inputs: {}, outputs: {} }

async function compress(outDir: string, files: readonly string[]): Promise<void> {
  const texts = files.filter((file) => /\.(js|css|txt)$/.test(file))
  await Promise.all(
    texts.map(async (file) => {
      const packed = await promisify(gzip)(await readFile(join(outDir, file)), { level: 9 })
      await writeFile(join(outDir, `${file}.gz`), packed)
    }),
  )
}

/** Puts the finished build in its place; another process may have put the same one there a moment ago. */
async function moveInto(workshop: string, outDir: string, hash: string): Promise<void> {
  await rm(outDir, { recursive: true, force: true })
  try {
    await rename(workshop, outDir)
  } catch (cause) {
    if ((await hashOf(outDir)) !== hash) throw cause
  }
}

/**
 * Bundles the console's page, its workers, styles and fonts into `outDir`, with hashed names and a `manifest.json`.
 * The directory appears whole or not at all, so that a build that was interrupted is never served.
 * @throws where esbuild is not installed (production images carry a finished build) or a source does not compile.
 */
export async function buildConsole({ outDir }: { readonly outDir: string }): Promise<{
  readonly files: readonly string[]
  readonly hash: string
}> {
  await mkdir(dirname(outDir), { recursive: true })
  const workshop = await mkdtemp(`${outDir}.building-`)
  try {
    const hash = await consoleHash()
    const entries = await bundle(workshop)
    const files = (await readdir(workshop)).toSorted()
    await compress(workshop, files)
    const manifest: ConsoleManifest = { hash, ...entries, files }
    await writeFile(join(workshop, 'manifest.json'), `${JSON.stringify(manifest, null, 2)}\n`)
    // mkdtemp makes private directories; an image may run as another user than the one that built it.
    await chmod(workshop, 0o755)
    await moveInto(workshop, outDir, hash)
    return { files, hash }
  } finally {
    await rm(workshop, { recursive: true, force: true })
  }
}

/** The hash of the build in a directory; null where there is none. */
async function hashOf(directory: string): Promise<string | null> {
  try {
    const manifest: unknown = JSON.parse(await readFile(join(directory, 'manifest.json'), 'utf8'))
    return typeof manifest === 'object' && manifest !== null && 'hash' in manifest ? String(manifest.hash) : null
  } catch {
    return null
  }
}

/**
 * The directory of a finished build of these sources: `prebuilt` where that is one, else the cache below `dataDir`,
 * which is filled first where it is missing (a few seconds).
 * @returns the directory to hand to `createConsole`.
 */
export async function ensureConsole({
  dataDir,
  prebuilt = join(ROOT, 'console', 'dist'),
}: {
  readonly dataDir: string
  readonly prebuilt?: string
}): Promise<string> {
  const hash = await consoleHash()
  if ((await hashOf(prebuilt)) === hash) return prebuilt
  const outDir = join(dataDir, 'console', hash)
  if ((await hashOf(outDir)) !== hash) await buildConsole({ outDir })
  return outDir
}

if (import.meta.main) {
  const outDir = process.argv[2] ?? join(ROOT, 'console', 'dist')
  const { files, hash } = await buildConsole({ outDir })
  process.stdout.write(`${relative(process.cwd(), outDir)}: ${files.length} files, ${hash}\n`)
}
