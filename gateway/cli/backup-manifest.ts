import { createHash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { join } from 'node:path'
import { z } from 'zod'
import { signatureChecker } from '../audit/signature.ts'
import type { AuditSigner } from '../audit/suite.ts'

/** What a backup is named by: the instant of its beginning. */
export const BACKUP_NAME = /^\d{8}T\d{6}Z$/

const count = z.int().min(0)
const sha256 = z.string().regex(/^[0-9a-f]{64}$/)
/** A path below the backup, without a step upwards: a manifest that is not ours must not lead out of the folder. */
const path = z.string().regex(/^(?!.*(^|\/)\.\.?(\/|$))[\p{L}\p{N}._@-]+(\/[\p{L}\p{N}._@-]+)*$/u)

const file = z.strictObject({
  path,
  bytes: count,
  sha256,
  /** Of a file that does not change any more: what it was copied from, by which the next backup knows it again. */
  from: z.strictObject({ bytes: count, mtimeMs: z.number(), inode: z.string() }).optional(),
})

const chain = z.strictObject({
  /** Its folder in the backup. */
  directory: z.string(),
  chain: z.string(),
  /** Last record that is in the backup, its hash, and the checkpoint that states it. */
  seq: count,
  hash: sha256,
  head: count,
  time: z.string(),
  /** Records that stood behind it, and are left to the next backup. */
  behind: count,
})

const manifest = z.strictObject({
  v: z.literal(1),
  kind: z.literal('gongxiang-backup'),
  name: z.string().regex(BACKUP_NAME),
  created: z.iso.datetime(),
  gateway: z.string(),
  /** The backup before, by its name and the hash of its manifest. */
  previous: z.strictObject({ name: z.string().regex(BACKUP_NAME), sha256 }).nullable(),
  keys: z.enum(['encrypted', 'none']),
  /** Rows of the governance store by table; null where it was left out or there is none. */
  store: z.record(z.string(), count).nullable(),
  chains: z.array(chain),
  files: z.array(file),
})

/** What a backup holds: every file with its hash. */
export type Manifest = z.output<typeof manifest>
/** A file of a backup, with its hash and size in bytes. */
export type FileEntry = Manifest['files'][number]
/** A chain of a backup, and how far it goes. */
export type BackedUpChain = Manifest['chains'][number]

/** Name of the manifest within a backup. */
export const MANIFEST = 'manifest.json'
/** Name of its signature. */
export const SIGNATURE = 'manifest.json.sig'

const signatureFile = z.strictObject({
  key: z.string(),
  algorithm: z.enum(['Ed25519', 'SM2']),
  signature: z.base64url(),
})

/** The bytes of a manifest, and the file of its signature. */
export function signedManifest(
  content: Manifest,
  signer: AuditSigner,
): { readonly text: string; readonly signature: string } {
  const text = `${JSON.stringify(content, null, 2)}\n`
  const signature = Buffer.from(signer.sign(signedBytes(Buffer.from(text)))).toString('base64url')
  return { text, signature: `${JSON.stringify({ key: signer.keyId, algorithm: signer.algorithm, signature })}\n` }
}

/** A purpose stands before what is signed: a signature of the record's key over a backup serves nowhere else. */
function signedBytes(text: Uint8Array): Uint8Array {
  return Buffer.concat([Buffer.from('gongxiang backup v1\n'), text])
}

/** A manifest, and what is known of its signature. */
export interface ReadManifest {
  readonly content: Manifest
  readonly sha256: string
  readonly signature: 'good' | 'bad' | 'unknown-key' | 'missing'
}

/** Reads a backup's manifest; null where there is none that can be read. */
export async function readManifest(folder: string, publicKeys: readonly KeyObject[]): Promise<ReadManifest | null> {
  const bytes = await readFile(join(folder, MANIFEST)).catch(() => null)
  if (bytes === null) return null
  const parsed = manifest.safeParse(json(bytes))
  if (!parsed.success) return null
  const signed = signatureFile.safeParse(json(await readFile(join(folder, SIGNATURE)).catch(() => Buffer.alloc(0))))
  const signature = signed.success
    ? signatureChecker(publicKeys)(signed.data.key, signedBytes(bytes), Buffer.from(signed.data.signature, 'base64url'))
    : 'missing'
  return { content: parsed.data, sha256: createHash('sha256').update(bytes).digest('hex'), signature }
}

function json(bytes: Uint8Array): unknown {
  try {
    return JSON.parse(Buffer.from(bytes).toString('utf8'))
  } catch {
    return null
  }
}
