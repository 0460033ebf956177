import { randomBytes } from 'node:crypto'
import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import type { Sink } from './sink.ts'

/** The same system with secrets of its callers beside its data: 256 bits each, anew for each city, its owner's alone. */
export function withSecrets(sink: Sink, directory: string, folder: string, ...names: readonly string[]): Sink {
  return withFiles(sink, directory, folder, names, () => randomBytes(32).toString('base64url'))
}

/** The name by which the SOAP services know their one caller. */
const SOAP_USER = 'gongxiang'

/** The same for a SOAP service: the name of its one caller, and the password. */
export function withUsernameToken(sink: Sink, directory: string, folder: string): Sink {
  const named = withFiles(sink, directory, folder, ['soap-user'], () => SOAP_USER)
  return withSecrets(named, directory, folder, 'soap-password')
}

function withFiles(sink: Sink, directory: string, folder: string, names: readonly string[], make: () => string): Sink {
  return {
    ...sink,
    files: [...sink.files, ...names.map((name) => `${folder}/${name}`)],
    async finish() {
      await sink.finish()
      await mkdir(join(directory, folder), { recursive: true })
      for (const name of names) await writeFile(join(directory, folder, name), `${make()}\n`, { mode: 0o600 })
    },
  }
}

/** Several parts of one department's systems, filled together. */
export function together(...sinks: readonly Sink[]): Sink {
  return {
    files: sinks.flatMap(({ files }) => files),
    async addOrganisations(organisations) {
      for (const sink of sinks) await sink.addOrganisations?.(organisations)
    },
    async add(citizens) {
      for (const sink of sinks) await sink.add(citizens)
    },
    async finish() {
      for (const sink of sinks) await sink.finish()
    },
  }
}
