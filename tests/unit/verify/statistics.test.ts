import { describe, expect, test } from 'vitest'
import {
  kolmogorovSmirnov,
  kolmogorovTail,
  mannWhitney,
  normalTail,
  quantile,
} from '../../../bench/verify-timing-statistics.ts'
import { randomFor } from '../../../city/random.ts'

describe('the test of Kolmogorov and Smirnov', () => {
  test.each([
    [0.5, 0.9639452436],
    [0.8275735551, 0.5],
    [1.0, 0.2699996717],
    [1.2238478702, 0.1],
    [1.3580986393, 0.05],
    [1.6276236115, 0.01],
    [1.9494746076, 0.001],
  ])('has the limiting distribution of the tables: %d is exceeded with %d', (value, chance) => {
    expect(kolmogorovTail(value)).toBeCloseTo(chance, 9)
  })

  test('is certain of nothing near 0, and of much far out', () => {
    expect(kolmogorovTail(0)).toBe(1)
    expect(kolmogorovTail(0.2)).toBeCloseTo(1, 9)
    expect(kolmogorovTail(5)).toBeLessThan(1e-20)
  })

  test.each([
    [[1, 2, 3], [1, 2, 3], 0],
    [[1, 2, 3], [4, 5, 6], 1],
    [[1, 2, 3, 4], [3, 4, 5, 6], 0.5],
    [[1, 1, 1, 2], [1, 2, 2, 2], 0.5],
    // Below 0 lie 9 of 25, above 1 another 7.
    [
      [-9, -8, -7, -6, -5, -4, -3, -2, -1, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9, 2, 3, 4, 5, 6, 7, 8],
      [0, 1],
      0.36,
    ],
  ])('finds the greatest distance, ties passed together', (first, second, d) => {
    expect(kolmogorovSmirnov(first, second).d).toBeCloseTo(d, 12)
    expect(kolmogorovSmirnov(second, first).d).toBeCloseTo(d, 12)
  })

  test('gives the chance by the effective size', () => {
    const evens = Array.from({ length: 100 }, (_, at) => at)
    const shifted = evens.map((value) => value + 20)
    const { d, p } = kolmogorovSmirnov(evens, shifted)
    expect(d).toBeCloseTo(0.2, 12)
    expect(p).toBeCloseTo(kolmogorovTail((Math.sqrt(50) + 0.12 + 0.11 / Math.sqrt(50)) * 0.2), 12)
    expect(p).toBeGreaterThan(0.025)
    expect(p).toBeLessThan(0.04)
  })
})

describe('the test of Mann and Whitney', () => {
  test('of the race of tortoises and hares counts 11 against 25', () => {
    // T H H H H H T T T T T H, the winner first; ranks from the last on.
    const order = [...'THHHHHTTTTTH'].toReversed()
    const ranks = (who: string) => order.flatMap((one, rank) => (one === who ? [rank] : []))
    expect(mannWhitney(ranks('T'), ranks('H')).u).toBe(11)
    expect(mannWhitney(ranks('H'), ranks('T')).u).toBe(25)
    expect(mannWhitney(ranks('T'), ranks('H')).z).toBeCloseTo(-7 / Math.sqrt(39), 12)
  })

  test('of the permeability constants of Hollander and Wolfe gives W = 35 and p = 0.2207', () => {
    const term = [0.8, 0.83, 1.89, 1.04, 1.45, 1.38, 1.91, 1.64, 0.73, 1.46]
    const early = [1.15, 0.88, 0.9, 0.74, 1.21]
    const { u, z, p } = mannWhitney(term, early)
    expect(u).toBe(35)
    expect(z).toBeCloseTo(1.224745, 6)
    expect(p).toBeCloseTo(0.220671, 6)
  })

  test('corrects for ties, and tells nothing of values that are all the same', () => {
    const { u, z } = mannWhitney([1, 2, 2, 3], [2, 3, 3, 4])
    // Of 16 pairs one is greater (3 > 2) and four are tied.
    expect(u).toBe(3)
    const ties = 3 ** 3 - 3 + (3 ** 3 - 3)
    expect(z).toBeCloseTo(-5 / Math.sqrt((16 / 12) * (9 - ties / 56)), 12)
    expect(mannWhitney([1, 1], [1, 1, 1])).toEqual({ u: 3, z: 0, p: 1 })
  })

  test.each([
    [0, 0.5],
    [1, 0.158655253931457],
    [1.959963984540054, 0.025],
    [2.999999, 0.001349902463],
    [3, 0.001349898031630095],
    [5, 2.866515718791939e-7],
    [10, 7.619853024160527e-24],
  ])('knows the normal distribution: %d is exceeded with %d', (value, chance) => {
    expect(normalTail(value) / chance).toBeCloseTo(1, 9)
  })
})

describe('both tests', () => {
  const random = randomFor(5, 1)
  const sample = (shift: number) => Array.from({ length: 2_000 }, () => 50 + random.next() + random.next() + shift)

  test('find a shift of a tenth, and no shift where there is none', () => {
    const [same, other, shifted] = [sample(0), sample(0), sample(0.1)]
    expect(kolmogorovSmirnov(same, other).p).toBeGreaterThan(0.01)
    expect(mannWhitney(same, other).p).toBeGreaterThan(0.01)
    expect(kolmogorovSmirnov(same, shifted).p).toBeLessThan(1e-6)
    expect(mannWhitney(same, shifted).p).toBeLessThan(1e-6)
    expect(mannWhitney(shifted, same).z).toBeGreaterThan(5)
  })

  test('are wrong about equals about as often as they say', () => {
    const trials = Array.from({ length: 400 }, () => [sample(0).slice(0, 200), sample(0).slice(0, 200)] as const)
    const wrong = (test_: typeof kolmogorovSmirnov | typeof mannWhitney) =>
      trials.filter(([a, b]) => test_(a, b).p < 0.05).length / trials.length
    expect(wrong(kolmogorovSmirnov)).toBeLessThan(0.09)
    expect(wrong(mannWhitney)).toBeLessThan(0.09)
    expect(wrong(mannWhitney)).toBeGreaterThan(0.01)
  })

  test('refuse what is no sample', () => {
    expect(() => kolmogorovSmirnov([], [1])).toThrow(RangeError)
    expect(() => mannWhitney([1], [Number.NaN])).toThrow(RangeError)
  })

  test('leave their samples in order, and a quantile is a value of the sample', () => {
    const values = [3, 1, 2]
    kolmogorovSmirnov(values, values)
    expect(values).toEqual([3, 1, 2])
    expect([quantile(values, 0), quantile(values, 0.5), quantile(values, 0.99)]).toEqual([1, 2, 3])
  })
})
