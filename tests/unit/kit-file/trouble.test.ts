import { mkdir, readFile, rename, symlink, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { candidates } from '../../../subgraphs/kit/drop/folder.ts'
import { loadVersion } from '../../../subgraphs/kit/drop/load.ts'
import { writeReport } from '../../../subgraphs/kit/drop/report.ts'
import { troubleOf } from '../../../subgraphs/kit/drop/trouble.ts'
import type { WorkFolder } from '../../../subgraphs/kit/drop/work.ts'
import { ask, HEADINGS, permits, rawWorkbook, row, testFolder } from './folder.ts'
import type { TestFolder } from './folder.ts'

const HEAD = [...HEADINGS]
const many = [HEAD, ...Array.from({ length: 2000 }, (_, at) => row({ 证件类型: '护照', 证件号码: `E${at}` }))]

describe('a machine in trouble', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await testFolder()
  })
  afterEach(() => folder.close())

  /** Databases of so many pages at most: the same to SQLite as a full disk. */
  function fullDisk(pages: number, opened: DatabaseSync[]): WorkFolder {
    return {
      newDatabase(tables) {
        const database = new DatabaseSync(':memory:')
        opened.push(database)
        for (const table of tables) database.exec(table)
        database.exec(`pragma max_page_count = ${pages}`)
        return database
      },
      reports: folder.work,
      close: () => undefined,
    }
  }

  async function loaded(work: WorkFolder) {
    const look = { folder: folder.folder, prefix: 'xkz', now: Date.now(), settle: 0 }
    const [candidate] = await candidates(look)
    if (candidate === undefined) throw new Error('nothing was dropped')
    const drop = { prefix: 'xkz', tables: [{ register: permits }] }
    return loadVersion({ folder: folder.folder, drop, work, signal: new AbortController().signal }, candidate)
  }

  test.each(['csv', 'xlsx'])('whose work disk is full says so of a %s, and keeps nothing of it', async (kind) => {
    if (kind === 'csv') await folder.dropCsv('20261101', many)
    else await folder.dropXlsx('20261101', [{ name: '表', rows: many }])
    const opened: DatabaseSync[] = []
    const refusal = await loaded(fullDisk(20, opened))
    expect(refusal).toMatchObject({ kind: 'REFUSED', passing: true, problems: [{ kind: 'WORK_FULL', at: {} }] })
    expect(opened.map(({ isOpen }) => isOpen)).toEqual(opened.map(() => false))
    if (!('kind' in refusal)) throw new Error('it was taken')
    await mkdir(folder.work)
    const report = await writeReport(folder.work, 'xkz', { ...refusal, name: 'xkz', stamp: '', inService: null })
    const text = await readFile(join(folder.work, report), 'utf8')
    expect(text).toMatch(/工作磁盘已满[^]*work disk[^]*自动再次读取[^]*read again by itself/)
    expect(text).not.toContain('drop it again')
  })

  test('whose shared texts fill the disk has no workbook to blame', async () => {
    const texts = Array.from({ length: 21_000 }, (_, at) => `<si><t>${at}</t></si>`).join('')
    await folder.drop('xkz_20261101.xlsx', await rawWorkbook(folder, '<sheetData/>', texts), { rows: 0 })
    expect(await loaded(fullDisk(2, []))).toMatchObject({ passing: true, problems: [{ kind: 'WORK_FULL' }] })
  })

  test.each([
    ['ENOSPC', 'WORK_FULL'],
    ['EDQUOT', 'WORK_FULL'],
    ['EIO', 'FILE_UNREADABLE'],
    ['EMFILE', 'FILE_UNREADABLE'],
  ])('%s is its trouble, and none of the file', (code, kind) => {
    expect(troubleOf(Object.assign(new Error('x'), { code, syscall: 'read' }))).toBe(kind)
    expect(troubleOf(Object.assign(new Error('x'), { code: 'Z_DATA_ERROR' }))).toBeNull()
  })

  test('tells a version once that it cannot read, and tries it again after a minute', async () => {
    let now = 0
    const clock = { now: () => Date.now(), monotonic: () => now }
    const source = await folder.open({ clock })
    await folder.dropCsv('20261101', [HEAD, row()])
    await rename(folder.work, `${folder.work}-away`)
    await source.refresh()
    const told = ['The file cannot be read']
    expect(folder.rejected.map(({ reason }) => reason)).toEqual(told)
    now = 61_000
    await source.refresh()
    expect(folder.rejected.map(({ reason }) => reason)).toEqual(told)
    await rename(`${folder.work}-away`, folder.work)
    now = 119_000
    await source.refresh()
    await expect(ask(source)).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    now = 122_000
    await source.refresh()
    expect((await ask(source)).asOf).toBe('2026-11-01T00:00:00+08:00')
    expect(folder.rejected.map(({ reason }) => reason)).toEqual(told)
    expect(await source.health()).toEqual({ ok: true, detail: 'xkz: version 20261101 of 2026-11-01' })
  })
})

describe('one manifest that cannot be read', () => {
  let folder: TestFolder
  beforeEach(async () => {
    folder = await testFolder()
    await folder.dropCsv('20261101', [HEAD, row()])
  })
  afterEach(() => folder.close())

  test('and is a folder, keeps no other version back', async () => {
    await mkdir(join(folder.folder, 'xkz_20261201.manifest.json'))
    const source = await folder.open()
    expect((await ask(source)).asOf).toBe('2026-11-01T00:00:00+08:00')
    const reasons = folder.rejected.map(({ manifest, reason }) => [manifest, reason])
    expect(reasons).toEqual([['xkz_20261201.manifest.json', 'The file cannot be read']])
    await source.refresh()
    expect(folder.rejected).toHaveLength(1)
  })

  test('and leads nowhere, is none', async () => {
    await symlink(join(folder.folder, 'nowhere'), join(folder.folder, 'xkz_20261201.manifest.json'))
    await symlink(join(folder.folder, 'nowhere'), join(folder.folder, 'xkz_20261202.csv'))
    await writeFile(join(folder.folder, 'xkz_20261202.csv.ok'), '')
    const source = await folder.open()
    expect((await ask(source)).asOf).toBe('2026-11-01T00:00:00+08:00')
    expect(folder.rejected).toEqual([])
  })

  test('and is a checksum, keeps no other version back', async () => {
    await writeFile(join(folder.folder, 'xkz_20261202.csv'), '')
    await mkdir(join(folder.folder, 'xkz_20261202.csv.sha256'))
    const source = await folder.open()
    expect((await ask(source)).asOf).toBe('2026-11-01T00:00:00+08:00')
    expect(folder.rejected.map(({ manifest }) => manifest)).toEqual(['xkz_20261202.csv'])
  })
})
