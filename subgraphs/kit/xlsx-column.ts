/** Column of a reference such as `AB12`, from 0. */
export function columnAt(reference: string): number {
  let column = 0
  for (const letter of reference) {
    const value = letter.codePointAt(0) ?? 0
    if (value < 65 || value > 90) break
    column = column * 26 + value - 64
  }
  return column - 1
}

/** Letters of a column, from 0: `A`, `Z`, `AA`. */
export function columnName(at: number): string {
  return at < 26 ? String.fromCodePoint(65 + at) : columnName(Math.floor(at / 26) - 1) + columnName(at % 26)
}
