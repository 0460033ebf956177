import { readFile } from 'node:fs/promises'
import type { KeyObject } from 'node:crypto'
import { createPublicKey } from 'node:crypto'
import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import { chainName, chainsFaults, chainsUnder, headsByChain } from './audit-chains.ts'
import type { ChainFolder } from './audit-chains.ts'
import { FAULT_TEXTS, NOTICE_TEXTS } from '../audit/verify-report.ts'
import type { AuditFault, AuditNotice } from '../audit/verify-report.ts'
import { verifyAudit } from '../audit/verify.ts'
import type { VerifyReport } from '../audit/verify.ts'
import type { Language, Text } from '../vocabulary/codes.ts'

export interface AuditVerifyOptions {
  /** The audit directory, or a copy. */
  readonly directory: string
  /** Public Ed25519 keys of the gateway, all that ever signed. */
  readonly publicKeys: readonly KeyObject[]
  /** Head lines kept elsewhere. */
  readonly keptHeads?: Uint8Array
  readonly json: boolean
  readonly language: Language
  /** Where the text goes. */
  readonly print: (text: string) => void
}

/**
 * Verifies a log, or those of several processes under one folder, and prints the report. Resolves with the exit code:
 * 0 in order, 1 faults, 2 it could not be read.
 */
export async function auditVerify(options: AuditVerifyOptions): Promise<number> {
  const { directory, json, language, print } = options
  try {
    const chains = await chainsUnder(directory)
    return chains.some(({ process }) => process !== null) ? await verifyAll(chains, options) : await verifyOne(options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    print(json ? JSON.stringify({ error: reason }) : pick(language, UNREADABLE) + reason)
    return 2
  }
}

async function verifyOne({ directory, publicKeys, keptHeads, json, language, print }: AuditVerifyOptions) {
  const report = await verifyAudit(auditReader(directory), publicKeys, keptHeads === undefined ? {} : { keptHeads })
  if (report.segments === 0 && report.heads === 0) throw new Error(`${directory} holds no audit log`)
  print(json ? JSON.stringify(withTexts(report), null, 2) : asText(report, language))
  return report.faults.length === 0 ? 0 : 1
}

/** Each chain by itself, with the heads kept elsewhere that are its own; then all of them against each other. */
async function verifyAll(chains: readonly ChainFolder[], options: AuditVerifyOptions): Promise<number> {
  const { publicKeys, json, language, print } = options
  const kept = headsByChain(options.keptHeads ?? new Uint8Array())
  const unnamed = kept.get(null) ?? ''
  const reports = []
  for (const { directory, process } of chains) {
    const name = process === null ? 'gateway' : chainName(process)
    const keptHeads = Buffer.from(`${kept.get(name) ?? ''}${unnamed}`)
    reports.push({ directory, process, report: await verifyAudit(auditReader(directory), publicKeys, { keptHeads }) })
  }
  const found = reports.map(({ process, report }) => ({ process, chain: report.chain }))
  const faults = chainsFaults(
    found,
    [...kept.keys()].filter((one) => one !== null),
  )
  const ok = faults.length === 0 && reports.every(({ report }) => report.faults.length === 0)
  if (json) {
    const all = reports.map(({ directory, process, report }) => ({ directory, process, ...withTexts(report) }))
    print(JSON.stringify({ ok, chains: all, faults }, null, 2))
  } else {
    const texts = reports.map(({ directory, report }) => `${directory}\n${asText(report, language)}`)
    print([...texts, ...faults.map(({ chain, message }) => `${chain}: ${pick(language, message)}`)].join('\n\n'))
  }
  return ok ? 0 : 1
}

const UNREADABLE: Text = { zh: '无法核验审计日志:', en: 'The audit log cannot be verified: ' }

function withTexts(report: VerifyReport) {
  const faults = report.faults.map((fault) => ({ ...fault, message: FAULT_TEXTS[fault.kind] }))
  const notices = report.notices.map((notice) => ({ ...notice, message: NOTICE_TEXTS[notice.kind] }))
  return { ok: faults.length === 0, ...report, faults, notices }
}

function asText(report: VerifyReport, language: Language): string {
  const line = (text: Text): string => `  - ${pick(language, text)}`
  const section = (title: Text, lines: readonly string[]): readonly string[] =>
    lines.length === 0 ? [] : ['', pick(language, title), ...lines]
  return [
    pick(language, summary(report)),
    ...section(
      { zh: '问题:', en: 'Faults:' },
      report.faults.map((fault) => line(faultText(fault))),
    ),
    ...section(
      { zh: '说明:', en: 'Notes:' },
      report.notices.map((notice) => line(noticeText(notice))),
    ),
    ...section({ zh: '已证明:', en: 'Proved:' }, report.proved.map(line)),
    ...section({ zh: '未证明:', en: 'Not proved:' }, report.notProved.map(line)),
  ].join('\n')
}

function summary(report: VerifyReport): Text {
  const { records, segments, heads, faults, chain, live } = report
  return {
    zh: `${faults.length === 0 ? '审计日志完好' : `审计日志有 ${faults.length} 处问题`}:链 ${chain ?? '?'},${records} 条记录,${segments} 段,${heads} 个签名链头${live ? '(网关正在写入)' : ''}`,
    en: `${faults.length === 0 ? 'The audit log is in order' : `The audit log has ${faults.length} fault(s)`}: chain ${chain ?? '?'}, ${records} records, ${segments} segments, ${heads} signed heads${live ? ' (a gateway is writing)' : ''}`,
  }
}

function faultText(fault: AuditFault): Text {
  const { zh, en } = FAULT_TEXTS[fault.kind]
  const many = fault.through !== null && fault.through !== fault.seq
  const range = many ? `${fault.seq ?? '?'}–${fault.through}` : `${fault.seq ?? '?'}`
  return {
    zh: `${fault.file}${fault.line === null ? '' : ` 第 ${fault.line} 行`}${fault.seq === null ? '' : `,第 ${range} 条记录`}:${zh}`,
    en: `${fault.file}${fault.line === null ? '' : ` line ${fault.line}`}${fault.seq === null ? '' : `, record ${range}`}: ${en}`,
  }
}

function noticeText(notice: AuditNotice): Text {
  const { zh, en } = NOTICE_TEXTS[notice.kind]
  const count = notice.lines === 0 ? '' : ` (${notice.lines})`
  return { zh: `${notice.file}:${zh}${count}`, en: `${notice.file}: ${en}${count}` }
}

function pick(language: Language, text: Text): string {
  return language === 'en' ? text.en : text.zh
}

/** Where the log is and which keys signed it, when the command line does not say. */
export type AuditDefaults = () => Promise<{ readonly directory: string; readonly publicKeys: readonly KeyObject[] }>

interface Flags {
  readonly directory?: string
  readonly publicKey?: readonly string[]
  readonly head?: string
  readonly json?: boolean
  readonly lang?: string
}

/** Adds `audit verify` to the command line; `defaults` is asked only for what the flags leave open. */
export function register(program: Command, defaults: AuditDefaults): void {
  const audit = program.commands.find((command) => command.name() === 'audit') ?? program.command('audit')
  audit
    .description('The audit log (审计日志)')
    .command('verify')
    .description('Prove offline that no record was changed, removed or moved (离线核验审计日志)')
    .option('--directory <dir>', 'audit directory or a copy of one')
    .option('--public-key <file...>', "the gateway's public keys, PEM")
    .option('--head <file>', 'signed heads kept elsewhere, one a line')
    .option('--json', 'print the report as JSON')
    .option('--lang <language>', 'zh-CN or en', languageOfSystem())
    .action(async (flags: Flags) => {
      process.exitCode = await resolve(flags, defaults).then(auditVerify, (error: unknown) => {
        process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`)
        return 2
      })
    })
}

async function resolve(flags: Flags, defaults: AuditDefaults): Promise<AuditVerifyOptions> {
  const needed = flags.directory === undefined || flags.publicKey === undefined ? await defaults() : null
  const keys = flags.publicKey?.map(async (file) => createPublicKey(await readFile(file)))
  const keptHeads = flags.head === undefined ? {} : { keptHeads: await readFile(flags.head) }
  return {
    directory: flags.directory ?? needed?.directory ?? '',
    publicKeys: keys === undefined ? (needed?.publicKeys ?? []) : await Promise.all(keys),
    ...keptHeads,
    json: flags.json ?? false,
    language: flags.lang === 'en' ? 'en' : 'zh-CN',
    print: (text) => process.stdout.write(`${text}\n`),
  }
}

function languageOfSystem(): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  return (LC_ALL ?? LC_MESSAGES ?? LANG ?? '').startsWith('zh') ? 'zh-CN' : 'en'
}
