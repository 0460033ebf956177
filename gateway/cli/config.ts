import type { Command } from 'commander'
import { stringify } from 'yaml'
import { configWarnings } from '../config/production.ts'
import { redactConfig } from '../config/redact.ts'
import { configOf } from './context.ts'
import { print, printJson, printNote } from './terminal.ts'

/** `gongxiang config`. */
export function register(program: Command): void {
  program
    .command('config')
    .description('Print the effective configuration, without secrets.')
    .option('--check', 'only say whether it is good')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExamples:\n  gongxiang config --json\n  gongxiang config --check --config production.yaml')
    .action(async (options: { readonly check?: boolean; readonly json?: boolean }, command: Command) => {
      const config = await configOf(command)
      const warnings = configWarnings(config)
      if (options.check === true) {
        if (options.json === true) printJson({ ok: true, warnings })
        else print('The configuration is good.')
      } else if (options.json === true) printJson(redactConfig(config))
      else print(stringify(redactConfig(config)).trimEnd())
      for (const warning of warnings) printNote(`warning: ${warning}`)
    })
}
