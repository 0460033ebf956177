import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choose } from '../../../subgraphs/kit/statistics-answer.ts'
import { MOST_COMBINATIONS, publish } from '../../../subgraphs/kit/statistics-publish.ts'
import type { Cell, Published } from '../../../subgraphs/kit/statistics-table.ts'
import { asPublished, derived, marginal, MINIMUM, smallOnly, subsets } from './statistics-attacker.ts'

/** Small groups, larger ones and none, in up to three dimensions of up to four values; one value may be unknown. */
function tables(width: number): fc.Arbitrary<readonly Cell[]> {
  const value = fc.constantFrom('a', 'b', 'c', null)
  const count = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 }))
  const cell = fc.record({ values: fc.tuple(...Array.from({ length: width }, () => value)), count })
  return fc.uniqueArray(cell, { selector: ({ values }) => JSON.stringify(values), minLength: 1, maxLength: 40 })
}

const ANY = fc.integer({ min: 1, max: 3 }).chain((width) => tables(width).map((cells) => ({ width, cells })))

function told({ cells }: Published): readonly string[] {
  return cells.map(({ values, count }) => `${values.join()}=${count}`).toSorted()
}

function grid(rows: readonly (readonly number[])[]): readonly Cell[] {
  return rows.flatMap((row, at) =>
    row.flatMap((count, column) => (count === 0 ? [] : [{ values: [`r${at}`, `c${column}`], count }])),
  )
}

describe('what of a table is published (ZS-5.09)', () => {
  test('nothing that counts fewer than the minimum, whatever stands around it', () => {
    fc.assert(
      fc.property(ANY, ({ width, cells }) => {
        for (const { count } of asPublished(cells, width).cells) expect(count).toBeGreaterThanOrEqual(MINIMUM)
      }),
    )
  })

  test('no small group comes back by adding up and taking away over all tables of the register', () => {
    fc.assert(
      fc.property(ANY, ({ width, cells }) => {
        expect(derived(cells, width, asPublished)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  test('where only small groups are withheld, they do: the attacker is one', () => {
    expect(
      derived(
        grid([
          [12, 3],
          [20, 30],
        ]),
        2,
        smallOnly,
      ),
    ).toContain('0,1 r0,c1 = 3')
    expect(
      derived(
        grid([
          [12, 3],
          [20, 30],
        ]),
        2,
        asPublished,
      ),
    ).toEqual([])
  })

  test('a group between two withheld blocks is no bridge that is found by its rows and columns', () => {
    // By lines alone: two blocks of four, and one group that lies in a row of the one and a column of the other.
    const bridged = grid([
      [5, 5, 6, 90],
      [5, 5, 90, 90],
      [90, 90, 5, 5],
      [90, 90, 5, 5],
    ])
    expect(derived(bridged, 2, asPublished)).toEqual([])
  })

  test('what is left of a line is nothing, or the minimum and more in two groups and more', () => {
    fc.assert(
      fc.property(ANY, ({ width, cells }) => {
        const whole = asPublished(cells, width)
        const known = new Set(told(whole))
        for (let at = 0; at < width; at += 1) {
          const kept = Array.from({ length: width }, (_, one) => one).filter((one) => one !== at)
          for (const total of asPublished(marginal(cells, kept), kept.length).cells) {
            const line = cells.filter(({ values }) => kept.every((one, index) => values[one] === total.values[index]))
            const hidden = line.filter(({ values, count }) => !known.has(`${values.join()}=${count}`))
            const left = hidden.reduce((sum, { count }) => sum + count, 0)
            expect(hidden.length === 0 || left >= MINIMUM).toBe(true)
            expect(hidden.length !== 1 || line.length === 1).toBe(true)
          }
        }
      }),
    )
  })

  test('where a small group has no cube of others to stand in, everything so fine is withheld', () => {
    const at = (values: readonly string[], count: number): Cell => ({ values, count })
    const far = at(['c', 'c', 'c'], 50)
    const near = [at(['b', 'a', 'a'], 20), at(['a', 'b', 'a'], 20), at(['a', 'a', 'b'], 20)]
    expect(told(asPublished([...near, far], 3))).toHaveLength(4)
    expect(told(asPublished([at(['a', 'a', 'a'], 3), ...near, far], 3))).toEqual([])
  })

  test('is the same whatever the order of the source', () => {
    fc.assert(
      fc.property(
        ANY.chain((one) =>
          fc.tuple(fc.constant(one), fc.shuffledSubarray([...one.cells], { minLength: one.cells.length })),
        ),
        ([{ width, cells }, shuffled]) => {
          expect(told(asPublished(shuffled, width))).toEqual(told(asPublished(cells, width)))
        },
      ),
    )
  })

  test('a group is published only where each coarser group that it is in is', () => {
    fc.assert(
      fc.property(ANY, ({ width, cells }) => {
        for (const kept of subsets(width)) {
          const coarse = new Set(
            asPublished(marginal(cells, kept), kept.length).cells.map(({ values }) => values.join()),
          )
          for (const { values } of asPublished(cells, width).cells)
            expect(coarse).toContain(kept.map((at) => values[at]).join())
        }
      }),
    )
  })

  test('a whole that is too small, or empty, tells nothing, not even that', () => {
    expect(asPublished([{ values: ['a'], count: 9 }], 1)).toEqual({ cells: [], suppressed: true })
    expect(asPublished([], 1)).toEqual({ cells: [], suppressed: true })
    expect(asPublished([], 0)).toEqual({ cells: [], suppressed: true })
  })

  test('a table of too many combinations is withheld whole', () => {
    const cells = Array.from({ length: MOST_COMBINATIONS + 1 }, (_, at) => ({ values: [String(at)], count: 50 }))
    expect(publish({ width: 1, cells }, MINIMUM)).toEqual({ cells: [], suppressed: true })
  })

  test('a whole table is published where nothing in it is small', () => {
    const cells = grid([
      [12, 30],
      [20, 30],
    ])
    expect(asPublished(cells, 2)).toEqual({ cells, suppressed: false })
  })
})

describe('what a filter chooses', () => {
  const PUBLISHED: Published = {
    cells: [
      { values: ['a', '1'], count: 20 },
      { values: ['a', '2'], count: 30 },
      { values: ['b', '1'], count: 40 },
    ],
    suppressed: true,
  }
  const by = (grouped: readonly number[], filter: readonly (readonly [number, readonly string[]])[] = []) =>
    choose(PUBLISHED, { grouped, filter: new Map(filter) })

  test('published groups, and of them no others', () => {
    expect(by([0, 1])).toEqual(PUBLISHED.cells)
    expect(by([0, 1], [[1, ['1']]])).toEqual([PUBLISHED.cells[0], PUBLISHED.cells[2]])
    expect(by([1, 0], [[0, ['b', 'x']]])).toEqual([{ values: ['1', 'b'], count: 40 }])
  })

  test('a sum only where every group that it is made of is published', () => {
    expect(by([0], [[1, ['1', '2']]])).toEqual([{ values: ['a'], count: 50 }])
    expect(by([0], [[1, ['1']]])).toEqual([
      { values: ['a'], count: 20 },
      { values: ['b'], count: 40 },
    ])
    expect(
      by(
        [],
        [
          [0, ['a', 'b']],
          [1, ['1']],
        ],
      ),
    ).toEqual([{ values: [], count: 60 }])
    expect(
      by(
        [],
        [
          [0, ['a', 'b']],
          [1, ['1', '2']],
        ],
      ),
    ).toEqual([])
  })

  test('where nothing is withheld, what is not there is empty, and adds nothing', () => {
    const open = { ...PUBLISHED, suppressed: false }
    expect(choose(open, { grouped: [0], filter: new Map([[1, ['1', '2']]]) })).toEqual([
      { values: ['a'], count: 50 },
      { values: ['b'], count: 40 },
    ])
  })
})
