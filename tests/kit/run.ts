import { spawn } from 'node:child_process'

/** A finished process. */
export interface Finished {
  readonly code: number | null
  /** Both streams, in order of arrival. */
  readonly output: string
}

/**
 * Runs a command to its end, with no stdin and no shell.
 *
 * @param environment added to our own; `undefined` takes a variable away
 */
export function run(
  command: readonly [string, ...string[]],
  cwd: string,
  environment: Readonly<Record<string, string | undefined>> = {},
): Promise<Finished> {
  const [file, ...parameters] = command
  const child = spawn(file, parameters, {
    cwd,
    env: { ...process.env, ...environment },
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: Buffer.concat(output).toString('utf8') }))
  })
}
