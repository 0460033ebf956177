import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { openKeyFiles } from '../adapters/key-files.ts'
import { mintToken, PROFILES } from '../caller/development-issuer.ts'
import type { ProfileName } from '../caller/development-issuer.ts'
import { keysDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { welcome } from './welcome.ts'
import { startProcesses } from './processes.ts'
import { createProgress, SILENT_PROGRESS } from './progress.ts'
import { untilStopped } from './signals.ts'
import { giveBackMemory } from '../start/give-back.ts'
import { print, printNote, terminalLanguage } from './terminal.ts'

const EXAMPLES = `
Examples:
  gongxiang start
  GONGXIANG_PORT=4010 gongxiang start
  gongxiang --config /etc/gongxiang.yaml start --processes 4`

/** Eight hours: a working day at the demonstration desk. */
const TOKEN_SECONDS = 8 * 3_600

/** As many as the configuration allows (config/schema.ts). */
const MOST_PROCESSES = 64

/** `gongxiang start`: everything in one process on embedded defaults, or the production gateway. */
export function register(program: Command): void {
  program
    .command('start')
    .description('Start the gateway; in the embedded mode with the whole synthetic city.')
    .option('--processes <number>', 'so many processes behind the one port (setting: processes)', readProcesses)
    .addHelpText('after', EXAMPLES)
    .action(async (options: { readonly processes?: number }, command: Command) => {
      const configured = await configOf(command)
      const config = { ...configured, processes: options.processes ?? configured.processes }
      if (config.processes === 1) await runOne(config)
      else await runSeveral(config)
    })
}

function readProcesses(text: string): number {
  const number = Number(text)
  if (/^\d+$/.test(text) && number >= 1 && number <= MOST_PROCESSES) return number
  throw new InvalidArgumentError(`a number from 1 to ${MOST_PROCESSES}.`)
}

async function runOne(config: Config): Promise<void> {
  const stopped = untilStopped()
  const embedded = config.mode === 'embedded'
  // Loaded by who serves: a supervisor needs nothing of it.
  const { startGateway } = await import('../main.ts')
  const progress = embedded ? createProgress(terminalLanguage(process.env)) : SILENT_PROGRESS
  const gateway = await startGateway(config, progress)
  giveBackMemory()
  await greet(config, gateway, gateway.keys)
  await stopped
  printNote('draining …')
  await gateway.stop()
  printNote('stopped')
}

/** Without a terminal SIGHUP does nothing: what other programs read anew at it is followed here all the time. */
async function runSeveral(config: Config): Promise<void> {
  const stopped = untilStopped(process.stdin.isTTY ? ['SIGINT', 'SIGTERM', 'SIGHUP'] : ['SIGINT', 'SIGTERM'])
  const embedded = config.mode === 'embedded'
  const processes = await startProcesses(config, embedded)
  const keys = embedded ? await openKeyFiles(keysDirectory(config), 'embedded', systemClock) : null
  await greet(config, processes, keys)
  await stopped
  printNote('draining …')
  const inOrder = await processes.stop()
  printNote('stopped')
  if (!inOrder) process.exitCode = 1
}

/** What a start tells when it is ready. */
interface Greeted {
  readonly url: string
  readonly graphiql: boolean
  readonly metricsUrl: string | null
}

async function greet(config: Config, gateway: Greeted, keys: KeyRing | null): Promise<void> {
  const language = terminalLanguage(process.env)
  if (gateway.metricsUrl !== null) print(`metrics at ${gateway.metricsUrl}`)
  if (config.mode !== 'embedded' || keys === null) return print(`ready at ${gateway.url}`)
  const coloured = process.stdout.isTTY && process.stdout.hasColors()
  print(welcome(gateway, await demonstrationTokens(config, keys), { language, coloured }))
}

async function demonstrationTokens(config: Config, keys: KeyRing): Promise<Record<ProfileName, string>> {
  const { issuer, audience } = config.identity
  const terms = { issuer, audience, now: systemClock.now(), ttlSeconds: TOKEN_SECONDS }
  const mint = (name: ProfileName): Promise<string> => mintToken(keys.signing('token-signing'), PROFILES[name], terms)
  return {
    'housing-clerk': await mint('housing-clerk'),
    'market-app': await mint('market-app'),
    analyst: await mint('analyst'),
  }
}
