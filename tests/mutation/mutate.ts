import { readdirSync } from 'node:fs'
import path from 'node:path'
import { readRegime } from '../../gateway/adapters/regime-file.ts'
import { deadlines } from '../../gateway/regime/deadlines.ts'
import { REGIMES } from '../../gateway/regime/regime.ts'
import type { ParameterKey, Regime } from '../../gateway/regime/regime.ts'
import { catalogRules } from '../../gateway/start/catalog-rules.ts'
import { readLaw } from '../../scripts/coverage-law-rows.ts'
import { readCaseFiles } from '../cases/case-file.ts'
import { mutantsOf } from './mutants.ts'
import type { Change, Mutant } from './mutants.ts'
import { openOffline } from './offline.ts'
import type { OfflineCase } from './offline.ts'

/**
 * What became of a mutant. `named`: a case fails that names the parameter's clause; `failed`: only cases fail that do
 * not; `elsewhere`: no case fails, but deadlines or the rules of composition are others; `reached`: cases look at the
 * parameter and none fails; `unreached`: no case of this regime looks at it; `impossible`: the profile's shape refuses
 * the change.
 */
export type Fate = 'named' | 'failed' | 'elsewhere' | 'reached' | 'unreached' | 'impossible'

export interface Outcome {
  readonly regime: string
  readonly key: ParameterKey
  readonly change: Change
  readonly fate: Fate
  /** A case that fails, or what else is another one. */
  readonly by: string | null
}

/** What else is made of a profile, without a request. */
const DERIVED = [
  { name: 'deadlines', of: (regime: Regime): unknown => deadlines(regime) },
  { name: 'composition', of: (regime: Regime): unknown => catalogRules(regime, new Map()) },
] as const

const FOLDER = path.resolve(import.meta.dirname, '..', '..', 'schema/regimes')

/** Every profile. */
export function readRegimes(): readonly Regime[] {
  const files = readdirSync(FOLDER)
  return REGIMES.filter((name) => files.includes(`${name}.yaml`)).map((name) =>
    readRegime(path.join(FOLDER, `${name}.yaml`)),
  )
}

/** Changes every parameter of every profile and decides that profile's cases again. */
export async function mutateRegimes(): Promise<readonly Outcome[]> {
  const regimes = readRegimes()
  const { rows } = await readLaw(path.resolve(FOLDER, '..', '..'))
  const cases = openOffline(readCaseFiles().flatMap((file) => file.cases))
  return regimes.flatMap((regime) => {
    const clauses = rows.filter((row) => row.regime === regime.regime).map(({ id }) => id)
    // A case that fails already notices nothing.
    const own = cases.filter((offline) => offline.one.regime === regime.regime && !fails(offline, regime))
    const reached = parametersReached(regime, own)
    return mutantsOf(regime, regimes, clauses).map((mutant) => fateOf(mutant, regime, own, reached))
  })
}

/** The parameters that the cases look at, unchanged. */
function parametersReached(regime: Regime, cases: readonly OfflineCase[]): ReadonlySet<string> {
  const seen = new Set<string>()
  const parameters = new Proxy(
    { ...regime.parameters },
    {
      get(target, key, receiver): unknown {
        seen.add(String(key))
        return Reflect.get(target, key, receiver)
      },
    },
  )
  for (const one of cases) one.decide({ ...regime, parameters })
  return seen
}

function fateOf(mutant: Mutant, regime: Regime, cases: readonly OfflineCase[], reached: ReadonlySet<string>): Outcome {
  const { key, change } = mutant
  const outcome = (fate: Fate, by: string | null = null): Outcome => ({ regime: regime.regime, key, change, fate, by })
  const { regime: changed } = mutant
  if (changed === null) return outcome('impossible')
  const failing = reached.has(key) ? cases.filter((one) => fails(one, changed)) : []
  const clause = regime.parameters[key]?.clause ?? ''
  const naming = failing.find(({ one }) => one.clauses.some((named) => named === clause))
  if (naming) return outcome('named', naming.one.id)
  const [first] = failing
  if (first) return outcome('failed', first.one.id)
  const other = DERIVED.find(({ of }) => JSON.stringify(of(changed)) !== JSON.stringify(of(regime)))
  if (other) return outcome('elsewhere', other.name)
  return outcome(reached.has(key) ? 'reached' : 'unreached')
}

/** Whether a decision is another one than the case wants. */
export function fails(offline: OfflineCase, regime: Regime): boolean {
  const came = offline.decide(regime)
  return Object.entries(offline.wanted).some(([at, wanted]) => came[at] !== wanted)
}
