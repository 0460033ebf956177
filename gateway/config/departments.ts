import type { Config, Department, DepartmentBounds } from './config.ts'
import { department } from './schema.ts'
import type { DepartmentSettings } from './schema.ts'

const SOURCE_SETTINGS = [
  'databaseUrl',
  'databaseSchema',
  'apiUrl',
  'apiKey',
  'soapUrl',
  'soapUser',
  'soapPassword',
  'directory',
  'workDirectory',
] as const

/** A setting that says nothing without the other. */
const NEEDS = [
  ['databaseSchema', 'databaseUrl'],
  ['apiKey', 'apiUrl'],
  ['soapUser', 'soapUrl'],
  ['soapPassword', 'soapUser'],
] as const

/** A fault of one department's settings; `setting` is the key to mend. */
export interface DepartmentFault {
  readonly setting: string
  readonly message: string
}

function kindOf(settings: DepartmentSettings): 'embedded' | 'http' {
  return settings.kind ?? (settings.url === undefined ? 'embedded' : 'http')
}

/** Settings that do not fit together. */
export function departmentFaults(settings: DepartmentSettings): readonly DepartmentFault[] {
  if (kindOf(settings) === 'embedded') {
    const faults: DepartmentFault[] = []
    if (settings.url !== undefined) faults.push({ setting: 'url', message: 'is for kind http only' })
    for (const [setting, other] of NEEDS)
      if (settings[setting] !== undefined && settings[other] === undefined)
        faults.push({ setting, message: `needs ${other} beside it` })
    return faults
  }
  const foreign = SOURCE_SETTINGS.filter((name) => settings[name] !== undefined)
  return [
    ...(settings.url === undefined ? [{ setting: 'url', message: 'is missing; kind http needs it' }] : []),
    ...foreign.map((setting) => ({ setting, message: 'is for kind embedded only' })),
  ]
}

/** The closed form of settings without faults. */
function departmentOf(settings: DepartmentSettings): Department {
  const { concurrency, timeoutMs } = settings
  if (kindOf(settings) === 'http') return { kind: 'http', url: settings.url ?? '', concurrency, timeoutMs }
  return {
    kind: 'embedded',
    concurrency,
    timeoutMs,
    databaseUrl: settings.databaseUrl ?? null,
    databaseSchema: settings.databaseSchema ?? null,
    apiUrl: settings.apiUrl ?? null,
    apiKey: settings.apiKey ?? null,
    soapUrl: settings.soapUrl ?? null,
    soapUser: settings.soapUser ?? null,
    soapPassword: settings.soapPassword ?? null,
    directory: settings.directory ?? null,
    workDirectory: settings.workDirectory ?? null,
  }
}

/** What is configured, and nothing else: which departments there are is known where they are connected. */
export function departmentsOf(
  settings: Readonly<Record<string, DepartmentSettings>>,
): Readonly<Record<string, Department>> {
  return Object.fromEntries(Object.entries(settings).map(([code, one]) => [code, departmentOf(one)]))
}

/** Bounds of a department that is not configured: the embedded mode runs it by itself. */
export const USUAL_BOUNDS: DepartmentBounds = department.pick({ concurrency: true, timeoutMs: true }).parse({})

/** How much a department is asked at once, and how long it may take. */
export function boundsOf({ departments }: Pick<Config, 'departments'>, code: string): DepartmentBounds {
  return (Object.hasOwn(departments, code) ? departments[code] : undefined) ?? USUAL_BOUNDS
}
