/** Parameters of one statement; SQLite and PostgreSQL take far more. */
export const MOST = 500

/** One statement for each part of a long list, each member once. */
export async function inParts<T>(
  keys: readonly string[],
  query: (some: readonly string[]) => Promise<readonly T[]>,
): Promise<readonly T[]> {
  const different = [...new Set(keys)]
  const found: T[] = []
  for (let at = 0; at < different.length; at += MOST) {
    for (const row of await query(different.slice(at, at + MOST))) found.push(row)
  }
  return found
}
