import { rm } from 'node:fs/promises'
import { makeTestRoot, TEST_ROOT_VARIABLE } from './test-root.ts'

/**
 * Gives the run a private root, the test command's or its own: TMPDIR of every worker lies in it, so that logs, audit
 * segments and temporary files of the whole suite can be searched for canaries. Vitest calls it before the workers start.
 *
 * @returns the teardown, which removes only a root that was made here
 */
export default async function setup(): Promise<() => Promise<void>> {
  const given = process.env[TEST_ROOT_VARIABLE]
  const root = given ?? (await makeTestRoot())
  process.env[TEST_ROOT_VARIABLE] = root
  process.env['TMPDIR'] = root
  return async () => {
    if (given === undefined) await rm(root, { recursive: true, force: true })
  }
}
