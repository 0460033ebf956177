import { columns, padColumns } from './box.ts'

/** Cuts a text into lines of at most so many columns of a terminal; at a space where one is near, else anywhere. */
export function wrapColumns(text: string, width: number): readonly string[] {
  const lines: string[] = []
  let rest = [...text]
  while (columns(rest.join('')) > width) {
    const fits = fitting(rest, width)
    const space = rest.slice(0, fits + 1).lastIndexOf(' ')
    const cut = space > 0 ? space : fits
    lines.push(rest.slice(0, cut).join(''))
    rest = rest.slice(space > 0 ? cut + 1 : cut)
    if (rest.length === 0) return lines
  }
  return [...lines, rest.join('')]
}

/** How many characters fit; at least one, so that a text in a column too narrow for it ends all the same. */
function fitting(characters: readonly string[], width: number): number {
  let used = 0
  const at = characters.findIndex((one) => (used += columns(one)) > width)
  return at < 0 ? characters.length : Math.max(1, at)
}

/**
 * Rows as aligned columns, double-width characters counted; a cell that is longer than its column goes on below.
 *
 * @param widest the most columns of the terminal that each column may take
 */
export function alignRows(rows: readonly (readonly string[])[], widest: readonly number[]): readonly string[] {
  const widths = widest.map((most, at) => Math.min(most, Math.max(0, ...rows.map((row) => columns(row[at] ?? '')))))
  return rows.flatMap((row) => {
    const cells = widths.map((width, at) => wrapColumns(row[at] ?? '', width))
    const height = Math.max(...cells.map((lines) => lines.length))
    return Array.from({ length: height }, (_, line) =>
      widths
        .map((width, at) => padColumns(cells[at]?.[line] ?? '', width))
        .join('  ')
        .trimEnd(),
    )
  })
}
