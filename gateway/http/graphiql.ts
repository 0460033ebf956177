import { createReadStream, existsSync, readFileSync, statSync } from 'node:fs'
import type { IncomingMessage, ServerResponse } from 'node:http'
import { extname, join } from 'node:path'
import { pipeline } from 'node:stream/promises'
import { Failure } from '../vocabulary/failure.ts'
import { ASSET_POLICY, PAGE_POLICY, describeVisit, renderPage } from './console-page.ts'
import type { ConsoleSettings, ConsoleVisit } from './console-page.ts'

export type { ConsoleSettings, ConsoleVisit } from './console-page.ts'

export interface ConsoleOptions {
  /** Directory of a finished build (scripts/build-console.ts), with its `manifest.json`. */
  readonly assets: string
  /** What the page starts with, asked at each visit (a token made now lasts); null for a page that explains itself. */
  readonly settings: (visit: ConsoleVisit) => ConsoleSettings | null | Promise<ConsoleSettings | null>
  /** Address of the GraphQL endpoint as the page sees it; on the page's own origin. */
  readonly graphqlPath?: string
}

/** Answers a request for the console; false, with nothing written, where it is none of the console's. */
export type ConsoleHandler = (request: IncomingMessage, response: ServerResponse) => Promise<boolean>

interface Asset {
  readonly path: string
  readonly type: string
  readonly encoded: boolean
}

interface Build {
  readonly script: string
  readonly style: string
  readonly assets: ReadonlyMap<string, Asset>
}

const TYPES: Readonly<Record<string, string>> = {
  '.js': 'text/javascript; charset=utf-8',
  '.css': 'text/css; charset=utf-8',
  '.txt': 'text/plain; charset=utf-8',
  '.ttf': 'font/ttf',
  '.woff': 'font/woff',
  '.woff2': 'font/woff2',
}

const SHARED_HEADERS = {
  'x-content-type-options': 'nosniff',
  'referrer-policy': 'no-referrer',
  'cross-origin-resource-policy': 'same-origin',
}

interface Manifest {
  readonly script: string
  readonly style: string
  readonly files: readonly string[]
}

function isManifest(value: unknown): value is Manifest {
  if (typeof value !== 'object' || value === null) return false
  const { script, style, files }: Partial<Manifest> = value
  return typeof script === 'string' && typeof style === 'string' && Array.isArray(files)
}

function readManifest(directory: string): Manifest {
  const path = join(directory, 'manifest.json')
  let manifest: unknown
  try {
    manifest = JSON.parse(readFileSync(path, 'utf8'))
  } catch (cause) {
    throw new Failure('INTERNAL', { detail: `The console is not built: ${path} cannot be read`, cause })
  }
  if (isManifest(manifest)) return manifest
  throw new Failure('INTERNAL', { detail: `The console's build is damaged: ${path}` })
}

function readBuild(directory: string): Build {
  const { script, style, files } = readManifest(directory)
  const describe = (name: string): Asset => {
    const path = join(directory, name)
    return { path, type: TYPES[extname(name)] ?? 'application/octet-stream', encoded: existsSync(`${path}.gz`) }
  }
  return { script, style, assets: new Map(files.map((name) => [name, describe(name)])) }
}

function sendPage(request: IncomingMessage, response: ServerResponse, html: string): void {
  const body = Buffer.from(html)
  response.writeHead(200, {
    ...SHARED_HEADERS,
    'content-type': 'text/html; charset=utf-8',
    'content-length': body.length,
    'content-security-policy': PAGE_POLICY,
    'cross-origin-opener-policy': 'same-origin',
    // The page may hold a demonstration token.
    'cache-control': 'no-store',
  })
  response.end(request.method === 'HEAD' ? undefined : body)
}

function acceptsGzip(request: IncomingMessage): boolean {
  const accepted = String(request.headers['accept-encoding'] ?? '')
  return /\bgzip\b/.test(accepted) && !/\bgzip\s*;\s*q=0(\.0*)?\s*(,|$)/.test(accepted)
}

async function sendAsset(request: IncomingMessage, response: ServerResponse, asset: Asset): Promise<void> {
  const packed = asset.encoded && acceptsGzip(request)
  const path = packed ? `${asset.path}.gz` : asset.path
  response.writeHead(200, {
    ...SHARED_HEADERS,
    'content-type': asset.type,
    'content-length': statSync(path).size,
    'content-security-policy': ASSET_POLICY,
    // Its name holds a hash of its content.
    'cache-control': 'public, max-age=31536000, immutable',
    ...(asset.encoded ? { vary: 'accept-encoding' } : {}),
    ...(packed ? { 'content-encoding': 'gzip' } : {}),
  })
  if (request.method === 'HEAD') {
    response.end()
    return
  }
  try {
    await pipeline(createReadStream(path), response)
  } catch {
    // The visitor left, or the file went away midway: the stream is destroyed and nobody waits for the rest.
  }
}

const ASSETS = '/graphiql/assets/'

/**
 * Serves GraphiQL from our own files: `GET /graphiql` and `GET /graphiql/assets/*`, HEAD too. It never answers
 * GraphQL. Only names that the build lists are served, compared as sent, so that no path leads out of the directory.
 * @throws Failure INTERNAL at once where the build is missing, rather than at the first visit.
 */
export function createConsole({ assets, settings, graphqlPath = './graphql' }: ConsoleOptions): ConsoleHandler {
  const build = readBuild(assets)
  const page = async (request: IncomingMessage): Promise<string> => {
    const visit = describeVisit(request.socket.remoteAddress, request.headers)
    const given = await settings(visit)
    const headers = visit.local ? (given?.headers ?? null) : null
    return renderPage({ ...build, settings: { ...given, headers, endpoint: graphqlPath } })
  }
  return async (request, response) => {
    if (request.method !== 'GET' && request.method !== 'HEAD') return false
    const path = (request.url ?? '').split('?', 1)[0] ?? ''
    if (path === '/graphiql') {
      sendPage(request, response, await page(request))
      return true
    }
    if (path === '/graphiql/') {
      // Relative, as the page's own addresses: they count from the address without the slash.
      response.writeHead(308, { ...SHARED_HEADERS, location: '../graphiql', 'content-length': 0 }).end()
      return true
    }
    const asset = path.startsWith(ASSETS) ? build.assets.get(path.slice(ASSETS.length)) : undefined
    if (asset === undefined) return false
    await sendAsset(request, response, asset)
    return true
  }
}
