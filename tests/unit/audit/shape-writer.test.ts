import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ENTRY_SHAPE } from '../../../gateway/audit/line-shapes.ts'
import { writerOf } from '../../../gateway/audit/shape-writer.ts'
import { arrange, misfit } from '../../../gateway/audit/shape.ts'
import type { Shape } from '../../../gateway/audit/shape.ts'
import { sampleEntry } from '../../kit/audit-samples.ts'

const write = writerOf(ENTRY_SHAPE)

/** The long way: arrange, check, stringify. */
const written = (shape: Shape, value: unknown): ReturnType<typeof write> => {
  const arranged = arrange(shape, value)
  const where = misfit(shape, arranged)
  return where === null ? { json: JSON.stringify(arranged) } : { misfit: where }
}

const JUNK = [null, -1, -0, 1.5, '', 'x', '"\u2028\ud800', true, [], {}, ['x'], { a: 'x' }, Number.NaN]

describe('a writer of a shape', () => {
  it('writes the canonical JSON of an entry, whatever the order of its members', () => {
    const entry = sampleEntry('one', { count: 2 })
    const turned = Object.fromEntries(Object.entries(entry).toReversed())
    expect(write(turned)).toEqual(written(ENTRY_SHAPE, entry))
  })

  it('says the same as arranging and checking, whatever member is another', () => {
    const entry: Readonly<Record<string, unknown>> = { ...sampleEntry('one', { count: 2 }) }
    const names = [...Object.keys(ENTRY_SHAPE.members), 'unknown']
    fc.assert(
      fc.property(fc.constantFrom(...names), fc.constantFrom(...JUNK), (name, value) => {
        const changed = { ...entry, [name]: value }
        expect(write(changed)).toEqual(written(ENTRY_SHAPE, changed))
      }),
      { numRuns: 1_000 },
    )
  })

  it('names the place of what is missing', () => {
    const { receipt: _receipt, ...rest } = sampleEntry('one')
    expect(write(rest)).toEqual({ misfit: '.receipt' })
  })

  it('writes a frozen list once for each shape, and any other each time', () => {
    const texts: Shape = { kind: 'list', of: { kind: 'text' } }
    const counts: Shape = { kind: 'list', of: { kind: 'count' } }
    const both = writerOf({ kind: 'object', members: { texts, counts }, optional: ['texts', 'counts'] })
    const frozen = Object.freeze(['a'])
    expect(both({ texts: frozen })).toEqual({ json: '{"texts":["a"]}' })
    expect(both({ texts: frozen })).toEqual({ json: '{"texts":["a"]}' })
    expect(both({ counts: frozen })).toEqual({ misfit: '.counts[0]' })
    const open = ['a']
    both({ texts: open })
    open.push('b')
    expect(both({ texts: open })).toEqual({ json: '{"texts":["a","b"]}' })
  })
})
