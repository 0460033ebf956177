import { readdirSync } from 'node:fs'
import path from 'node:path'
import { readRegime } from '../../gateway/adapters/regime-file.ts'
import { REGIMES } from '../../gateway/regime/regime.ts'
import type { ParameterKey, Regime } from '../../gateway/regime/regime.ts'
import { readLaw } from '../../scripts/coverage-law-rows.ts'
import { readCaseFiles } from '../cases/case-file.ts'
import { readReadings } from '../cases/reading.ts'
import { mutantsOf } from './mutants.ts'
import type { Change, Mutant } from './mutants.ts'
import { KINDS, openOffline } from './offline.ts'
import type { Kind, OfflineCase } from './offline.ts'

/**
 * What became of a mutant. A kind of case: one of that kind fails that names the parameter's clause, and none of a kind
 * before it; `failed`: only cases fail that do not name it; `reached`: cases look at the parameter and none fails;
 * `unreached`: no case of this regime looks at it; `impossible`: the profile's shape refuses the change.
 */
export type Fate = Kind | 'failed' | 'reached' | 'unreached' | 'impossible'

export interface Outcome {
  readonly regime: string
  readonly key: ParameterKey
  readonly change: Change
  readonly fate: Fate
  /** A case that fails. */
  readonly by: string | null
  /** A case that fails as well, decides something, and could name the clause. */
  readonly unnamed: string | null
}

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
  const cases = await openOffline(readCaseFiles(), readReadings())
  return mutateUnder(cases)
}

/** As `mutateRegimes`, over these cases. */
export async function mutateUnder(cases: readonly OfflineCase[]): Promise<readonly Outcome[]> {
  const regimes = readRegimes()
  const { rows } = await readLaw(path.resolve(FOLDER, '..', '..'))
  const outcomes: Outcome[] = []
  for (const regime of regimes) {
    const clauses = rows.filter((row) => row.regime === regime.regime).map(({ id }) => id)
    const looking = await openLooking(cases, regime)
    for (const mutant of mutantsOf(regime, regimes, clauses)) outcomes.push(await fateOf(mutant, regime, looking))
  }
  return outcomes
}

/** A case, and the parameters that it looks at. */
interface Looking {
  readonly offline: OfflineCase
  readonly at: ReadonlySet<string>
}

/** The cases of a regime, kind by kind; a case that fails already notices nothing. */
async function openLooking(cases: readonly OfflineCase[], regime: Regime): Promise<readonly Looking[]> {
  const looking: Looking[] = []
  for (const offline of cases) {
    if (offline.one.regime !== regime.regime) continue
    const at = new Set<string>()
    if (!(await fails(offline, watched(regime, at)))) looking.push({ offline, at })
  }
  return looking.toSorted((a, b) => KINDS.indexOf(a.offline.kind) - KINDS.indexOf(b.offline.kind))
}

/** The profile, telling which of its parameters are looked at. */
function watched(regime: Regime, seen: Set<string>): Regime {
  const parameters = new Proxy(
    { ...regime.parameters },
    {
      get(target, key, receiver): unknown {
        seen.add(String(key))
        return Reflect.get(target, key, receiver)
      },
    },
  )
  return { ...regime, parameters }
}

async function fateOf(mutant: Mutant, regime: Regime, cases: readonly Looking[]): Promise<Outcome> {
  const { key, change, regime: changed } = mutant
  const outcome = (fate: Fate, by: string | null = null, unnamed: string | null = null): Outcome => ({
    regime: regime.regime,
    key,
    change,
    fate,
    by,
    unnamed,
  })
  if (changed === null) return outcome('impossible')
  const clause = regime.parameters[key]?.clause ?? ''
  let unnamed: string | null = null
  // Once a case is found that decides and names the clause, the others say no more.
  for (const { offline, at } of cases) {
    if (!at.has(key) || !(await fails(offline, changed))) continue
    const { id, clauses } = offline.one
    if (clauses.includes(clause)) return outcome(offline.kind, id, unnamed)
    unnamed ??= id
  }
  if (unnamed !== null) return outcome('failed', unnamed)
  return outcome(cases.some(({ at }) => at.has(key)) ? 'reached' : 'unreached')
}

/** Whether a case comes out otherwise than it wants. */
export async function fails(offline: OfflineCase, regime: Regime): Promise<boolean> {
  const came = await offline.decide(regime)
  return Object.entries(offline.wanted).some(([at, wanted]) => came[at] !== wanted)
}
