import { describe, expect, it } from 'vitest'
import { REGIMES } from '../../gateway/regime/regime.ts'
import { choicesOf, compareLaw, registersFor } from './law-compare.ts'
import type { Choices, LawFault, Outcome } from './law-compare.ts'
import type { World } from './compare.ts'
import { LAW_FAULTS } from './law-faults.ts'
import { RUNS, runAll } from './runs.ts'

/** How many runs met what. */
class Tally {
  runs = 0
  invalid = 0
  answered = 0
  readonly met = new Map<string, number>()

  count(outcome: Outcome | null): void {
    this.runs += 1
    if (!outcome) this.invalid += 1
    if (!outcome) return
    if (outcome.fetches > 0) this.answered += 1
    const { regime, kinds, codes, whole } = outcome
    for (const one of new Set([regime, ...kinds, ...codes, ...whole])) this.met.set(one, this.share(one) + 1)
  }

  share(one: string): number {
    return this.met.get(one) ?? 0
  }
}

async function compareAll(runs: number, tally: Tally, fault?: LawFault): Promise<string | null> {
  const compareOne = async (world: World, choices: Choices): Promise<string | null> => {
    const outcome = await compareLaw(world, choices, fault)
    tally.count(outcome)
    return outcome?.found ? `${outcome.found}\n${print(world, choices)}` : null
  }
  return runAll(runs, (world, g) => compareOne(world, choicesOf(g, world)), fault !== undefined)
}

/** Everything that a run is made from; of the fields what is not as usual. */
function print(world: World, choices: Choices): string {
  const { regime, fields, resources, matters, grants, caller } = registersFor(world, choices)
  const lists = (_key: string, value: unknown): unknown => (value instanceof Map ? [...value] : value)
  const usual = new Set(['"UNCONDITIONAL"', 'null', '[]', 'false', '"L1"', '"t"', '"leaf"'])
  const entries = [...fields.values()].map(({ coordinate, ...facts }) => {
    const odd = Object.entries(facts).filter(([, fact]) => !usual.has(JSON.stringify(fact)))
    return `${coordinate} ${JSON.stringify(Object.fromEntries(odd))}`
  })
  const registers = JSON.stringify({ regime: regime.regime, caller, resources, matters, grants }, lists)
  const { asking, seed } = choices
  return [asking.text, JSON.stringify(asking.variables), `seed ${seed}`, registers, ...entries].join('\n')
}

/** Codes that the law can yield, field by field or for a whole operation. */
const CODES = [
  'UNKNOWN_PARTY',
  'PURPOSE_MISSING',
  'PURPOSE_MISMATCH',
  'NO_GRANT',
  'GRANT_EXPIRED',
  'GRANT_REVOKED',
  'AGREEMENT_MISSING',
  'OUT_OF_SCOPE',
  'NOT_SHARED',
  'NOT_NEEDED',
  'VERIFY_ONLY',
  'FILTER_NOT_ALLOWED',
  'PARAMETER_OUT_OF_GRANT',
] as const

describe('decisions, answers and fetches', () => {
  it(
    `are those of the law over ${RUNS} random cities, callers and operations`,
    async () => {
      const tally = new Tally()
      expect(await compareAll(RUNS, tally)).toBeNull()
      // What was compared must have been worth it: every regime, every kind of decision, every code, and answers.
      expect(tally.invalid / tally.runs).toBeLessThan(0.05)
      expect(tally.answered / tally.runs).toBeGreaterThan(0.25)
      const rare = (list: readonly string[], least: number): string[] =>
        list.filter((one) => tally.share(one) < least * tally.runs).map((one) => `${one} ${tally.share(one)}`)
      expect(rare(REGIMES, 0.1)).toEqual([])
      expect(rare(['ALLOW', 'MASK', 'VERIFY_ONLY', 'DENY'], 0.3)).toEqual([])
      expect(rare(CODES, 0.01)).toEqual([])
    },
    60_000 + RUNS * 50,
  )
})

describe('the comparison with the law finds', () => {
  it.each(Object.entries(LAW_FAULTS))(
    '%s',
    async (_name, { found, ...fault }) => {
      expect(await compareAll(RUNS, new Tally(), fault)).toMatch(found)
    },
    60_000 + RUNS * 50,
  )
})
