import { chmod, copyFile, mkdir, readFile, readdir, rm, stat, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeEach, describe, expect, it, vi } from 'vitest'
import { auditReader } from '../../gateway/adapters/audit-file.ts'
import { appendOfficerEvent } from '../../gateway/adapters/officer-events.ts'
import { readPublicKeys } from '../../gateway/adapters/key-files.ts'
import { createSqliteCounters } from '../../gateway/adapters/counters-sqlite.ts'
import type { AuditLog } from '../../gateway/audit/audit-log.ts'
import { verifyAudit } from '../../gateway/audit/verify.ts'
import type { Manifest } from '../../gateway/cli/backup-manifest.ts'
import { HOUR } from '../../gateway/limits/counters.ts'
import { openGovernanceStore } from '../../gateway/governance/store/store.ts'
import { systemClock } from '../../gateway/vocabulary/ports.ts'
import { auditOf, dataOf, makeKeys, openHouseLog } from '../kit/audit-house.ts'
import { receipts, recordsIn, sampleEntry } from '../kit/audit-samples.ts'
import { gongxiangInside } from '../unit/cli/run-inside.ts'
import { emptyFolder } from '../unit/cli/run.ts'

const PASSPHRASE = 'correct horse battery staple'

let folder = ''
beforeEach(async () => {
  folder = await emptyFolder()
  await makeKeys(folder)
  await writeFile(join(folder, 'passphrase'), `${PASSPHRASE}\n`)
})

const to = (): string => join(folder, 'backups')
const state = (): string => join(dataOf(folder), 'state')
const publicKeys = () => readPublicKeys(join(dataOf(folder), 'keys/public/audit-head.jwks.json'))

const withKeys = () => ['--passphrase-file', join(folder, 'passphrase')]

const backup = (...more: readonly string[]) => gongxiangInside(folder, ['backup', '--to', to(), ...more])
const restore = (...args: readonly string[]) => gongxiangInside(folder, ['restore', '--from', to(), ...args])

async function backedUp(
  ...more: readonly string[]
): Promise<Manifest & { readonly folder: string; readonly linked: number }> {
  const { code, out, err } = await backup(
    '--json',
    ...(more.includes('--passphrase-file') ? [] : ['--without-keys']),
    ...more,
  )
  expect([code, err]).toEqual([0, ''])
  return JSON.parse(out) as Manifest & { readonly folder: string; readonly linked: number }
}

async function append(log: AuditLog, names: readonly string[]): Promise<void> {
  for (const name of names) await log.append(await log.reserve(), sampleEntry(name))
}

async function fillState(): Promise<void> {
  const counters = createSqliteCounters(state(), systemClock)
  await counters.takeDistinct('who', ['one', 'two'], HOUR * 24, 5)
  await counters.close()
  const event = {
    kind: 'OFFICER_SUSPENDED',
    department: 'housing',
    officer: 'H-1',
    at: '2026-11-22T00:00:00.000Z',
    by: 'H-2',
    reason: 'left',
  } as const
  await appendOfficerEvent(join(dataOf(folder), 'events/officers.jsonl'), event)
  const store = await openGovernanceStore({ file: join(state(), 'governance.sqlite') })
  await store.db.insertInto('alarm').values(alarm('al_1')).execute()
  await store.db
    .insertInto('alarm_event')
    .values({ alarm: 'al_1', at: 5, kind: 'RAISED', officer: null, reason: null })
    .execute()
  await store.close()
}

const alarm = (id: string) => ({
  id,
  rule: 'ENUMERATION',
  key: '{}',
  department: 'housing',
  application: null,
  officer: 'H-1',
  matter: null,
  raised_at: 5,
  seen_at: 6,
  times: 2,
  evidence: '{}',
})

describe('backup and restore', () => {
  it('brings back the record, the counts, the events, the alarms and the keys, while a log is written', async () => {
    await fillState()
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 43))
    let stop = false
    const writing = (async () => {
      for (let at = 0; !stop; at += 1) await append(log, [`w-${at}`])
    })()
    const made = await backedUp('--verify', ...withKeys())
    stop = true
    await writing
    const [chain] = made.chains
    expect(chain).toMatchObject({ chain: 'gateway', directory: 'audit' })
    expect(chain?.seq).toBeGreaterThanOrEqual(40)
    expect((await stat(made.folder)).mode & 0o777).toBe(0o700)
    const back = join(folder, 'back')
    const { code, out } = await restore('--to', back, ...withKeys())
    expect([code, out]).toEqual([0, expect.stringMatching(/chain gateway: proved, up to record \d+/) as unknown])
    const report = await verifyAudit(auditReader(join(back, 'audit')), await publicKeys())
    expect([report.faults, report.last.seq]).toEqual([[], chain?.seq])
    const [kept, all] = [
      await recordsIn(auditReader(join(back, 'audit'))),
      await recordsIn(auditReader(auditOf(folder))),
    ]
    expect(kept).toEqual(all.slice(0, kept.length))
    await log.close()
    await sameKeys(back)
    const counters = createSqliteCounters(join(back, 'state'), systemClock)
    expect(await counters.takeDistinct('who', ['one', 'two', 'three'], HOUR * 24, 2)).not.toMatchObject({
      kind: 'taken',
    })
    await counters.close()
    expect(await readFile(join(back, 'events/officers.jsonl'), 'utf8')).toContain('H-1')
    const store = await openGovernanceStore({ file: join(back, 'state/governance.sqlite') })
    expect(await store.db.selectFrom('alarm').selectAll().execute()).toEqual([alarm('al_1')])
    await store.close()
  })

  it('goes on with the restored log', async () => {
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 12))
    await log.close()
    await backedUp()
    expect((await restore('--to', join(folder, 'back'))).code).toBe(0)
    const further = await openHouseLog(folder, { directory: join(folder, 'back/audit') })
    await append(further, ['b-1'])
    await further.close()
    const report = await verifyAudit(auditReader(join(folder, 'back/audit')), await publicKeys())
    expect([report.faults, report.records]).toEqual([[], 13])
  })

  it('does not copy again what has not changed, and each backup is whole by itself', async () => {
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 40))
    const first = await backedUp()
    await append(log, receipts('b', 40))
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    const second = await backedUp()
    await log.close()
    expect([first.linked, second.previous?.name]).toEqual([0, first.name])
    expect(second.linked).toBeGreaterThan(0)
    const inode = async (one: string) => (await stat(join(one, 'audit/00000001.ndjson'))).ino
    expect(await inode(second.folder)).toBe(await inode(first.folder))
    expect(await inode(second.folder)).not.toBe((await stat(join(auditOf(folder), '00000001.ndjson'))).ino)
    await rm(first.folder, { recursive: true })
    expect((await restore('--check')).code).toBe(0)
  })

  it('copies again what has decayed in the backup before', async () => {
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 40))
    const first = await backedUp()
    await log.close()
    const decayed = join(first.folder, 'audit/00000001.ndjson')
    await writeFile(decayed, (await readFile(decayed, 'utf8')).replace('H-1017', 'H-1018'))
    await new Promise((resolve) => setTimeout(resolve, 1_100))
    await backedUp()
    expect((await restore('--check')).code).toBe(0)
  })

  it('takes the chains of several processes', async () => {
    for (const number of [1, 2]) {
      const log = await openHouseLog(folder, {
        chain: `gateway-${number}`,
        directory: join(auditOf(folder), String(number)),
      })
      await append(log, receipts(`p${number}`, 6))
      await log.close()
    }
    const { chains } = await backedUp()
    expect(chains.map(({ directory, seq }) => [directory, seq])).toEqual([
      ['audit/1', 6],
      ['audit/2', 6],
    ])
    const back = join(folder, 'back')
    expect((await restore('--to', back)).code).toBe(0)
    expect((await gongxiangInside(folder, ['audit', 'verify', '--directory', join(back, 'audit')])).code).toBe(0)
  })

  it('loads alarms into the configured store where that is empty, and into no other', async () => {
    await fillState()
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 6))
    await log.close()
    await backedUp()
    const back = join(folder, 'back')
    const full = await restore('--to', back, '--into-store')
    expect([full.code, full.err]).toEqual([1, expect.stringContaining('has rows in alarm') as unknown])
    expect(await readdir(folder)).not.toContain('back')
    await rm(state(), { recursive: true })
    expect((await restore('--to', back, '--into-store')).code).toBe(0)
    const store = await openGovernanceStore({ file: join(state(), 'governance.sqlite') })
    expect(await store.db.selectFrom('alarm_event').select(['alarm', 'kind']).execute()).toEqual([
      { alarm: 'al_1', kind: 'RAISED' },
    ])
    await store.close()
  })

  it('is signed as the record is, by the national suite too', async () => {
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 6))
    await log.close()
    vi.stubEnv('GONGXIANG_AUDIT_SUITE', 'sm')
    const { folder: made } = await backedUp()
    expect(await readFile(join(made, 'manifest.json.sig'), 'utf8')).toContain('"SM2"')
    expect((await restore('--check')).code).toBe(0)
    await edit(join(made, 'manifest.json'), '"behind": 0', '"behind": 1')
    expect((await restore('--check')).err).toContain('not signed by any of the keys')
  })

  it('says what is lost behind the backup, by a checkpoint that was kept elsewhere', async () => {
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 12))
    await log.close()
    await backedUp()
    const further = await openHouseLog(folder)
    await append(further, receipts('b', 7))
    await further.close()
    await writeFile(join(folder, 'kept.note'), (await gongxiangInside(folder, ['audit', 'checkpoint'])).out)
    const { code, out } = await restore('--check', '--checkpoint', join(folder, 'kept.note'))
    expect([code, out]).toEqual([0, expect.stringContaining('lost: records 13–19, 7 in all') as unknown])
    expect(out).toContain('do not write this chain on')
    expect((await restore('--check')).out).toContain('are not in the backup; --checkpoint')
  })
})

describe('a backup that was altered', () => {
  beforeEach(async () => {
    await fillState()
    const log = await openHouseLog(folder)
    await append(log, receipts('a', 30))
    await log.close()
  })

  it('is restored in no part, and each fault is named', async () => {
    const { folder: made } = await backedUp()
    const first = join(made, 'audit/00000001.ndjson')
    const cases: readonly (readonly [string, () => Promise<unknown>, string])[] = [
      [
        'changed',
        async () => writeFile(first, (await readFile(first, 'utf8')).replace('H-1017', 'H-1018')),
        'audit/00000001.ndjson: the file was changed',
      ],
      ['missing', () => rm(join(made, 'events/officers.jsonl')), 'events/officers.jsonl: the file is missing'],
      [
        'added',
        () => writeFile(join(made, 'audit/extra.ndjson'), '{}\n'),
        'audit/extra.ndjson: the manifest knows no such file',
      ],
      ['manifest', () => edit(join(made, 'manifest.json'), '"gateway"', '"gatewax"'), 'manifest.json'],
      [
        'resigned',
        () => edit(join(made, 'manifest.json'), '"behind": 0', '"behind": 1'),
        'not signed by any of the keys',
      ],
      ['unsigned', () => rm(join(made, 'manifest.json.sig')), 'not signed by any of the keys'],
    ]
    for (const [name, alter, words] of cases) {
      const saved = join(folder, 'saved')
      await copyTree(made, saved)
      await alter()
      const { code, err } = await restore('--to', join(folder, 'back'))
      expect([name, code, err]).toEqual([name, 1, expect.stringContaining(words) as unknown])
      expect((await readdir(folder)).filter((one) => one.startsWith('back') && one !== 'backups')).toEqual([])
      await rm(made, { recursive: true })
      await copyTree(saved, made)
      await rm(saved, { recursive: true })
    }
    expect((await restore('--to', join(folder, 'back'))).code).toBe(0)
  })

  it('is restored over nothing that is there', async () => {
    await backedUp()
    const back = join(folder, 'back')
    await mkdir(back)
    await writeFile(join(back, 'mine'), 'x')
    const { code, err } = await restore('--to', back)
    expect([code, err]).toEqual([1, expect.stringContaining('is not empty') as unknown])
    expect(await readdir(back)).toEqual(['mine'])
  })

  it('gives its keys to the right passphrase alone, and holds none in the clear', async () => {
    const { folder: made } = await backedUp(...withKeys())
    await writeFile(join(folder, 'passphrase'), 'another passphrase\n')
    const { code, err } = await restore('--to', join(folder, 'back'), ...withKeys())
    expect([code, err]).toEqual([1, expect.stringContaining('the passphrase is another') as unknown])
    const names = await readdir(join(dataOf(folder), 'keys'))
    for (const name of names.filter((one) => one.endsWith('.json'))) {
      const secret = /"[dk]": "([\w-]{43})"/.exec(await readFile(join(dataOf(folder), 'keys', name), 'utf8'))?.[1] ?? ''
      expect(secret).toHaveLength(43)
      for (const path of await readdir(made, { recursive: true })) {
        if (!(await stat(join(made, path))).isFile()) continue
        expect([path, (await readFile(join(made, path))).includes(secret)]).toEqual([path, false])
      }
    }
    await writeFile(join(folder, 'passphrase'), 'short\n')
    expect((await backup(...withKeys())).err).toContain('12 characters')
    expect((await backup('--without-keys')).code).toBe(0)
  })

  it('is proved by keys that were not in it, where they are given', async () => {
    await backedUp()
    const pem = join(folder, 'key.pem')
    await writeFile(
      pem,
      (await gongxiangInside(folder, ['audit', 'checkpoint', '--key'])).out.replaceAll(/^#.*\n/gm, ''),
    )
    const elsewhere = await emptyFolder()
    const args = ['restore', '--from', to(), '--check']
    expect((await gongxiangInside(elsewhere, [...args, '--public-key', pem])).code).toBe(0)
    const alone = await gongxiangInside(elsewhere, args)
    expect([alone.code, alone.err]).toEqual([0, expect.stringContaining('no trusted key is at hand') as unknown])
    await makeKeys(elsewhere)
    expect((await gongxiangInside(elsewhere, args)).err).toContain('not signed by any of the keys')
  })

  it('keeps faults that the record had, and says so', async () => {
    const path = join(auditOf(folder), '00000001.ndjson')
    await writeFile(path, (await readFile(path, 'utf8')).replace('H-1017', 'H-1018'))
    expect((await backup('--verify', '--without-keys')).err).toContain('faults')
    await backedUp()
    const { code, out } = await restore('--to', join(folder, 'back'))
    expect([code, out]).toEqual([1, expect.stringContaining('00000001.ndjson:2') as unknown])
  })
})

async function edit(path: string, from: string, into: string): Promise<void> {
  const text = await readFile(path, 'utf8')
  expect(text).toContain(from)
  await writeFile(path, text.replace(from, into))
}

async function copyTree(from: string, into: string): Promise<void> {
  for (const entry of await readdir(from, { recursive: true, withFileTypes: true })) {
    const path = join(entry.parentPath, entry.name)
    const place = path.replace(from, into)
    if (entry.isDirectory()) await mkdir(place, { recursive: true })
    else {
      await mkdir(join(place, '..'), { recursive: true })
      await copyFile(path, place)
      await chmod(place, 0o600)
    }
  }
}

async function sameKeys(back: string): Promise<void> {
  const [here, there] = [join(dataOf(folder), 'keys'), join(back, 'keys')]
  const names = (await readdir(here)).filter((name) => name.endsWith('.json'))
  expect(names.length).toBeGreaterThan(5)
  for (const name of names) {
    expect(await readFile(join(there, name), 'utf8')).toBe(await readFile(join(here, name), 'utf8'))
    expect((await stat(join(there, name))).mode & 0o777).toBe(0o600)
  }
  expect(await readdir(join(there, 'public'))).toEqual(await readdir(join(here, 'public')))
}
