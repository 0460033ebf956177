import { spawn } from 'node:child_process'
import { existsSync } from 'node:fs'
import { chmod, mkdir, readdir, readlink, rename, rm, utimes, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { setTimeout as wait } from 'node:timers/promises'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { openWorkFolder } from '../../../subgraphs/kit/drop/work.ts'
import { recordKey } from '../../../subgraphs/kit/keys.ts'
import { ask, awards, HEADINGS, permits, row, testFolder } from './folder.ts'
import type { TestFolder } from './folder.ts'

const HEAD = [...HEADINGS]

describe('versions of a drop', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await testFolder()
  })
  afterEach(() => folder.close())

  test('the newest is in service, and a newer one without a restart', async () => {
    await folder.dropCsv('20261001', [HEAD])
    await folder.dropCsv('20261101', [HEAD, row()])
    const source = await folder.open()
    expect(await ask(source)).toEqual({ rows: [{ 姓名: '司马𫖯' }], asOf: '2026-11-01T00:00:00+08:00' })
    await folder.dropCsv('20261201', [HEAD, row({ 姓名: '司马甲' })])
    await source.refresh()
    expect(await ask(source)).toEqual({ rows: [{ 姓名: '司马甲' }], asOf: '2026-12-01T00:00:00+08:00' })
    expect(folder.accepted.map(({ version, rows }) => [version, rows])).toEqual([
      ['20261101', 1],
      ['20261201', 1],
    ])
  })

  test('a mended one is taken, and an older one never again', async () => {
    await folder.dropCsv('20261101', [HEAD, row()])
    await folder.dropCsv('20261201', [HEAD, row()], { rows: 9 })
    const source = await folder.open()
    expect((await ask(source)).asOf).toBe('2026-11-01T00:00:00+08:00')
    await folder.dropCsv('20261201', [HEAD, row({ 姓名: '司马甲' })])
    await source.refresh()
    expect((await ask(source)).asOf).toBe('2026-12-01T00:00:00+08:00')
    for (const name of await readdir(folder.folder)) {
      if (name.startsWith('xkz_20261201')) await rm(join(folder.folder, name))
    }
    await source.refresh()
    expect((await ask(source)).rows).toEqual([{ 姓名: '司马甲' }])
    await folder.dropCsv('20261115', [HEAD, row()])
    await source.refresh()
    expect((await ask(source)).rows).toEqual([{ 姓名: '司马甲' }])
    expect(folder.rejected.map(({ manifest, reason }) => [manifest.slice(0, 12), reason.slice(0, 11)])).toEqual([
      ['xkz_20261201', 'The number '],
      ['xkz_20261115', 'It is older'],
    ])
  })

  test('without any good one, or without a folder, nothing is answered', async () => {
    const source = await folder.open()
    await expect(ask(source)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await rm(folder.folder, { recursive: true })
    await source.refresh()
    expect(await source.health()).toMatchObject({ ok: false })
    expect(folder.rejected.map(({ reason }) => reason)).toEqual(['The drop folder cannot be read'])
    await mkdir(folder.folder)
  })

  test('of several suppliers each is in service by itself; the oldest time is told, and none may be missing', async () => {
    const [one, other] = ['jia', 'yi'].map((prefix) => ({ prefix, tables: [{ register: awards }] }))
    if (one === undefined || other === undefined) throw new Error('two series')
    const drop = async (prefix: string, version: string, name: string, manifest = {}) => {
      await folder.dropCsv(version, [HEAD, row({ 姓名: name })], { file: `${prefix}_${version}.csv`, ...manifest })
      for (const ending of ['csv', 'manifest.json']) {
        await rename(
          join(folder.folder, `xkz_${version}.${ending}`),
          join(folder.folder, `${prefix}_${version}.${ending}`),
        )
      }
    }
    await drop('jia', '20261101', '甲')
    const source = await folder.open({ registers: [], drops: [one, other] })
    await expect(ask(source, ['姓名'], awards)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await drop('yi', '20261001', '乙')
    await source.refresh()
    const both = { rows: [{ 姓名: '甲' }, { 姓名: '乙' }], asOf: '2026-10-01T00:00:00+08:00' }
    expect(await ask(source, ['姓名'], awards)).toEqual(both)
    await drop('yi', '20261201', '丙', { rows: 7 })
    await source.refresh()
    expect(await ask(source, ['姓名'], awards)).toEqual(both)
    await drop('yi', '20261202', '丁')
    await source.refresh()
    expect(await ask(source, ['姓名'], awards)).toEqual({
      rows: [{ 姓名: '甲' }, { 姓名: '丁' }],
      asOf: '2026-11-01T00:00:00+08:00',
    })
    const count = { register: awards, columns: ['区划'], conditions: [], most: 9, signal: undefined }
    expect(await source.count?.(count)).toMatchObject({ groups: [{ row: { 区划: '442000' }, count: 2 }] })
  })

  test('are read for each register over them; who is nobody to the second one is somebody to the first', async () => {
    const number = permits.fields['name'] ?? permits.fields['issued']
    if (number === undefined) throw new Error('the register has no name')
    const byName = { ...permits, ...recordKey({ name: number }, 'name'), type: 'Named' }
    await folder.dropCsv('20261101', [HEAD, row(), row({ 姓名: '乙', 证件类型: '护照', 证件号码: '' })], { rows: 2 })
    const source = await folder.open({ registers: [byName, { ...permits, rows: 'MANY' }] })
    expect(folder.rejected).toEqual([])
    const key = { identifierType: 'RECORD', identifier: '乙', and: [] } as const
    const { rows } = await source.fetch({ register: byName, columns: ['区划'], keys: [key], signal: undefined })
    expect(rows).toEqual([{ 区划: '442000' }])
    await folder.dropCsv('20261201', [HEAD, row(), row({ 姓名: '' })], { rows: 2 })
    await source.refresh()
    expect(folder.rejected).toMatchObject([{ rows: 2, badRows: 1 }])
  })

  test('of a register with one row a subject come from one supplier', async () => {
    const drops = ['jia', 'yi'].map((prefix) => ({ prefix, tables: [{ register: permits }] }))
    await expect(folder.open({ registers: [], drops })).rejects.toThrow(RangeError)
  })

  test('change under load in one step: each answer and each count is of one of them', async () => {
    const people = Array.from({ length: 6_000 }, (_, at) => `E${String(at).padStart(5, '0')}`)
    const version = async (day: string, name: string) =>
      folder.dropCsv(day, [HEAD, ...people.map((id) => row({ 证件类型: '护照', 证件号码: id, 姓名: name }))])
    await version('20261101', 'v1')
    const source = await folder.open()
    const keys = people.slice(0, 500).map((id) => ({ idDocumentType: 'PASSPORT', idDocumentNumber: id }) as const)
    const seen = new Set<string>()
    let [going, answers] = [true, 0]
    const asking = async (): Promise<void> => {
      while (going) {
        const { rows, asOf } = await source.fetch({ register: permits, columns: ['姓名'], keys, signal: undefined })
        const names = new Set(rows.map((one) => one['姓名']))
        expect([rows.length, names.size]).toEqual([500, 1])
        seen.add(`${[...names].join('')} ${asOf.slice(0, 10)}`)
        answers += 1
        await new Promise((resume) => setImmediate(resume))
      }
    }
    const counting = async (): Promise<void> => {
      while (going) {
        const lookup = { register: permits, columns: ['姓名'], conditions: [], most: 9, signal: undefined }
        expect((await source.count?.(lookup))?.groups.map(({ count }) => count)).toEqual([6_000])
      }
    }
    const both = Promise.all([asking(), counting()])
    for (const [day, name] of [
      ['20261201', 'v2'],
      ['20270101', 'v3'],
    ] as const) {
      await version(day, name)
      await source.refresh()
    }
    going = false
    await both
    expect(answers).toBeGreaterThan(3)
    expect([...seen].every((one) => ['v1 2026-11-01', 'v2 2026-12-01', 'v3 2027-01-01'].includes(one))).toBe(true)
    expect([...seen]).toContain('v1 2026-11-01')
  })

  test('in service leave no file by which another could read them', async () => {
    await folder.dropCsv('20261101', [HEAD, row()])
    await folder.open()
    expect((await readdir(folder.work)).toSorted()).toEqual(['.department-data', 'quarantine'])
  })

  test('that a killed process was loading leave nothing, and what is left by others is swept', async () => {
    const people = Array.from({ length: 60_000 }, (_, at) => row({ 证件类型: '护照', 证件号码: `E${at}` }))
    await folder.dropCsv('20261101', [HEAD, ...people])
    const file = new URL('../../../subgraphs/kit/drop/file.ts', import.meta.url).href
    const source = new URL('../../../subgraphs/disabled-persons/source.ts', import.meta.url).href
    const script = `const { fileSource } = await import(${JSON.stringify(file)})
      const { certificates } = await import(${JSON.stringify(source)})
      const fields = { name: certificates.fields.name }
      process.stdout.write('begun')
      await fileSource({ folder: ${JSON.stringify(folder.folder)}, workDirectory: ${JSON.stringify(folder.work)}, registers: [{ ...certificates, at: 'xkz', fields }] })
      process.stdout.write('ended')`
    const child = spawn(process.execPath, ['--input-type=module', '-e', script], {
      stdio: ['ignore', 'pipe', 'inherit'],
    })
    let said = ''
    child.stdout.on('data', (bytes: Buffer) => (said += bytes.toString()))
    const ended = new Promise((resolve) => child.once('exit', resolve))
    while (!(await holdsVersion(child.pid))) await wait(5)
    child.kill('SIGKILL')
    await ended
    expect(said).toBe('begun')
    expect((await readdir(folder.work)).toSorted()).toEqual(['.department-data', 'quarantine'])
    const stale = join(folder.work, 'left.building')
    const fresh = join(folder.work, 'now.building')
    for (const path of [stale, fresh]) await writeFile(path, 'x')
    await utimes(stale, new Date(0), new Date(0))
    openWorkFolder(folder.work).close()
    expect((await readdir(folder.work)).filter((name) => name.endsWith('.building'))).toEqual(['now.building'])
  })

  test('cannot be built where the work folder is none', async () => {
    await writeFile(folder.work, 'a file')
    await expect(folder.open()).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    await chmod(folder.work, 0o600)
  })

  test('that are being loaded when the source closes are given up', async () => {
    const source = await folder.open()
    const people = Array.from({ length: 60_000 }, (_, at) => row({ 证件类型: '护照', 证件号码: `E${at}` }))
    await folder.dropCsv('20261101', [HEAD, ...people])
    const looking = source.refresh()
    await wait(20)
    await source.close()
    await looking
    expect(folder.accepted).toEqual([])
    expect(folder.rejected).toEqual([])
  })
})

/** Whether a process has a version open that has no name any more; where that cannot be seen, it is taken for granted. */
async function holdsVersion(pid: number | undefined): Promise<boolean> {
  if (!existsSync('/proc/self/fd')) return true
  const folder = `/proc/${pid}/fd`
  const names = await readdir(folder).catch((): readonly string[] => [])
  const open = await Promise.all(names.map(async (name) => readlink(join(folder, name)).catch(() => '')))
  return open.some((path) => path.endsWith('.building (deleted)'))
}
