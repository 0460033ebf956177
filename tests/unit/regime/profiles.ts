import { cpSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { readRegime, readRegulation } from '../../../gateway/adapters/regime-file.ts'
import { ConfigFault } from '../../../gateway/config/fault.ts'
import type { Regulation } from '../../../gateway/regime/clause-text.ts'
import type { Regime, RegimeName } from '../../../gateway/regime/regime.ts'

export const SCHEMA = fileURLToPath(new URL('../../../schema', import.meta.url))

export function shipped(name: RegimeName): Regime {
  return readRegime(path.join(SCHEMA, 'regimes', `${name}.yaml`))
}

export function regulationOf(name: RegimeName): Regulation {
  return readRegulation(path.join(SCHEMA, 'regimes'), name)
}

export function profileText(name: RegimeName): string {
  return readFileSync(path.join(SCHEMA, 'regimes', `${name}.yaml`), 'utf8')
}

/** A copy of the profiles and regulations, for changes. */
export function copyOfSchema(): string {
  const folder = mkdtempSync(path.join(tmpdir(), 'gx-regime-'))
  for (const part of ['regimes', 'regulations'])
    cpSync(path.join(SCHEMA, part), path.join(folder, part), { recursive: true })
  return folder
}

/** Reads a changed profile out of a copy; returns its faults, without the folder. */
export function faultsOf(folder: string, text: string, name = 'zhongshan.yaml'): string[] {
  const file = path.join(folder, 'regimes', name)
  writeFileSync(file, text)
  try {
    readRegime(file)
    return []
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return error.message.split('\n').map((line) => line.replace(`${path.dirname(file)}/`, ''))
  }
}

/** `line:column` of the first place of some words in a profile. */
export function placeOf(text: string, words: string): string {
  const at = text.indexOf(words)
  if (at < 0) throw new Error(`${words} does not stand in the profile`)
  const before = text.slice(0, at).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}
