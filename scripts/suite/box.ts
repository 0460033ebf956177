import { stripVTControlCharacters } from 'node:util'

/** A yellow box around lines, for what must not be overlooked. */
export function yellowBox(lines: readonly string[]): string {
  const width = Math.max(...lines.map((line) => columns(line)))
  const rule = '═'.repeat(width + 2)
  const body = lines.map((line) => `║ ${line}${' '.repeat(width - columns(line))} ║`)
  const text = [`╔${rule}╗`, ...body, `╚${rule}╝`].join('\n')
  return process.stdout.isTTY ? `\u001b[33m${text}\u001b[39m` : text
}

/** Columns on a terminal: Chinese characters take two. */
function columns(line: string): number {
  return Array.from(stripVTControlCharacters(line)).reduce(
    (sum, character) => sum + (/[\u2e80-\uffef]/.test(character) ? 2 : 1),
    0,
  )
}
