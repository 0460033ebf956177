import { readFile } from 'node:fs/promises'
import { z } from 'zod'

const STATUS = z.enum(['passed', 'failed', 'skipped', 'pending', 'todo', 'disabled'])

/** The part of vitest's JSON report that is counted here. */
const REPORT = z.object({
  testResults: z.array(
    z.object({
      name: z.string(),
      status: z.string(),
      message: z.string().optional(),
      assertionResults: z.array(z.object({ fullName: z.string(), status: STATUS })),
    }),
  ),
})

/** What ran, in numbers that add up. */
export interface Tally {
  readonly passed: number
  readonly failed: number
  readonly skipped: number
}

/** A run of vitest, counted. */
export interface SuiteResult extends Tally {
  /** Test file → its tests that were skipped. */
  readonly skippedIn: ReadonlyMap<string, number>
}

/**
 * Counts vitest's JSON report. A file that failed without a failed test (it does not load, a hook threw) counts as one
 * failure; so does a run that ended badly with nothing to show for it, and one that left no report.
 *
 * @param file path of the report
 * @param exitCode of vitest
 */
export async function countReport(file: string, exitCode: number | null): Promise<SuiteResult> {
  const text = await readFile(file, 'utf8').catch(() => null)
  if (text === null) return { passed: 0, failed: 1, skipped: 0, skippedIn: new Map() }
  const { testResults } = REPORT.parse(JSON.parse(text))
  const statuses = testResults.flatMap((result) => result.assertionResults.map((test) => test.status))
  const passed = statuses.filter((status) => status === 'passed').length
  const broken = testResults.filter((result) => result.status === 'failed' && !result.assertionResults.some(isFailed))
  const failed = statuses.filter((status) => status === 'failed').length + broken.length
  const skippedIn = new Map(
    testResults.flatMap((result) => {
      const count = result.assertionResults.filter(
        (test) => test.status !== 'passed' && test.status !== 'failed',
      ).length
      return count === 0 ? [] : [[result.name, count] as const]
    }),
  )
  const skipped = statuses.length - passed - statuses.filter((status) => status === 'failed').length
  return { passed, failed: failed === 0 && exitCode !== 0 ? 1 : failed, skipped, skippedIn }
}

function isFailed(test: { readonly status: string }): boolean {
  return test.status === 'failed'
}

/** The sum of several tallies. */
export function addUp(tallies: readonly Tally[]): Tally {
  return {
    passed: tallies.reduce((sum, tally) => sum + tally.passed, 0),
    failed: tallies.reduce((sum, tally) => sum + tally.failed, 0),
    skipped: tallies.reduce((sum, tally) => sum + tally.skipped, 0),
  }
}
