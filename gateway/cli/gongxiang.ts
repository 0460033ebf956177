#!/usr/bin/env node
import { Command, CommanderError } from 'commander'
import { COMMANDS } from './commands.ts'
import { printFailure } from './terminal.ts'

/** Exit codes: 0 done, 1 failed, 2 wrongly asked. */
const FAILED = 1
const USAGE = 2

/** The command that the arguments ask for, `help NAME` included. */
function askedFor(args: readonly string[]): string | undefined {
  const words = args.filter((word, at) => !word.startsWith('-') && args[at - 1] !== '--config')
  return words[0] === 'help' ? words[1] : words[0]
}

/** A reader that has seen enough (`| head`) closes the pipe: no failure. */
process.stdout.on('error', (error: NodeJS.ErrnoException) => {
  if (error.code !== 'EPIPE') throw error
  process.exit(0)
})

async function createProgram(args: readonly string[]): Promise<Command> {
  const program = new Command('gongxiang')
    .description('Gongxiang (共享): the gateway through which departments of a city read each other’s data.')
    .option('--config <file>', 'configuration file; else GONGXIANG_CONFIG, else gongxiang.yaml')
    .showSuggestionAfterError()
    .exitOverride()
    .configureOutput({ outputError: (text, write) => write(text.replace(/^error: /, 'gongxiang: ')) })
    .addHelpText('after', '\nHelp for one command: gongxiang <command> --help. Settings: docs/config.md.')
  const asked = askedFor(args)
  for (const entry of COMMANDS) {
    if (entry.name === asked) await entry.register(program)
    else program.command(entry.name).description(entry.description)
  }
  return program
}

async function run(args: readonly string[]): Promise<number> {
  try {
    const program = await createProgram(args)
    if (args.length === 0) program.help()
    await program.parseAsync(args, { from: 'user' })
    return Number(process.exitCode ?? 0)
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? 0 : USAGE
    printFailure(error)
    return FAILED
  }
}

process.exitCode = await run(process.argv.slice(2))
