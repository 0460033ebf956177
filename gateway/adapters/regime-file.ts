import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { regimeSchema } from '../regime/regime.ts'
import type { Regime } from '../regime/regime.ts'
import { RegisterFault, read } from './register-files.ts'

/**
 * Reads a regime profile, `<regime>.yaml`.
 *
 * @throws RegisterFault with every fault; the system's error where the file is missing
 */
export function readRegime(file: string): Regime {
  const regime = read(file, readFileSync(file, 'utf8'), regimeSchema)
  if (basename(file) !== `${regime.regime}.yaml`)
    throw new RegisterFault(file, [`:1:1 regime: is "${regime.regime}": the file of one regime speaks for another`])
  return regime
}
