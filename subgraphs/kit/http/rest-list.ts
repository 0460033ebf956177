import type { PageLookup } from '../register.ts'

/** Found in no row: for a column that no value may have. */
const NOTHING = ''

/**
 * The values that each column of a page's conditions may have. A filter can name a column twice, as one code and as a
 * list of codes, and both must hold; where they leave nothing, one text stands that no row has.
 */
export function matchesOf({ conditions }: PageLookup): Readonly<Record<string, readonly string[]>> {
  const matches = new Map<string, readonly string[]>()
  for (const { column, values } of conditions) {
    const known = matches.get(column)
    const both = known === undefined ? values : known.filter((value) => values.includes(value))
    matches.set(column, both.length > 0 ? both : [NOTHING])
  }
  return Object.fromEntries(matches)
}
