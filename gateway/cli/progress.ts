import type { Language } from '../vocabulary/codes.ts'
import type { Text } from '../vocabulary/codes.ts'
import { inLanguage } from './terminal.ts'

/** Says what a start is doing; each step in one line, on standard error. */
export interface Progress {
  step(text: Text): void
  /** Redraws the line on a terminal; elsewhere only the last one is written. */
  count(text: Text, done: number, total: number): void
}

export function createProgress(language: Language): Progress {
  const started = performance.now()
  const terminal = process.stderr.isTTY
  const stamp = (): string => `[${((performance.now() - started) / 1_000).toFixed(1)} s]`
  return {
    step: (text) => void process.stderr.write(`${stamp()} ${inLanguage(text, language)}\n`),
    count(text, done, total) {
      const line = `${stamp()} ${inLanguage(text, language)} ${done}/${total}`
      if (terminal) process.stderr.write(`\r${line}${done >= total ? '\n' : ''}`)
      else if (done >= total) process.stderr.write(`${line}\n`)
    },
  }
}
