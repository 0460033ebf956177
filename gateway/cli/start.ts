import type { Command } from 'commander'
import { mintToken, PROFILES } from '../caller/development-issuer.ts'
import type { ProfileName } from '../caller/development-issuer.ts'
import type { Config } from '../config/config.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { startGateway } from '../main.ts'
import type { RunningGateway } from '../main.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { configOf } from './context.ts'
import { welcome } from './welcome.ts'
import { createProgress, SILENT_PROGRESS } from './progress.ts'
import { untilStopped } from './signals.ts'
import { print, printNote, terminalLanguage } from './terminal.ts'

const EXAMPLES = `
Examples:
  gongxiang start
  GONGXIANG_PORT=4010 gongxiang start
  gongxiang --config /etc/gongxiang.yaml start`

/** Eight hours: a working day at the demonstration desk. */
const TOKEN_SECONDS = 8 * 3_600

/** `gongxiang start`: everything in one process on embedded defaults, or the production gateway. */
export function register(program: Command): void {
  program
    .command('start')
    .description('Start the gateway; in the embedded mode with the whole synthetic city.')
    .addHelpText('after', EXAMPLES)
    .action(async (_options: object, command: Command) => {
      const config = await configOf(command)
      const language = terminalLanguage(process.env)
      const stopped = untilStopped()
      const embedded = config.mode === 'embedded'
      const gateway = await startGateway(config, embedded ? createProgress(language) : SILENT_PROGRESS)
      if (embedded) {
        const coloured = process.stdout.isTTY && process.stdout.hasColors()
        print(welcome(gateway, await demonstrationTokens(config, gateway.keys), { language, coloured }))
      } else print(`ready at ${gateway.url}`)
      await stopped
      await stop(gateway)
    })
}

async function stop(gateway: RunningGateway): Promise<void> {
  printNote('draining …')
  await gateway.stop()
  printNote('stopped')
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
