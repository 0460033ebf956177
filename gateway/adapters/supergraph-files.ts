import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { belongsTogether } from '../catalog/compose.ts'
import { ConfigFault } from '../config/fault.ts'
import type { Origin } from '../config/fault.ts'
import { parseYamlText } from '../config/yaml.ts'
import { followFile } from './followed-file.ts'

/** A supergraph and the catalogue that was composed with it. */
export interface ComposedSchema {
  readonly supergraphSdl: string
  readonly catalog: Catalog
}

/** Milliseconds between looks at the composed files. */
const INTERVAL = 1_000

/** Files that `gongxiang compose` writes. */
export const SUPERGRAPH_FILE = 'supergraph.graphql'
export const CATALOG_FILE = 'catalog.json'

/**
 * Reads the composed files of a folder. One without the other, or of another composition, is refused.
 *
 * @throws ConfigFault with file, line and column, and what to do; the system's error where a file is missing
 */
export function readComposed(directory: string): ComposedSchema {
  const file = join(directory, CATALOG_FILE)
  const supergraphSdl = readFileSync(join(directory, SUPERGRAPH_FILE), 'utf8')
  const text = readFileSync(file, 'utf8')
  const catalog = parseCatalog(file, text)
  // The version is a hash over every entry and the supergraph: nobody can alter a class here and be served by it.
  if (!belongsTogether(catalog, supergraphSdl)) {
    const message = `supergraph.graphql and catalog.json are not of one composition; run gongxiang compose`
    throw faultAt(file, text, Math.max(0, text.indexOf('"version"')), message)
  }
  return { supergraphSdl, catalog }
}

/**
 * Reads a catalogue alone, to be compared with: nothing is decided by it.
 *
 * @throws ConfigFault with file, line and column; the system's error where it is missing
 */
export function readCatalog(file: string): Catalog {
  return parseCatalog(file, readFileSync(file, 'utf8'))
}

function parseCatalog(file: string, text: string): Catalog {
  let value: unknown
  try {
    value = JSON.parse(text)
  } catch (error) {
    const origin = syntaxError(file, text, error)
    throw new ConfigFault([{ origin, path: '', message: 'is no JSON; run gongxiang compose' }])
  }
  if (!isCatalog(value)) throw faultAt(file, text, 0, 'is no catalogue; run gongxiang compose')
  return value
}

/** Where a text stops being JSON: the engine does not always say, and YAML, of which JSON is a part, does. */
function syntaxError(file: string, text: string, error: unknown): Origin {
  const position = error instanceof Error ? /at position (\d+)/.exec(error.message)?.[1] : undefined
  if (position !== undefined) return originAt(file, text, Number(position))
  try {
    parseYamlText(text, file)
  } catch (fault) {
    const [first] = fault instanceof ConfigFault ? fault.faults : []
    if (first) return first.origin
  }
  return originAt(file, text, 0)
}

/** The parts of a catalogue; what stands in the entries is held by the version. */
function isCatalog(value: unknown): value is Catalog {
  if (typeof value !== 'object' || value === null) return false
  const parts: Partial<Record<keyof Catalog, unknown>> = value
  return (
    typeof parts.version === 'string' &&
    typeof parts.supergraph === 'string' &&
    Array.isArray(parts.resources) &&
    Array.isArray(parts.fields) &&
    typeof parts.filters === 'object' &&
    parts.filters !== null
  )
}

function faultAt(file: string, text: string, offset: number, message: string): ConfigFault {
  return new ConfigFault([{ origin: originAt(file, text, offset), path: '', message }])
}

function originAt(file: string, text: string, offset: number): Origin {
  const before = text.slice(0, offset).split('\n')
  return { kind: 'file', file, line: before.length, column: (before.at(-1)?.length ?? 0) + 1 }
}

/** Follows the composed files; calls back with each new pair, and not at all for a pair that does not fit. */
export function followComposed(directory: string, onChange: (composed: ComposedSchema) => void): () => void {
  // The catalogue is written last: when it has changed, both are there.
  const followed = followFile({
    path: join(directory, CATALOG_FILE),
    subject: 'catalog',
    interval: INTERVAL,
    parse: () => readComposed(directory),
    onChange: () => onChange(followed.current()),
  })
  return () => followed.close()
}
