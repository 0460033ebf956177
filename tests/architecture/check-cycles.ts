import { importsOf } from './source.ts'
import type { SourceFile } from './source.ts'

/** Every import cycle once, type imports included, as `a.ts → b.ts → a.ts`. */
export function checkCycles(files: readonly SourceFile[]): readonly string[] {
  const graph = buildGraph(files)
  const cycles: string[] = []
  const inCycle = new Set<string>()
  for (const file of graph.keys()) {
    if (inCycle.has(file)) continue
    const cycle = shortestCycle(graph, file)
    if (!cycle) continue
    for (const member of cycle) inCycle.add(member)
    cycles.push(cycle.join(' → '))
  }
  return cycles
}

type Graph = ReadonlyMap<string, readonly string[]>

function buildGraph(files: readonly SourceFile[]): Graph {
  const known = new Set(files.map((file) => file.path))
  return new Map(
    files.map((file) => {
      const targets = importsOf(file).flatMap((item) =>
        item.target !== null && known.has(item.target) ? [item.target] : [],
      )
      return [file.path, targets]
    }),
  )
}

/** Breadth first from `start` back to itself, so that the cycle shown is the shortest one there. */
function shortestCycle(graph: Graph, start: string): readonly string[] | null {
  const cameFrom = new Map<string, string>()
  const queue = [start]
  for (const file of queue) {
    for (const next of graph.get(file) ?? []) {
      if (next === start) return [...pathTo(cameFrom, start, file), start]
      if (cameFrom.has(next)) continue
      cameFrom.set(next, file)
      queue.push(next)
    }
  }
  return null
}

function pathTo(cameFrom: ReadonlyMap<string, string>, start: string, end: string): readonly string[] {
  const path = [end]
  for (let at = end; at !== start;) {
    const before = cameFrom.get(at)
    if (before === undefined) break
    path.unshift(before)
    at = before
  }
  return path
}
