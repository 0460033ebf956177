import { createHash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { createReadStream } from 'node:fs'
import { readdir, stat } from 'node:fs/promises'
import { join, relative } from 'node:path'
import type { Text } from '../vocabulary/codes.ts'
import { MANIFEST, SIGNATURE, readManifest } from './backup-manifest.ts'
import type { FileEntry, Manifest } from './backup-manifest.ts'

/** What is wrong with a backup. */
export interface BackupFault {
  readonly kind: 'manifest' | 'signature' | 'missing' | 'changed' | 'added'
  /** File of the backup. */
  readonly path: string
}

/** What is wrong with a backup, in words. */
export const BACKUP_FAULTS: Readonly<Record<BackupFault['kind'], Text>> = {
  manifest: { zh: '清单缺失或无法读取', en: 'the manifest is missing or cannot be read' },
  signature: { zh: '清单不是由所给公钥签名', en: 'the manifest is not signed by any of the keys' },
  missing: { zh: '文件缺失', en: 'the file is missing' },
  changed: { zh: '文件已被改动', en: 'the file was changed' },
  added: { zh: '清单中没有这个文件', en: 'the manifest knows no such file' },
}

/** A backup as it was found. */
export interface CheckedBackup {
  readonly manifest: Manifest | null
  readonly faults: readonly BackupFault[]
}

/**
 * Holds a backup against its manifest, and that against the keys.
 *
 * @param thorough whether every file is read and hashed; else sizes alone are compared
 */
export async function checkBackup(
  folder: string,
  publicKeys: readonly KeyObject[],
  { thorough }: { readonly thorough: boolean },
): Promise<CheckedBackup> {
  const read = await readManifest(folder, publicKeys)
  if (read === null) return { manifest: null, faults: [{ kind: 'manifest', path: MANIFEST }] }
  const { content, signature } = read
  const faults: BackupFault[] = signature === 'good' ? [] : [{ kind: 'signature', path: SIGNATURE }]
  for (const file of content.files) {
    const kind = await fileFault(folder, file, thorough)
    if (kind !== null) faults.push({ kind, path: file.path })
  }
  const known = new Set([MANIFEST, SIGNATURE, ...content.files.map(({ path }) => path)])
  for (const path of await pathsIn(folder)) if (!known.has(path)) faults.push({ kind: 'added', path })
  return { manifest: content, faults }
}

async function fileFault(folder: string, file: FileEntry, thorough: boolean): Promise<BackupFault['kind'] | null> {
  const path = join(folder, file.path)
  const found = await stat(path).catch(() => null)
  if (found === null || !found.isFile()) return 'missing'
  if (found.size !== file.bytes) return 'changed'
  return thorough && (await sha256Of(path)) !== file.sha256 ? 'changed' : null
}

async function sha256Of(path: string): Promise<string> {
  const hash = createHash('sha256')
  for await (const chunk of createReadStream(path, { highWaterMark: 1024 * 1024 })) hash.update(chunk as Uint8Array)
  return hash.digest('hex')
}

async function pathsIn(folder: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true })
  return entries
    .filter((entry) => !entry.isDirectory())
    .map((entry) => relative(folder, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .toSorted()
}
