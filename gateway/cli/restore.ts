import type { KeyObject } from 'node:crypto'
import { constants } from 'node:fs'
import { copyFile, mkdir, readFile, readdir, rename, rm, stat } from 'node:fs/promises'
import { dirname, join, resolve } from 'node:path'
import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import { readPublicKeys } from '../adapters/key-files.ts'
import { FAULT_TEXTS } from '../audit/verify-report.ts'
import { verifyAudit } from '../audit/verify.ts'
import { governanceAddress } from '../config/config.ts'
import { loadStore } from '../governance/export/store-copy.ts'
import { openGovernanceStore } from '../governance/store/store.ts'
import type { StoreAddress } from '../governance/store/store.ts'
import type { Language } from '../vocabulary/codes.ts'
import { auditDefaults } from './audit-defaults.ts'
import { languageOf, publicKeysOf } from './audit-options.ts'
import { KEYS, passphrase, restoreKeys } from './backup-keys.ts'
import { BACKUP_NAME } from './backup-manifest.ts'
import type { BackedUpChain, Manifest } from './backup-manifest.ts'
import { PARTS } from './backup-state.ts'
import { syncFolders } from './backup-target.ts'
import { STORE } from './backup.ts'
import { configOf } from './context.ts'
import { BACKUP_FAULTS, checkBackup } from './restore-check.ts'
import { keptCheckpoints, lossOf, notesWithin } from './restore-loss.ts'
import type { Loss } from './restore-loss.ts'
import { lossText } from './restore-loss-text.ts'
import { CommandFault, inLanguage, print, printJson, printNote } from './terminal.ts'

interface RestoreFlags {
  readonly from: string
  readonly to?: string
  readonly check?: boolean
  readonly passphraseFile?: string
  readonly withoutKeys?: boolean
  readonly publicKey?: readonly string[]
  readonly checkpoint?: string
  readonly anchors?: boolean
  readonly intoStore?: boolean
  readonly lang?: string
  readonly json?: boolean
}

const EXAMPLES = `
Nothing is written over: the folder must be new or empty. What is restored is the gateway's data folder (dataDirectory);
registers, schema and settings of then lie in its folder restored, for comparison. Then: gongxiang index rebuild.
Exit code: 0 all is in order, 1 the backup was altered (nothing is written), or the record in it has faults or is not
that of the checkpoints kept elsewhere.

Examples:
  gongxiang restore --from /mnt/backup/gongxiang --check
  gongxiang restore --from /mnt/backup/gongxiang/20261123T020000Z --to /var/lib/gongxiang
  gongxiang restore --from /mnt/backup/gongxiang --to /var/lib/gongxiang --checkpoint /mnt/kept/newest.note`

/** `gongxiang restore`: a backup into a new folder, proved before it is said to be done. */
export function register(program: Command): void {
  program
    .command('restore')
    .description('Restore a backup into a new folder, and prove it (恢复)')
    .requiredOption('--from <folder>', 'the backup, or the folder of backups for the newest one')
    .option('--to <folder>', 'new data folder')
    .option('--check', 'only prove the backup; writes nothing')
    .option('--passphrase-file <file>', 'file whose first line decrypts the keys; else it is asked for')
    .option('--without-keys', 'leaves the keys in the backup')
    .option('--public-key <file...>', "the gateway's public keys, PEM; else the configured ones")
    .option('--checkpoint <file>', 'checkpoints kept elsewhere: tells what is lost behind the backup')
    .option('--anchors', 'asks the configured second places for them')
    .option('--into-store', 'loads alarms and reports into the configured governance store, which must be empty')
    .option('--lang <language>', "else the terminal's")
    .option('--json', 'print as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: RestoreFlags, command: Command) => run(flags, command))
}

interface Outcome {
  readonly from: string
  readonly to: string | null
  readonly chains: readonly (BackedUpChain & { readonly faults: readonly string[]; readonly loss: Loss | null })[]
  readonly rows: number | null
  readonly keys: boolean
}

async function run(flags: RestoreFlags, command: Command): Promise<void> {
  const language = languageOf(flags)
  if (flags.to === undefined && flags.check !== true)
    throw new CommandFault('--to names a new folder; --check only proves')
  const from = await backupFolder(resolve(flags.from))
  const publicKeys = await trustedKeys(flags, from, command, language)
  const { manifest, faults } = await checkBackup(from, publicKeys, { thorough: true })
  if (faults.length > 0 || manifest === null) {
    for (const { kind, path } of faults) printNote(`${path}: ${inLanguage(BACKUP_FAULTS[kind], language)}`)
    throw new CommandFault(inLanguage(ALTERED, language))
  }
  const to = flags.check === true || flags.to === undefined ? null : resolve(flags.to)
  const written = to === null ? null : await write(from, to, manifest, flags, command)
  const chains = await proveChains(to ?? from, manifest, publicKeys, flags, command)
  const outcome: Outcome = { from, to, chains, rows: written?.rows ?? null, keys: written?.keys ?? false }
  if (flags.json === true) printJson(outcome)
  else print(outcomeText(outcome, manifest, language))
  if (chains.some(({ faults: found, loss }) => found.length > 0 || loss?.kind === 'other-chain')) process.exitCode = 1
}

const ALTERED = {
  zh: '备份不完整或已被改动,未写入任何内容',
  en: 'the backup is not whole or was altered; nothing was written',
}

/** A backup, or the newest below a folder of backups. */
async function backupFolder(folder: string): Promise<string> {
  const names = await readdir(folder).catch(() => {
    throw new CommandFault(`${folder} cannot be read`)
  })
  const newest = names
    .filter((name) => BACKUP_NAME.test(name))
    .toSorted()
    .at(-1)
  return newest === undefined ? folder : join(folder, newest)
}

/** The keys that the manifest must be signed by. Those in the backup itself prove only that it fits together. */
async function trustedKeys(
  { publicKey }: RestoreFlags,
  from: string,
  command: Command,
  language: Language,
): Promise<readonly KeyObject[]> {
  if (publicKey !== undefined) return publicKeysOf({ publicKey }, command)
  const configured = await auditDefaults(command).catch(() => null)
  if (configured !== null) return configured.publicKeys
  printNote(inLanguage(OWN_KEYS, language))
  const files = ['audit-head.jwks.json', 'audit-head-sm2.jwks.json'].map((name) => join(from, 'public-keys', name))
  return (await Promise.all(files.map((file) => readPublicKeys(file).catch(() => [])))).flat()
}

const OWN_KEYS = {
  zh: '未给出可信公钥(--public-key),只用备份自带的公钥核对:能发现损坏,不能发现整体替换',
  en: 'no trusted key is at hand (--public-key): checked by the keys in the backup itself, which finds damage and no exchange of the whole',
}

/** Writes everything beside the folder, and gives it its name at the end. */
async function write(
  from: string,
  to: string,
  manifest: Manifest,
  flags: RestoreFlags,
  command: Command,
): Promise<{ readonly rows: number | null; readonly keys: boolean }> {
  await mustBeEmpty(to)
  const secret =
    manifest.keys === 'none' || flags.withoutKeys === true ? null : await passphrase(flags.passphraseFile, false)
  const part = `${to}.part`
  await mkdir(part, { mode: 0o700 }).catch(() => {
    throw new CommandFault(`${part} is in the way: a restore that was broken off left it`)
  })
  try {
    for (const { path } of manifest.files) {
      const place = placeOf(path)
      if (place !== null) await copy(join(from, path), join(part, place))
    }
    if (secret !== null) await restoreKeys(from, join(part, 'keys'), secret)
    const rows = manifest.store === null ? null : await restoreStore(from, part, flags, command)
    await syncFolders(
      part,
      manifest.files.flatMap((one) => (placeOf(one.path) === null ? [] : [{ ...one, path: placeOf(one.path) ?? '' }])),
    )
    await rm(to, { recursive: true, force: true })
    await rename(part, to)
    await syncFolders(to, [])
    return { rows, keys: secret !== null }
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

async function mustBeEmpty(to: string): Promise<void> {
  const found = await stat(to).catch(() => null)
  if (found === null) return
  if (!found.isDirectory() || (await readdir(to)).length > 0)
    throw new CommandFault(`${to} is not empty: a backup is restored over nothing`)
}

/** Where a file of the backup goes in the data folder; null for what is not copied as it is. */
function placeOf(path: string): string | null {
  if (path === KEYS || path === STORE) return null
  const [part, ...rest] = path.split('/')
  if (part === 'public-keys') return ['keys', 'public', ...rest].join('/')
  return part === PARTS.data ? rest.join('/') : path
}

async function copy(from: string, to: string): Promise<void> {
  await mkdir(dirname(to), { recursive: true, mode: 0o700 })
  // Never a link: the restored record will be written on, and the backup must not change with it.
  await copyFile(from, to, constants.COPYFILE_EXCL | constants.COPYFILE_FICLONE)
}

async function restoreStore(from: string, part: string, flags: RestoreFlags, command: Command): Promise<number> {
  const address: StoreAddress =
    flags.intoStore === true
      ? governanceAddress(await configOf(command))
      : { file: join(part, 'state', 'governance.sqlite') }
  const lines = (await readFile(join(from, STORE), 'utf8')).split('\n').filter((line) => line !== '')
  const store = await openGovernanceStore(address)
  try {
    const loaded = await loadStore(store, lines)
    switch (loaded.kind) {
      case 'loaded':
        return loaded.rows
      case 'not-empty':
        throw new CommandFault(`the governance store has rows in ${loaded.table}: a backup is restored over nothing`)
      case 'unreadable':
        throw new CommandFault(`${STORE}: line ${loaded.line} cannot be read`)
    }
  } finally {
    await store.close()
  }
}

async function proveChains(
  folder: string,
  { chains }: Manifest,
  publicKeys: readonly KeyObject[],
  flags: RestoreFlags,
  command: Command,
): Promise<Outcome['chains']> {
  const kept = await keptCheckpoints(flags, publicKeys, command)
  return Promise.all(
    chains.map(async (one) => {
      const keptHeads = notesWithin(one, kept ?? [])
      const files = auditReader(join(folder, one.directory))
      const report = await verifyAudit(files, publicKeys, { keptHeads })
      const forked =
        keptHeads.length > 0 &&
        report.faults.length > 0 &&
        // Faults that the record has by itself are no fork.
        (await verifyAudit(files, publicKeys)).faults.length < report.faults.length
      const faults = report.faults.map(
        ({ file, line, kind }) => `${file}${line === null ? '' : `:${line}`} ${FAULT_TEXTS[kind].en}`,
      )
      const short = report.last.seq === one.seq ? [] : [`the record ends at ${report.last.seq}, not at ${one.seq}`]
      const loss: Loss | null = forked ? { kind: 'other-chain' } : kept === null ? null : lossOf(one, kept)
      return { ...one, faults: [...faults, ...short], loss }
    }),
  )
}

function outcomeText({ from, to, chains, rows, keys }: Outcome, manifest: Manifest, language: Language): string {
  const say = (zh: string, en: string): string => inLanguage({ zh, en }, language)
  const { files, created, gateway } = manifest
  return [
    say(
      `备份 ${from}(${created},网关 ${gateway})完好:${files.length} 个文件与签名的清单相符`,
      `the backup ${from} of ${created} (gateway ${gateway}) is whole: ${files.length} files are as the signed manifest says`,
    ),
    ...chains.flatMap(({ chain, seq, time, faults, loss }) => [
      faults.length === 0
        ? say(
            `  链 ${chain}:核验通过,至第 ${seq} 条记录(${time})`,
            `  chain ${chain}: proved, up to record ${seq} (${time})`,
          )
        : say(`  链 ${chain}:有 ${faults.length} 处问题`, `  chain ${chain}: ${faults.length} faults`),
      ...faults.map((one) => `    - ${one}`),
      ...lossText(loss, time).map((text) => `    ${inLanguage(text, language)}`),
    ]),
    ...(to === null
      ? []
      : [
          say(`已恢复到 ${to}`, `restored to ${to}`),
          rows === null
            ? say('  备份中没有治理库', '  the backup has no governance store')
            : say(`  治理库:${rows} 行`, `  governance store: ${rows} rows`),
          keys ? say('  密钥已恢复', '  keys are restored') : say('  未恢复密钥', '  keys are not restored'),
          say(
            '下一步:把 dataDirectory 指向该目录,比对其中 restored 下的登记表与设置,运行 gongxiang doctor、gongxiang index rebuild,再启动',
            'next: point dataDirectory there, compare registers and settings in its folder restored, run gongxiang doctor and gongxiang index rebuild, then start',
          ),
        ]),
  ].join('\n')
}
