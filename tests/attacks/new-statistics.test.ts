import { describe, expect, test } from 'vitest'
import { choose } from '../../subgraphs/kit/statistics-answer.ts'
import { publish } from '../../subgraphs/kit/statistics-publish.ts'
import type { Cell, Published } from '../../subgraphs/kit/statistics-table.ts'

/* Attempts to find a group of fewer than ten by what everybody knows of the values themselves (S21, ZS-5.09). */

const MINIMUM = 10

/** Registrations by township; the first six digits of a township are its county. */
const TOWNSHIPS: Readonly<Record<string, number>> = {
  '441302001': 4,
  '441302002': 40,
  '441302003': 52,
  '441303001': 12,
  '441303002': 33,
  '441322001': 61,
  '441322002': 70,
}
const countyOf = (township: string): string => township.slice(0, 6)
const CELLS: readonly Cell[] = Object.entries(TOWNSHIPS).map(([township, count]) => ({
  values: [countyOf(township), township],
  count,
}))

/** The table over one of the two, as it is published when nothing else is asked for. */
function tableOf(at: 0 | 1): Published {
  const sums = new Map<string, number>()
  for (const { values, count } of CELLS) sums.set(values[at] ?? '', count + (sums.get(values[at] ?? '') ?? 0))
  const cells = [...sums].map(([value, count]) => ({ values: [value], count }))
  return publish({ width: 1, cells }, MINIMUM)
}

const countIn = ({ cells }: Published, value: string): number | null =>
  cells.find(({ values }) => values[0] === value)?.count ?? null

/** Townships that are withheld and yet follow from their county's total and the other townships of it. */
function foundByGeography(counties: Published, townships: Published): readonly string[] {
  const hidden = Object.keys(TOWNSHIPS).filter((one) => countIn(townships, one) === null)
  return hidden.flatMap((one) => {
    const total = countIn(counties, countyOf(one))
    const others = Object.keys(TOWNSHIPS).filter((other) => other !== one && countyOf(other) === countyOf(one))
    const known = others.map((other) => countIn(townships, other))
    if (total === null || known.includes(null)) return []
    return [`${one} = ${total - known.reduce<number>((sum, count) => sum + (count ?? 0), 0)}`]
  })
}

describe('a dimension within another, such as a township within its county', () => {
  test('is told by itself with the small group withheld and another one beside it', () => {
    const townships = tableOf(1)
    expect(townships.suppressed).toBe(true)
    expect(countIn(townships, '441302001')).toBeNull()
  })

  // Two tables of one dimension each, of the four that an officer has: that the one nests in the other is known to
  // everybody, and stands in the codes. The second group withheld need not be of the same county.
  test.fails('gives no small group back by the totals of the other', () => {
    expect(foundByGeography(tableOf(0), tableOf(1))).toEqual([])
  })
})

describe('a filter', () => {
  const both = publish({ width: 2, cells: CELLS }, MINIMUM)
  test('adds up no more than what is published, by values that exist, are unknown, or stand there twice', () => {
    for (const filter of [['441302'], ['441302', '999999'], ['441302', '441303', '441322'], []]) {
      const told = choose(both, { grouped: [], filter: new Map([[0, filter]]) })
      for (const { count } of told) expect(count).toBeGreaterThanOrEqual(MINIMUM)
    }
  })
})
