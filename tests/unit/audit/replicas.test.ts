import { appendFile, mkdir, mkdtemp, readFile, rename, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { auditFiles } from '../../../gateway/adapters/audit-file.ts'
import { readReplicas, registerReplica, retireReplica } from '../../../gateway/adapters/audit-replicas.ts'
import { replicaCheck, REPLICAS_FILE } from '../../../gateway/audit/replicas.ts'
import { auditVerify } from '../../../gateway/cli/audit-verify.ts'
import { AUDIT_KEY, STRANGER_KEY, appendAll, openTestLog, receipts } from '../../kit/audit-samples.ts'

const check = replicaCheck([AUDIT_KEY.publicKey])
const TIME = '2026-11-23T02:00:00.000Z'

let root = ''
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), 'gongxiang-replicas-'))
})
afterEach(() => rm(root, { recursive: true }))

/** A life of one process of the replica `hall`, or of one by itself. */
async function live(folder: string, chain: string): Promise<void> {
  const directory = folder === '.' ? root : join(root, folder)
  const log = await openTestLog(auditFiles(directory), { chain })
  await registerReplica({ root, chain, folder, time: TIME }, AUDIT_KEY.signer, check)
  await appendAll(log, receipts(chain, 3))
  await log.close()
}

async function verify(directory = root) {
  let text = ''
  const options = { directory, publicKeys: [AUDIT_KEY.publicKey], json: true, language: 'en' } as const
  const code = await auditVerify({ ...options, print: (line) => void (text = line) })
  const told = JSON.parse(text) as { error?: string; faults?: readonly { kind: string; chain?: string }[] }
  return { code, error: told.error, faults: (told.faults ?? []).map(({ kind, chain }) => `${kind} ${chain}`) }
}

describe('the register of replicas', () => {
  it('names each once, however often it starts', async () => {
    for (const _ of [1, 2, 3]) {
      await live('1', 'hall-1')
      await live('2', 'hall-2')
    }
    expect((await readFile(join(root, REPLICAS_FILE), 'utf8')).split('\n')).toHaveLength(3)
    const { active, bad } = readReplicas(root, check)
    expect([[...active], bad]).toEqual([
      [
        ['hall-1', '1'],
        ['hall-2', '2'],
      ],
      [],
    ])
    expect(await verify()).toEqual({ code: 0, error: undefined, faults: [] })
  })

  it('misses a chain that is gone with all its files, the last one too, and all of them', async () => {
    for (const process of [1, 2, 3]) await live(`${process}`, `hall-${process}`)
    const away = async (...folders: readonly string[]): Promise<void> => {
      for (const folder of folders) await rename(join(root, folder), join(root, `.away-${folder}`))
    }
    await away('3')
    expect(await verify()).toMatchObject({ code: 1, faults: ['chain-missing hall-3'] })
    await away('1')
    expect((await verify()).faults.toSorted()).toEqual(['chain-missing hall-1', 'chain-missing hall-3'])
    await away('2')
    expect((await verify()).faults.toSorted()).toEqual([
      'chain-missing hall-1',
      'chain-missing hall-2',
      'chain-missing hall-3',
    ])
  })

  it('misses the chain of a gateway by itself', async () => {
    await live('.', 'gateway')
    expect(await verify()).toMatchObject({ code: 0, faults: [] })
    const kept = await readFile(join(root, REPLICAS_FILE))
    await rm(root, { recursive: true })
    await mkdir(root)
    expect((await verify()).code).toBe(2)
    await writeFile(join(root, REPLICAS_FILE), kept)
    expect(await verify()).toMatchObject({ code: 1, faults: ['chain-missing gateway'] })
  })

  it('finds a chain in the folder of another of the replica', async () => {
    await live('1', 'hall-1')
    await live('2', 'hall-2')
    await rename(join(root, '1'), join(root, '.one'))
    await rename(join(root, '2'), join(root, '1'))
    await rename(join(root, '.one'), join(root, '2'))
    expect((await verify()).faults.toSorted()).toEqual(['chain-misplaced hall-1', 'chain-misplaced hall-2'])
  })

  it('does not miss one that was retired, and takes it back when it starts again', async () => {
    await live('1', 'hall-1')
    await live('2', 'hall-2')
    const two = { root, chain: 'hall-2', folder: '2', time: TIME }
    await retireReplica(two, { by: 'audit-office', reason: 'one process is enough' }, AUDIT_KEY.signer)
    await rename(join(root, '2'), join(root, '.archive'))
    expect(await verify()).toMatchObject({ code: 0, faults: [] })
    await live('2', 'hall-2')
    await rm(join(root, '2'), { recursive: true })
    expect(await verify()).toMatchObject({ code: 1, faults: ['chain-missing hall-2'] })
  })

  it('believes no line that a key of ours has not signed, and names it', async () => {
    await live('1', 'hall-1')
    const path = join(root, REPLICAS_FILE)
    const line = await readFile(path, 'utf8')
    const one = { root, chain: 'hall-1', folder: '1', time: TIME }
    await retireReplica(one, { by: 'nobody', reason: '' }, STRANGER_KEY.signer)
    await rm(join(root, '1'), { recursive: true })
    expect((await verify()).faults).toEqual(['register-changed replicas.ndjson', 'chain-missing hall-1'])
    for (const changed of [
      line.replace('hall-1', 'hall-9'),
      line.replace('registered', 'retired'),
      '{"no":"line of ours"}\n',
    ]) {
      await writeFile(path, changed)
      expect((await verify()).faults, changed).toContain('register-changed replicas.ndjson')
    }
  })

  it('goes on behind a line that a power cut left unfinished', async () => {
    await live('1', 'hall-1')
    const path = join(root, REPLICAS_FILE)
    await appendFile(path, '{"v":1,"kind":"repl')
    expect(readReplicas(root, check).bad).toEqual([])
    await live('2', 'hall-2')
    const { active, bad } = readReplicas(root, check)
    expect([[...active.keys()], bad]).toEqual([['hall-1', 'hall-2'], []])
    expect(await verify()).toMatchObject({ code: 0, faults: [] })
  })
})
