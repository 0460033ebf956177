import { readFileSync } from 'node:fs'
import { basename } from 'node:path'
import { regimeSchema } from '../regime/regime.ts'
import type { Regime } from '../regime/regime.ts'
import { ConfigFault } from '../config/fault.ts'
import { parseYaml } from '../config/yaml.ts'

/**
 * Reads a regime profile, `<regime>.yaml`.
 *
 * @throws ConfigFault with every fault; the system's error where the file is missing
 */
export function readRegime(file: string): Regime {
  const regime = parseYaml(readFileSync(file, 'utf8'), file, regimeSchema)
  if (basename(file) !== `${regime.regime}.yaml`)
    throw new ConfigFault([
      {
        origin: { kind: 'file', file, line: 1, column: 1 },
        path: 'regime',
        message: `is "${regime.regime}": the file of one regime speaks for another`,
      },
    ])
  return regime
}
