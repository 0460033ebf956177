import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { InvalidArgumentError, Option } from 'commander'
import type { Command } from 'commander'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import type { Language } from '../vocabulary/codes.ts'
import { chainsUnder } from './audit-chains.ts'
import type { ChainFolder } from './audit-chains.ts'
import { auditDefaults } from './audit-defaults.ts'
import { publicKeysInPem } from './audit-keys.ts'
import { configOf } from './context.ts'
import { CommandFault, terminalLanguage } from './terminal.ts'

/** What every tool of the audit record takes. */
export interface AuditFlags {
  readonly directory?: string
  readonly lang?: string
  readonly json?: boolean
}

/** Adds the options that every tool has. */
export function withAuditFlags(command: Command): Command {
  return command
    .option('--directory <dir>', 'audit directory, or a copy of one; else the configured one')
    .addOption(new Option('--lang <language>', "else the terminal's").choices(['zh', 'zh-CN', 'en']))
    .option('--json', 'print as JSON')
}

/** The language that was asked for, else the terminal's. */
export function languageOf({ lang }: Pick<AuditFlags, 'lang'>): Language {
  if (lang === undefined) return terminalLanguage(process.env)
  return lang === 'en' ? 'en' : 'zh-CN'
}

/** The folder that was named, else the configured one: a copy needs no configuration. */
export async function auditDirectory({ directory }: Pick<AuditFlags, 'directory'>, command: Command): Promise<string> {
  return directory ?? (await configOf(command)).audit.directory
}

/** @throws CommandFault where no chain is found */
export async function chainsIn(directory: string): Promise<readonly ChainFolder[]> {
  const chains = await chainsUnder(directory).catch(() => {
    throw new CommandFault(`${directory} cannot be read`)
  })
  if (chains.length === 0) throw new CommandFault(`${directory} holds no audit log`)
  return chains
}

const DAY = /^\d{4}-\d{2}-\d{2}$/
const DAY_LENGTH = 86_400_000

/** When a time begins: a day is the city's (UTC+8); milliseconds since the epoch. */
export function parseSince(text: string): number {
  const at = DAY.test(text)
    ? Date.parse(`${text}T00:00:00Z`) - CITY_OFFSET
    : INSTANT.test(text)
      ? Date.parse(text)
      : NaN
  if (Number.isNaN(at) || (DAY.test(text) && !isDay(text)))
    throw new InvalidArgumentError(
      'Expected a day such as 2026-11-23, or an instant such as 2026-11-23T08:00:00+08:00.',
    )
  return at
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}(:\d{2}(\.\d+)?)?(Z|[+-]\d{2}:\d{2})$/

/** There is no 30 February, whatever the parser makes of it. */
function isDay(text: string): boolean {
  const parsed = new Date(`${text}T00:00:00Z`)
  return !Number.isNaN(parsed.getTime()) && parsed.toISOString().startsWith(text)
}

/** When a time ends: a day is meant as a whole, an instant is the first that is too late. */
export function parseUntil(text: string): number {
  return parseSince(text) + (DAY.test(text) ? DAY_LENGTH : 0)
}

/** The options `--since` and `--until`. */
export function withTimes(command: Command): Command {
  return command
    .option('--since <time>', 'from this day (UTC+8) or instant on', parseSince)
    .option('--until <time>', 'to the end of this day (UTC+8), or before this instant', parseUntil)
}

/** Public keys that were named. */
export interface KeyFlags {
  readonly publicKey?: readonly string[]
}

/** The option `--public-key`: an auditor's account reads the record, and nothing else of the gateway. */
export function withPublicKeys(command: Command): Command {
  return command.option('--public-key <file...>', "the gateway's public keys, PEM; else the configured ones")
}

/** The keys that were named, else the configured ones. @throws CommandFault where there are none */
export async function publicKeysOf({ publicKey }: KeyFlags, command: Command): Promise<readonly KeyObject[]> {
  if (publicKey === undefined) return (await auditDefaults(command)).publicKeys
  const read = await Promise.all(
    publicKey.map(async (file) => {
      const text = await readFile(file, 'utf8').catch(() => {
        throw new CommandFault(`${file} cannot be read`)
      })
      try {
        return publicKeysInPem(text)
      } catch {
        throw new CommandFault(`${file} holds no public key`)
      }
    }),
  )
  return read.flat()
}
