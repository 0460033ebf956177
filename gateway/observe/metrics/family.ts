/** One value of a family, with its labels in the family's order. */
export interface Sample {
  /** What stands behind the family's name; a histogram has three kinds of samples. */
  readonly suffix: '' | '_bucket' | '_sum' | '_count'
  readonly labels: readonly (readonly [name: string, value: string])[]
  readonly value: number
}

/** A metric with all its values at one moment; plain data, so that it can be sent from process to process. */
export interface Family {
  readonly name: string
  readonly help: string
  readonly type: 'counter' | 'gauge' | 'histogram'
  readonly samples: readonly Sample[]
}

/**
 * Series that one family has at most. Labels take words of our own and registered codes alone, so that this is never
 * reached; where it is all the same, further ones are counted together under `other`, and the memory stays bounded.
 */
const MOST_SERIES = 2_000
const OTHER = 'other'

/** A family whose values add up. */
export interface Counter {
  /** Adds to the series of these label values, given in the order of the label names. */
  add(values: readonly string[], by?: number): void
  family(): Family
}

/** A family of distributions. */
export interface Histogram {
  observe(values: readonly string[], value: number): void
  family(): Family
}

/** @param names label names */
export function createCounter(name: string, help: string, names: readonly string[]): Counter {
  const all = createSeries(names, () => ({ value: 0 }))
  return {
    add(values, by = 1) {
      all.of(values).value += by
    },
    family: () => ({
      name,
      help,
      type: 'counter',
      samples: all.map((labels, { value }): Sample => ({ suffix: '', labels, value })),
    }),
  }
}

/** @param bounds upper bounds of the buckets, rising; one without a bound is added */
export function createHistogram(
  name: string,
  help: string,
  names: readonly string[],
  bounds: readonly number[],
): Histogram {
  const all = createSeries(names, () => ({ counts: new Float64Array(bounds.length + 1), sum: 0 }))
  return {
    observe(values, value) {
      const series = all.of(values)
      let at = 0
      while (at < bounds.length && value > (bounds[at] ?? Infinity)) at += 1
      series.counts[at] = (series.counts[at] ?? 0) + 1
      series.sum += value
    },
    family: () => ({
      name,
      help,
      type: 'histogram',
      samples: all.map((labels, { counts, sum }) => histogramSamples(labels, bounds, counts, sum)).flat(),
    }),
  }
}

/** A family of values as they are at this moment. */
export function gaugeFamily(name: string, help: string, readings: readonly Omit<Sample, 'suffix'>[]): Family {
  return { name, help, type: 'gauge', samples: readings.map((one) => ({ ...one, suffix: '' })) }
}

function histogramSamples(
  labels: Sample['labels'],
  bounds: readonly number[],
  counts: Float64Array,
  sum: number,
): readonly Sample[] {
  let total = 0
  const buckets = [...counts].map((count, at): Sample => {
    total += count
    const bound = bounds[at]
    const le = bound === undefined ? '+Inf' : String(bound)
    return { suffix: '_bucket', labels: [...labels, ['le', le]], value: total }
  })
  return [...buckets, { suffix: '_sum', labels, value: sum }, { suffix: '_count', labels, value: total }]
}

/** Values by label values, bounded in number. */
function createSeries<T>(names: readonly string[], make: () => T) {
  const known = new Map<string, { readonly values: readonly string[]; readonly series: T }>()
  const find = (values: readonly string[]): T => {
    // A label value is a word or a code; none holds this character.
    const key = values.length === 1 ? (values[0] ?? '') : values.join('\n')
    const found = known.get(key)
    if (found !== undefined) return found.series
    const full = known.size >= MOST_SERIES && values.some((one) => one !== OTHER)
    if (full) return find(values.map(() => OTHER))
    const series = make()
    known.set(key, { values: [...values], series })
    return series
  }
  return {
    of: find,
    map: <R>(use: (labels: Sample['labels'], series: T) => R): readonly R[] =>
      [...known.values()].map(({ values, series }) =>
        use(
          names.map((name, at) => [name, values[at] ?? ''] as const),
          series,
        ),
      ),
  }
}
