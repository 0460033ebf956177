import type { Table } from './table.ts'

type Value = string | null

/** One level of an axis. Its groups have codes from 0 on, in the order of their values, those within one group together. */
export interface Level {
  readonly size: number
  /** Code → code of the group of the level above that it lies within. */
  readonly up: Int32Array
  /** Code of the level above → the first code within it; one entry more than groups, so that the next one ends it. */
  readonly first: Int32Array
  /** Code of the narrowest level → the code of this one that it lies within. */
  readonly of: Int32Array
}

/** A dimension, or several within each other (county, township), from the widest; level 0 is everything. */
export interface Axis {
  readonly levels: readonly Level[]
  /** Code of each cell of the table in the narrowest level. */
  readonly codes: Int32Array
}

/**
 * The axes of a table: a dimension that lies within another is a level of its axis.
 *
 * @throws Error where two dimensions lie within one, or each other: `within` must make chains
 */
export function axesOf({ cells, width, within = [] }: Table): readonly Axis[] {
  return chains(width, within).map((chain) => axisOf(cells, chain))
}

function chains(width: number, within: readonly (number | null)[]): readonly (readonly number[])[] {
  const dimensions = Array.from({ length: width }, (_, at) => at)
  const widest = dimensions.filter((at) => (within[at] ?? null) === null)
  const found = widest.map((from) => {
    const chain = [from]
    for (let at = within.indexOf(from); at >= 0 && chain.length <= width; at = within.indexOf(at)) chain.push(at)
    return chain
  })
  if (found.flat().length !== width) throw new Error('Dimensions within each other must make chains')
  return found
}

interface Node {
  readonly inside: Map<Value, Node>
  code: number
}

/** By the whole path: a township that a source has in two counties is two. */
function axisOf(cells: Table['cells'], chain: readonly number[]): Axis {
  const root: Node = { inside: new Map(), code: 0 }
  const ends = cells.map(({ values }) => chain.reduce((node, at) => inside(node, values[at] ?? null), root))
  const steps: Omit<Level, 'of'>[] = []
  let above: readonly Node[] = [root]
  for (const _ of chain) {
    const [step, nodes] = stepBelow(above)
    steps.push(step)
    above = nodes
  }
  return { levels: withAncestors(steps), codes: Int32Array.from(ends, ({ code }) => code) }
}

function inside(node: Node, value: Value): Node {
  const known = node.inside.get(value)
  if (known) return known
  const made: Node = { inside: new Map(), code: 0 }
  node.inside.set(value, made)
  return made
}

function stepBelow(above: readonly Node[]): readonly [Omit<Level, 'of'>, readonly Node[]] {
  const first = new Int32Array(above.length + 1)
  const nodes: Node[] = []
  const up: number[] = []
  for (const [code, node] of above.entries()) {
    for (const value of inOrder([...node.inside.keys()])) {
      const one = inside(node, value)
      one.code = nodes.push(one) - 1
      up.push(code)
    }
    first[code + 1] = nodes.length
  }
  return [{ size: nodes.length, up: Int32Array.from(up), first }, nodes]
}

/** In one order, whatever that of the source: of two equal groups always the same one is withheld. */
function inOrder(values: readonly Value[]): readonly Value[] {
  const known = values.filter((value) => value !== null)
  return [...known.toSorted(), ...(known.length < values.length ? [null] : [])]
}

function withAncestors(steps: readonly Omit<Level, 'of'>[]): readonly Level[] {
  let of = Int32Array.from({ length: steps.at(-1)?.size ?? 1 }, (_, code) => code)
  const levels: Level[] = []
  for (const step of steps.toReversed()) {
    levels.unshift({ ...step, of })
    of = of.map((code) => step.up[code] ?? 0)
  }
  return [{ size: 1, up: new Int32Array(1), first: new Int32Array([0, 1]), of }, ...levels]
}
