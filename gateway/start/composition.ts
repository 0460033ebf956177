import { existsSync, mkdirSync, readFileSync, renameSync, writeFileSync } from 'node:fs'
import { join, relative } from 'node:path'
import { fileURLToPath } from 'node:url'
import { parse } from 'csv-parse/sync'
import { departments } from '../../subgraphs/departments.ts'
import { readAttributes } from '../adapters/attribute-file.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { CATALOG_FILE, SUPERGRAPH_FILE } from '../adapters/supergraph-files.ts'
import { AUTHORITY_SCHEMA } from '../authority/schema-file.ts'
import { BUILTIN, BUILTIN_SCHEMA } from '../builtin/subgraph.ts'
import { attributeSdl } from '../catalog/attribute-sdl.ts'
import type { AttributeRegistration } from '../catalog/attributes.ts'
import { judge, readCity } from '../catalog/compose.ts'
import type { Composition } from '../catalog/compose.ts'
import type { DepartmentSdl } from '../catalog/reader.ts'
import { NO_RULES } from '../catalog/rules.ts'
import type { CatalogRules, ListedItem } from '../catalog/rules.ts'
import { AUTHORITY } from '../grants/supervision.ts'
import { REGIMES } from '../regime/regime.ts'
import { catalogRules } from './catalog-rules.ts'

/** Folder of the installation. */
export const ROOT = fileURLToPath(new URL('../..', import.meta.url))

/** The definitions of the sharing directives. */
export function readDefinitions(): string {
  return readFileSync(join(ROOT, 'schema/sharing.graphql'), 'utf8')
}

/** The register of attributes that several departments hold (一数一源, ZS-3.06). @throws ConfigFault with every fault */
export function readRegistrations(): readonly AttributeRegistration[] {
  return readAttributes(join(ROOT, AUTHORITIES_FILE), AUTHORITIES_FILE)
}

const AUTHORITIES_FILE = 'schema/authorities.yaml'

/** The lists of items (HZ-18 … HZ-34), by ID; shipped with the gateway, for an item ID means one thing everywhere. */
export function readItems(): ReadonlyMap<string, ListedItem> {
  const text = readFileSync(join(ROOT, 'schema/code-lists/items.csv'), 'utf8')
  const rows = parse<Record<'item' | 'title' | 'fields', string>>(text, { columns: true })
  return new Map(rows.map(({ item, title, fields }) => [item, { title, fields: fields.split('+').length }]))
}

/**
 * What a regime asks of the catalogue.
 *
 * @param schemaDirectory folder that holds `regimes/`
 * @throws ConfigFault with every fault of the profile; the system's error where there is none of that name
 */
export function readRules(regime: string, schemaDirectory = join(ROOT, 'schema')): CatalogRules {
  return catalogRules(readRegime(join(schemaDirectory, 'regimes', `${regime}.yaml`)), readItems())
}

/** As `readRules`, for every regime there is. */
export function readAllRules(schemaDirectory?: string): readonly CatalogRules[] {
  return REGIMES.map((regime) => readRules(regime, schemaDirectory))
}

/** The departments of the installation, composed and judged under one regime. */
export interface JudgedCity {
  readonly regime: string
  readonly composition: Composition
}

/** Composes the built-in subgraph and every department once, and judges them under each of the regimes. */
export function composeCityUnder(regimes: readonly CatalogRules[]): readonly JudgedCity[] {
  const city = readCity(readSources(), readDefinitions(), readRegistrations())
  return regimes.map((rules) => ({ regime: rules.regime, composition: judge(city, rules) }))
}

/** As `composeCityUnder`, for one; without rules only what holds under every regime is judged. */
export function composeCity(rules: CatalogRules = NO_RULES): Composition {
  return judge(readCity(readSources(), readDefinitions(), readRegistrations()), rules)
}

/** The SDL of the built-in subgraph and of every department, as it stands in their folders. */
export function readSources(): readonly DepartmentSdl[] {
  const schemas = [
    { department: BUILTIN, url: BUILTIN_SCHEMA, builtin: true },
    { department: AUTHORITY, url: AUTHORITY_SCHEMA, builtin: true },
    ...departments.map((one) => ({ department: one.name, url: one.schema, builtin: false })),
  ]
  return schemas.map(({ department, url, builtin }) => {
    const path = fileURLToPath(url)
    // What follows from the register of attributes stands behind the gateway's own text, whose lines stay where they are.
    const sdl = readFileSync(path, 'utf8') + (department === BUILTIN ? `\n${attributeSdl(readRegistrations())}\n` : '')
    return { department, file: relative(ROOT, path), sdl, builtin }
  })
}

/**
 * Writes a composition, the catalogue last and each file at once: who follows the catalogue finds both. What is there
 * already is left alone: others that serve it would take it for a new one.
 */
export function writeComposition(directory: string, composed: Composition & { kind: 'composed' }): void {
  mkdirSync(directory, { recursive: true })
  replace(join(directory, SUPERGRAPH_FILE), composed.supergraphSdl)
  replace(join(directory, CATALOG_FILE), `${JSON.stringify(composed.catalog, null, 2)}\n`)
}

function replace(path: string, text: string): void {
  if (existsSync(path) && readFileSync(path, 'utf8') === text) return
  writeFileSync(`${path}.new`, text)
  renameSync(`${path}.new`, path)
}
