import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { both, choicesOf, difference, worldOf } from './compare.ts'
import type { Choices, Fault, World } from './compare.ts'
import { FAULTS } from './faults.ts'
import { drafts } from './model.ts'

const RUNS = Number(process.env['GONGXIANG_RUNS'] ?? 2_000)
const SEED = Number(process.env['GONGXIANG_SEED'] ?? 20_261_122)
const SCHEMAS = 32

const worlds = fc.sample(fc.noBias(drafts), { seed: SEED, numRuns: SCHEMAS }).map(worldOf)

interface Tally {
  runs: number
  invalid: number
  withData: number
  withRefusals: number
  fetches: number
}

/** Runs until a difference is found; the report names the seed and the choices that lead there. */
async function compareAll(runs: number, tally: Tally, fault?: Fault): Promise<string | null> {
  for (const [index, world] of worlds.entries()) {
    const numRuns = Math.ceil(runs / worlds.length)
    const result = await fc.check(
      fc.asyncProperty(fc.gen(), async (g) => {
        const choices = choicesOf(g, world)
        const found = await compareOnce(world, choices, tally, fault)
        if (found !== null) throw new Error(`${found}\n${print(choices)}`)
      }),
      { seed: SEED + index, numRuns, plugins: [fc.unbiased()], endOnFailure: fault !== undefined },
    )
    if (result.failed) return `schema ${index}, GONGXIANG_SEED=${SEED}\n${String(result.errorInstance)}`
  }
  return null
}

async function compareOnce(world: World, choices: Choices, tally: Tally, fault?: Fault): Promise<string | null> {
  const comparison = await both(world, choices, fault)
  tally.runs += 1
  if (!comparison) {
    tally.invalid += 1
    return null
  }
  if (comparison.asked.fetches.length > 0) tally.withData += 1
  if (comparison.asked.errors.length > 0) tally.withRefusals += 1
  tally.fetches += comparison.asked.fetches.length
  return difference(comparison)
}

function print({ asking, verdicts, seed }: Choices): string {
  const refused = Object.entries(verdicts).filter(([, verdict]) => verdict !== 'ALLOW')
  return `${asking.text}\n${JSON.stringify(asking.variables)}\n${JSON.stringify(Object.fromEntries(refused))}\ndata ${seed}`
}

describe('the compiled path', () => {
  it(
    `equals the plain interpreter over ${RUNS} random operations`,
    async () => {
      const tally: Tally = { runs: 0, invalid: 0, withData: 0, withRefusals: 0, fetches: 0 }
      expect(await compareAll(RUNS, tally)).toBeNull()
      // What was compared must have been worth it: answers with data, with refusals, and over several departments.
      expect(tally.invalid / tally.runs).toBeLessThan(0.05)
      expect(tally.withData / tally.runs).toBeGreaterThan(0.6)
      expect(tally.withRefusals / tally.runs).toBeGreaterThan(0.3)
      expect(tally.fetches / tally.withData).toBeGreaterThan(1.2)
    },
    60_000 + RUNS * 50,
  )
})

describe('the comparison finds', () => {
  it.each(Object.entries(FAULTS))('%s', async (_name, { found, ...fault }) => {
    const tally: Tally = { runs: 0, invalid: 0, withData: 0, withRefusals: 0, fetches: 0 }
    expect(await compareAll(RUNS, tally, fault)).toMatch(found)
  })
})
