import { setImmediate as nextTurn } from 'node:timers/promises'
import { implementationsOf } from '../catalog/implementations.ts'
import type { GraphQLSchema } from 'graphql'
import type { GrantFiles } from '../adapters/grant-files.ts'
import type { Party } from '../caller/parties.ts'
import type { Catalog } from '../catalog/catalog.ts'
import type { Regime } from '../regime/regime.ts'
import type { Config } from '../config/config.ts'
import { ConfigFault } from '../config/fault.ts'
import { linkageFindings } from '../grants/check-linkage.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import type { Clock } from '../vocabulary/ports.ts'
import { StartFault } from './preflight.ts'
import { isRebuildable, judgeLinkage, judgeRegisters, printFinding, readRegisters } from './register-check.ts'
import type { CheckedRegisters, PlacedFinding, Registers, Standing } from './register-check.ts'

/** Milliseconds between looks: no longer than the files themselves are looked at. */
const INTERVAL = 250

/** Milliseconds after which a check is tried again that met a file which cannot be read. */
const PAUSE = 5_000

/** As many places as the log writes of one failure. */
const PLACES = 20

/**
 * Refuses a start that would let a department rebuild a masked number (R809-25), in production; in the embedded mode,
 * where a city tries things out, it is told as everything else that does not fit.
 *
 * @throws StartFault with file, line and column of each
 */
export function admitRegisters({ mode }: Pick<Config, 'mode'>, { findings }: CheckedRegisters): void {
  const rebuildable = findings.filter(isRebuildable)
  if (mode === 'production' && rebuildable.length > 0)
    throw new StartFault(rebuildable.map((one) => printFinding(one).en))
  tellFindings(findings)
}

/** What decides in an open house beside the requests; each may be another one at the next look. */
export interface WatchedStanding {
  readonly grants: Pick<GrantFiles, 'hold' | 'waiting' | 'inForce' | 'admit'>
  /** Rises whenever the register of matters changes. */
  mattersVersion(): number
  parties(): readonly Party[]
  regime(): Regime
  generation(): { readonly catalog: Catalog; readonly schema: GraphQLSchema }
}

/** What is followed, and by what. */
export interface WatchParts {
  readonly config: Config
  readonly standing: WatchedStanding
  readonly clock: Clock
  /** Of the check at the start: what was told then is not told again. */
  readonly told: readonly PlacedFinding[]
}

/**
 * Holds the registers against catalogue and regime whenever one of them has changed, between requests and one
 * department at a turn. What does not fit is told, with its places. A register of grants is put in force only then,
 * and not at all where it would let a department rebuild a masked number (R809-25) that it could not before: the last
 * good one stays. Revocations pass by all this.
 *
 * @returns ends it
 */
export function watchRegisters(parts: WatchParts): () => Promise<void> {
  const { grants } = parts.standing
  grants.hold()
  let seen: Basis | null = null
  let told = parts.told
  let unreadable: { readonly reason: string; readonly until: number } | null = null
  let running: Promise<void> | null = null

  const judge = async (basis: Basis): Promise<void> => {
    try {
      const { findings, worse } = await judgeBasis(parts, basis)
      if (worse.length > 0) refuse(worse)
      else if (basis.waiting && grants.waiting() === basis.grants) grants.admit()
      if (!sameFindings(findings, told)) tellFindings(findings, told)
      told = findings
      unreadable = null
    } catch (error) {
      const reason = String(error)
      if (unreadable?.reason !== reason)
        publishFailure(() => ({ receipt: null, where: 'register-check', code: null, error }))
      // Whatever waits must not wait for ever for a file that nothing else follows.
      seen = null
      unreadable = { reason, until: parts.clock.monotonic() + PAUSE }
    }
  }
  const look = (): void => {
    if (unreadable !== null && parts.clock.monotonic() < unreadable.until) return
    const basis = basisOf(parts.standing)
    if (running !== null || (seen !== null && sameBasis(basis, seen))) return
    seen = basis
    running = judge(basis).finally(() => (running = null))
  }
  const timer = setInterval(look, INTERVAL).unref()
  return async () => {
    clearInterval(timer)
    await running
  }
}

/** What a judgement rests on; each part is another object whenever it has changed. */
interface Basis {
  readonly grants: Registers['grants']
  /** Whether these grants are not in force yet. */
  readonly waiting: boolean
  readonly mattersVersion: number
  readonly parties: readonly Party[]
  readonly regime: Regime
  readonly generation: ReturnType<WatchedStanding['generation']>
}

function basisOf(standing: WatchedStanding): Basis {
  const { grants } = standing
  const waiting = grants.waiting()
  return {
    grants: waiting ?? grants.inForce(),
    waiting: waiting !== null,
    mattersVersion: standing.mattersVersion(),
    parties: standing.parties(),
    regime: standing.regime(),
    generation: standing.generation(),
  }
}

function sameBasis(a: Basis, b: Basis): boolean {
  return (
    a.grants === b.grants &&
    a.mattersVersion === b.mattersVersion &&
    a.parties.length === b.parties.length &&
    a.parties.every((one, at) => one === b.parties[at]) &&
    a.regime === b.regime &&
    a.generation === b.generation
  )
}

/** All that does not fit, and which of it the register in force does not have. */
async function judgeBasis(
  { config, standing: { grants }, clock }: WatchParts,
  basis: Basis,
): Promise<{ findings: readonly PlacedFinding[]; worse: readonly PlacedFinding[] }> {
  const { regime, generation } = basis
  const standing: Standing = {
    catalog: generation.catalog,
    implementations: implementationsOf(generation.schema),
    regime,
    masks: config.masking.ruleSet,
    now: clock.now(),
  }
  const registers: Registers = { ...readRegisters(config), grants: basis.grants }
  const { findings } = await inTurns(judgeRegisters(registers, standing))
  const rebuildable = findings.filter(isRebuildable)
  if (!basis.waiting || rebuildable.length === 0) return { findings, worse: [] }
  const before = await inTurns(judgeLinkage({ ...registers, grants: grants.inForce() }, standing))
  const known = new Set(linkageFindings(before).map(({ text }) => text.en))
  return { findings, worse: rebuildable.filter(({ text }) => !known.has(text.en)) }
}

/** Runs a judgement with a turn of the event loop after each of its parts: requests go on meanwhile. */
async function inTurns<T>(parts: Generator<void, T>): Promise<T> {
  for (;;) {
    const part = parts.next()
    if (part.done === true) return part.value
    await nextTurn()
  }
}

function refuse(worse: readonly PlacedFinding[]): void {
  publishLifecycle(() => ({ step: 'reload-refused', subject: 'grants', count: worse.length }))
  tellPlaces('grants', worse)
}

function tellFindings(findings: readonly PlacedFinding[], before: readonly PlacedFinding[] = []): void {
  if (findings.length === 0 && before.length === 0) return
  const step = findings.length === 0 ? 'recovered' : 'degraded'
  publishLifecycle(() => ({ step, subject: 'registers', count: findings.length }))
  for (const severity of ['error', 'warning'] as const)
    tellPlaces(
      `register-check: ${severity}`,
      findings.filter((one) => one.severity === severity),
    )
}

/** The log writes where each stands; what is wrong there, `gongxiang grant check` tells. */
export function tellPlaces(where: string, findings: readonly Pick<PlacedFinding, 'origin' | 'path' | 'text'>[]): void {
  for (let from = 0; from < findings.length; from += PLACES) {
    const some = findings.slice(from, from + PLACES)
    const fault = new ConfigFault(
      some.map(({ origin, path, text }) => ({ origin, path: path.join('.'), message: text.en })),
    )
    publishFailure(() => ({ receipt: null, where, code: null, error: fault }))
  }
}

function sameFindings(a: readonly PlacedFinding[], b: readonly PlacedFinding[]): boolean {
  return JSON.stringify(a) === JSON.stringify(b)
}
