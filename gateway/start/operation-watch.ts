import { setImmediate as nextTurn } from 'node:timers/promises'
import type { OperationFiles, OperationRegister } from '../adapters/operation-files.ts'
import type { Party } from '../caller/parties.ts'
import type { Generation } from '../compile/generation.ts'
import type { Config } from '../config/config.ts'
import type { MatterSource } from '../grants/registers.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Regime } from '../regime/regime.ts'
import { groundOf } from '../request/check-operation.ts'
import { judgeRegister } from './operation-check.ts'
import type { OperationFinding } from './operation-check.ts'
import { tellPlaces } from './register-watch.ts'

/** Milliseconds between looks: no longer than the files themselves are looked at. */
const INTERVAL = 250

type Served = Pick<Generation, 'catalog' | 'schema' | 'fields'>

/** What decides in an open house; each may be another one at the next look. */
export interface OperationWatch {
  readonly operations: Pick<OperationFiles, 'register'>
  readonly matters: MatterSource
  readonly parties: () => readonly Party[]
  readonly regime: () => Regime
  readonly generation: () => Served
}

/**
 * Tells at the start, and whenever the register, the catalogue, a matter or a party has changed, which entries are not
 * in force. It decides nothing: each request judges the entry that it asks for by what stands at that time.
 *
 * @returns ends it
 */
export function watchOperations(config: Pick<Config, 'limits'>, standing: OperationWatch): () => Promise<void> {
  let seen: Basis | null = null
  let told: readonly OperationFinding[] = []
  let running: Promise<void> | null = null

  const judge = async (basis: Basis): Promise<void> => {
    try {
      const findings = await findingsOf(config, standing, basis)
      if (JSON.stringify(findings) !== JSON.stringify(told)) tell(findings)
      told = findings
    } catch (error) {
      publishFailure(() => ({ receipt: null, where: 'operation-check', code: null, error }))
    }
  }
  const look = (): void => {
    const basis = basisOf(standing)
    if (running !== null || (seen !== null && sameBasis(basis, seen))) return
    seen = basis
    running = judge(basis).finally(() => (running = null))
  }
  look()
  const timer = setInterval(look, INTERVAL).unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

interface Basis {
  readonly register: OperationRegister
  readonly mattersVersion: number
  readonly parties: readonly Party[]
  readonly regime: Regime
  readonly generation: Served
}

function basisOf({ operations, matters, parties, regime, generation }: OperationWatch): Basis {
  return {
    register: operations.register(),
    mattersVersion: matters.version(),
    parties: parties(),
    regime: regime(),
    generation: generation(),
  }
}

function sameBasis(a: Basis, b: Basis): boolean {
  return (
    a.register === b.register &&
    a.mattersVersion === b.mattersVersion &&
    a.parties.length === b.parties.length &&
    a.parties.every((one, at) => one === b.parties[at]) &&
    a.regime === b.regime &&
    a.generation === b.generation
  )
}

/** Entry by entry, with a turn of the event loop between: requests go on meanwhile. */
async function findingsOf(
  { limits }: Pick<Config, 'limits'>,
  { matters }: OperationWatch,
  { register, parties, regime, generation }: Basis,
): Promise<readonly OperationFinding[]> {
  const turns = judgeRegister(register, {
    ground: groundOf(generation, regime, limits.tokens),
    matters,
    party: (code) => parties.find((one) => one.code === code) ?? null,
  })
  for (;;) {
    const turn = turns.next()
    if (turn.done === true) return turn.value.flatMap((one) => one.findings)
    await nextTurn()
  }
}

function tell(findings: readonly OperationFinding[]): void {
  const step = findings.length === 0 ? 'recovered' : 'degraded'
  publishLifecycle(() => ({ step, subject: 'operations', count: findings.length }))
  tellPlaces('operations', findings)
}
