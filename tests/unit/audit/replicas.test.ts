import { appendFile, mkdir, mkdtemp, readFile, readdir, rename, rm, writeFile } from 'node:fs/promises'
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
  const told = JSON.parse(text) as {
    error?: string
    faults?: readonly { kind: string; chain?: string }[]
    notProved?: readonly { en: string }[]
  }
  const faults = (told.faults ?? []).map(({ kind, chain }) => `${kind} ${chain}`)
  return { code, error: told.error, faults, notProved: (told.notProved ?? []).map(({ en }) => en) }
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
    expect(await verify()).toMatchObject({ code: 0, error: undefined, faults: [] })
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

  it('is missed a line of, wherever it was, but at its end', async () => {
    for (const process of [1, 2, 3]) await live(`${process}`, `hall-${process}`)
    const path = join(root, REPLICAS_FILE)
    const [one = '', two = '', three = ''] = (await readFile(path, 'utf8')).split('\n')
    await rm(join(root, '3'), { recursive: true })
    const changed = 'register-changed replicas.ndjson'
    const cases: readonly (readonly [string, readonly string[]])[] = [
      [`${one}\n${two}\n${three.slice(0, -1)}\n`, [changed]],
      [`${one}\n${two}\n${three.slice(0, -1)}`, [changed]],
      [`${two}\n${three}\n`, [changed]],
      [`${one}\n${three}\n`, [changed]],
      [`${one}\n${two}\n${one}\n`, [changed]],
      [`${one}\n${two}\n\n${three}\n`, [changed]],
      // A line feed alone takes nothing away.
      [`${one}\n${two}\n${three}`, ['chain-missing hall-3']],
      // What no folder can show: the report says so.
      [`${one}\n${two}\n`, []],
    ]
    for (const [text, faults] of cases) {
      await writeFile(path, text)
      const told = await verify()
      expect(told.faults, text).toEqual(expect.arrayContaining([...faults]))
      expect([told.code, told.notProved], text).toEqual([
        faults.length === 0 ? 0 : 1,
        [expect.stringContaining('last lines of the register') as unknown],
      ])
    }
  })

  it('goes on behind a line that lacks only its line feed, and does not count it twice', async () => {
    await live('1', 'hall-1')
    const path = join(root, REPLICAS_FILE)
    await writeFile(path, (await readFile(path, 'utf8')).trimEnd())
    await live('2', 'hall-2')
    expect((await readFile(path, 'utf8')).split('\n')).toHaveLength(3)
    expect(await verify()).toMatchObject({ code: 0, faults: [] })
  })

  it('does not take a statement that was made before for a new one', async () => {
    await live('1', 'hall-1')
    const one = { root, chain: 'hall-1', folder: '1', time: TIME }
    await retireReplica(one, { by: 'audit-office', reason: 'moved' }, AUDIT_KEY.signer)
    await live('1', 'hall-1')
    const path = join(root, REPLICAS_FILE)
    const text = await readFile(path, 'utf8')
    await appendFile(path, `${text.split('\n')[1] ?? ''}\n`)
    await rm(join(root, '1'), { recursive: true })
    expect((await verify()).faults).toEqual(['register-changed replicas.ndjson', 'chain-missing hall-1'])
  })

  it('is written by several processes at once, line by line', async () => {
    const chains = Array.from({ length: 8 }, (_, at) => ({ chain: `hall-${at + 1}`, folder: String(at + 1) }))
    await Promise.all(chains.map((one) => registerReplica({ root, time: TIME, ...one }, AUDIT_KEY.signer, check)))
    const { active, bad } = readReplicas(root, check)
    expect([active.size, bad]).toEqual([8, []])
  })

  it('goes on behind lines of version 1, and takes none behind its own', async () => {
    const line = {
      v: 1,
      kind: 'replica',
      event: 'registered',
      chain: 'hall-1',
      folder: '1',
      time: TIME,
      by: '',
      reason: '',
    }
    const open = JSON.stringify({ ...line, key: AUDIT_KEY.signer.keyId }).slice(0, -1)
    const signature = AUDIT_KEY.signer.sign(Buffer.from(`gongxiang audit replicas v1\n${open}}`))
    const first = `${open},"signature":"${Buffer.from(signature).toString('base64url')}"}\n`
    const path = join(root, REPLICAS_FILE)
    await writeFile(path, first)
    await live('1', 'hall-1')
    await live('2', 'hall-2')
    expect(await verify()).toMatchObject({ code: 0, faults: [] })
    await appendFile(path, first)
    expect((await verify()).faults).toEqual(['register-changed replicas.ndjson'])
  })
})

describe('a chain that was exchanged for that of another replica', () => {
  it('is found in the folder of a gateway by itself', async () => {
    await live('.', 'hall')
    expect(await verify()).toMatchObject({ code: 0, faults: [] })
    for (const name of await readdir(root)) if (/^(\d|heads)/.test(name)) await rm(join(root, name))
    const other = await openTestLog(auditFiles(root), { chain: 'annex' })
    await appendAll(other, receipts('b', 3))
    await other.close()
    const told = await verify()
    expect([told.code, told.faults.toSorted()]).toEqual([1, ['chain-misplaced annex', 'chain-missing hall']])
  })

  it('is found in the folders of all processes, and of one that is looked at by itself', async () => {
    for (const process of ['1', '2']) await live(process, `hall-${process}`)
    for (const process of ['1', '2']) {
      await rm(join(root, process), { recursive: true })
      const other = await openTestLog(auditFiles(join(root, process)), { chain: `annex-${process}` })
      await appendAll(other, receipts('b', 3))
      await other.close()
    }
    expect((await verify()).faults.toSorted()).toEqual([
      'chain-misplaced annex-1',
      'chain-misplaced annex-2',
      'chain-missing hall-1',
      'chain-missing hall-2',
    ])
    expect(await verify(join(root, '1'))).toMatchObject({ code: 1, faults: ['chain-misplaced annex-1'] })
  })
})
