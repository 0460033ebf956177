import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { createKeyFiles, generateKeys, publicKeysFile, rotateKey, usedFrom } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { KeyFault } from '../keys/key-fault.ts'
import { standings } from '../keys/key-states.ts'
import type { KeyStanding } from '../keys/key-states.ts'
import { isPublishedPurpose, isPurpose, PURPOSE_TEXTS, PURPOSES, usualKeep } from '../keys/purposes.ts'
import type { Purpose } from '../keys/purposes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { alignRows } from './columns.ts'
import { configOf } from './context.ts'
import { print, printJson } from './terminal.ts'

interface KeysOptions {
  readonly directory?: string
  readonly json?: boolean
}

interface RotateChoice extends KeysOptions {
  readonly keep?: number
  readonly after?: number
}

function parsePurpose(text: string): Purpose {
  if (isPurpose(text)) return text
  throw new InvalidArgumentError(`Expected one of ${PURPOSES.join(', ')}.`)
}

function parseKeep(text: string): number {
  if (/^\d{1,2}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a number from 0 to 99.')
}

function parseSeconds(text: string): number {
  if (/^\d{1,7}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('Expected a number of seconds.')
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
  const now = systemClock.now()
  const rows = await Promise.all(
    PURPOSES.map(async (purpose) => {
      const ring = await source.load(purpose)
      const keys = 'kind' in ring ? [] : standings(ring, now)
      const published = isPublishedPurpose(purpose) ? publicKeysFile(keysDirectory(config), purpose) : null
      return { purpose, use: PURPOSE_TEXTS[purpose], keys, problem: 'kind' in ring ? ring.message : null, published }
    }),
  )
  if (json) return printJson(rows)
  for (const { purpose, use, keys, problem } of rows) {
    print(`${purpose}: ${use}`)
    const cells = problem === null ? keys.map((key) => [key.id, ...wordsOf(key, now)]) : [[problem]]
    for (const line of alignRows(cells, WIDTHS)) print(`  ${line}`)
  }
}

/** Columns of a line of the list: a key ID or what is wrong, age, state. */
const WIDTHS = [100, 10, 60]

function wordsOf({ created, usedFrom: used, state, succeeded, development }: KeyStanding, now: number): string[] {
  const mark = development ? ' (development)' : ''
  const age = ageOf(created, now)
  switch (state) {
    case 'IN_USE':
      return [age, `in use${mark}`]
    case 'ANNOUNCED':
      return [age, `announced, used from ${used}${mark}`]
    case 'ACCEPTED':
      return [age, `accepted, succeeded ${succeeded === null ? '' : ageOf(succeeded, now)} ago${mark}`]
  }
}

const UNITS = [
  ['d', 86_400_000],
  ['h', 3_600_000],
  ['min', 60_000],
] as const

function ageOf(instant: string, now: number): string {
  const age = Math.max(0, now - Date.parse(instant))
  const [unit, length] = UNITS.find(([, one]) => age >= one) ?? ['s', 1_000]
  return `${Math.floor(age / length)} ${unit}`
}

async function rotate(purpose: Purpose, choice: RotateChoice, config: Config): Promise<void> {
  const now = systemClock.now()
  const keep = choice.keep ?? usualKeep(purpose)
  const from = choice.after === undefined ? usedFrom(purpose, now) : now + choice.after * 1_000
  const options = { development: config.mode === 'embedded', now, usedFrom: from, keep }
  const result = await rotateKey(keysDirectory(config), purpose, options)
  if (typeof result !== 'string') throw new KeyFault([result])
  const instant = new Date(from).toISOString()
  if (choice.json === true) return printJson({ purpose, key: result, usedFrom: instant, keep })
  const when = from > now ? `is accepted, and used from ${instant}` : 'is in use within a second'
  print(`${purpose}: ${result} ${when}; up to ${keep} older stay accepted. No restart is needed.`)
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
    .description('List the keys by purpose, with age and use, never their secrets.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang keys list')
    .action(async (options: KeysOptions, command: Command) => list(await configOf(command), options.json === true))
  keys
    .command('rotate')
    .description('Put a new key in front; older ones stay accepted, and a running gateway follows.')
    .argument('<purpose>', PURPOSES.join(', '), parsePurpose)
    .option('--keep <number>', 'how many older keys stay accepted; by default as docs/keys.md says', parseKeep)
    .option('--after <seconds>', 'when it is first used; 0 for a key that is known to others', parseSeconds)
    .option('--json', 'print as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (purpose: Purpose, options: RotateChoice, command: Command) =>
      rotate(purpose, options, await configOf(command)),
    )
}

const EXAMPLES = `
Examples:
  gongxiang keys rotate call-context --keep 1
  gongxiang keys rotate call-context --keep 0 --after 0`
