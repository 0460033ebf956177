/** Edits (insert, delete, replace) between two short texts. */
function distance(a: string, b: string): number {
  let row = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (const [i, left] of Array.from(a).entries()) {
    const next = [i + 1]
    for (const [j, right] of Array.from(b).entries()) {
      const replace = (row[j] ?? 0) + (left === right ? 0 : 1)
      next.push(Math.min(replace, (row[j + 1] ?? 0) + 1, (next[j] ?? 0) + 1))
    }
    row = next
  }
  return row.at(-1) ?? 0
}

/** ` (did you mean "port"?)` where a known name is near enough, else nothing. */
export function suggestion(given: string, known: readonly string[]): string {
  const [best] = known
    .map((name) => ({ name, edits: distance(given.toLowerCase(), name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.max(2, Math.floor(name.length / 4)) && edits < given.length / 2 + 1)
    .sort((a, b) => a.edits - b.edits)
  return best === undefined ? '' : ` (did you mean "${best.name}"?)`
}
