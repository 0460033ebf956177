/**
 * The register of a deployment's chains: which replica writes in which folder, and which has ended, a signed line each.
 * It lies in the root folder, outside those of the several processes, so that a chain which is gone with all its files
 * is missed. Each line has a number and the hash of the line before, so that none can be taken out of the middle or put
 * in again; lines cut off at the end leave no trace here, and only what is kept elsewhere knows of them.
 */
import { createHash } from 'node:crypto'
import type { KeyObject } from 'node:crypto'
import { CHAIN_ID, GENESIS } from './line-types.ts'
import { verifySignature } from './signature.ts'
import { auditKeyId } from './suite.ts'
import type { AuditSigner } from './suite.ts'

/** Name of the register in the root folder. */
export const REPLICAS_FILE = 'replicas.ndjson'

/** What a line of the register states. */
export interface ReplicaLine {
  /** Version 1 has neither number nor hash, and stands before all others. */
  readonly v: 1 | 2
  readonly kind: 'replica'
  /** Of the line in the register, from 1. */
  readonly number: number
  /** SHA-256 of the line before without its line feed, in hex; zeros where there is none. */
  readonly prev: string
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
  /** Whether something stands behind the last whole line: a power cut leaves it, or whoever cut the register. */
  readonly torn: boolean
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

/** Where a register goes on. */
export interface RegisterEnd {
  /** How many bytes of it stay: what is torn behind them was never acknowledged. */
  readonly length: number
  /** Whether its last line, whole otherwise, lacks its line feed. */
  readonly open: boolean
  readonly number: number
  readonly prev: string
}

/** Where the next line of a register goes, and what it has to name. */
export function registerEnd(text: string): RegisterEnd {
  const { lines, torn } = linesOf(text)
  const whole = lines.reduce((sum, line) => sum + Buffer.byteLength(line) + 1, 0)
  const open = !torn && text !== '' && !text.endsWith('\n')
  return { length: open ? whole - 1 : whole, open, ...placeAfter(lines.at(-1) ?? null, lines.length) }
}

type Facts = Omit<ReplicaLine, 'v' | 'kind' | 'key' | 'signature'>

/** A signed line, with its line feed. */
export function replicaLine(facts: Facts, signer: AuditSigner): string {
  const { number, prev, event, chain, folder, time, by, reason } = facts
  const line = { v: 2, kind: 'replica', number, prev, event, chain, folder, time, by, reason, key: signer.keyId }
  const open = JSON.stringify(line).slice(0, -1)
  const signature = Buffer.from(signer.sign(signedBytes(open, 2))).toString('base64url')
  return `${open},"signature":"${signature}"}\n`
}

/**
 * Reads a register. What stands behind its last whole line was never acknowledged and is left out; a whole line that
 * does not parse, is not signed, or is not the next one, is bad and not believed.
 */
export function parseReplicas(text: string, check: CheckReplica): Replicas {
  const active = new Map<string, string>()
  const retired = new Map<string, string>()
  const bad: number[] = []
  const { lines, torn } = linesOf(text)
  for (const [at, line] of lines.entries()) {
    const read = parseLine(line, check)
    if (read === null || !follows(read, lines[at - 1] ?? null, at)) bad.push(at + 1)
    else if (read.event === 'registered') {
      retired.delete(read.chain)
      active.set(read.chain, read.folder)
    } else {
      active.delete(read.chain)
      retired.set(read.chain, read.folder)
    }
  }
  return { active, retired, bad, torn }
}

/** The lines without their line feeds; the last may lack its own where it is whole without. */
function linesOf(text: string): { readonly lines: readonly string[]; readonly torn: boolean } {
  const lines = text.split('\n')
  const rest = lines.pop() ?? ''
  if (rest === '') return { lines, torn: false }
  return readJson(rest) === null ? { lines, torn: true } : { lines: [...lines, rest], torn: false }
}

/** What the line behind another has to say; the one before may be damaged, and is counted by its place then. */
function placeAfter(before: string | null, count: number): { readonly number: number; readonly prev: string } {
  const read = before === null ? null : readJson(before)
  const number = read === null || read.v === 1 ? count : read.number
  return { number: number + 1, prev: before === null ? GENESIS : createHash('sha256').update(before).digest('hex') }
}

function follows(line: ReplicaLine, before: string | null, at: number): boolean {
  if (line.v === 1) return before === null || readJson(before)?.v !== 2
  const { number, prev } = placeAfter(before, at)
  return line.number === number && line.prev === prev
}

function parseLine(text: string, check: CheckReplica): ReplicaLine | null {
  const line = readJson(text)
  const open = text.slice(0, text.lastIndexOf(',"signature":'))
  if (line === null || !CHAIN_ID.test(line.chain) || !FOLDER.test(line.folder)) return null
  return check(line.key, signedBytes(open, line.v), Buffer.from(line.signature, 'base64url')) ? line : null
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
  if (!('v' in value) || (value.v !== 1 && !(value.v === 2 && isPlaced(value)))) return false
  if (!('event' in value) || (value.event !== 'registered' && value.event !== 'retired')) return false
  return TEXTS.every((name) => name in value && typeof Reflect.get(value, name) === 'string')
}

function isPlaced(value: object): boolean {
  const at = 'number' in value ? value.number : null
  return Number.isSafeInteger(at) && 'prev' in value && typeof value.prev === 'string'
}

/** For this register alone: the signature serves nowhere else. */
function signedBytes(open: string, version: ReplicaLine['v']): Uint8Array {
  return Buffer.from(`gongxiang audit replicas v${version}\n${open}}`)
}
