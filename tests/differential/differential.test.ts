import { describe, expect, it } from 'vitest'
import { both, choicesOf, difference } from './compare.ts'
import type { Choices, Fault, World } from './compare.ts'
import { FAULTS } from './faults.ts'
import { RUNS as ALL, runAll } from './runs.ts'

/** Half of the runs: the other test answers questions too, under decisions that the law gives. */
const RUNS = Math.ceil(ALL / 2)

interface Tally {
  runs: number
  invalid: number
  withData: number
  withRefusals: number
  fetches: number
}

function compareAll(runs: number, tally: Tally, fault?: Fault): Promise<string | null> {
  const one = async (world: World, choices: Choices): Promise<string | null> => {
    const found = await compareOnce(world, choices, tally, fault)
    return found === null ? null : `${found}\n${print(choices)}`
  }
  return runAll(runs, (world, g) => one(world, choicesOf(g, world)), fault !== undefined)
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
  it.each(Object.entries(FAULTS))(
    '%s',
    async (_name, { found, ...fault }) => {
      const tally: Tally = { runs: 0, invalid: 0, withData: 0, withRefusals: 0, fetches: 0 }
      expect(await compareAll(RUNS, tally, fault)).toMatch(found)
    },
    60_000 + RUNS * 50,
  )
})
