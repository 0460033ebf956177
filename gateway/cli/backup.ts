import { mkdir, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
import { existsSync } from 'node:fs'
import { join, resolve } from 'node:path'
import type { KeyObject } from 'node:crypto'
import type { Command } from 'commander'
import { auditReader } from '../adapters/audit-file.ts'
import { createKeyFiles } from '../adapters/key-files.ts'
import { verifyAudit } from '../audit/verify.ts'
import { governanceAddress, keysDirectory, stateDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { copyStore } from '../governance/export/store-copy.ts'
import { connectGovernanceStore } from '../governance/store/store.ts'
import { openKeyRing } from '../keys/key-ring.ts'
import type { Language } from '../vocabulary/codes.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { chainsUnder } from './audit-chains.ts'
import { auditDefaults } from './audit-defaults.ts'
import { languageOf } from './audit-options.ts'
import { backUpChain, backUpRoot } from './backup-chain.ts'
import { backUpKeys, backUpPublicKeys, passphrase } from './backup-keys.ts'
import { BACKUP_NAME, MANIFEST, SIGNATURE, readManifest, signedManifest } from './backup-manifest.ts'
import type { BackedUpChain, Manifest } from './backup-manifest.ts'
import { writeLastBackup } from './backup-note.ts'
import { backUpState } from './backup-state.ts'
import { backupTarget, syncFolders } from './backup-target.ts'
import type { BackupTarget, PreviousBackup } from './backup-target.ts'
import { configOf } from './context.ts'
import { CommandFault, inLanguage, print, printJson } from './terminal.ts'

interface BackupFlags {
  readonly to: string
  readonly passphraseFile?: string
  readonly withoutKeys?: boolean
  readonly withoutStore?: boolean
  readonly verify?: boolean
  readonly lang?: string
  readonly json?: boolean
}

/** Name of the governance store's rows in a backup. */
export const STORE = 'governance.ndjson'

const EXAMPLES = `
Each backup is a folder of its own, whole by itself; what has not changed since the one before is the same file under
another name. The gateway runs on. Keep backups on another machine, and the passphrase with somebody else.

Examples:
  gongxiang backup --to /mnt/backup/gongxiang
  gongxiang backup --to /mnt/backup/gongxiang --passphrase-file /secure/passphrase --json
  gongxiang backup --to /mnt/backup/gongxiang --without-keys`

/** `gongxiang backup`: the record, the state, the alarms and the keys, as they are at one moment. */
export function register(program: Command): void {
  program
    .command('backup')
    .description('Back up the audit record, the state and the keys, beside a running gateway (备份)')
    .requiredOption('--to <folder>', 'folder of the backups; this one gets a folder of its own there')
    .option('--passphrase-file <file>', 'file whose first line encrypts the keys; else it is asked for')
    .option('--without-keys', 'leaves the keys out: without them pseudonyms are lost')
    .option('--without-store', 'leaves the governance store out: alarms and reports are then not in the backup')
    .option('--verify', 'proves the copied record before the backup counts')
    .option('--lang <language>', "else the terminal's")
    .option('--json', 'print as JSON')
    .addHelpText('after', EXAMPLES)
    .action(async (flags: BackupFlags, command: Command) => run(flags, await configOf(command), command))
}

async function run(flags: BackupFlags, config: Config, command: Command): Promise<void> {
  const { publicKeys } = await auditDefaults(command)
  const secret = flags.withoutKeys === true ? null : await passphrase(flags.passphraseFile, true)
  const to = resolve(flags.to)
  await mkdir(to, { recursive: true, mode: 0o700 })
  const name = nameNow()
  const [part, folder] = [join(to, `.part-${name}`), join(to, name)]
  if (existsSync(folder)) throw new CommandFault(`${folder} is there already: one backup a second`)
  const previous = await newestBackup(to, publicKeys)
  await mkdir(part, { mode: 0o700 })
  try {
    const target = backupTarget(part, previous)
    const made = { name, previous: previous?.reference ?? null }
    const manifest = await fill(target, { config, flags, secret, part, ...made })
    await finish(part, manifest, target, config)
    if (flags.verify === true) await prove(part, manifest, publicKeys)
    await rename(part, folder)
    await syncFolders(to, [])
    await writeLastBackup(stateDirectory(config), { folder, created: manifest.created })
    if (flags.json === true) printJson({ folder, linked: target.linked, ...manifest })
    else print(summary(folder, manifest, target, languageOf(flags)))
  } finally {
    await rm(part, { recursive: true, force: true })
  }
}

function nameNow(): string {
  return new Date(systemClock.now()).toISOString().replaceAll(/[-:]|\.\d+/g, '')
}

interface Fill {
  readonly config: Config
  readonly flags: BackupFlags
  /** Null: without keys. */
  readonly secret: string | null
  readonly part: string
  readonly name: string
  readonly previous: Manifest['previous']
}

async function fill(target: BackupTarget, { config, flags, secret, part, name, previous }: Fill): Promise<Manifest> {
  const created = new Date(systemClock.now()).toISOString()
  const chains = await backUpAudit(config, target)
  await backUpState(config, target, part)
  const store = flags.withoutStore === true ? null : await backUpStore(config, target)
  await backUpPublicKeys(keysDirectory(config), target)
  if (secret !== null) await backUpKeys(keysDirectory(config), secret, target)
  const keys = secret === null ? 'none' : 'encrypted'
  const gateway = await version()
  const files = [...target.files]
  return { v: 1, kind: 'gongxiang-backup', name, created, gateway, previous, keys, store, chains, files }
}

async function backUpAudit({ audit: { directory } }: Config, target: BackupTarget): Promise<BackedUpChain[]> {
  const chains: BackedUpChain[] = []
  for (const chain of await chainsUnder(directory)) {
    const below = chain.process === null ? 'audit' : `audit/${chain.process}`
    const one = await backUpChain(chain, below, target)
    if (one !== null) chains.push(one)
  }
  await backUpRoot(directory, 'audit', target)
  return chains
}

/** @returns rows by table; null where there is no store yet */
async function backUpStore(config: Config, target: BackupTarget): Promise<Readonly<Record<string, number>> | null> {
  const address = governanceAddress(config)
  if ('file' in address && !existsSync(address.file)) return null
  const store = connectGovernanceStore(address)
  try {
    const lines: string[] = []
    const counts = await copyStore(store, async (line) => void lines.push(line))
    await target.put(STORE, Buffer.from(lines.join('')))
    return counts
  } catch {
    // What the driver says may quote the address.
    throw new CommandFault(
      'the governance store cannot be read; without it alarms are not in the backup: --without-store',
    )
  } finally {
    await store.close()
  }
}

async function finish(part: string, manifest: Manifest, target: BackupTarget, config: Config): Promise<void> {
  const { auditSigner } = await import('../wiring/stores.ts')
  const keys = await openKeyRing(createKeyFiles(keysDirectory(config)), {
    allowDevelopment: config.mode === 'embedded',
  })
  const { text, signature } = signedManifest(manifest, auditSigner(config, keys))
  await writeFile(join(part, MANIFEST), text, { flag: 'wx', mode: 0o600, flush: true })
  await writeFile(join(part, SIGNATURE), signature, { flag: 'wx', mode: 0o600, flush: true })
  await syncFolders(part, target.files)
}

/** @throws CommandFault where a chain that was copied does not verify */
async function prove(part: string, { chains }: Manifest, publicKeys: readonly KeyObject[]): Promise<void> {
  for (const { directory, chain } of chains) {
    const { faults } = await verifyAudit(auditReader(join(part, directory)), publicKeys)
    if (faults.length > 0)
      throw new CommandFault(
        `the copy of chain ${chain} has ${faults.length} faults: run gongxiang audit verify on the record`,
      )
  }
}

interface Newest extends PreviousBackup {
  readonly reference: NonNullable<Manifest['previous']>
}

/** The newest backup of a folder that is signed by one of the keys: what it has is not copied again. */
async function newestBackup(to: string, publicKeys: readonly KeyObject[]): Promise<Newest | null> {
  const names = (await readdir(to)).filter((name) => BACKUP_NAME.test(name)).toSorted()
  for (const name of names.toReversed()) {
    const folder = join(to, name)
    const read = await readManifest(folder, publicKeys)
    if (read?.signature !== 'good') continue
    const files = new Map(read.content.files.map((one) => [one.path, one]))
    return { folder, files, reference: { name, sha256: read.sha256 } }
  }
  return null
}

async function version(): Promise<string> {
  const text = await readFile(join(import.meta.dirname, '../../package.json'), 'utf8').catch(() => '{}')
  const manifest: unknown = JSON.parse(text)
  return typeof manifest === 'object' && manifest !== null && 'version' in manifest
    ? String(manifest.version)
    : 'unknown'
}

function summary(
  folder: string,
  { files, chains, keys, store }: Manifest,
  target: BackupTarget,
  language: Language,
): string {
  const bytes = files.reduce((sum, one) => sum + one.bytes, 0)
  const rows = Object.values(store ?? {}).reduce((sum, one) => sum + one, 0)
  const say = (zh: string, en: string): string => inLanguage({ zh, en }, language)
  return [
    say(
      `已备份到 ${folder}:${files.length} 个文件,${mebibytes(bytes)},其中 ${mebibytes(target.linked)} 与上次相同`,
      `backed up to ${folder}: ${files.length} files, ${mebibytes(bytes)}, of which ${mebibytes(target.linked)} are the same as before`,
    ),
    ...chains.map(({ chain, seq, time, behind }) =>
      say(
        `  链 ${chain}:至第 ${seq} 条记录(${time} 的检查点);其后 ${behind} 条留待下次`,
        `  chain ${chain}: up to record ${seq}, the checkpoint of ${time}; ${behind} behind it are left to the next one`,
      ),
    ),
    store === null
      ? say('  无治理库', '  no governance store')
      : say(
          `  治理库 ${rows} 行(索引可由审计记录重建)`,
          `  governance store: ${rows} rows; the index is made again from the record`,
        ),
    keys === 'none'
      ? say('  不含密钥:缺少密钥时,化名无法检索', '  without keys: no pseudonym can be searched for without them')
      : say('  密钥已加密', '  keys, encrypted'),
  ].join('\n')
}

function mebibytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MiB`
}
