import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import type { Catalog } from '../catalog/catalog.ts'
import { belongsTogether } from '../catalog/compose.ts'
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
 * @throws Error with one line that says what to do
 */
export function readComposed(directory: string): ComposedSchema {
  const supergraphSdl = readFileSync(join(directory, SUPERGRAPH_FILE), 'utf8')
  const catalog = JSON.parse(readFileSync(join(directory, CATALOG_FILE), 'utf8')) as Catalog
  if (!belongsTogether(catalog, supergraphSdl)) {
    throw new Error(
      `${directory}: supergraph.graphql and catalog.json are not of one composition; run gongxiang compose`,
    )
  }
  return { supergraphSdl, catalog }
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
