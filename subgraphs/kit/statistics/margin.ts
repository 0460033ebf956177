import type { Axis, Level } from './axes.ts'
import type { Cell } from './table.ts'

/** The lines of a margin along one axis: groups that are alike but for their place within one group of the level above. */
export interface Direction {
  /** Between the positions of neighbours along the axis. */
  readonly stride: number
  readonly level: Level
  /** Position → where its total stands in the coarser margin. */
  readonly totals: Int32Array
  /** The margin of the totals, already judged. */
  readonly coarser: Margin
}

/**
 * The table at one level of each axis, every combination at its position, in the order of the values. What counts
 * nobody is no group of the table.
 */
export interface Margin {
  readonly counts: Float64Array
  /** 1 where the group may be told. */
  readonly told: Uint8Array
  readonly strides: readonly number[]
  /** One for each axis that is not at level 0. */
  readonly directions: readonly Direction[]
}

/** Every choice of levels, the coarser ones first. */
export function everyLevel(axes: readonly Axis[]): readonly (readonly number[])[] {
  const all = axes.reduce<readonly (readonly number[])[]>(
    (chosen, { levels }) => chosen.flatMap((some) => levels.map((_, level) => [...some, level])),
    [[]],
  )
  const depth = (levels: readonly number[]): number => levels.reduce((sum, level) => sum + level, 0)
  return all.toSorted((a, b) => depth(a) - depth(b))
}

/**
 * The margin at some levels, with nothing told.
 *
 * @param coarser the margin at these levels, already judged
 */
export function marginAt(
  cells: readonly Cell[],
  axes: readonly Axis[],
  levels: readonly number[],
  coarser: (levels: readonly number[]) => Margin | undefined,
): Margin {
  const chosen = axes.flatMap(({ levels: all, codes }, at) => {
    const level = all[levels[at] ?? 0]
    return level ? [{ level, codes }] : []
  })
  const strides = chosen.map((_, at) => chosen.slice(at + 1).reduce((product, { level }) => product * level.size, 1))
  const counts = new Float64Array(chosen.reduce((product, { level }) => product * level.size, 1))
  for (const [index, { count }] of cells.entries()) {
    let position = 0
    for (const [at, { level, codes }] of chosen.entries())
      position += (level.of[codes[index] ?? 0] ?? 0) * (strides[at] ?? 0)
    counts[position] = (counts[position] ?? 0) + count
  }
  const directions = chosen.flatMap(({ level }, at) => {
    const above = coarser(levels.map((one, other) => (other === at ? one - 1 : one)))
    if (above === undefined) return []
    const totals = totalsAlong(counts.length, level, strides[at] ?? 1)
    return [{ stride: strides[at] ?? 1, level, totals, coarser: above }]
  })
  return { counts, told: new Uint8Array(counts.length), strides, directions }
}

/** The coarser margin has the same axes in the same order: what is before and after the axis stays. */
function totalsAlong(length: number, { size, up, first }: Level, stride: number): Int32Array {
  const above = first.length - 1
  return Int32Array.from({ length }, (_, position) => {
    const [before, code] = [Math.floor(position / (stride * size)), Math.floor(position / stride) % size]
    return (before * above + (up[code] ?? 0)) * stride + (position % stride)
  })
}

/** Whether the total of a group along a direction is told. */
export function totalTold({ totals, coarser }: Direction, position: number): boolean {
  return coarser.told[totals[position] ?? 0] === 1
}

/** The positions of the line of a group, in the order of the values, empty ones too. */
export function lineOf({ stride, level }: Direction, position: number): Int32Array {
  const code = Math.floor(position / stride) % level.size
  const above = level.up[code] ?? 0
  const [first, end] = [level.first[above] ?? 0, level.first[above + 1] ?? 0]
  return Int32Array.from({ length: end - first }, (_, at) => position + (first + at - code) * stride)
}

/** Positions by what they count, equal ones in the order of their values. */
export function bySize({ counts }: Margin, line: Int32Array): Int32Array {
  return line.toSorted((a, b) => (counts[a] ?? 0) - (counts[b] ?? 0) || a - b)
}
