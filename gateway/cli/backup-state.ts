import { mkdir, readFile, readdir, rm } from 'node:fs/promises'
import { basename, dirname, extname, join } from 'node:path'
import { DatabaseSync, backup } from 'node:sqlite'
import { CATALOG_FILE, SUPERGRAPH_FILE } from '../adapters/supergraph-files.ts'
import { governanceAddress, stateDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { redactConfig } from '../config/redact.ts'
import { wholeLines } from './backup-chain.ts'
import type { BackupTarget } from './backup-target.ts'

/** Where the parts lie in a backup. */
export const PARTS = { state: 'state', data: 'data', events: 'events', outside: 'restored' } as const

/**
 * What the gateway must not forget: counts that limits go by, dated events about officers, grants and emergencies; and,
 * for comparison, registers, regime and composed schema, which belong to the installation, and the settings in force
 * without their secrets.
 *
 * @param scratch a folder for what is copied in two steps
 */
export async function backUpState(config: Config, target: BackupTarget, scratch: string): Promise<void> {
  const { dataDirectory, registers, schemaDirectory, regime } = config
  await plainFiles(dataDirectory, PARTS.data, target)
  await plainFiles(join(dataDirectory, 'events'), PARTS.events, target)
  await stateFiles(config, stateDirectory(config), PARTS.state, target, scratch)
  for (const [name, path] of Object.entries(registers)) await outside(path, `registers/${name}${extname(path)}`, target)
  await outside(join(schemaDirectory, 'regimes', `${regime}.yaml`), `schema/regimes/${regime}.yaml`, target)
  for (const name of [CATALOG_FILE, SUPERGRAPH_FILE])
    await outside(join(schemaDirectory, name), `schema/${name}`, target)
  await target.put(`${PARTS.outside}/config.json`, Buffer.from(`${JSON.stringify(redactConfig(config), null, 2)}\n`))
}

/** A file of the installation; one that is not there is the doctor's to tell, and no reason to go without a backup. */
async function outside(path: string, name: string, target: BackupTarget): Promise<void> {
  const bytes = await readFile(path).catch(() => null)
  if (bytes !== null) await target.put(`${PARTS.outside}/${name}`, bytes)
}

async function plainFiles(folder: string, below: string, target: BackupTarget): Promise<void> {
  for (const entry of await entriesOf(folder)) {
    if (entry.isFile() && isPlain(entry.name))
      await target.put(`${below}/${entry.name}`, await contentOf(join(folder, entry.name)))
  }
}

/** Neither a draft nor a part of a database. */
function isPlain(name: string): boolean {
  return /^[\p{L}\p{N}_@-][\p{L}\p{N}._@-]*$/u.test(name) && !/\.(tmp|part|lock|lease)$|-(wal|shm|journal)$/.test(name)
}

/** A file of events grows line by line: its last line may be on its way. */
async function contentOf(path: string): Promise<Uint8Array> {
  const bytes = await readFile(path)
  return /\.(ndjson|jsonl)$/.test(path) ? wholeLines(bytes) : bytes
}

async function stateFiles(
  config: Config,
  folder: string,
  below: string,
  target: BackupTarget,
  scratch: string,
): Promise<void> {
  const address = governanceAddress(config)
  for (const entry of await entriesOf(folder)) {
    const path = join(folder, entry.name)
    if ('file' in address && path === address.file) continue
    if (entry.isDirectory() && isPlain(entry.name))
      await stateFiles(config, path, `${below}/${entry.name}`, target, scratch)
    if (!entry.isFile() || !isPlain(entry.name)) continue
    const content = entry.name.endsWith('.sqlite') ? await databaseCopy(path, scratch) : await contentOf(path)
    await target.put(`${below}/${entry.name}`, content)
  }
}

async function entriesOf(folder: string) {
  return (await readdir(folder, { withFileTypes: true }).catch(() => [])).toSorted((a, b) => (a.name < b.name ? -1 : 1))
}

/** A database as it is at one moment, whoever writes it. */
async function databaseCopy(path: string, scratch: string): Promise<Uint8Array> {
  const copy = join(scratch, `${basename(path)}.part`)
  await mkdir(dirname(copy), { recursive: true, mode: 0o700 })
  const database = new DatabaseSync(path, { readOnly: true, timeout: 5_000 })
  try {
    await backup(database, copy)
    return await readFile(copy)
  } finally {
    database.close()
    await rm(copy, { force: true })
  }
}
