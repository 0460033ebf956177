import { join } from 'node:path'
import { isDeepStrictEqual } from 'node:util'
import type { Command } from 'commander'
import { readRegime, readRegulation } from '../adapters/regime-file.ts'
import { clauseText } from '../regime/clause-text.ts'
import { LABELS } from '../regime/labels.ts'
import { REGIMES, regimeOf } from '../regime/regime.ts'
import type { AnyParameter, ParameterKey, Regime } from '../regime/regime.ts'
import { isClause } from '../vocabulary/clause.ts'
import { alignRows } from './columns.ts'
import { configOf } from './context.ts'
import { CommandFault, print, printJson } from './terminal.ts'

const SILENT = '—'

/** In the order of the schema, which every profile was parsed by. */
function entriesOf({ parameters }: Regime): readonly (readonly [ParameterKey, AnyParameter | null])[] {
  return (Object.keys(parameters) as ParameterKey[]).map((key) => [key, parameters[key]])
}

/** A profile by its name, out of the folder of the configuration. */
function regimeNamed(folder: string, name: string): Regime {
  const known: readonly string[] = REGIMES
  if (!known.includes(name)) throw new CommandFault(`there is no regime ${name}; there are ${REGIMES.join(', ')}`)
  return readRegime(join(folder, `${name}.yaml`))
}

/** A value as it is read best: lists by commas, limits in words, other objects as `key: value`. */
function valueText(value: unknown): string {
  if (Array.isArray(value)) return value.length === 0 ? '(none)' : value.map(valueText).join(', ')
  if (typeof value !== 'object' || value === null) return String(value)
  if ('days' in value) return `${String(value.days)} WD`
  return Object.entries(value)
    .map(([key, part]) => `${key}: ${Array.isArray(part) ? `[${valueText(part)}]` : valueText(part)}`)
    .join(', ')
}

/** How a value is marked that is not the words of the regulation itself. */
function markOf({ configured, notice }: AnyParameter): string {
  if (configured) return '*'
  return notice ? '+' : ''
}

const LEGEND = `${SILENT} silent (未规定)   * configured: the text is silent, nearest clause (平台规则)   + from the notice (公告)   WD working days (工作日)`

function headingOf({ regime, sourceComplete }: Regime): string {
  return sourceComplete ? regime : `${regime} (the text at hand is not complete, 文本不完整)`
}

function showLines(regime: Regime): readonly string[] {
  const rows = entriesOf(regime).flatMap(([key, parameter]): readonly (readonly string[])[] => {
    if (parameter === null) return [[key, LABELS[key], SILENT, '', '']]
    const { value, clause, quote, also = [] } = parameter
    return [
      [key, LABELS[key], `${valueText(value)}${markOf(parameter)}`, clause, `「${quote}」`],
      ...also.map((one) => ['', '', '', one.clause, `「${one.quote}」`]),
    ]
  })
  return [headingOf(regime), '', ...alignRows(rows, [42, 20, 40, 11, 64]), '', LEGEND]
}

/** One parameter in two regimes. */
interface Difference {
  readonly key: ParameterKey
  readonly label: string
  readonly differs: boolean
  readonly a: AnyParameter | null
  readonly b: AnyParameter | null
}

/** Every parameter of two regimes side by side; they differ where the values do, not where the clauses do. */
function compare(a: Regime, b: Regime): readonly Difference[] {
  return entriesOf(a).map(([key, mine]) => {
    const theirs = b.parameters[key]
    const differs = !isDeepStrictEqual(mine?.value, theirs?.value)
    return { key, label: LABELS[key], differs, a: mine, b: theirs }
  })
}

function diffLines(a: Regime, b: Regime): readonly string[] {
  const rows = compare(a, b)
  const side = (one: AnyParameter | null): readonly string[] =>
    one === null ? [SILENT, ''] : [`${valueText(one.value)}${markOf(one)}`, one.clause]
  const cells = rows.map((row) => [row.differs ? '≠' : ' ', row.key, row.label, ...side(row.a), ...side(row.b)])
  const heading = ['', '', '', headingOf(a), '', headingOf(b), '']
  const count = rows.filter((row) => row.differs).length
  return [
    ...alignRows([heading, ...cells], [1, 42, 20, 36, 11, 36, 11]),
    '',
    `${count} of ${rows.length} differ (≠)   ${LEGEND}`,
  ]
}

/** The words of one clause, out of the regulation that its ID names. */
function clauseLines(folder: string, clause: string): { readonly clause: string; readonly text: string } {
  const regime = isClause(clause) ? regimeOf(clause) : null
  if (!isClause(clause) || regime === null) throw new CommandFault(`${clause} is no clause ID such as ZS-4.08`)
  const text = clauseText(readRegulation(folder, regime), clause)
  if (text === null) throw new CommandFault(`the regulation of ${regime} has no clause ${clause}`)
  return { clause, text }
}

interface ShowOptions {
  readonly json?: boolean
  readonly clause?: string
}

async function show(name: string | undefined, { json, clause }: ShowOptions, command: Command): Promise<void> {
  const config = await configOf(command)
  const folder = join(config.schemaDirectory, 'regimes')
  if (clause !== undefined) {
    const found = clauseLines(folder, clause)
    return json === true ? printJson(found) : print(found.text)
  }
  const regime = regimeNamed(folder, name ?? config.regime)
  if (json === true) printJson(regime)
  else print(showLines(regime).join('\n'))
}

async function diff(a: string, b: string, { json }: ShowOptions, command: Command): Promise<void> {
  const folder = join((await configOf(command)).schemaDirectory, 'regimes')
  const [one, other] = [regimeNamed(folder, a), regimeNamed(folder, b)]
  if (json === true) printJson({ a, b, parameters: compare(one, other) })
  else print(diffLines(one, other).join('\n'))
}

/** `gongxiang regime show` and `gongxiang regime diff`. */
export function register(program: Command): void {
  const regime = program.command('regime').description('Show and compare sharing regimes.')
  regime
    .command('show')
    .description('Print a regime: each value, its clause, and the words of the clause.')
    .argument('[name]', `${REGIMES.join(', ')}; else the configured one`)
    .option('--clause <id>', 'print the full text of one clause instead')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExamples:\n  gongxiang regime show nantong\n  gongxiang regime show --clause ZS-4.08')
    .action(show)
  regime
    .command('diff')
    .description('Print two regimes side by side; differing values are marked.')
    .argument('<a>', 'one regime')
    .argument('<b>', 'the other')
    .option('--json', 'print as JSON')
    .addHelpText('after', '\nExample:\n  gongxiang regime diff zhongshan huizhou')
    .action(diff)
}
