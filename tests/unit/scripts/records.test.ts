import { mkdtemp, readFile, rm, writeFile } from 'node:fs/promises'
import os from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test } from 'vitest'
import { checkRecords } from '../../../scripts/suite/records.ts'
import { recordHash } from '../../../gateway/audit/line.ts'

const ROOT = path.resolve(import.meta.dirname, '../../..')

describe('the records that a run wrote', () => {
  let folder = ''
  let good = ''
  beforeEach(async () => {
    folder = await mkdtemp(path.join(os.tmpdir(), 'records-'))
    good = await readFile(path.join(ROOT, 'schema', 'audit-record.examples.ndjson'), 'utf8')
  })
  afterEach(() => rm(folder, { recursive: true }))
  const check = async (text: string) => {
    await writeFile(path.join(folder, '00000001.ndjson'), text)
    return checkRecords(ROOT, folder)
  }
  /** A line with another text in it, and with the hash that proves it. */
  const rewritten = (line: string, from: string, to: string): string => {
    const changed = line.replace(from, to)
    const { prev } = JSON.parse(changed) as { readonly prev: string }
    const open = changed.slice(0, changed.lastIndexOf(',"hash":"'))
    return `${open},"hash":"${recordHash(prev, Buffer.from(open))}"}`
  }

  test('pass where each fits the specification; what is no record, or is forged, is none of it', async () => {
    const forged = good.replace('"officer":', '"name":"x","officer":')
    expect(await check(`${good}{"v":1,"kind":"head"}\ntorn {"v":`)).toEqual({
      passed: true,
      lines: ['5 audit records'],
    })
    expect(await check(forged)).toEqual({ passed: true, lines: ['4 audit records'] })
  })

  test.each([
    ['a member too many', '"officer":', '"name":"x","officer":'],
    ['a value where a count belongs', '"entities":1', '"entities":"欧阳静怡"'],
  ])('fail with %s', async (_what, from, to) => {
    const [first = '', ...others] = good.trimEnd().split('\n')
    const result = await check([rewritten(first, from, to), ...others, ''].join('\n'))
    expect([result?.passed, result?.lines.length, result?.lines[1]]).toEqual([
      false,
      2,
      expect.stringMatching(/^00000001.ndjson:1: /),
    ])
    expect(result?.lines.join()).not.toContain('欧阳静怡')
  })

  test('are not asked for in a tree without their specification', async () => {
    expect(await checkRecords(folder, folder)).toBeNull()
  })
})
