import { suggestion } from './closest.ts'
import type { Fault } from './fault.ts'
import { SETTINGS } from './settings.ts'
import type { Setting } from './settings.ts'

/** A value from the environment, for one path. */
export interface Override {
  readonly path: readonly string[]
  readonly variable: string
  readonly value: string | number | boolean
}

/** Read elsewhere: the name of the file, and what test suites use. */
const OTHERS = /^GONGXIANG_(CONFIG$|TEST_)/
const NAMES = SETTINGS.map(({ variable }) => variable)

function valueOf({ type }: Setting, text: string): string | number | boolean {
  if (type === 'integer' && /^-?\d+$/.test(text)) return Number(text)
  if (type === 'boolean' && (text === 'true' || text === '1')) return true
  if (type === 'boolean' && (text === 'false' || text === '0')) return false
  // Left as it is; the schema says what is wrong with it.
  return text
}

/** The path of a variable; a `*` in a name takes capitals, e.g. PUBLIC_SECURITY → public-security. */
function match(variable: string, setting: Setting): readonly string[] | null {
  const [before, after] = setting.variable.split('*')
  if (after === undefined) return variable === setting.variable ? setting.path : null
  if (before === undefined || !variable.startsWith(before) || !variable.endsWith(after)) return null
  const code = variable.slice(before.length, variable.length - after.length)
  if (!/^[A-Z][A-Z0-9_]*$/.test(code)) return null
  return setting.path.map((part) => (part === '*' ? code.toLowerCase().replaceAll('_', '-') : part))
}

/** Longer names first: `…_API_KEY_FILE` is not the `FILE` of a department `…-api-key`. */
const BY_LENGTH = [...SETTINGS].sort((a, b) => b.variable.length - a.variable.length)

function overrideOf(variable: string, text: string): Override | null {
  for (const setting of BY_LENGTH) {
    const path = match(variable, setting)
    if (path !== null) return { path, variable, value: valueOf(setting, text) }
  }
  return null
}

/** Overrides from `GONGXIANG_*`; an empty variable counts as absent, an unknown one is a fault. */
export function readEnvironment(env: Readonly<Record<string, string | undefined>>): {
  readonly overrides: readonly Override[]
  readonly faults: readonly Fault[]
} {
  const overrides: Override[] = []
  const faults: Fault[] = []
  for (const [variable, text] of Object.entries(env)) {
    if (!variable.startsWith('GONGXIANG_') || OTHERS.test(variable) || text === undefined || text === '') continue
    const override = overrideOf(variable, text)
    if (override !== null) overrides.push(override)
    else
      faults.push({
        origin: { kind: 'environment', variable },
        path: '',
        message: `is no known setting${suggestion(variable, NAMES)}`,
      })
  }
  return { overrides, faults }
}
