import { cp, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, relative } from 'node:path'
import { z } from 'zod'
import { run } from '../kit/run.ts'
import { ROOT, STEP, withFault } from './fault.ts'
import type { Detector, Fault } from './fault.ts'

/**
 * What became of a fault. `detected`: every test that is named fails by an assertion; `survived`: one of them passes;
 * `broken`: one of them fails otherwise, because nothing loads or starts any more: that proves nothing.
 */
export interface Verdict {
  readonly fault: Fault
  readonly outcome: 'detected' | 'survived' | 'broken'
  /** Which test, and how. */
  readonly detail: string
  readonly seconds: number
}

/** How the tests of one detector came out. */
export type Result =
  | { readonly kind: 'passed' | 'asserted'; readonly test: string }
  | { readonly kind: 'failed' | 'missing'; readonly test: string; readonly reason: string }

/** A copy of the tree that faults are put into, one at a time. */
export interface Copy {
  /** Runs the named tests as the tree is. */
  results(detectors: readonly Detector[]): Promise<readonly Result[]>
  /** Puts a fault in, runs its tests, and takes it out again. */
  judge(fault: Fault): Promise<Verdict>
  remove(): Promise<void>
}

/** What no test reads, and what is far too large to copy. */
const LEFT_OUT = new Set(['.git', 'node_modules', '.gongxiang', 'coverage'])

/** Copies the tree into a temporary folder; the installed packages are shared. */
export async function copyTree(root = ROOT): Promise<Copy> {
  const folder = await mkdtemp(join(tmpdir(), 'gx-faults-'))
  const wanted = (path: string): boolean => !LEFT_OUT.has(relative(root, path))
  await cp(root, folder, { recursive: true, filter: wanted })
  await symlink(join(root, 'node_modules'), join(folder, 'node_modules'))
  const results: Copy['results'] = (detectors) => runTests(folder, detectors)
  return {
    results,
    async judge(fault) {
      const file = join(folder, fault.file)
      const whole = await readFile(file, 'utf8')
      const started = performance.now()
      await writeFile(file, withFault(fault, whole))
      try {
        const found = await results(fault.detectedBy)
        return { fault, ...verdictOf(found), seconds: (performance.now() - started) / 1_000 }
      } finally {
        await writeFile(file, whole)
      }
    },
    remove: () => rm(folder, { recursive: true, force: true }),
  }
}

/** What the results of a fault's tests come to. */
export function verdictOf(results: readonly Result[]): Pick<Verdict, 'outcome' | 'detail'> {
  const other = results.find(({ kind }) => kind === 'failed' || kind === 'missing')
  if (other && 'reason' in other) return { outcome: 'broken', detail: `${other.test}: ${other.reason}` }
  const passed = results.find(({ kind }) => kind === 'passed')
  if (passed) return { outcome: 'survived', detail: passed.test }
  return { outcome: 'detected', detail: results.map(({ test }) => test).join('; ') }
}

const report = z.object({
  testResults: z.array(
    z.object({
      message: z.string().default(''),
      assertionResults: z.array(
        z.object({
          ancestorTitles: z.array(z.string()),
          title: z.string(),
          status: z.string(),
          failureMessages: z.array(z.string()).nullish(),
        }),
      ),
    }),
  ),
})

async function runTests(folder: string, detectors: readonly Detector[]): Promise<readonly Result[]> {
  const files = Map.groupBy(detectors, ({ file }) => file)
  const found: Result[] = []
  for (const [file, own] of files) {
    const output = join(folder, '.report.json')
    await rm(output, { force: true })
    const words = own.map(({ test }) => test.split(STEP).map(escaped).join('.*')).join('|')
    const vitest = join(folder, 'node_modules', 'vitest', 'vitest.mjs')
    const command = [process.execPath, vitest, 'run', file, '-t', words] as const
    const { output: said } = await run([...command, '--reporter=json', `--outputFile=${output}`], folder)
    const text = await readFile(output, 'utf8').catch(() => null)
    for (const one of own)
      found.push(text === null ? { kind: 'missing', test: one.test, reason: said.slice(-300) } : readReport(text, one))
  }
  return found
}

function escaped(text: string): string {
  return text.replace(/[.*+?^${}()|[\]\\]/g, String.raw`\$&`)
}

/** Reads how a detector's tests came out from a report of the runner. */
export function readReport(text: string, { test }: Detector): Result {
  const { testResults } = report.parse(JSON.parse(text))
  const executed = testResults
    .flatMap(({ assertionResults }) => assertionResults)
    .filter(({ status }) => status !== 'skipped' && status !== 'pending')
    .map((one) => ({ ...one, name: [...one.ancestorTitles, one.title].join(STEP) }))
  const named = executed.filter(({ name }) => name === test || name.startsWith(test + STEP))
  // Of a test that is run for each of several values, only the beginning stands in its file.
  const own = named.length > 0 ? named : executed.filter(({ name }) => name.startsWith(test))
  const failed = own.filter(({ status }) => status === 'failed')
  const messages = failed.flatMap(({ failureMessages }) => failureMessages ?? [])
  if (messages.some((message) => message.startsWith('AssertionError'))) return { kind: 'asserted', test }
  if (failed.length > 0) return { kind: 'failed', test, reason: messages.join(' ').slice(0, 200) }
  if (own.length > 0) return { kind: 'passed', test }
  const reason = testResults.map(({ message }) => message).join(' ') || 'no such test'
  return { kind: 'missing', test, reason: reason.slice(0, 300) }
}
