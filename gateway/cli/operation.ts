import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import type { Config } from '../config/config.ts'
import { documentHash } from '../request/registered-operation.ts'
import { checkConfiguredOperations } from '../start/operation-check.ts'
import type { CheckedOperation } from '../start/operation-check.ts'
import { printFinding, servedComposition } from '../start/register-check.ts'
import { configOf } from './context.ts'
import { CommandFault, inLanguage, print, printJson, terminalLanguage } from './terminal.ts'

interface Options {
  readonly json?: boolean
}

function checkedOperations(config: Config): readonly CheckedOperation[] {
  return checkConfiguredOperations(config, servedComposition(config))
}

function check(json: boolean, config: Config): void {
  const checked = checkedOperations(config)
  const findings = checked.flatMap((one) => one.findings)
  process.exitCode = findings.length > 0 ? 1 : 0
  if (json) return printJson({ operations: checked.length, findings })
  const language = terminalLanguage(process.env)
  for (const one of findings) print(`error ${inLanguage(withId(one), language)}`)
  const faulty = checked.filter((one) => one.findings.length > 0).length
  print(`${checked.length - faulty} operations in force, ${faulty} not`)
}

function withId(finding: CheckedOperation['findings'][number]) {
  const { zh, en } = finding.text
  return printFinding({ ...finding, text: { zh: `${finding.id}:${zh}`, en: `${finding.id}: ${en}` } })
}

function list(json: boolean, config: Config): void {
  const rows = checkedOperations(config).map(({ entry, findings }) => {
    const { id, department, application, matter, hash, operationName } = entry
    const documentId = `sha256:${hash}`
    return { id, department, application, matter, documentId, operationName, inForce: findings.length === 0 }
  })
  if (json) return printJson(rows)
  for (const { id, department, application, matter, documentId, inForce } of rows)
    print(
      `${id.padEnd(24)} ${`${department}/${application}`.padEnd(38)} ${matter.padEnd(26)} ${inForce ? 'in force' : 'FAULTY  '} ${documentId}`,
    )
}

/** The bytes of the file are what is hashed, so no line end or byte-order mark may be lost on the way. */
async function hash(file: string, json: boolean): Promise<void> {
  const bytes = await readFile(file)
  const text = textOf(bytes)
  if (text === null) throw new CommandFault(`${file} is not UTF-8: no request could send it`)
  const documentId = `sha256:${documentHash(text)}`
  if (json) printJson({ file, documentId })
  else print(documentId)
}

function textOf(bytes: Uint8Array): string | null {
  try {
    return new TextDecoder('utf-8', { fatal: true, ignoreBOM: true }).decode(bytes)
  } catch {
    return null
  }
}

const CHECK_HELP = `
Exit code: 0 all are in force, 1 something must be mended.

Examples:
  gongxiang operation check
  gongxiang operation check --json`

/** `gongxiang operation list`, `check` and `hash`. */
export function register(program: Command): void {
  const operation = program.command('operation').description('List and check registered operations.')
  operation
    .command('list')
    .description('List the registered operations, with their hashes and whether they are in force.')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang operation list --json')
    .action(async (options: Options, command: Command) => list(options.json === true, await configOf(command)))
  operation
    .command('check')
    .description('Hold every registered document against the schema and the minimal set of its matter.')
    .option('--json', 'print as JSON')
    .addHelpText('after', CHECK_HELP)
    .action(async (options: Options, command: Command) => check(options.json === true, await configOf(command)))
  operation
    .command('hash')
    .description('Print the documentId of a file: the SHA-256 of its exact text.')
    .argument('<file>', 'the document')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang operation hash queries/desk.graphql')
    .action(async (file: string, options: Options) => hash(file, options.json === true))
}
