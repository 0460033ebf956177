import { readFileSync } from 'node:fs'
import { regimeSchema } from '../regime/regime.ts'
import type { Regime } from '../regime/regime.ts'
import { read } from './register-files.ts'

/** Reads a regime profile. @throws RegisterFault with every fault; the system's error where the file is missing */
export function readRegime(file: string): Regime {
  return read(file, readFileSync(file, 'utf8'), regimeSchema)
}
