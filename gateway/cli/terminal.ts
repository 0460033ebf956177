import type { Language, Text } from '../vocabulary/codes.ts'

/** Writes one line, or several, to standard output. */
export function print(text: string): void {
  process.stdout.write(`${text}\n`)
}

/** Writes a value for machines: indented JSON. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2))
}

/** Writes a line to standard error, where it does not disturb what another program reads. */
export function printNote(text: string): void {
  process.stderr.write(`gongxiang: ${text}\n`)
}

/** A refusal of a command, in one clear sentence for the operator. */
export class CommandFault extends Error {
  readonly code = 'COMMAND_REFUSED'

  constructor(message: string) {
    super(message)
    this.name = 'CommandFault'
  }
}

/** Errors that speak to the operator in full; of others only the first line is shown. */
const SPOKEN = new Set(['CONFIG_INVALID', 'KEYS_UNUSABLE', 'COMMAND_REFUSED', 'START_REFUSED'])

function codeOf(error: Error): string | null {
  return 'code' in error && typeof error.code === 'string' ? error.code : null
}

/** Prints what went wrong, without a stack, a line for each fault. */
export function printFailure(error: unknown): void {
  if (!(error instanceof Error)) return printNote('failed for an unknown reason')
  const code = codeOf(error)
  if (code !== null && SPOKEN.has(code)) return error.message.split('\n').forEach(printNote)
  const line = error.message.split('\n')[0] ?? ''
  printNote(code === null || line.includes(code) ? line : `${line} (${code})`)
}

/** The operator's language, from the locale of the terminal. */
export function terminalLanguage(env: Readonly<Record<string, string | undefined>>): Language {
  const locale = env['LC_ALL'] || env['LC_MESSAGES'] || env['LANG'] || ''
  return locale.toLowerCase().startsWith('zh') ? 'zh-CN' : 'en'
}

export function inLanguage(text: Text, language: Language): string {
  return language === 'en' ? text.en : text.zh
}
