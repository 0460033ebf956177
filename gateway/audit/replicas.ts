/**
 * The register of a deployment's chains: which replica writes in which folder, and which has ended, a signed line each.
 * It lies in the root folder, outside those of the several processes, so that a chain which is gone with all its files
 * is missed.
 */
import type { KeyObject } from 'node:crypto'
import { CHAIN_ID } from './line-types.ts'
import { verifySignature } from './signature.ts'
import { auditKeyId } from './suite.ts'
import type { AuditSigner } from './suite.ts'

/** Name of the register in the root folder. */
export const REPLICAS_FILE = 'replicas.ndjson'

/** What a line of the register states. */
export interface ReplicaLine {
  readonly v: 1
  readonly kind: 'replica'
  /** `retired`: nothing is written to it any more, and it may lie elsewhere. */
  readonly event: 'registered' | 'retired'
  readonly chain: string
  /** Below the root: `.`, or the number of a process. */
  readonly folder: string
  /** ISO 8601 instant. */
  readonly time: string
  /** Who retired it, and why; empty where it was registered by itself. */
  readonly by: string
  readonly reason: string
  readonly key: string
  readonly signature: string
}

/** The register as it was read. */
export interface Replicas {
  /** Chains that must be there, by name, with their folders. */
  readonly active: ReadonlyMap<string, string>
  readonly retired: ReadonlyMap<string, string>
  /** Numbers of the lines, from 1, that no key given has signed as they stand. */
  readonly bad: readonly number[]
}

/** Whether a line without its line feed is signed by one of the keys; asked with its text up to `signature`. */
export type CheckReplica = (keyId: string, bytes: Uint8Array, signature: Uint8Array) => boolean

/** Checks by public keys. */
export function replicaCheck(publicKeys: readonly KeyObject[]): CheckReplica {
  const known = new Map(publicKeys.map((key) => [auditKeyId(key), key]))
  return (keyId, bytes, signature) => {
    const key = known.get(keyId)
    return key !== undefined && verifySignature(key, bytes, signature)
  }
}

/** A signed line, with its line feed. */
export function replicaLine(facts: Omit<ReplicaLine, 'v' | 'kind' | 'key' | 'signature'>, signer: AuditSigner): string {
  const { event, chain, folder, time, by, reason } = facts
  const line = { v: 1, kind: 'replica', event, chain, folder, time, by, reason, key: signer.keyId }
  const open = JSON.stringify(line).slice(0, -1)
  const signature = Buffer.from(signer.sign(signedBytes(open))).toString('base64url')
  return `${open},"signature":"${signature}"}\n`
}

/** Reads a register. A line without its end, which a power cut leaves, was never acknowledged and is left out. */
export function parseReplicas(text: string, check: CheckReplica): Replicas {
  const active = new Map<string, string>()
  const retired = new Map<string, string>()
  const bad: number[] = []
  for (const [at, line] of text.split('\n').slice(0, -1).entries()) {
    if (!line.endsWith('}')) continue
    const read = parseLine(line, check)
    if (read === null) bad.push(at + 1)
    else if (read.event === 'registered') {
      retired.delete(read.chain)
      active.set(read.chain, read.folder)
    } else {
      active.delete(read.chain)
      retired.set(read.chain, read.folder)
    }
  }
  return { active, retired, bad }
}

function parseLine(text: string, check: CheckReplica): ReplicaLine | null {
  const line = readJson(text)
  const open = text.slice(0, text.lastIndexOf(',"signature":'))
  if (line === null || !CHAIN_ID.test(line.chain) || !FOLDER.test(line.folder)) return null
  return check(line.key, signedBytes(open), Buffer.from(line.signature, 'base64url')) ? line : null
}

const FOLDER = /^(\.|[1-9]\d{0,2})$/
const TEXTS = ['chain', 'folder', 'time', 'by', 'reason', 'key', 'signature'] as const

function readJson(text: string): ReplicaLine | null {
  try {
    const value: unknown = JSON.parse(text)
    return isLine(value) ? value : null
  } catch {
    return null
  }
}

function isLine(value: unknown): value is ReplicaLine {
  if (typeof value !== 'object' || value === null || !('kind' in value) || value.kind !== 'replica') return false
  if (!('event' in value) || (value.event !== 'registered' && value.event !== 'retired')) return false
  return TEXTS.every((name) => name in value && typeof Reflect.get(value, name) === 'string')
}

/** For this register alone: the signature serves nowhere else. */
function signedBytes(open: string): Uint8Array {
  return Buffer.from(`gongxiang audit replicas v1\n${open}}`)
}
