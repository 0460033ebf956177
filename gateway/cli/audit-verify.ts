import { readFile } from 'node:fs/promises'
import type { KeyObject } from 'node:crypto'
import { basename, dirname } from 'node:path'
import { InvalidArgumentError } from 'commander'
import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import { readReplicas } from '../adapters/audit-replicas.ts'
import { replicaCheck } from '../audit/replicas.ts'
import type { Replicas } from '../audit/replicas.ts'
import { REGISTER_LIMIT, chainName, chainsFaults, chainsUnder, headsByChain, registeredIn } from './audit-chains.ts'
import type { ChainFolder, ChainsFault } from './audit-chains.ts'
import { FAULT_TEXTS, NOTICE_TEXTS } from '../audit/verify-report.ts'
import type { AuditFault, AuditNotice } from '../audit/verify-report.ts'
import { verifyAudit } from '../audit/verify.ts'
import type { VerifyOptions, VerifyRange, VerifyReport } from '../audit/verify.ts'
import { publicKeysInPem } from './audit-keys.ts'
import { createProgress } from './progress.ts'
import type { Language, Text } from '../vocabulary/codes.ts'

export interface AuditVerifyOptions {
  /** The audit directory, or a copy. */
  readonly directory: string
  /** Public keys of the gateway, all that ever signed. */
  readonly publicKeys: readonly KeyObject[]
  /** Checkpoints kept elsewhere. */
  readonly keptHeads?: Uint8Array
  /** What is to be read; everything where it is not given. */
  readonly range?: VerifyRange
  /** Told after each segment. */
  readonly onProgress?: (segments: number, of: number) => void
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
    const replicas = readReplicas(directory, replicaCheck(options.publicKeys))
    const several = chains.some(({ process }) => process !== null)
    const verified = several ? await verifyAll(chains, replicas, options) : await verifyOne(chains, replicas, options)
    return printAll(verified, several, options)
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error)
    print(json ? JSON.stringify({ error: reason }) : pick(language, UNREADABLE) + reason)
    return 2
  }
}

/** The chains of a folder, and what is wrong with them against each other and the register. */
interface Verified {
  readonly reports: readonly (ChainFolder & { readonly report: VerifyReport })[]
  readonly faults: readonly ChainsFault[]
  /** Whether there is a register, from whose end lines may be missing. */
  readonly registered: boolean
}

/** A chain by itself; the register must know it by its name, where there is one. */
async function verifyOne(
  chains: readonly ChainFolder[],
  replicas: Replicas,
  options: AuditVerifyOptions,
): Promise<Verified> {
  const { directory, publicKeys } = options
  const report = await verifyAudit(auditReader(directory), publicKeys, partsOf(options))
  const reports = chains.map((one) => ({ ...one, report }))
  const faults = chainsFaults(
    reports.map(() => ({ process: null, chain: report.chain })),
    [],
    replicas,
  )
  if (report.segments === 0 && report.heads === 0 && faults.length === 0)
    throw new Error(`${directory} holds no audit log`)
  return {
    reports,
    faults: [...faults, ...(await aboveFaults(directory, report.chain, publicKeys))],
    registered: isUsed(replicas),
  }
}

/** Whether the numbered folder of one process holds its own chain, by the register above it. */
async function aboveFaults(
  directory: string,
  chain: string | null,
  publicKeys: readonly KeyObject[],
): Promise<readonly ChainsFault[]> {
  const [root, process] = [dirname(directory), Number(basename(directory))]
  if (chain === null || !Number.isInteger(process) || process < 1) return []
  const replicas = readReplicas(root, replicaCheck(publicKeys))
  if (registeredIn(replicas, process).length === 0) return []
  return chainsFaults([{ process, chain }], [], replicas).filter(({ kind }) => kind === 'chain-misplaced')
}

function isUsed({ active, retired, bad, torn }: Replicas): boolean {
  return active.size + retired.size + bad.length > 0 || torn
}

function partsOf({ keptHeads, range, onProgress }: AuditVerifyOptions): VerifyOptions {
  return {
    ...(keptHeads === undefined ? {} : { keptHeads }),
    ...(range === undefined ? {} : { range }),
    ...(onProgress === undefined ? {} : { onProgress }),
  }
}

/** Each chain by itself, with the heads kept elsewhere that are its own; then all of them against each other. */
async function verifyAll(
  chains: readonly ChainFolder[],
  replicas: Replicas,
  options: AuditVerifyOptions,
): Promise<Verified> {
  if (options.range?.kind === 'records') throw new Error(ONE_CHAIN)
  const kept = headsByChain(options.keptHeads ?? new Uint8Array())
  const unnamed = kept.get(null) ?? ''
  const reports = []
  for (const { directory, process } of chains) {
    const name = registeredIn(replicas, process)[0] ?? chainName(process)
    const keptHeads = Buffer.from(`${kept.get(name) ?? ''}${unnamed}`)
    const { range: _whole, ...rest } = options
    const parts = { ...partsOf({ ...rest, ...rangeOfChain(options, name) }), keptHeads }
    reports.push({ directory, process, report: await verifyAudit(auditReader(directory), options.publicKeys, parts) })
  }
  const found = reports.map(({ process, report }) => ({ process, chain: report.chain }))
  const names = [...kept.keys()].filter((one) => one !== null)
  return { reports, faults: chainsFaults(found, names, replicas), registered: true }
}

/** Prints what was found, in the short form where there is one chain and nothing is wrong beside it; the exit code. */
function printAll({ reports, faults, registered }: Verified, several: boolean, options: AuditVerifyOptions): number {
  const { json, language, print } = options
  const limits = registered ? [REGISTER_LIMIT] : []
  const [first] = reports
  const ok = faults.length === 0 && reports.every(({ report }) => report.faults.length === 0)
  if (!several && faults.length === 0 && first !== undefined) {
    const report = { ...first.report, notProved: [...first.report.notProved, ...limits] }
    print(json ? JSON.stringify(withTexts(report), null, 2) : asText(report, language))
  } else if (json) {
    const all = reports.map(({ directory, process, report }) => ({ directory, process, ...withTexts(report) }))
    print(JSON.stringify({ ok, chains: all, faults, notProved: limits }, null, 2))
  } else {
    const texts = reports.map(({ directory, report }) => `${directory}\n${asText(report, language)}`)
    const amiss = faults.map(({ chain, message }) => `${chain}: ${pick(language, message)}`)
    const unproved = limits.map((text) => `${pick(language, NOT_PROVED)}\n  - ${pick(language, text)}`)
    print([...texts, ...amiss, ...unproved].join('\n\n'))
  }
  return ok ? 0 : 1
}

const ONE_CHAIN = 'record numbers are one chain\u2019s: name the numbered folder of one process with --directory'

/** Times are every chain's; a checkpoint is its own chain's, and a chain without one is read whole. */
function rangeOfChain({ range }: AuditVerifyOptions, chain: string): { readonly range?: VerifyRange } {
  if (range?.kind !== 'checkpoint') return range === undefined ? {} : { range }
  const own = headsByChain(range.checkpoint).get(chain)
  return own === undefined ? {} : { range: { kind: 'checkpoint', checkpoint: Buffer.from(own) } }
}

const UNREADABLE: Text = { zh: '无法核验审计日志:', en: 'The audit log cannot be verified: ' }

const NOT_PROVED: Text = { zh: '未证明:', en: 'Not proved:' }

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
    ...section(NOT_PROVED, report.notProved.map(line)),
  ].join('\n')
}

function summary(report: VerifyReport): Text {
  const { records, segments, heads, faults, chain, live } = report
  return {
    zh: `${faults.length === 0 ? '审计日志完好' : `审计日志有 ${faults.length} 处问题`}:链 ${chain ?? '?'},${records} 条记录,${segments} 段,${heads} 个签名检查点${live ? '(网关正在写入)' : ''}`,
    en: `${faults.length === 0 ? 'The audit log is in order' : `The audit log has ${faults.length} fault(s)`}: chain ${chain ?? '?'}, ${records} records, ${segments} segments, ${heads} signed checkpoints${live ? ' (a gateway is writing)' : ''}`,
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
export type AuditDefaults = () => Promise<{
  readonly directory: string
  readonly publicKeys: readonly KeyObject[]
  /** Checkpoints that the configured second places keep; not there where none is configured. */
  readonly anchored?: () => Promise<Uint8Array>
}>

interface Flags {
  readonly directory?: string
  readonly publicKey?: readonly string[]
  readonly head?: string
  readonly anchors?: boolean
  readonly fromCheckpoint?: string
  readonly from?: number
  readonly to?: number
  readonly since?: number
  readonly until?: number
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
    .option('--head <file>', 'signed checkpoints kept elsewhere, one or several (另存的检查点)')
    .option('--anchors', 'hold it against what the configured second places keep (与锚点比对)')
    .option('--from-checkpoint <file>', 'trust this checkpoint and read only what comes behind it (信任此检查点)')
    .option('--from <seq>', 'read only the segments from this record on', recordNumber)
    .option('--to <seq>', 'read only the segments up to this record', recordNumber)
    .option('--since <time>', 'read only the segments written since, e.g. 2026-11-01T00:00:00+08:00', instantOf)
    .option('--until <time>', 'read only the segments written until', instantOf)
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
  const keys = flags.publicKey?.map(async (file) => publicKeysInPem(await readFile(file, 'utf8')))
  const kept = [
    ...(flags.head === undefined ? [] : [await readFile(flags.head)]),
    ...(flags.anchors === true ? [await anchoredBy(defaults)] : []),
  ]
  const keptHeads = kept.length === 0 ? {} : { keptHeads: Buffer.concat(kept.flatMap((one) => [one, LINE_END])) }
  const range = await rangeOf(flags)
  const language = flags.lang === 'en' ? 'en' : 'zh-CN'
  return {
    directory: flags.directory ?? needed?.directory ?? '',
    publicKeys: keys === undefined ? (needed?.publicKeys ?? []) : (await Promise.all(keys)).flat(),
    ...keptHeads,
    ...(range === null ? {} : { range }),
    ...(process.stderr.isTTY ? { onProgress: progressBar(language) } : {}),
    json: flags.json ?? false,
    language,
    print: (text) => process.stdout.write(`${text}\n`),
  }
}

const LINE_END = Buffer.from('\n')

/** What the second places of the configuration keep. */
async function anchoredBy(defaults: AuditDefaults): Promise<Uint8Array> {
  const { anchored } = await defaults()
  if (anchored === undefined) throw new Error('no second place is configured (audit.anchors)')
  return anchored()
}

async function rangeOf({ fromCheckpoint, from, to, since, until }: Flags): Promise<VerifyRange | null> {
  const records = { ...(from === undefined ? {} : { from }), ...(to === undefined ? {} : { to }) }
  const times = { ...(since === undefined ? {} : { since }), ...(until === undefined ? {} : { until }) }
  const ways = [
    fromCheckpoint !== undefined,
    from !== undefined || to !== undefined,
    since !== undefined || until !== undefined,
  ]
  if (ways.filter(Boolean).length > 1) throw new Error(ONE_RANGE)
  if (fromCheckpoint !== undefined) return { kind: 'checkpoint', checkpoint: await readFile(fromCheckpoint) }
  if (ways[1] === true) return { kind: 'records', ...records }
  return ways[2] === true ? { kind: 'times', ...times } : null
}

const ONE_RANGE = 'a range is told by a checkpoint, by record numbers or by times, not by several of them'

function recordNumber(text: string): number {
  if (/^[1-9]\d{0,15}$/.test(text)) return Number(text)
  throw new InvalidArgumentError('It must be a record number, from 1.')
}

function instantOf(text: string): number {
  const time = Date.parse(text)
  if (Number.isFinite(time)) return time
  throw new InvalidArgumentError('It must be an ISO 8601 instant, e.g. 2026-11-01T00:00:00+08:00.')
}

const READING: Text = { zh: '已读的段', en: 'segments read' }

function progressBar(language: Language): (segments: number, of: number) => void {
  const progress = createProgress(language)
  return (segments, of) => {
    progress.count(READING, segments, of)
  }
}

function languageOfSystem(): Language {
  const { LC_ALL, LC_MESSAGES, LANG } = process.env
  return (LC_ALL ?? LC_MESSAGES ?? LANG ?? '').startsWith('zh') ? 'zh-CN' : 'en'
}
