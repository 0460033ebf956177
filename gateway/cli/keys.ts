import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { createKeyFiles, generateKeys, publicKeysFile, rotateKey } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { KeyFault } from '../keys/key-fault.ts'
import { isPurpose, isSigningPurpose, PURPOSE_TEXTS, PURPOSES } from '../keys/purposes.ts'
import type { Purpose } from '../keys/purposes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { print, printJson } from './terminal.ts'

interface KeysOptions {
  readonly directory?: string
  readonly json?: boolean
}

function parsePurpose(text: string): Purpose {
  if (isPurpose(text)) return text
  throw new InvalidArgumentError(`Expected one of ${PURPOSES.join(', ')}.`)
}

function parseKeep(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a number from 0 to 99.')
}

async function generate({ directory, json }: KeysOptions, command: Command): Promise<void> {
  // A folder may be given, because production's configuration cannot be complete before its keys are.
  const config = directory === undefined ? await configOf(command) : null
  const place = directory ?? (config === null ? '' : keysDirectory(config))
  const made = await generateKeys(place, { development: config?.mode === 'embedded', now: systemClock.now() })
  if (json === true) printJson({ directory: place, made })
  else print(made.length === 0 ? `All keys are there: ${place}` : `Made in ${place}: ${made.join(', ')}`)
}

async function list(config: Config, json: boolean): Promise<void> {
  const source = createKeyFiles(keysDirectory(config))
  const rows = await Promise.all(
    PURPOSES.map(async (purpose) => {
      const ring = await source.load(purpose)
      const keys = 'kind' in ring ? [] : ring.map(({ id, created, development }) => ({ id, created, development }))
      const published = isSigningPurpose(purpose) ? publicKeysFile(keysDirectory(config), purpose) : null
      return { purpose, use: PURPOSE_TEXTS[purpose], keys, problem: 'kind' in ring ? ring.message : null, published }
    }),
  )
  if (json) return printJson(rows)
  for (const { purpose, use, keys, problem } of rows) {
    const ids = keys.map(({ id, development }) => (development ? `${id} (development)` : id))
    print(`${purpose.padEnd(18)} ${(problem ?? ids.join(', ')).padEnd(32)} ${use}`)
  }
}

async function rotate(purpose: Purpose, keep: number, config: Config, json: boolean): Promise<void> {
  const options = { development: config.mode === 'embedded', now: systemClock.now(), keep }
  const result = await rotateKey(keysDirectory(config), purpose, options)
  if (typeof result !== 'string') throw new KeyFault([result])
  if (json) printJson({ purpose, current: result, keep })
  else print(`${purpose}: ${result} is current, up to ${keep} older stay accepted. Restart the gateway to use it.`)
}

/** `gongxiang keys generate`, `list` and `rotate`. */
export function register(program: Command): void {
  const keys = program.command('keys').description('Make, list and rotate keys.')
  keys
    .command('generate')
    .description('Make the keys that are missing; existing ones stay.')
    .option('--directory <folder>', 'make keys for production in this folder, without any configuration')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang keys generate --directory /var/lib/gongxiang/keys')
    .action(async (options: KeysOptions, command: Command) => generate(options, command))
  keys
    .command('list')
    .description('List the keys by purpose, never their secrets.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang keys list')
    .action(async (options: KeysOptions, command: Command) => list(await configOf(command), options.json === true))
  keys
    .command('rotate')
    .description('Put a new key in front; older ones stay accepted.')
    .argument('<purpose>', PURPOSES.join(', '), parsePurpose)
    .option('--keep <number>', 'how many older keys stay accepted', parseKeep, 2)
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang keys rotate call-context --keep 1')
    .action(async (purpose: Purpose, options: KeysOptions & { readonly keep: number }, command: Command) =>
      rotate(purpose, options.keep, await configOf(command), options.json === true),
    )
}
