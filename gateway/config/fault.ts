/** Where a setting was written. */
export type Origin =
  | { readonly kind: 'file'; readonly file: string; readonly line: number; readonly column: number }
  | { readonly kind: 'environment'; readonly variable: string }
  | { readonly kind: 'default' }

/** One thing wrong; `message` never quotes a value, which may be a secret. */
export interface Fault {
  readonly origin: Origin
  /** The setting, e.g. `http.port`; empty for the file as a whole. */
  readonly path: string
  readonly message: string
}

function whereOf(origin: Origin): string {
  switch (origin.kind) {
    case 'file':
      return `${origin.file}:${origin.line}:${origin.column}`
    case 'environment':
      return origin.variable
    case 'default':
      return ''
  }
}

/** One line: place, setting, what is wrong. */
export function faultLine({ origin, path, message }: Fault): string {
  return [whereOf(origin), path, message].filter((part) => part !== '').join(': ')
}

function byPlace(a: Origin, b: Origin): number {
  if (a.kind !== 'file' || b.kind !== 'file') return Number(a.kind !== 'file') - Number(b.kind !== 'file')
  return a.file.localeCompare(b.file) || a.line - b.line || a.column - b.column
}

/** A configuration or register that cannot be used: every fault, those of the file first and in its order; one line each. */
export class ConfigFault extends Error {
  readonly code = 'CONFIG_INVALID'
  readonly faults: readonly Fault[]

  constructor(faults: readonly Fault[]) {
    const sorted = [...faults].sort((a, b) => byPlace(a.origin, b.origin))
    super(sorted.map(faultLine).join('\n'))
    this.name = 'ConfigFault'
    this.faults = sorted
  }
}
