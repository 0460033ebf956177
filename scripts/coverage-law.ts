import path from 'node:path'
import { judge } from './coverage-law-judge.ts'
import type { Coverage, CoveredRow } from './coverage-law-judge.ts'
import { readNamings } from './coverage-law-named.ts'
import { readLaw } from './coverage-law-rows.ts'

/** Reads docs/law and the tests below `root` and joins them. @throws Error where a file cannot be read */
export async function coverageOfLaw(root: string): Promise<Coverage> {
  return judge(await readLaw(root), await readNamings(root))
}

/** What `npm run coverage:law` shows: numbers per regulation and area, each row with who names it, what is missing. */
export function printCoverage({ rows, faults }: Coverage): string {
  const regimes = [...new Set(rows.map(({ regime }) => regime))]
  const parts = regimes.flatMap((regime) => {
    const own = rows.filter((row) => row.regime === regime)
    return [
      numbersOf(regime, own),
      own
        .filter(({ namedBy }) => namedBy.length > 0)
        .map(printNamed)
        .join('\n'),
    ]
  })
  return [
    ...parts,
    missingOf('in part', rows),
    missingOf('not yet', rows),
    sharesOf('all', rows),
    faults.length === 0 ? 'no faults' : `${faults.length} faults:\n  ${faults.join('\n  ')}`,
  ]
    .filter((part) => part !== '')
    .join('\n\n')
}

function numbersOf(regime: string, rows: readonly CoveredRow[]): string {
  const areas = [...new Set(rows.filter(({ scope }) => scope === 'IN').map(({ area }) => area))]
  const lines = areas.map((area) => {
    const own = rows.filter((row) => row.area === area)
    return `  ${sharesOf(area, own)}`
  })
  return [sharesOf(regime, rows), ...(areas.length > 1 ? lines : [])].join('\n')
}

function sharesOf(name: string, rows: readonly CoveredRow[]): string {
  const asked = rows.filter(({ scope }) => scope === 'IN')
  const count = (state: CoveredRow['state']): string => `${asked.filter((row) => row.state === state).length} ${state}`
  return `${name}: ${asked.length} rows IN: ${count('whole')}, ${count('in part')}, ${count('not yet')}`
}

function printNamed({ id, scope, state, namedBy }: CoveredRow): string {
  const notes = [scope === 'IN' ? '' : scope, state === 'in part' ? state : ''].filter((note) => note !== '')
  const lines = namedBy.map(({ file, line, by }) => `    ${file}:${line}  ${by}`)
  return [`  ${id}${notes.length > 0 ? ` (${notes.join(', ')})` : ''}`, ...lines].join('\n')
}

function missingOf(state: 'in part' | 'not yet', rows: readonly CoveredRow[]): string {
  const own = rows.filter((row) => row.state === state)
  const lines = own.map(({ id, missing }) => `  ${id.padEnd(12)} ${missing ?? 'no reason given'}`)
  return own.length === 0 ? '' : [`${state} (${own.length}):`, ...lines].join('\n')
}

if (import.meta.main) {
  const coverage = await coverageOfLaw(path.resolve(import.meta.dirname, '..'))
  const asJson = process.argv.includes('--json')
  console.log(asJson ? JSON.stringify(coverage, null, 2) : printCoverage(coverage))
  process.exitCode = coverage.faults.length === 0 ? 0 : 1
}
