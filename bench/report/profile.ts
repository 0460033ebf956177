import { readFileSync } from 'node:fs'
import { relative } from 'node:path'
import { fileURLToPath } from 'node:url'

/** What of a file that `--cpu-prof` writes is read here. */
interface CpuProfile {
  readonly nodes: readonly {
    readonly id: number
    readonly callFrame: { readonly functionName: string; readonly url: string; readonly lineNumber: number }
  }[]
  readonly samples: readonly number[]
  /** Microseconds since the sample before. */
  readonly timeDeltas: readonly number[]
}

const ROWS = 30

/**
 * Where the time of a profile went: the functions that worked longest themselves, with their share of what was busy.
 *
 * @param seconds of the profile's end that count: before these the gateway started and warmed up
 */
export function profileTable(file: string, root: string, seconds: number): string {
  const { nodes, samples, timeDeltas } = JSON.parse(readFileSync(file, 'utf8')) as CpuProfile
  const from = timeDeltas.reduce((sum, one) => sum + one, 0) - seconds * 1_000_000
  const names = new Map(nodes.map(({ id, callFrame }) => [id, nameOf(callFrame, root)]))
  const times = new Map<string, number>()
  let passed = 0
  for (const [at, id] of samples.entries()) {
    passed += timeDeltas[at] ?? 0
    const name = names.get(id) ?? '?'
    if (passed >= from) times.set(name, (times.get(name) ?? 0) + (timeDeltas[at] ?? 0))
  }
  for (const idle of ['(idle)', '(root)']) times.delete(idle)
  const all = [...times.values()].reduce((sum, one) => sum + one, 0)
  const rows = [...times].toSorted(([, a], [, b]) => b - a).slice(0, ROWS)
  const lines = rows.map(([name, time]) => `${((100 * time) / all).toFixed(1).padStart(5)} %  ${name}`)
  return [`${file}: ${(all / 1_000_000).toFixed(1)} s busy`, ...lines, ''].join('\n')
}

function nameOf({ functionName, url, lineNumber }: CpuProfile['nodes'][number]['callFrame'], root: string): string {
  const name = functionName === '' ? 'anonymous' : functionName
  if (url === '') return name
  const place = url.startsWith('file:') ? relative(root, fileURLToPath(url)) : url
  return `${name}  ${place}:${lineNumber + 1}`
}
