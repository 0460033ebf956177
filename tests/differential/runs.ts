import fc from 'fast-check'
import type { GeneratorValue } from 'fast-check'
import { worldOf } from './compare.ts'
import type { World } from './compare.ts'
import { drafts } from './model.ts'

export const RUNS = Number(process.env['GONGXIANG_RUNS'] ?? 2_000)
const SEED = Number(process.env['GONGXIANG_SEED'] ?? 20_261_122)

/** How many random schemas share the runs. */
const SCHEMAS = 32

const worlds: World[] = []

/** The random schemas, composed once. */
function allWorlds(): readonly World[] {
  if (worlds.length === 0) worlds.push(...fc.sample(fc.noBias(drafts), { seed: SEED, numRuns: SCHEMAS }).map(worldOf))
  return worlds
}

/**
 * Runs over all schemas until one run finds something.
 *
 * @param one makes one run; what it returns, it found
 * @returns what was found, with the seed and the schema that lead there; null where all is well
 */
export async function runAll(
  runs: number,
  one: (world: World, g: GeneratorValue) => Promise<string | null>,
  endOnFailure: boolean,
): Promise<string | null> {
  for (const [index, world] of allWorlds().entries()) {
    const result = await fc.check(
      fc.asyncProperty(fc.gen(), async (g) => {
        const found = await one(world, g)
        if (found !== null) throw new Error(found)
      }),
      { seed: SEED + index, numRuns: Math.ceil(runs / SCHEMAS), plugins: [fc.unbiased()], endOnFailure },
    )
    if (result.failed)
      return `schema ${index}, GONGXIANG_SEED=${SEED} GONGXIANG_RUNS=${runs}\n${String(result.errorInstance)}`
  }
  return null
}
