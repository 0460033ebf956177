import { readFileSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { checkQuotes } from '../regime/check-quotes.ts'
import { parseRegulation } from '../regime/clause-text.ts'
import type { Regulation } from '../regime/clause-text.ts'
import { regimeSchema } from '../regime/regime.ts'
import type { Regime, RegimeName } from '../regime/regime.ts'
import { ConfigFault } from '../config/fault.ts'
import type { Fault } from '../config/fault.ts'
import { parseYaml, parseYamlText } from '../config/yaml.ts'
import { followFile } from './followed-file.ts'
import type { FollowedFile } from './followed-file.ts'

/** Milliseconds between looks. */
const INTERVAL = 1_000

/** Where the text of a regime stands, beside the folder of its profile: `regulations/<regime>.txt`. */
export function regulationFile(profile: string, regime: string): string {
  return join(dirname(profile), '..', 'regulations', `${regime}.txt`)
}

/**
 * Reads a regime profile, `<regime>.yaml`, and holds every quote against the regulation. A profile whose regulation is
 * not there is refused: nothing would bear out its values.
 *
 * @throws ConfigFault with every fault; the system's error where the file is missing
 */
export function readRegime(file: string): Regime {
  return parseRegime(file, readFileSync(file, 'utf8'))
}

/**
 * As `readRegime`, and follows the file; a profile with faults leaves the last good one in force.
 *
 * @throws as `readRegime`, at opening only
 */
export function openRegimeFile(file: string, onChange: () => void): FollowedFile<Regime> {
  return followFile({
    path: file,
    subject: 'regime',
    interval: INTERVAL,
    parse: (text) => parseRegime(file, text),
    onChange,
  })
}

function parseRegime(file: string, text: string): Regime {
  const regime = parseYaml(text, file, regimeSchema)
  if (basename(file) !== `${regime.regime}.yaml`)
    throw new ConfigFault([
      {
        origin: { kind: 'file', file, line: 1, column: 1 },
        path: 'regime',
        message: `is "${regime.regime}": the file of one regime speaks for another`,
      },
    ])
  const faults = quoteFaults(text, file, regime)
  if (faults.length > 0) throw new ConfigFault(faults)
  return regime
}

/** The regulation of a regime. @throws the system's error where the file is missing */
export function readRegulation(regimeFolder: string, regime: RegimeName): Regulation {
  return parseRegulation(readFileSync(regulationFile(join(regimeFolder, `${regime}.yaml`), regime), 'utf8'))
}

function quoteFaults(text: string, file: string, regime: Regime): readonly Fault[] {
  const yaml = parseYamlText(text, file)
  const regulation = readBeside(file, regime.regime)
  if (regulation === null) {
    const message = `cannot be checked: ${regulationFile(file, regime.regime)} is missing`
    return [{ origin: yaml.locate(['regime']), path: 'regime', message }]
  }
  return checkQuotes(regime, regulation).map(({ path, message }) => ({
    origin: yaml.locate(path),
    path: path.join('.'),
    message,
  }))
}

/** The regulation beside a profile, or null where there is none. */
function readBeside(profile: string, regime: RegimeName): Regulation | null {
  try {
    return readRegulation(dirname(profile), regime)
  } catch (error) {
    if (error instanceof Error && 'code' in error && error.code === 'ENOENT') return null
    throw error
  }
}
