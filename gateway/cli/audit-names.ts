import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Command } from 'commander'
import { parseParties } from '../adapters/party-register-file.ts'
import { CATALOG_FILE, readCatalog } from '../adapters/supergraph-files.ts'
import type { Language } from '../vocabulary/codes.ts'
import { configOf } from './context.ts'
import { inLanguage } from './terminal.ts'

/** Titles of what a record names by its code; empty where the catalogue or a register is not at hand. */
export interface Names {
  readonly coordinates: ReadonlyMap<string, string>
  readonly departments: ReadonlyMap<string, string>
}

const NONE: Names = { coordinates: new Map(), departments: new Map() }

/** The titles of today's catalogue and registers. A copy of the log is read without them as well. */
export async function namesOf(command: Command, language: Language): Promise<Names> {
  const config = await configOf(command).catch(() => null)
  if (config === null) return NONE
  const { schemaDirectory, registers } = config
  const parties = await readFile(registers.parties, 'utf8')
    .then((text) => parseParties(text, registers.parties))
    .catch(() => [])
  return {
    coordinates: coordinateTitles(join(schemaDirectory, CATALOG_FILE)),
    departments: new Map(parties.map(({ code, name }) => [code, inLanguage(name, language)])),
  }
}

function coordinateTitles(file: string): ReadonlyMap<string, string> {
  try {
    return new Map(readCatalog(file).fields.map(({ coordinate, title }) => [coordinate, title]))
  } catch {
    // Titles are a help for the reader: the record itself is whole without them.
    return NONE.coordinates
  }
}
