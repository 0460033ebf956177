import { readFile, stat } from 'node:fs/promises'
import { text as readAll } from 'node:stream/consumers'
import { Option } from 'commander'
import type { Command } from 'commander'
import { parseJwks } from '../adapters/jwks.ts'
import { publicKeysFile } from '../adapters/key-files.ts'
import { keysDirectory } from '../config/config.ts'
import { readReceipt } from '../verify/receipt.ts'
import type { ReceiptKeys } from '../verify/receipt.ts'
import { message } from '../vocabulary/codes.ts'
import type { Language } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import { configOf } from './context.ts'
import { receiptText } from './receipt-text.ts'
import { CommandFault, print, printJson, terminalLanguage } from './terminal.ts'

interface ReceiptOptions {
  readonly keys?: string
  readonly language?: string
  readonly json?: boolean
}

const EXAMPLES = `
Exit code: 0 genuine, 1 not.

Examples:
  gongxiang receipt verify receipt.jwt
  gongxiang receipt verify - --keys receipt.jwks.json < receipt.jwt`

/** `gongxiang receipt verify`: whether a receipt of verification is genuine, and what it says (FS-19). */
export function register(program: Command): void {
  program
    .command('receipt')
    .description('Receipts of verification (核验回执)')
    .command('verify')
    .description('Prove offline that a receipt is genuine and unchanged, and print what it says (离线查验核验回执)')
    .argument('<receipt>', 'the signed text, or a file that holds it; - reads standard input')
    .option('--keys <file>', "the gateway's public receipt keys (JWKS); else those in the data directory")
    .addOption(new Option('--language <language>', "else the terminal's").choices(['zh', 'en']))
    .option('--json', 'print as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (given: string, options: ReceiptOptions, command: Command) => {
      const keys = await keysOf(options.keys ?? publicKeysFile(keysDirectory(await configOf(command)), 'receipt'))
      await verify((await textOf(given)).trim(), keys, options)
    })
}

async function verify(text: string, keys: ReceiptKeys, options: ReceiptOptions): Promise<void> {
  const language = languageOf(options)
  try {
    const said = await readReceipt(text, keys)
    if (options.json === true) printJson({ genuine: true, ...said })
    else print(receiptText(said, language))
  } catch (error) {
    if (!(error instanceof Failure)) throw error
    const reason = [message(error.code, language), error.detailIn(language) ?? ''].filter((one) => one !== '')
    if (options.json !== true) throw new CommandFault(`${error.code}: ${reason.join(language === 'en' ? ': ' : ':')}`)
    printJson({ genuine: false, code: error.code, reason: reason.at(-1) })
    process.exitCode = 1
  }
}

function languageOf({ language }: ReceiptOptions): Language {
  if (language === undefined) return terminalLanguage(process.env)
  return language === 'en' ? 'en' : 'zh-CN'
}

/** A signed text has two dots and no separator of folders; what is no file is taken for one. */
async function textOf(given: string): Promise<string> {
  if (given === '-') return readAll(process.stdin)
  const isFile = await stat(given).then(
    (found) => found.isFile(),
    () => false,
  )
  if (isFile) return readFile(given, 'utf8')
  if (/^[\w-]+\.[\w-]+\.[\w-]+$/.test(given)) return given
  throw new CommandFault('there is no such file, and the text is no signed receipt either')
}

async function keysOf(file: string): Promise<ReceiptKeys> {
  const text = await readFile(file, 'utf8').catch(() => {
    throw new CommandFault(`the public keys ${file} cannot be read; name them with --keys`)
  })
  try {
    return parseJwks(text)
  } catch (error) {
    throw new CommandFault(`${file}: ${error instanceof Error ? error.message : 'it cannot be read'}`)
  }
}
