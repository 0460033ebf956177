import { createHash } from 'node:crypto'
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import iconv from 'iconv-lite'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { residentNumber } from '../../../city/identity.ts'
import { certificates } from '../../../subgraphs/disabled-persons/source.ts'
import { fileSource, rejections as rejectionChannel } from '../../../subgraphs/kit/file.ts'
import type { FileDropSource, Rejection } from '../../../subgraphs/kit/file.ts'

const NUMBER = residentNumber('442090', '1985-06-15', 28)
const HEADER =
  '姓名,证件类型,证件号码,残疾人证号,发证机关,发证机关区划,发证日期,注销原因,注销机关,注销机关区划,注销日期,联系电话'
const ROW = `司马𫖯,居民身份证,${NUMBER},${NUMBER}43,"甲,乙联合会",442000,2021年4月12日,,,,,10000000001`
const KEY = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: NUMBER } as const

describe('a file drop', () => {
  let folder: string
  let source: FileDropSource | null
  let rejections: Rejection[]
  const collect = (rejection: unknown): void => void rejections.push(rejection as Rejection)
  beforeEach(async () => {
    folder = await mkdtemp(join(tmpdir(), 'gx-drop-'))
    source = null
    rejections = []
    rejectionChannel.subscribe(collect)
  })
  afterEach(async () => {
    rejectionChannel.unsubscribe(collect)
    await source?.close()
    await rm(folder, { recursive: true, force: true })
  })

  async function drop(
    version: string,
    lines: readonly string[],
    manifest: Record<string, unknown> = {},
    bytes?: Buffer,
  ) {
    const content = bytes ?? iconv.encode(lines.map((line) => `${line}\r\n`).join(''), 'gb18030')
    const sha256 = createHash('sha256').update(content).digest('hex')
    const told = {
      version,
      file: `cjrdj_${version}.csv`,
      dataDate: '2026-11-01',
      rows: lines.length - 1,
      sha256,
      ...manifest,
    }
    await writeFile(join(folder, `cjrdj_${version}.csv`), content)
    await writeFile(join(folder, `cjrdj_${version}.manifest.json`), JSON.stringify(told))
  }
  async function open() {
    source = await fileSource({ folder, registers: [certificates] })
    return source
  }
  function ask(from: FileDropSource, columns = ['证件类型', '证件号码', '姓名', '发证机关']) {
    return from.fetch({ register: certificates, columns, keys: [KEY], signal: undefined })
  }

  test('serves the newest version, in GB 18030 with rare characters, the asked columns alone', async () => {
    await drop('20261001', [HEADER], { dataDate: '2026-10-01' })
    await drop('20261101', [HEADER, ROW])
    expect(await ask(await open())).toEqual({
      rows: [{ 证件类型: '居民身份证', 证件号码: NUMBER, 姓名: '司马𫖯', 发证机关: '甲,乙联合会' }],
      asOf: '2026-11-01T00:00:00+08:00',
    })
  })

  test('keeps nothing in memory that no list shares', async () => {
    await drop('20261101', [HEADER, ROW])
    const { rows } = await ask(await open(), ['证件号码', '联系电话'])
    expect(rows).toEqual([{ 证件号码: NUMBER, 联系电话: undefined }])
  })

  test('takes a new version without a restart', async () => {
    await drop('20261101', [HEADER, ROW])
    const open_ = await open()
    await drop('20261201', [HEADER, ROW.replace('司马𫖯', '司马甲')], { dataDate: '2026-12-01' })
    await open_.refresh()
    expect(await ask(open_, ['姓名'])).toEqual({ rows: [{ 姓名: '司马甲' }], asOf: '2026-12-01T00:00:00+08:00' })
  })

  const bad: readonly (readonly [string, readonly string[], Record<string, unknown>, string])[] = [
    ['another checksum', [HEADER, ROW], { sha256: '0'.repeat(64) }, 'checksum'],
    ['another number of rows', [HEADER, ROW], { rows: 2 }, '1 rows'],
    ['a missing column', [HEADER.replace('发证日期', '日期'), ROW], {}, '发证日期'],
    ['a person twice', [HEADER, ROW, ROW], {}, 'two rows'],
    [
      'the same person under the old and the new number',
      [HEADER, ROW, ROW.replaceAll(NUMBER, '442090850615028')],
      {},
      'two rows',
    ],
    ['a row without a person', [HEADER, ROW.replace(`,${NUMBER},`, ',,')], {}, 'row 1 names no person'],
    [
      'a date that is none',
      [HEADER, ROW.replace('2021年4月12日', '2021年2月30日')],
      {},
      'row 1 has an unreadable issueDate',
    ],
    ['a torn line', [HEADER, ROW, '王'], {}, 'not CSV'],
    ['a manifest that points elsewhere', [HEADER, ROW], { file: '../../etc/passwd' }, 'missing'],
    ['a manifest of another shape', [HEADER, ROW], { rows: 'many' }, 'another shape'],
  ]
  test.each(bad)(
    'with %s is not taken, and the version before stays (HZ-10.3)',
    async (_name, lines, manifest, reason) => {
      await drop('20261101', [HEADER, ROW])
      const open_ = await open()
      await drop('20261201', lines, manifest)
      await open_.refresh()
      expect(await ask(open_, ['姓名'])).toEqual({ rows: [{ 姓名: '司马𫖯' }], asOf: '2026-11-01T00:00:00+08:00' })
      expect(rejections.map(({ manifest: name }) => name)).toEqual(['cjrdj_20261201.manifest.json'])
      expect(rejections[0]?.reason).toContain(reason)
      expect(JSON.stringify(rejections)).not.toContain(NUMBER)
      const { ok, detail } = await open_.health()
      expect([ok, detail.includes('20261101'), detail.includes(reason)]).toEqual([true, true, true])
    },
  )

  test('is also served after a restart when only the version before is good, and a mended one is taken', async () => {
    await drop('20261101', [HEADER, ROW])
    await drop('20261201', [HEADER, ROW], { rows: 9 })
    const open_ = await open()
    expect((await ask(open_)).asOf).toBe('2026-11-01T00:00:00+08:00')
    await drop('20261201', [HEADER, ROW], { dataDate: '2026-12-01' })
    await open_.refresh()
    expect((await ask(open_)).asOf).toBe('2026-12-01T00:00:00+08:00')
  })

  test('without any good version is unavailable', async () => {
    await expect(ask(await open())).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
  })
})
