import { mkdtemp, rm, stat } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { leaseFile } from '../../../gateway/adapters/audit-lease.ts'
import { lockDirectory, lockFile } from '../../../gateway/adapters/audit-lock.ts'
import { READABLE, admitAuditReaders } from '../../../gateway/adapters/audit-readers.ts'
import { registerReplica } from '../../../gateway/adapters/audit-replicas.ts'
import { REPLICAS_FILE, replicaCheck } from '../../../gateway/audit/replicas.ts'
import { AUDIT_KEY } from '../../kit/audit-samples.ts'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gongxiang-readers-'))
})
afterEach(() => rm(root, { recursive: true }))

const modeOf = async (path: string): Promise<number> => (await stat(path)).mode & 0o777

it('lets a group read the record and its register, and lock nothing of the gateway’s', async () => {
  const chain = { root, chain: 'hall', folder: '.', time: '2026-11-23T02:00:00.000Z' }
  const admit = () => admitAuditReaders([root], String(process.getgid?.() ?? 0))
  // A start, and another one that finds the files of the first.
  for (const _ of [1, 2]) {
    await admit()
    const unlock = await lockDirectory(root, READABLE)
    await registerReplica(chain, AUDIT_KEY.signer, replicaCheck([AUDIT_KEY.publicKey]))
    const names = [lockFile(root), join(root, REPLICAS_FILE), leaseFile(root), join(root, 'replicas.lease')]
    expect(await Promise.all(names.map(modeOf))).toEqual([0o640, 0o640, 0o600, 0o600])
    await unlock()
  }
})
