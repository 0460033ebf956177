import type { Command } from 'commander'
import { printFault } from '../catalog/fault.ts'
import { composeCity, writeComposition } from '../start/composition.ts'
import { configOf } from './context.ts'
import { print, printJson } from './terminal.ts'

interface ComposeOptions {
  readonly out?: string
  readonly check?: boolean
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  gongxiang compose                 writes supergraph.graphql and catalog.json into schemaDirectory
  gongxiang compose --check         only looks; exit code 1 where a department's SDL has a fault
  gongxiang compose --out /tmp/new --json`

/** `gongxiang compose`: every fault of every department at once, or both files. */
export function register(program: Command): void {
  program
    .command('compose')
    .description("Compose the departments' SDL into supergraph and catalogue, or list every fault.")
    .option('--out <directory>', 'where to write; else schemaDirectory')
    .option('--check', 'write nothing')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ComposeOptions, command: Command) => {
      const directory = options.out ?? (await configOf(command)).schemaDirectory
      const result = composeCity()
      if (result.kind === 'faulty') {
        if (options.json === true) printJson({ faults: result.faults })
        else for (const fault of result.faults) print(printFault(fault))
        if (options.json !== true) print(`${result.faults.length} faults; nothing was written`)
        process.exitCode = 1
        return
      }
      if (options.check !== true) writeComposition(directory, result)
      const { version, fields, resources } = result.catalog
      const summary = {
        version,
        fields: fields.length,
        resources: resources.length,
        hints: result.hints,
        directory: options.check === true ? null : directory,
      }
      if (options.json === true) printJson(summary)
      else
        print(
          `catalogue ${version}: ${fields.length} fields of ${resources.length} resources${options.check === true ? '' : `, written to ${directory}`}`,
        )
    })
}
