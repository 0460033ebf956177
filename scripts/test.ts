import { spawn } from 'node:child_process'
import { mkdir, rm } from 'node:fs/promises'
import path from 'node:path'
import { makeTestRoot, TEST_ROOT_VARIABLE } from '../tests/kit/test-root.ts'
import { GATE, runSteps } from './gate.ts'
import { yellowBox } from './suite/box.ts'
import { addUp, countReport } from './suite/report.ts'
import type { SuiteResult, Tally } from './suite/report.ts'
import { checkRecords } from './suite/records.ts'
import { loadCanaries, scanRun } from './suite/scan.ts'

/*
 * `npm test`: the gate, all suites, the scan of what they wrote; the last line counts them all.
 * `npm test -- tests/unit/caller`: these files only, without the gate. Further words go to vitest.
 */
const ROOT = path.resolve(import.meta.dirname, '..')
const PASS: Tally = { passed: 1, failed: 0, skipped: 0 }
const FAIL: Tally = { passed: 0, failed: 1, skipped: 0 }

// Ctrl-C reaches vitest by itself; what is left to do here is to clean up and count.
process.on('SIGINT', () => undefined)

const filters = process.argv.slice(2)
const home = await makeTestRoot()
try {
  const gate = filters.length === 0 ? await runSteps(GATE, ROOT) : []
  const suite = await runSuite(home)
  const scan = [...(await scanAfter(path.join(home, 't'))), ...(await recordsAfter(path.join(home, 't')))]
  showSkipped(suite)
  const total = addUp([...gate.map((step) => (step.passed ? PASS : FAIL)), suite, ...scan])
  console.log(`\n${total.passed} passed, ${total.failed} failed, ${total.skipped} skipped`)
  process.exitCode = total.failed === 0 && suite.passed > 0 ? 0 : 1
} finally {
  await rm(home, { recursive: true, force: true })
}

/** Runs vitest; all that its tests write lands in `t` under `folder`, its own report beside it. */
async function runSuite(folder: string): Promise<SuiteResult> {
  const report = path.join(folder, 'report.json')
  const testRoot = path.join(folder, 't')
  await mkdir(testRoot, { mode: 0o711 })
  const vitest = path.join(ROOT, 'node_modules', '.bin', 'vitest')
  const reporters = ['--reporter=default', '--reporter=json', `--outputFile.json=${report}`]
  const child = spawn(process.execPath, [vitest, 'run', ...reporters, ...filters], {
    cwd: ROOT,
    env: { ...process.env, [TEST_ROOT_VARIABLE]: testRoot, GONGXIANG_LOG_LEVEL: 'trace' },
    // Both into our stdout, in order: the count must stay the last line of a log that holds the two streams.
    stdio: ['ignore', 1, 1],
  })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  return countReport(report, code)
}

/** The search for canaries; without a city it fails in a whole run, and is left out of a partial one. */
async function scanAfter(testRoot: string): Promise<readonly Tally[]> {
  const canaries = await loadCanaries(ROOT)
  if (!canaries && filters.length > 0) return []
  const result = await scanRun(testRoot, canaries ?? [])
  const title = result.passed ? 'pass  no canary in logs, audit or temporary files' : 'FAIL  canary scan'
  console.log([title, ...result.lines.map((line) => `      ${line}`)].join('\n'))
  return [result.passed ? PASS : FAIL]
}

/** Every audit record that the suites wrote fits its specification; left out of a tree that has none. */
async function recordsAfter(testRoot: string): Promise<readonly Tally[]> {
  const result = await checkRecords(ROOT, testRoot)
  if (result === null) return []
  const title = result.passed ? 'pass  every audit record fits its JSON Schema' : 'FAIL  audit records'
  console.log([title, ...result.lines.map((line) => `      ${line}`)].join('\n'))
  return [result.passed ? PASS : FAIL]
}

function showSkipped(suite: SuiteResult): void {
  if (suite.skippedIn.size === 0) return
  const lines = [...suite.skippedIn].map(([file, count]) => `${path.relative(ROOT, file)}: ${count}`)
  console.log(yellowBox([`SKIPPED: ${suite.skipped} tests did not run here (a server is missing?)`, ...lines]))
}
