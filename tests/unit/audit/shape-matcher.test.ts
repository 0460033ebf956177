import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { RECORD_SHAPE } from '../../../gateway/audit/line-shapes.ts'
import { matcherOf } from '../../../gateway/audit/shape-matcher.ts'
import { misfit, textOf } from '../../../gateway/audit/shape.ts'
import type { Shape } from '../../../gateway/audit/shape.ts'
import { linesOf } from '../../kit/audit-chains.ts'
import { openTestLog, sampleEntry } from '../../kit/audit-samples.ts'
import { FaultyAuditFiles } from '../../kit/faulty-audit-files.ts'

const fits = matcherOf(RECORD_SHAPE)
const takes = (shape: Shape, json: string): boolean => matcherOf(shape)(Buffer.from(json))

async function lineOf(changes: Parameters<typeof sampleEntry>[1] = {}): Promise<string> {
  const files = new FaultyAuditFiles()
  const log = await openTestLog(files)
  await log.append(await log.reserve(), sampleEntry('one', changes))
  await log.close()
  return (await linesOf(files, '00000001.ndjson'))[1] ?? ''
}

/** The long way: whether the text is JSON of the shape. */
function isFit(shape: Shape, text: string): boolean {
  try {
    return misfit(shape, JSON.parse(text)) === null
  } catch {
    return false
  }
}

const JUNK = [
  '',
  '0',
  '-1',
  '00',
  '1.',
  '.5',
  '1e3',
  '"',
  '{}',
  '[]',
  'null',
  'true',
  ',',
  ':',
  '\\',
  '\n',
  ' ',
  'x',
  'é',
]

describe('the matcher of a shape', () => {
  it('takes a record as the log writes it, with all that it may have and with the least', async () => {
    expect(fits(Buffer.from(await lineOf()))).toBe(true)
    expect(fits(Buffer.from(await lineOf({ route: [], data: [], subjects: [], operation: null, arguments: [] })))).toBe(
      true,
    )
    const emergency = { id: 'E', incident: 'I', declaredBy: 'D', approvedBy: null, until: '2026-11-23T10:00:00Z' }
    const full = await lineOf({
      objects: 1,
      neighbours: [{ group: 'g', count: 2 }],
      count: 3,
      emergency,
      actingFor: 'a',
    })
    expect(fits(Buffer.from(full))).toBe(true)
    expect(fits(Buffer.from(await lineOf({ case: '公租房〔2026〕12号', officer: null })))).toBe(true)
  })

  it('takes nothing that breaks the shape, whatever bytes are put in, taken out or changed', async () => {
    const line = await lineOf({ objects: 1, count: 2 })
    let taken = 0
    const change = fc.record({ at: fc.nat(line.length), drop: fc.nat(12), put: fc.constantFrom(...JUNK) })
    fc.assert(
      fc.property(change, ({ at, drop, put }) => {
        const text = `${line.slice(0, at)}${put}${line.slice(at + drop)}`
        // As Latin-1 the bytes of é are no UTF-8.
        for (const bytes of [Buffer.from(text), Buffer.from(text, 'latin1')]) {
          const ours = fits(bytes)
          if (ours) taken += 1
          expect(!ours || isFit(RECORD_SHAPE, bytes.toString('utf8')), text).toBe(true)
        }
      }),
      { numRuns: 5_000 },
    )
    // Some changes leave a good record: then the test has looked at both sides.
    expect(taken).toBeGreaterThan(20)
  })

  it('takes no two members in another order, twice, or none where one must be', () => {
    const shape: Shape = {
      kind: 'object',
      members: { a: { kind: 'count' }, b: { kind: 'text' }, c: { kind: 'count' } },
      optional: ['b'],
    }
    expect(takes(shape, '{"a":1,"b":"x","c":2}')).toBe(true)
    expect(takes(shape, '{"a":1,"c":2}')).toBe(true)
    for (const json of [
      '{"a":1,"c":2,"b":"x"}',
      '{"a":1,"a":1,"c":2}',
      '{"a":1}',
      '{"c":2}',
      '{"a":1,"c":2,}',
      '{"a":1,,"c":2}',
      '{,"a":1,"c":2}',
      '{"a":1"c":2}',
      '{"a":1,"c":2,"d":3}',
      '{"a":1,"c":2}}',
      '{"a":1,"c":2} ',
      '[1,2]',
      '',
    ]) {
      expect(takes(shape, json), json).toBe(false)
    }
  })

  it('takes of numbers, texts and lists what JSON has, written in one way', () => {
    const duration: Shape = { kind: 'duration' }
    for (const json of ['0', '12', '0.25', '12.5']) expect(takes(duration, json), json).toBe(true)
    for (const json of ['', '-1', '01', '1.', '.5', '1e3', '1'.repeat(16)])
      expect(takes(duration, json), json).toBe(false)
    const list: Shape = { kind: 'list', of: { kind: 'nullable', of: { kind: 'text' } } }
    for (const json of ['[]', '[null]', '["a",null,""]']) expect(takes(list, json), json).toBe(true)
    for (const json of ['[', '[,]', '["a",]', '["a" ]', '["a\u0001"]', '["a\\n"]', '["a', 'null']) {
      expect(takes(list, json), json).toBe(false)
    }
    const hex = textOf('0-9a-f', 2, 4)
    for (const json of ['"a1"', '"0f0f"']) expect([takes(hex, json), isFit(hex, json)], json).toEqual([true, true])
    for (const json of ['"a"', '"a1b2c"', '"ag"', '"A1"', '"é1"', '"a1', 'a1', '""', '"a1"x', '"\\u0061\\u0061"']) {
      expect(takes(hex, json), json).toBe(false)
    }
    const names: Shape = { kind: 'texts-by-name' }
    for (const json of ['{}', '{"a":"b"}', '{"a":"b","c":""}']) expect(takes(names, json), json).toBe(true)
    for (const json of ['{', '{"a"}', '{"a":1}', '{"a":"b",}', '{"a":"b""c":"d"}']) {
      expect(takes(names, json), json).toBe(false)
    }
  })
})
