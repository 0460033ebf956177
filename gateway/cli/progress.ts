import { inspect } from 'node:util'
import type { StartProgress } from '../main.ts'
import type { Language, Text } from '../vocabulary/codes.ts'
import { inLanguage } from './terminal.ts'

const CLEAR_LINE = '\r\u001b[K'

/** What a progress is written to: standard error, or what a test gives. */
export interface ProgressStream {
  readonly isTTY?: boolean
  write(text: string): unknown
}

/** Says what a start is doing, each step in one line; on a terminal a count is redrawn in its place. */
export function createProgress(
  language: Language,
  stream: ProgressStream = process.stderr,
  now: () => number = () => performance.now(),
): StartProgress {
  const started = now()
  const terminal = stream.isTTY === true
  const line = (text: string): string => {
    const seconds = `${((now() - started) / 1_000).toFixed(1).padStart(5)} s`
    return `${terminal ? dim(seconds) : seconds}  ${text}`
  }
  let last: string | null = null
  return {
    spoken: terminal,
    step: (text) => void stream.write(`${line(inLanguage(text, language))}\n`),
    count(text, done, total) {
      const shown = line(`${inLanguage(text, language)} ${done}/${total}`)
      if (terminal) stream.write(`${CLEAR_LINE}${shown}${done >= total ? '\n' : ''}`)
      else if (done >= total && last !== text.en) stream.write(`${shown}\n`)
      last = done >= total ? text.en : null
    },
  }
}

/** For a start whose steps the log alone tells. */
export const SILENT_PROGRESS: StartProgress = { step() {}, count() {} }

function dim(text: string): string {
  const [open, close] = inspect.colors['dim'] ?? [0, 0]
  return `\u001b[${open}m${text}\u001b[${close}m`
}
