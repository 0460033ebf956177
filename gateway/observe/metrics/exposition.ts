import type { Family, Sample } from './family.ts'

/** Media type of what `exposition` writes. */
export const EXPOSITION_TYPE = 'text/plain; version=0.0.4; charset=utf-8'

/** The families in the text format 0.0.4 of Prometheus; families of one name must be merged before. */
export function exposition(families: readonly Family[]): string {
  return families.map(familyText).join('')
}

/**
 * The families of several processes as one: each sample says by the label `process` whose it is, so that what a scrape
 * adds up over processes is added up there.
 */
export function mergeProcesses(
  processes: readonly { readonly number: number; readonly families: readonly Family[] }[],
): readonly Family[] {
  const merged = new Map<string, Family>()
  for (const { number, families } of processes) {
    for (const family of families) {
      const samples = family.samples.map((one): Sample => ({
        ...one,
        labels: [['process', String(number)], ...one.labels],
      }))
      const before = merged.get(family.name)?.samples ?? []
      merged.set(family.name, { ...family, samples: [...before, ...samples] })
    }
  }
  return [...merged.values()]
}

function familyText({ name, help, type, samples }: Family): string {
  if (samples.length === 0) return ''
  const lines = samples.map(({ suffix, labels, value }) => `${name}${suffix}${labelText(labels)} ${numberText(value)}`)
  return `# HELP ${name} ${escapeHelp(help)}\n# TYPE ${name} ${type}\n${lines.join('\n')}\n`
}

function labelText(labels: Sample['labels']): string {
  if (labels.length === 0) return ''
  return `{${labels.map(([name, value]) => `${name}="${escapeValue(value)}"`).join(',')}}`
}

function numberText(value: number): string {
  if (Number.isFinite(value)) return String(value)
  return Number.isNaN(value) ? 'NaN' : value > 0 ? '+Inf' : '-Inf'
}

function escapeHelp(text: string): string {
  return text.replaceAll('\\', '\\\\').replaceAll('\n', '\\n')
}

function escapeValue(text: string): string {
  return escapeHelp(text).replaceAll('"', '\\"')
}
