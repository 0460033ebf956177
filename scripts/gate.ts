import { spawn } from 'node:child_process'
import path from 'node:path'

/** One check of the whole tree by a tool. */
interface Step {
  readonly name: string
  /** A binary of node_modules/.bin, a JavaScript file. */
  readonly tool: string
  readonly parameters: readonly string[]
}

/** What a step said. */
export interface StepResult {
  readonly name: string
  readonly passed: boolean
  readonly seconds: number
  /** The tool's own output, both streams in order. */
  readonly output: string
}

/** Why this order: cheapest first to read when all fail. tests/architecture/gates.test.ts proves that each bites. */
export const GATE = [
  { name: 'types', tool: 'tsc', parameters: ['--project', '.'] },
  { name: 'types of the console', tool: 'tsc', parameters: ['--project', 'console'] },
  { name: 'lint', tool: 'oxlint', parameters: ['--type-aware', '--deny-warnings', '--threads=2', '.'] },
  { name: 'format', tool: 'oxfmt', parameters: ['--check', '--threads=2', '.'] },
  { name: 'unused', tool: 'knip', parameters: ['--no-progress', '--no-config-hints'] },
] as const satisfies readonly Step[]

/** The house's own rules; `npm test` runs them with all other tests instead. */
export const ARCHITECTURE: Step = { name: 'architecture', tool: 'vitest', parameters: ['run', 'tests/architecture'] }

/** Runs one step over the tree at `root`. */
export async function runStep(step: Step, root: string): Promise<StepResult> {
  const started = performance.now()
  const { code, output } = await run(step, root)
  return { name: step.name, passed: code === 0, seconds: (performance.now() - started) / 1000, output }
}

/** Runs all steps one after the other, a failed one too, and shows each as it ends; output of failed ones at the end. */
export async function runSteps(steps: readonly Step[], root: string): Promise<readonly StepResult[]> {
  const results: StepResult[] = []
  for (const step of steps) {
    const result = await runStep(step, root)
    results.push(result)
    console.log(`${result.passed ? green('pass') : red('FAIL')}  ${result.name}  (${result.seconds.toFixed(1)} s)`)
  }
  for (const result of results) {
    if (!result.passed) console.log(`\n${red(`── ${result.name} ──`)}\n${result.output.trimEnd()}`)
  }
  return results
}

function run(step: Step, root: string): Promise<{ code: number | null; output: string }> {
  // Started by our own runtime: the tools' first line would look for whatever Node comes first on the PATH.
  const binary = path.join(root, 'node_modules', '.bin', step.tool)
  const child = spawn(process.execPath, [binary, ...step.parameters], { cwd: root, stdio: ['ignore', 'pipe', 'pipe'] })
  const output: Buffer[] = []
  child.stdout.on('data', (chunk: Buffer) => output.push(chunk))
  child.stderr.on('data', (chunk: Buffer) => output.push(chunk))
  return new Promise((resolve, reject) => {
    child.on('error', reject)
    child.on('close', (code) => resolve({ code, output: Buffer.concat(output).toString('utf8') }))
  })
}

function green(text: string): string {
  return process.stdout.isTTY ? `\u001b[32m${text}\u001b[39m` : text
}

function red(text: string): string {
  return process.stdout.isTTY ? `\u001b[31m${text}\u001b[39m` : text
}
