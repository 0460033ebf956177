import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { loadConfig } from '../config/load.ts'
import type { LoadOptions } from '../config/load.ts'

/** The configuration that a command runs under: `--config FILE`, the environment, the working folder. */
export async function configOf(command: Command, role: LoadOptions['role'] = 'gateway'): Promise<Config> {
  const file: unknown = command.optsWithGlobals()['config']
  return loadConfig({
    file: typeof file === 'string' ? file : undefined,
    env: process.env,
    cwd: process.cwd(),
    role,
  })
}
