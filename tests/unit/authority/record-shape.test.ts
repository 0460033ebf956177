import { createSecretKey } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { shapeRecord } from '../../../gateway/authority/record-shape.ts'
import { viewerPseudonyms } from '../../../gateway/authority/viewer-pseudonyms.ts'
import type { Standing } from '../../../gateway/governance/queries/scope.ts'
import type { Supervision } from '../../../gateway/grants/supervision.ts'
import { sampleEntry } from '../../kit/audit-samples.ts'
import { chained } from '../../kit/governance.ts'

/* What a row tells beyond its standing (walls 15, 18). */

const key = { id: 'k', development: false, key: createSecretKey(Buffer.alloc(32, 1)) }
const HOUSING: Supervision = { kind: 'DEPARTMENT', department: 'housing' }
const OVERSIGHT: Supervision = { kind: 'OVERSIGHT' }

interface Shown {
  readonly subjects: readonly { readonly pseudonym: string }[]
  readonly route: readonly object[]
}

/** A request about one person in which housing alone was asked, and one firm's answer was kept from before. */
function shown(standing: Standing, supervision: Supervision, department: string): Shown {
  const route = [{ department: 'housing', outcome: 'ok' as const, entities: 1, kept: 1, milliseconds: 2.5, asOf: [] }]
  const [record] = chained([
    sampleEntry('gx_1', { department, route, subjects: ['gxs_one'], objects: 1, milliseconds: 9 }),
  ])
  if (record === undefined) throw new Error('no record')
  const { chain, seq, hash } = record
  const row = { at: 0, chain, seq, hash, v: 2, count: 1, part_of: null, record: JSON.stringify(record) }
  const pseudonyms = supervision.kind === 'OVERSIGHT' ? null : viewerPseudonyms({ secret: () => key }, 'housing')
  return shapeRecord({ standing, row, data: [] }, { supervision, pseudonyms }) as Shown
}

describe('a department', () => {
  const own = shown('CONSUMER', HOUSING, 'housing')
  const other = shown('PROVIDER', HOUSING, 'tax')

  test('cannot tell by its own requests whom others asked for', () => {
    const [mine, theirs] = [own, other].map(({ subjects }) => subjects[0]?.pseudonym)
    expect(mine).toMatch(/^gxv_/)
    expect(theirs).toMatch(/^gxv_/)
    expect(mine).not.toBe(theirs)
  })

  test.each([
    ['its own request', own],
    ['the use of its data', other],
  ])('learns of %s neither what was kept, nor how long it took, nor how much the city asks', (_name, one) => {
    expect(one).toMatchObject({ chain: null, seq: null, milliseconds: null })
    expect(one.route).toEqual([{ department: 'housing', outcome: 'ok', entities: 1, kept: null, milliseconds: null }])
  })
})

test('who oversees learns all of it', () => {
  const all = shown('OVERSIGHT', OVERSIGHT, 'tax')
  expect(all).toMatchObject({ chain: 'test-chain', seq: 1, milliseconds: 9, subjects: [{ pseudonym: 'gxs_one' }] })
  expect(all.route).toMatchObject([{ kept: 1, milliseconds: 2.5 }])
})
