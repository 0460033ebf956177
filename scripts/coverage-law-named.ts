import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { isMap, isScalar, isSeq, LineCounter, parseDocument } from 'yaml'
import { listFiles, parseSource } from '../tests/architecture/source.ts'
import { titlesOf } from './coverage-law-titles.ts'

/** Where a clause or an invariant is named, and by which test or case. */
export interface Naming {
  readonly clause: string
  /** Relative to the root. */
  readonly file: string
  readonly line: number
  readonly by: string
  /** The regulation under which a case is decided; null for a test, which may speak of several. */
  readonly regime: string | null
}

const NAMED = /(?<![A-Za-z0-9])(?:(?:ZS|HZ|NT|FS|ZJ)-\d+(?:\.\d+)?(?:\(\d+\))?|R809-\d+|INV-\d+)/g

/** Tests of the texts themselves: their titles name clauses as data, and prove nothing of what the gateway does. */
const OF_THE_TEXTS = /^unit\/regime\/(clause-text|quotes|show-diff)\.test\.ts$/

/**
 * All that tests and cases below `root` name: the `clauses` of a case in tests/cases, and the titles of tests. What a
 * fixture, an expected value, an import or a comment says does not count: nobody sees it when the tests run.
 */
export async function readNamings(root: string): Promise<readonly Naming[]> {
  const files = await listFiles(path.join(root, 'tests'))
  const named = await Promise.all(
    files.map(async (name) => {
      const file = `tests/${name}`
      const isCases = /^cases\/[^/]+\.yaml$/.test(name)
      if (!isCases && (!name.endsWith('.test.ts') || OF_THE_TEXTS.test(name))) return []
      const text = await readFile(path.join(root, file), 'utf8')
      return isCases ? namedByCases(file, text) : namedByTitles(file, text)
    }),
  )
  return named.flat()
}

function namedByTitles(file: string, text: string): readonly Naming[] {
  // Most files name no clause: they need not be parsed.
  if (!text.match(NAMED)) return []
  return titlesOf(parseSource(file, text)).flatMap(({ line, text: title }) =>
    (title.match(NAMED) ?? []).map((clause) => ({ clause, file, line, by: title, regime: null })),
  )
}

function namedByCases(file: string, text: string): readonly Naming[] {
  const lines = new LineCounter()
  const document = parseDocument(text, { lineCounter: lines, merge: true })
  const cases = document.get('cases')
  if (!isSeq(cases)) throw new Error(`${file}: it has no list of cases`)
  return cases.items.flatMap((one) => {
    const clauses = isMap(one) ? one.get('clauses') : null
    if (!isMap(one) || !isSeq(clauses)) return []
    const id = one.get('id', true)
    const line = isScalar(id) && id.range ? lines.linePos(id.range[0]).line : 1
    const by = isScalar(id) ? String(id.value) : 'a case without an ID'
    const regime = one.get('regime')
    const naming = { file, line, by, regime: typeof regime === 'string' ? regime : null }
    return clauses.items.map((clause) => ({ clause: String(isScalar(clause) ? clause.value : clause), ...naming }))
  })
}
