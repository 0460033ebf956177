import { styleText } from 'node:util'
import type { StartProgress } from '../main.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import { inLanguage } from './terminal.ts'

const CLEAR_LINE = '\r\u001b[K'

/** What a progress is written to: standard error, or what a test gives. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Says what a start is doing, each step in one line; a count is redrawn on a terminal, and told at its end elsewhere. */
export function createProgress(
  language: Language,
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): StartProgress {
  const started = now()
  const terminal = stream.isTTY === true
  const line = (text: Text, suffix = ''): string => {
    const seconds = `${((now() - started) / 1_000).toFixed(1).padStart(5)} s`
    return `${terminal ? styleText('dim', seconds, { validateStream: false }) : seconds}  ${inLanguage(text, language)}${suffix}`
  }
  return {
    spoken: terminal,
    step: (text) => void stream.write(`${line(text)}\n`),
    count(text, done, total) {
      const shown = line(text, ` ${done}/${total}`)
      if (terminal) stream.write(`${CLEAR_LINE}${shown}${done >= total ? '\n' : ''}`)
      else if (done >= total) stream.write(`${shown}\n`)
    },
  }
}

/** For a start whose steps the log alone tells. */
export const SILENT_PROGRESS: StartProgress = { step() {}, count() {} }
