import { closeSync, fchmodSync, fsyncSync, ftruncateSync, openSync, readFileSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { setTimeout as sleep } from 'node:timers/promises'
import { parseReplicas, registerEnd, replicaLine, REPLICAS_FILE } from '../audit/replicas.ts'
import type { CheckReplica, RegisterEnd, ReplicaLine, Replicas } from '../audit/replicas.ts'
import type { AuditSigner } from '../audit/suite.ts'
import { REGISTER_LEASE, takeLease } from './audit-lease.ts'
import { syncDirectory } from './audit-lock.ts'
import { codeOf } from './audit-owner.ts'
import { READABLE, hasAuditReaders } from './audit-readers.ts'

/** The register of a root folder; empty where there is none. Throws the disk's own error. */
export function readReplicas(root: string, check: CheckReplica): Replicas {
  return parseReplicas(textOf(join(root, REPLICAS_FILE)), check)
}

function textOf(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch (error) {
    if (codeOf(error) === 'ENOENT') return ''
    throw error
  }
}

/** A chain, and where it is written. */
export interface RegisteredChain {
  readonly root: string
  readonly chain: string
  /** Below the root: `.`, or the number of a process. */
  readonly folder: string
  /** ISO 8601 instant. */
  readonly time: string
}

/** Registers a chain durably where it is not yet; then whoever verifies the root misses it if it is gone. */
export async function registerReplica(chain: RegisteredChain, signer: AuditSigner, check: CheckReplica): Promise<void> {
  const { active } = readReplicas(chain.root, check)
  if (active.get(chain.chain) === chain.folder) return
  await append(chain, { event: 'registered', by: '', reason: '' }, signer)
}

/** States that a chain has ended: it may be taken elsewhere, and is not missed. */
export async function retireReplica(
  chain: RegisteredChain,
  statement: Pick<ReplicaLine, 'by' | 'reason'>,
  signer: AuditSigner,
): Promise<void> {
  await append(chain, { event: 'retired', ...statement }, signer)
}

async function append(
  { root, chain, folder, time }: RegisteredChain,
  statement: Pick<ReplicaLine, 'event' | 'by' | 'reason'>,
  signer: AuditSigner,
): Promise<void> {
  const giveBack = await registerLease(root)
  try {
    writeLine(root, ({ number, prev }) => replicaLine({ number, prev, chain, folder, time, ...statement }, signer))
  } finally {
    giveBack()
  }
  await syncDirectory(root)
}

function writeLine(root: string, lineAt: (end: RegisterEnd) => string): void {
  const path = join(root, REPLICAS_FILE)
  const end = registerEnd(textOf(path))
  const file = openSync(path, 'a', 0o600)
  try {
    if (hasAuditReaders(root)) fchmodSync(file, READABLE)
    // What a power cut left of a line must not swallow the next one.
    ftruncateSync(file, end.length)
    writeSync(file, `${end.open ? '\n' : ''}${lineAt(end)}`)
    fsyncSync(file)
  } finally {
    closeSync(file)
  }
}

const TRIES = 40
const PAUSE = 25

/** Several processes start at once, and each line names the one before. */
async function registerLease(root: string): Promise<() => void> {
  for (let at = 0; at < TRIES; at += 1) {
    const giveBack = takeLease(root, REGISTER_LEASE)
    if (giveBack !== null) return giveBack
    await sleep(PAUSE)
  }
  throw new Error(`${join(root, REPLICAS_FILE)} is being written by another process, which does not end`)
}
