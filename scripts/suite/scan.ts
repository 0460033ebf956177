import { existsSync } from 'node:fs'
import { rm, writeFile } from 'node:fs/promises'
import path from 'node:path'
import { pathToFileURL } from 'node:url'
import { z } from 'zod'
import type { Canary } from '../../tests/kit/canary-forms.ts'
import { scanForCanaries } from '../../tests/kit/canaries.ts'

const CANARIES = z.array(z.object({ name: z.string(), value: z.string().min(4) })).min(1)

/** What the search after the suite found. */
export interface ScanResult {
  readonly passed: boolean
  /** Lines for people, without any value. */
  readonly lines: readonly string[]
}

/**
 * The city's canaries, from `city/canaries.ts` under `root` (`export const CANARIES: readonly {name, value}[]`), or null
 * where there is no such file. The city is read at run time: the test command must also run in a tree without one.
 */
export async function loadCanaries(root: string): Promise<readonly Canary[] | null> {
  const file = path.join(root, 'city', 'canaries.ts')
  if (!existsSync(file)) return null
  const module: unknown = await import(pathToFileURL(file).href)
  return z.object({ CANARIES }).parse(module).CANARIES
}

/**
 * Searches everything that a run wrote for the canaries. First plants one and expects to find it: a search that finds
 * nothing because it looks nowhere must not pass.
 */
export async function scanRun(testRoot: string, canaries: readonly Canary[]): Promise<ScanResult> {
  const planted = path.join(testRoot, 'planted.log')
  const [first] = canaries
  if (!first) return { passed: false, lines: ['no canaries are given: the scan would prove nothing'] }
  await writeFile(planted, Buffer.from(first.value).toString('base64'))
  const all = await scanForCanaries([testRoot], canaries)
  await rm(planted, { force: true })
  if (!all.some((finding) => finding.file === planted)) {
    return { passed: false, lines: ['the planted canary was not found: the scan is broken'] }
  }
  const findings = all.filter((finding) => finding.file !== planted)
  return {
    passed: findings.length === 0,
    lines: findings.map((finding) => {
      const where = finding.offset < 0 ? 'in its name' : `at byte ${finding.offset}`
      return `${path.relative(testRoot, finding.file)}: canary ${finding.canary} as ${finding.encoding}, ${where}`
    }),
  }
}
