import { Option } from 'commander'
import type { Command } from 'commander'
import type { Composition } from '../catalog/compose.ts'
import { isError, printFault } from '../catalog/fault.ts'
import type { Fault } from '../catalog/fault.ts'
import { printFinding as printLint } from '../catalog/lint/finding.ts'
import type { LintFinding } from '../catalog/lint/finding.ts'
import { lintSchemas } from '../catalog/lint/lint.ts'
import type { CatalogRules } from '../catalog/rules.ts'
import type { Config } from '../config/config.ts'
import { REGIMES } from '../regime/regime.ts'
import { composeCityUnder, readAllRules, readRules, readSources, writeComposition } from '../start/composition.ts'
import type { JudgedCity } from '../start/composition.ts'
import { checkConfiguredRegisters, printFinding } from '../start/register-check.ts'
import { compareAgainst } from './compose-against.ts'
import { configOf } from './context.ts'
import { reasonOf } from './doctor/finding.ts'
import { print, printJson, printNote } from './terminal.ts'

type Composed = Composition & { readonly kind: 'composed' }

interface ComposeOptions {
  readonly out?: string
  readonly check?: boolean
  readonly json?: boolean
  readonly regime?: string
  readonly allRegimes?: boolean
  readonly against?: string
}

const EXAMPLES = `
Examples:
  gongxiang compose                 writes supergraph.graphql and catalog.json into schemaDirectory
  gongxiang compose --check         only looks, at the style of the SDL too; exit code 1 where something must be mended
  gongxiang compose --check --all-regimes
  gongxiang compose --against /backup/schema/catalog.json --regime nantong
  gongxiang compose --out /tmp/new --json`

/** `gongxiang compose`: every fault of every department at once, or both files; or what a change does. */
export function register(program: Command): void {
  program
    .command('compose')
    .description("Compose the departments' SDL into supergraph and catalogue, or list every fault.")
    .option('--out <directory>', 'where to write; else schemaDirectory')
    .option('--check', 'write nothing')
    .addOption(new Option('--regime <name>', 'the regime to judge by; else the configured one').choices(REGIMES))
    .addOption(new Option('--all-regimes', 'judge by every regime').conflicts(['regime', 'against']))
    .option('--against <catalog.json>', 'write nothing; tell what changes from this catalogue, and for whom')
    .option('--json', 'print the result as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (options: ComposeOptions, command: Command) => run(options, await configOf(command)))
}

async function run(options: ComposeOptions, config: Config): Promise<void> {
  const regime = options.regime ?? config.regime
  const rules =
    options.allRegimes === true ? readAllRules(config.schemaDirectory) : [readRules(regime, config.schemaDirectory)]
  const judged = composeCityUnder(rules)
  const composed = judged.map(({ composition }) => composition).find((one) => one.kind === 'composed')
  // Style stops no composition: what the law asks must be able to change on the day that it does.
  const lint = options.check === true && options.against === undefined ? lintSchemas(readSources()) : []
  if (lint.length > 0) process.exitCode = 1
  if (composed === undefined || judged.some(({ composition }) => composition.kind === 'faulty')) {
    report(judged, options, { lint })
    process.exitCode = 1
    return
  }
  if (options.against !== undefined)
    return compareAgainst(config, composed, { file: options.against, regime, json: options.json === true })
  const linkage = linkageErrors(config, composed, rules)
  const directory = options.check === true || linkage.length > 0 ? null : (options.out ?? config.schemaDirectory)
  if (directory !== null) writeComposition(directory, composed)
  const { version, fields, resources } = composed.catalog
  const { hints } = composed
  const size = { fields: fields.length, resources: resources.length }
  report(judged, options, { version, ...size, hints, linkage, lint, directory })
  if (linkage.length > 0) process.exitCode = 1
}

/**
 * What the new catalogue would let a department rebuild, by its grants and matters (R809-25); nothing where the
 * registers cannot be read: they have checks of their own.
 */
function linkageErrors(config: Config, composed: Composed, rules: readonly CatalogRules[]): readonly string[] {
  try {
    return rules.flatMap(({ regime }) =>
      checkConfiguredRegisters(config, composed, regime)
        .findings.filter(({ clause, severity }) => clause === 'R809-25' && severity === 'error')
        .map((one) => `${regime}: LINKAGE ${printFinding(one).en}`),
    )
  } catch (error) {
    printNote(`the registers cannot be read, so linkage is not judged (${reasonOf(error)})`)
    return []
  }
}

/** What was composed; empty where nothing was. */
interface Summary {
  readonly version?: string
  readonly fields?: number
  readonly resources?: number
  readonly hints?: readonly string[]
  /** Masked numbers that could be rebuilt; one line each. */
  readonly linkage?: readonly string[]
  /** What a reader of the schema would stumble over; looked for by `--check` alone. */
  readonly lint: readonly LintFinding[]
  /** Null where nothing was written. */
  readonly directory?: string | null
}

function report(judged: readonly JudgedCity[], { json, allRegimes }: ComposeOptions, summary: Summary): void {
  if (json === true)
    return printJson({ ...(allRegimes === true ? { regimes: judged.map(verdict) } : only(judged)), ...summary })
  for (const one of judged) {
    const faults = faultsOf(one)
    for (const fault of faults) print(printFault(fault))
    const errors = faults.filter(isError).length
    const end = summary.version === undefined ? '; nothing was written' : ''
    print(`${one.regime}: ${errors} errors, ${faults.length - errors} warnings${end}`)
  }
  for (const one of summary.lint) print(printLint(one))
  if (summary.lint.length > 0) print(`style: ${summary.lint.length} findings (docs/schema-style.md)`)
  if (summary.version === undefined) return
  for (const line of summary.linkage ?? []) print(line)
  const written = summary.directory === null ? '' : `, written to ${summary.directory ?? ''}`
  print(`catalogue ${summary.version}: ${summary.fields ?? 0} fields of ${summary.resources ?? 0} resources${written}`)
}

function faultsOf({ composition }: JudgedCity): readonly Fault[] {
  return composition.kind === 'faulty' ? composition.faults : composition.warnings
}

function verdict(one: JudgedCity): object {
  const faults = faultsOf(one)
  const errors = faults.filter(isError).length
  return { regime: one.regime, errors, warnings: faults.length - errors, faults }
}

function only(judged: readonly JudgedCity[]): object {
  return judged[0] ? verdict(judged[0]) : {}
}
