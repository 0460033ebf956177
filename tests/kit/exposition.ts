/** A sample of the text format 0.0.4, as a scraper reads it. */
export interface ParsedSample {
  readonly name: string
  readonly labels: Readonly<Record<string, string>>
  readonly value: number
}

const HEAD = /^# (HELP|TYPE) ([a-zA-Z_:][a-zA-Z0-9_:]*) (.+)$/
const SAMPLE = /^([a-zA-Z_:][a-zA-Z0-9_:]*)(?:\{(.*)\})? (NaN|[+-]Inf|-?\d+(?:\.\d+)?(?:e[+-]?\d+)?)$/
const LABEL = /([a-zA-Z_][a-zA-Z0-9_]*)="((?:[^"\\\n]|\\[\\"n])*)"(?:,|$)/y

/**
 * Reads an exposition strictly: each family in one piece, HELP and TYPE once and first, no series twice, buckets that
 * rise and end with all. Throws with the line that breaks a rule.
 */
export function parseExposition(text: string): readonly ParsedSample[] {
  if (!text.endsWith('\n')) throw new Error('the last line has no end')
  const types = new Map<string, string>()
  const seen = new Set<string>()
  const samples: ParsedSample[] = []
  let family = ''
  for (const line of text.split('\n').slice(0, -1)) {
    const [, kind, name = '', rest = ''] = HEAD.exec(line) ?? []
    if (kind === 'HELP') {
      if (types.has(name)) throw new Error(`a family in two pieces: ${line}`)
      family = name
      types.set(name, '')
    } else if (kind === 'TYPE') {
      if (name !== family || types.get(name) !== '' || !/^(counter|gauge|histogram)$/.test(rest)) throw new Error(line)
      types.set(name, rest)
    } else {
      const sample = parseSample(line)
      const base = types.get(family) === 'histogram' ? sample.name.replace(/_(bucket|sum|count)$/, '') : sample.name
      if (base !== family) throw new Error(`outside of its family: ${line}`)
      const labels = Object.entries(sample.labels).map((pair) => JSON.stringify(pair))
      const series = `${sample.name} ${labels.toSorted().join()}`
      if (seen.has(series)) throw new Error(`a series twice: ${line}`)
      seen.add(series)
      samples.push(sample)
    }
  }
  checkBuckets(samples)
  return samples
}

function parseSample(line: string): ParsedSample {
  const [, name = '', inside = '', value = ''] = SAMPLE.exec(line) ?? []
  if (name === '') throw new Error(`no sample: ${line}`)
  const labels: Record<string, string> = {}
  LABEL.lastIndex = 0
  while (LABEL.lastIndex < inside.length) {
    const [, label = '', text = ''] = LABEL.exec(inside) ?? []
    if (label === '' || label in labels) throw new Error(`no label: ${line}`)
    labels[label] = text.replace(/\\(.)/g, (_, one: string) => (one === 'n' ? '\n' : one))
  }
  const number = value === '+Inf' ? Infinity : value === '-Inf' ? -Infinity : Number(value)
  return { name, labels, value: number }
}

function checkBuckets(samples: readonly ParsedSample[]): void {
  const last = new Map<string, { le: number; value: number }>()
  for (const { name, labels, value } of samples) {
    if (!name.endsWith('_bucket')) continue
    const { le = '', ...others } = labels
    const series = `${name} ${JSON.stringify(others)}`
    const before = last.get(series)
    const bound = le === '+Inf' ? Infinity : Number(le)
    if (before && (bound <= before.le || value < before.value)) throw new Error(`buckets fall: ${series} ${le}`)
    last.set(series, { le: bound, value })
  }
  for (const [series, { le }] of last) if (le !== Infinity) throw new Error(`no bucket for all: ${series}`)
}

/** The value of a series; undefined where there is none. */
export function valueOf(
  samples: readonly ParsedSample[],
  name: string,
  labels: Readonly<Record<string, string>> = {},
): number | undefined {
  return samples.find(
    (one) => one.name === name && Object.entries(labels).every(([label, value]) => one.labels[label] === value),
  )?.value
}
