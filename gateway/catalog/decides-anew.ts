import { isDeepStrictEqual } from 'node:util'
import type { Catalog, FieldEntry, ResourceEntry } from './catalog.ts'
import { compareCatalogs } from './compare.ts'

/** Facts that are only read: no decision, mask or bound follows from them. */
const WORDS: ReadonlySet<string> = new Set<keyof FieldEntry | keyof ResourceEntry>([
  'title',
  'reasons',
  'contact',
  'content',
  'sample',
  'system',
  'location',
  'published',
  'standard',
  'proposed',
])

/**
 * Whether a catalogue may decide otherwise about anything that the one before had, as by a stricter class, level or mask,
 * or by leaving it out. What it adds, or says in other words, decides nothing anew. In doubt it does: of some changes
 * nobody can tell whether they are stricter, so that not only what is known to be counts.
 */
export function decidesAnew(before: Catalog, after: Catalog): boolean {
  const exact = new Set(after.exactFilters)
  return (
    compareCatalogs(before, after).some(({ aspect }) => aspect !== 'added' && !WORDS.has(aspect)) ||
    before.exactFilters.some((one) => !exact.has(one)) ||
    !isDeepStrictEqual(before.statistics ?? {}, after.statistics ?? {})
  )
}
