import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { choose, narrow } from '../../../subgraphs/kit/statistics/answer.ts'
import { MOST_COMBINATIONS, publish, publishing } from '../../../subgraphs/kit/statistics/publish.ts'
import type { Cell, Published, Table } from '../../../subgraphs/kit/statistics/table.ts'
import { atOnce } from '../../../subgraphs/kit/statistics/work.ts'
import { asNested, asPublished, derived, marginal, MINIMUM, smallOnly, subsets } from './statistics-attacker.ts'
import { publishSlowly } from './statistics-reference.ts'

/** Small groups, larger ones and none, in up to three dimensions of up to four values; one value may be unknown. */
function tables(width: number): fc.Arbitrary<readonly Cell[]> {
  const value = fc.constantFrom('a', 'b', 'c', null)
  const count = fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 }))
  const cell = fc.record({ values: fc.tuple(...Array.from({ length: width }, () => value)), count })
  return fc.uniqueArray(cell, { selector: ({ values }) => JSON.stringify(values), minLength: 1, maxLength: 40 })
}

const ANY = fc.integer({ min: 1, max: 3 }).chain((width) => tables(width).map((cells) => ({ width, cells })))

function published(cells: readonly Cell[], width: number): Published {
  return publish({ width, cells }, MINIMUM)
}

/** Townships of counties, by sex where there are three dimensions; a township of the county of the same letter. */
const NESTED = fc.integer({ min: 2, max: 3 }).chain((width) => {
  const cell = fc.record({
    county: fc.constantFrom('a', 'b', 'c'),
    township: fc.constantFrom('1', '2', '3'),
    sex: fc.constantFrom('1', '2', null),
    count: fc.oneof(fc.integer({ min: 1, max: 9 }), fc.integer({ min: 10, max: 40 })),
  })
  return fc.array(cell, { minLength: 1, maxLength: 24 }).map((rows) => ({
    width,
    cells: marginal(
      rows.map(({ county, township, sex, count }) => ({ values: [county, county + township, sex], count })),
      width === 3 ? [0, 1, 2] : [0, 1],
    ),
  }))
})

/** Full tables with few small groups and many equal ones, in which it is cubes that matter, and which of them. */
const DENSE = fc.constantFrom([6, 6], [8, 4], [4, 4, 3]).chain((sizes) => {
  const kind = fc.constantFrom(0, 3, 3, 9, 10, 10, 11, 11, 11, 12, 12, 12, 12, 12, 12, 30)
  const length = sizes.reduce((product, size) => product * size, 1)
  return fc.array(kind, { minLength: length, maxLength: length }).map((counts) => ({
    width: sizes.length,
    cells: combinations(sizes).flatMap((values, at) => {
      const count = counts[at] ?? 0
      return count === 0 ? [] : [{ values, count }]
    }),
  }))
})

/** What everybody knows of townships. */
const inItsCounty = ([county, township]: readonly (string | null)[]): boolean => township?.[0] === county

function combinations(sizes: readonly number[]): readonly (readonly string[])[] {
  return sizes.reduce<readonly (readonly string[])[]>(
    (rows, size, at) => rows.flatMap((row) => Array.from({ length: size }, (_, code) => [...row, `${at}.${code}`])),
    [[]],
  )
}

/** A full table in which 15 of 100 groups are small. */
function large(sizes: readonly number[]): readonly Cell[] {
  return combinations(sizes).map((values, at) => ({
    values,
    count: (at * 7919) % 100 < 15 ? 1 + ((at * 31) % 9) : 10 + ((at * 53) % 90),
  }))
}

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
        for (const { count } of published(cells, width).cells) expect(count).toBeGreaterThanOrEqual(MINIMUM)
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
    fc.assert(
      fc.property(DENSE, ({ width, cells }) => {
        expect(derived(cells, width, asPublished)).toEqual([])
      }),
      { numRuns: 50 },
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
        const whole = published(cells, width)
        const known = new Set(told(whole))
        for (let at = 0; at < width; at += 1) {
          const kept = Array.from({ length: width }, (_, one) => one).filter((one) => one !== at)
          for (const total of published(marginal(cells, kept), kept.length).cells) {
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
    expect(told(published([...near, far], 3))).toHaveLength(4)
    expect(told(published([at(['a', 'a', 'a'], 3), ...near, far], 3))).toEqual([])
  })

  test('is the same whatever the order of the source', () => {
    fc.assert(
      fc.property(
        ANY.chain((one) =>
          fc.tuple(fc.constant(one), fc.shuffledSubarray([...one.cells], { minLength: one.cells.length })),
        ),
        ([{ width, cells }, shuffled]) => {
          expect(told(published(shuffled, width))).toEqual(told(published(cells, width)))
        },
      ),
    )
  })

  test('a group is published only where each coarser group that it is in is', () => {
    fc.assert(
      fc.property(ANY, ({ width, cells }) => {
        for (const kept of subsets(width)) {
          const coarse = new Set(published(marginal(cells, kept), kept.length).cells.map(({ values }) => values.join()))
          for (const { values } of published(cells, width).cells)
            expect(coarse).toContain(kept.map((at) => values[at]).join())
        }
      }),
    )
  })

  test('a whole that is too small, or empty, tells nothing, not even that', () => {
    expect(published([{ values: ['a'], count: 9 }], 1)).toEqual({ cells: [], suppressed: true })
    expect(published([], 1)).toEqual({ cells: [], suppressed: true })
    expect(published([], 0)).toEqual({ cells: [], suppressed: true })
  })

  test('a table of too many combinations is withheld whole', () => {
    const cells = Array.from({ length: MOST_COMBINATIONS + 1 }, (_, at) => ({ values: [String(at)], count: 50 }))
    expect(publish({ width: 1, cells }, MINIMUM)).toEqual({ cells: [], suppressed: true })
  })

  test('is what the slow way over every line and every cube finds', () => {
    const nested = NESTED.map((one) => ({ ...one, within: [null, 0, null].slice(0, one.width) }))
    const any: fc.Arbitrary<Table> = fc.oneof(ANY, DENSE, nested)
    fc.assert(
      fc.property(any, (table) => {
        expect(publish(table, MINIMUM)).toEqual(publishSlowly(table, MINIMUM))
      }),
      { numRuns: 400 },
    )
  })

  test('a large table is judged within its steps, with turns for others between them', () => {
    for (const sizes of [[100, 2, 58], [27, 27, 27], [141, 141], [20_000]]) {
      const table = { width: sizes.length, cells: large(sizes) }
      const parts = publishing(table, MINIMUM)
      let turns = 0
      let part = parts.next()
      for (; part.done !== true; part = parts.next()) turns += 1
      expect(turns).toBeGreaterThan(2)
      expect(part.value.cells.length).toBeGreaterThan(table.cells.length / 2)
    }
  })

  test('a table that takes more steps than it may have is withheld whole, never told in part', () => {
    const table = { width: 3, cells: large([12, 2, 9]) }
    const whole = publish(table, MINIMUM)
    expect(whole.cells.length).toBeGreaterThan(0)
    const outcomes = Array.from({ length: 300 }, (_, at) => atOnce(publishing(table, MINIMUM, at * 100)))
    const given = outcomes.filter(({ cells }) => cells.length > 0)
    expect(given.length).toBeGreaterThan(0)
    expect(given.length).toBeLessThan(outcomes.length)
    for (const one of given) expect(one).toEqual(whole)
    for (const { suppressed } of outcomes) expect(suppressed).toBe(true)
  })

  test('a whole table is published where nothing in it is small', () => {
    const cells = grid([
      [12, 30],
      [20, 30],
    ])
    expect(published(cells, 2)).toEqual({ cells, suppressed: false })
  })
})

describe('a dimension within another one (ZS-5.09)', () => {
  const SMALL = [
    { values: ['a', 'a1'], count: 4 },
    { values: ['a', 'a2'], count: 40 },
    { values: ['b', 'b1'], count: 12 },
    { values: ['b', 'b2'], count: 33 },
  ]

  test('gives no small group back by adding up and taking away, by whoever knows what lies where', () => {
    fc.assert(
      fc.property(NESTED, ({ width, cells }) => {
        expect(derived(cells, width, asNested, inItsCounty)).toEqual([])
      }),
      { numRuns: 400 },
    )
  })

  test('would give it back if it were published as one beside the other', () => {
    expect(derived(SMALL, 2, asPublished, inItsCounty)).toContain('1 a1 = 4')
    expect(derived(SMALL, 2, asNested, inItsCounty)).toEqual([])
  })

  test('withholds what is small within the wider group, and nothing elsewhere', () => {
    const whole = publish({ width: 2, cells: SMALL, within: [null, 0] }, MINIMUM)
    expect(told(whole)).toEqual(['b,b1=12', 'b,b2=33'])
    expect(told(narrow(whole, SMALL, [1]))).toEqual(['b1=12', 'b2=33'])
    expect(published(marginal(SMALL, [0]), 1).suppressed).toBe(false)
  })

  test('tells a code that is in two wider groups whole or not at all', () => {
    const both = [...SMALL, { values: ['a', 'x'], count: 60 }, { values: ['b', 'x'], count: 5 }]
    const whole = publish({ width: 2, cells: both, within: [null, 0] }, MINIMUM)
    expect(told(whole)).toContain('a,x=60')
    expect(told(narrow(whole, both, [1])).filter((one) => one.startsWith('x'))).toEqual([])
    const open = both.map((one) => ({ ...one, count: one.count + 10 }))
    const all = publish({ width: 2, cells: open, within: [null, 0] }, MINIMUM)
    expect(told(narrow(all, open, [1]))).toContain('x=85')
  })

  test('makes chains: of two within one nobody knows how they lie', () => {
    const table = (within: readonly (number | null)[]) => () =>
      publish({ width: 3, cells: large([2, 2, 2]), within }, MINIMUM)
    expect(table([null, 0, 1])).not.toThrow()
    expect(table([null, 0, 0])).toThrow('must make chains')
    expect(table([1, 0, null])).toThrow('must make chains')
    expect(table([0, null, null])).toThrow('must make chains')
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
