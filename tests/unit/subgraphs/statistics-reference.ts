import type { Cell, Published, Table } from '../../../subgraphs/kit/statistics/table.ts'

type Values = Cell['values']
type Within = readonly (number | null)[]

/* What is published of a table, as docs/statistics.md says it: slow, and with nothing looked up twice. */

interface Group extends Cell {
  readonly key: string
  told: boolean
}

/** A margin: its groups, dimensions that it is over, and what is told of the coarser ones. */
interface Margin {
  readonly groups: readonly Group[]
  readonly over: readonly number[]
  /** A dimension that can be left out → the groups without it. */
  readonly totals: ReadonlyMap<number, readonly Group[]>
}

const text = (values: Values): string => JSON.stringify(values)

/** Dimensions in the order in which groups are compared: each after the one that it lies within. */
function ordered(width: number, within: Within): readonly number[] {
  const behind = (at: number): readonly number[] => {
    const inner = within.indexOf(at)
    return inner < 0 ? [at] : [at, ...behind(inner)]
  }
  return Array.from({ length: width }, (_, at) => at)
    .filter((at) => (within[at] ?? null) === null)
    .flatMap(behind)
}

function compare(a: Values, b: Values, order: readonly number[]): number {
  for (const at of order) {
    const [one, other] = [a[at] ?? null, b[at] ?? null]
    if (one === other) continue
    if (one === null || other === null) return one === null ? 1 : -1
    return one < other ? -1 : 1
  }
  return 0
}

/** As `publish` of the kit. */
export function publishSlowly({ width, cells, within = [] }: Table, minimum: number): Published {
  if (cells.reduce((sum, { count }) => sum + count, 0) < minimum) return { cells: [], suppressed: true }
  const order = ordered(width, within)
  const judged = new Map<string, readonly Group[]>([])
  const sets = Array.from({ length: 1 << width }, (_, mask) => order.filter((at) => (mask & (1 << at)) !== 0))
    .filter((over) => over.every((at) => over.includes(within[at] ?? at)))
    .toSorted((a, b) => a.length - b.length)
  let groups: readonly Group[] = []
  for (const over of sets) {
    const removable = over.filter((at) => !over.some((other) => within[other] === at))
    const totals = new Map(
      removable.map((at) => [at, judged.get(text(over.filter((one) => one !== at).map(String))) ?? []]),
    )
    groups = groupsOver(cells, over, width, order)
    judge({ groups, over, totals }, minimum, order, within)
    judged.set(text(over.map(String)), groups)
  }
  const told = groups.filter((one) => one.told).map(({ values, count }) => ({ values, count }))
  return { cells: told, suppressed: told.length < groups.length }
}

function groupsOver(
  cells: readonly Cell[],
  over: readonly number[],
  width: number,
  order: readonly number[],
): readonly Group[] {
  const kept = (values: Values): Values =>
    Array.from({ length: width }, (_, at) => (over.includes(at) ? (values[at] ?? null) : '-'))
  const keys = [...new Map(cells.map(({ values }) => [text(kept(values)), kept(values)]))]
  return keys
    .map(([key, values]) => {
      const own = cells.filter((cell) => text(kept(cell.values)) === key)
      return { key, values, count: own.reduce((sum, { count }) => sum + count, 0), told: false }
    })
    .toSorted((a, b) => compare(a.values, b.values, order))
}

function judge(margin: Margin, minimum: number, order: readonly number[], within: Within): void {
  const { groups, totals } = margin
  const total = (one: Group, at: number): boolean =>
    totals
      .get(at)
      ?.some(({ key, told }) => told && key === text(one.values.map((value, index) => (index === at ? '-' : value)))) ??
    false
  const guardable = (one: Group): boolean => [...totals.keys()].every((at) => total(one, at))
  for (const one of groups) one.told = one.count >= minimum && guardable(one)
  const withheld = groups.filter(({ told }) => !told)
  const closed = new Set<string>()
  const guarded = new Set<Group>()
  const hide = (some: readonly Group[]): void => {
    for (const one of some.filter(({ told }) => told)) {
      one.told = false
      withheld.push(one)
    }
  }
  const lineOf = (one: Group, at: number): readonly Group[] =>
    groups.filter(({ values }) => values.every((value, index) => index === at || value === one.values[index]))
  const nextLine = (): readonly Group[] | undefined => {
    for (const one of withheld)
      for (const at of totals.keys()) {
        const name = text([String(at), ...one.values.filter((_, index) => index !== at)])
        if (closed.has(name) || !total(one, at)) continue
        closed.add(name)
        return lineOf(one, at)
      }
    return undefined
  }
  for (;;) {
    const line = nextLine()
    if (line) {
      hide(lacking(line, minimum))
      continue
    }
    const one = withheld.find((group) => !guarded.has(group) && guardable(group))
    if (one === undefined) return
    guarded.add(one)
    const cube = cheapest(one, margin, withheld, order, within)
    if (cube === null) return hide(groups)
    hide(cube)
  }
}

function lacking(line: readonly Group[], minimum: number): readonly Group[] {
  const more: Group[] = []
  const hidden = (): readonly Group[] => line.filter((one) => !one.told || more.includes(one))
  for (const one of line.filter(({ told }) => told).toSorted((a, b) => a.count - b.count)) {
    if (hidden().length >= 2 && hidden().reduce((sum, { count }) => sum + count, 0) >= minimum) break
    more.push(one)
  }
  return more
}

/** Tries every cube there is. */
function cheapest(
  one: Group,
  { groups, totals }: Margin,
  withheld: readonly Group[],
  order: readonly number[],
  within: Within,
): readonly Group[] | null {
  const found = (values: Values): Group | undefined => groups.find(({ key }) => key === text(values))
  const moved = (values: Values, at: number, value: string | null): Values =>
    values.map((old, index) => (index === at ? value : old))
  const along = [...totals.keys()]
  const near = along.map((at) =>
    withheld
      .filter((other) => other !== one && text(moved(other.values, at, '')) === text(moved(one.values, at, '')))
      .map(({ values }) => values[at] ?? null),
  )
  const far = along.map((at) => {
    const around = within[at] ?? null
    const same = groups.filter(({ values }) => around === null || values[around] === one.values[around])
    const rank = (value: string | null): number => {
      const there = found(moved(one.values, at, value))
      if (there === undefined) return 2
      return there.told ? 1 : 0
    }
    const size = (value: string | null): number => found(moved(one.values, at, value))?.count ?? 0
    return [...new Set(same.map(({ values }) => values[at] ?? null))]
      .filter((value) => value !== one.values[at])
      .toSorted(
        (a, b) =>
          rank(a) - rank(b) || size(a) - size(b) || compare(moved(one.values, at, a), moved(one.values, at, b), order),
      )
  })
  let best: { readonly cost: number; readonly corners: readonly Group[] } | null = null
  for (const opposite of [...product(near), ...product(far)]) {
    const corners = Array.from({ length: 1 << along.length }, (_, corner) => {
      const there = along.reduce(
        (values, at, bit) => ((corner & (1 << bit)) === 0 ? values : moved(values, at, opposite[bit] ?? null)),
        one.values,
      )
      return { odd: corner.toString(2).replaceAll('0', '').length % 2 === 1, there: found(there) }
    })
    const empty = corners.filter(({ there }) => there === undefined)
    if (empty.some(({ odd }) => odd) && empty.some(({ odd }) => !odd)) continue
    const there = corners.flatMap((corner) => corner.there ?? [])
    const cost = there.reduce((sum, { told, count }) => sum + (told ? count : 0), 0)
    if (best === null || cost < best.cost) best = { cost, corners: there }
  }
  return best?.corners ?? null
}

function product(lists: readonly (readonly (string | null)[])[]): readonly Values[] {
  return lists.reduce<readonly Values[]>((rows, list) => rows.flatMap((row) => list.map((one) => [...row, one])), [[]])
}
