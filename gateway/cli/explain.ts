import { readFile } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { ROLES } from '../caller/roles.ts'
import type { Role } from '../caller/roles.ts'
import type { Config } from '../config/config.ts'
import { REGIMES } from '../regime/regime.ts'
import { message } from '../vocabulary/codes.ts'
import type { Language } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { configOf } from './context.ts'
import { explainOffline } from './explain-offline.ts'
import { explanationText } from './explain-text.ts'
import { CommandFault, print, printJson, terminalLanguage } from './terminal.ts'

interface ExplainOptions {
  readonly as: { readonly department: string; readonly application: string }
  readonly matter?: string
  readonly case?: string
  readonly role?: Role
  readonly regime?: string
  readonly operation?: string
  readonly language?: string
  readonly json?: boolean
}

const EXAMPLES = `
Examples:
  gongxiang explain query.graphql --as housing-urban-rural/housing-desk --matter public-rental-housing --case PRH-2026-0001
  gongxiang explain query.graphql --as market-registration/licence-service --matter business-licence-change --regime huizhou
  echo '{ __typename }' | gongxiang explain - --as tax/tax-desk --json`

/** `gongxiang explain`: why, field by field, and what would unlock it; reads no data. */
export function register(program: Command): void {
  program
    .command('explain')
    .description('Explain a document field by field: decision, clause, grant, and what would unlock it. Reads no data.')
    .argument('<file>', 'GraphQL document; - reads standard input')
    .requiredOption('--as <department/application>', 'in whose standing', parseStanding)
    .option('--matter <code>', 'matter (事项)')
    .option('--case <number>', 'case (办件), where the matter needs one')
    .addOption(new Option('--role <role>', 'role of the officer').choices(ROLES))
    .addOption(new Option('--regime <name>', 'regime; else the configured one').choices(REGIMES))
    .option('--operation <name>', 'operation of the document, where it has several')
    .addOption(new Option('--language <language>', "else the terminal's").choices(['zh', 'en']))
    .option('--json', 'print as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (file: string, options: ExplainOptions, command: Command) =>
      run(file, options, await configOf(command)),
    )
}

function parseStanding(text: string): ExplainOptions['as'] {
  const [department, application, more] = text.split('/')
  if (!department || !application || more !== undefined)
    throw new InvalidArgumentError('Expected department/application, such as tax/tax-desk.')
  return { department, application }
}

async function run(file: string, options: ExplainOptions, config: Config): Promise<void> {
  const language = languageOf(options)
  const question = {
    document: await readDocument(file),
    operationName: options.operation ?? null,
    regime: options.regime ?? config.regime,
    language,
  }
  const standing = {
    ...options.as,
    matter: options.matter ?? null,
    case: options.case ?? null,
    roles: options.role ? [options.role] : [],
  }
  try {
    const explanation = await explainOffline(config, question, standing)
    if (options.json === true) printJson(explanation)
    else print(explanationText(explanation, language))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const detail = error.detailIn(language)
    throw new CommandFault(`${error.code}: ${message(error.code, language)}${detail ? `: ${detail}` : ''}`)
  }
}

function languageOf({ language }: ExplainOptions): Language {
  if (language === undefined) return terminalLanguage(process.env)
  return language === 'en' ? 'en' : 'zh-CN'
}

async function readDocument(file: string): Promise<string> {
  if (file === '-') return readAll(process.stdin)
  try {
    return await readFile(file, 'utf8')
  } catch {
    throw new CommandFault(`${file} cannot be read`)
  }
}
