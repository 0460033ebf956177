import { createInterface } from 'node:readline'
import { text as readAll } from 'node:stream/consumers'
import { Writable } from 'node:stream'
import { CommandFault } from './terminal.ts'

/** Where a secret is typed, and where it is asked for: standard input and error, or what a test gives. */
export interface Typed {
  readonly input: NodeJS.ReadableStream & { readonly isTTY?: boolean }
  readonly output: { write(text: string): unknown }
}

const TERMINAL: Typed = { input: process.stdin, output: process.stderr }

/**
 * Asks for a text that nobody may see: at the terminal without echo, else the first line of standard input. Never an
 * argument, which would stay in the shell's history and in the list of processes.
 *
 * @throws CommandFault where the asked person ends it, or nothing was given
 */
export async function hiddenInput(question: string, { input, output }: Typed = TERMINAL): Promise<string> {
  const text = input.isTTY === true ? await typed(question, { input, output }) : firstLine(await readAll(input))
  if (text.trim() === '') throw new CommandFault('nothing was given')
  return text
}

function firstLine(text: string): string {
  return text.split('\n', 1)[0]?.replace(/\r$/, '') ?? ''
}

function typed(question: string, { input, output }: Typed): Promise<string> {
  const silent = new Writable({ write: (_chunk, _encoding, done) => done() })
  const line = createInterface({ input, output: silent, terminal: true, historySize: 0 })
  output.write(question)
  return new Promise((resolve, reject) => {
    line.once('SIGINT', () => {
      reject(new CommandFault('ended'))
      line.close()
    })
    line.once('line', (text) => {
      resolve(text)
      line.close()
    })
    line.once('close', () => {
      output.write('\n')
      reject(new CommandFault('nothing was given'))
    })
  })
}
