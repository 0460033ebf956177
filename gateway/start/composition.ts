import { mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { departments } from '../../subgraphs/departments.ts'
import { CATALOG_FILE, SUPERGRAPH_FILE } from '../adapters/supergraph-files.ts'
import { BUILTIN, BUILTIN_SCHEMA } from '../builtin/subgraph.ts'
import { compose } from '../catalog/compose.ts'
import type { Composition } from '../catalog/compose.ts'
import type { DepartmentSdl } from '../catalog/reader.ts'

/** Folder of the installation. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The definitions of the sharing directives. */
export function readDefinitions(): string {
  return readFileSync(join(ROOT, 'schema/sharing.graphql'), 'utf8')
}

/** Composes the built-in subgraph and every department of the installation. */
export function composeCity(): Composition {
  const schemas = [
    { department: BUILTIN, url: BUILTIN_SCHEMA },
    ...departments.map((one) => ({ department: one.name, url: one.schema })),
  ]
  const sources = schemas.map(({ department, url }): DepartmentSdl => {
    const path = fileURLToPath(url)
    return { department, file: relative(ROOT, path), sdl: readFileSync(path, 'utf8') }
  })
  return compose(sources, readDefinitions())
}

/** Writes a composition, the catalogue last and each file at once: who follows the catalogue finds both. */
export function writeComposition(directory: string, composed: Composition & { kind: 'composed' }): void {
  mkdirSync(directory, { recursive: true })
  replace(join(directory, SUPERGRAPH_FILE), composed.supergraphSdl)
  replace(join(directory, CATALOG_FILE), `${JSON.stringify(composed.catalog, null, 2)}\n`)
}

function replace(path: string, text: string): void {
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
