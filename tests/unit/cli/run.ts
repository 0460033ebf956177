import { spawn } from 'node:child_process'
import { mkdtemp } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

const PROGRAM = resolve(import.meta.dirname, '../../../gateway/cli/gongxiang.ts')

export interface Outcome {
  readonly code: number | null
  readonly out: string
  readonly err: string
}

/** A folder of its own for one test. */
export async function emptyFolder(): Promise<string> {
  return mkdtemp(join(tmpdir(), 'gongxiang-cli-'))
}

/** Runs the real program as a user would, in a folder, with nothing of our environment but what is given. */
export function gongxiang(
  cwd: string,
  args: readonly string[],
  env: Readonly<Record<string, string>> = {},
): Promise<Outcome> {
  return new Promise((resolveOutcome, reject) => {
    const child = spawn(process.execPath, [PROGRAM, ...args], { cwd, env: { LANG: 'en_US.UTF-8', ...env } })
    let [out, err] = ['', '']
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.stderr.setEncoding('utf8').on('data', (text: string) => (err += text))
    child.once('error', reject)
    child.once('close', (code) => resolveOutcome({ code, out, err }))
  })
}
