import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { z } from 'zod'
import { readGrantEvents } from '../adapters/grant-events.ts'
import { readRegime } from '../adapters/regime-file.ts'
import { readGrants, readMatters } from '../adapters/register-files.ts'
import { readCatalog, SUPERGRAPH_FILE } from '../adapters/supergraph-files.ts'
import { compareCatalogs } from '../catalog/compare.ts'
import type { Change } from '../catalog/compare.ts'
import type { Composition } from '../catalog/compose.ts'
import { shapesOf } from '../catalog/shapes.ts'
import { grantEventsFile } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import { parseYaml } from '../config/yaml.ts'
import { grantState } from '../grants/grant.ts'
import type { Grant } from '../grants/grant.ts'
import type { Matter } from '../grants/registers.ts'
import type { AnyParameter, Regime } from '../regime/regime.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { consequencesOf, outcomeText } from './consequences.ts'
import type { Consequence } from './consequences.ts'
import { print, printJson } from './terminal.ts'

/** What the regime asks before a change takes effect, in its own words. */
interface Procedure {
  readonly of: 'CHANGE' | 'WITHDRAWAL'
  /** What it takes, e.g. NOTICE and AUTHORITY_APPROVAL (NT-16). */
  readonly needs: unknown
  readonly clause: string
  readonly quote: string
}

interface Comparison {
  readonly regime: string
  readonly before: string
  readonly after: string
  readonly changes: readonly Change[]
  readonly consequences: readonly Consequence[]
  readonly procedure: readonly Procedure[]
}

interface Options {
  readonly file: string
  readonly regime: string
  readonly json: boolean
}

/**
 * `gongxiang compose --against`: what the departments' SDL of today would change in a catalogue of before, and for which
 * grants and matters.
 *
 * @throws ConfigFault where the catalogue of before, a register or the regime cannot be read
 */
export async function compareAgainst(
  config: Config,
  composed: Composition & { kind: 'composed' },
  { file, regime, json }: Options,
): Promise<void> {
  const before = readCatalog(file)
  // The catalogue tells which arguments filter; which there are, and of what type, stands in the supergraph beside it.
  const beside = join(dirname(file), SUPERGRAPH_FILE)
  const shapes = existsSync(beside)
    ? { before: shapesOf(readFileSync(beside, 'utf8')), after: shapesOf(composed.supergraphSdl) }
    : null
  const changes = compareCatalogs(before, composed.catalog, shapes)
  const comparison: Comparison = {
    regime,
    before: before.version,
    after: composed.catalog.version,
    changes,
    consequences: consequencesOf(changes, await liveGrants(config), readAllMatters(config)),
    procedure: procedureOf(readRegime(join(config.schemaDirectory, 'regimes', `${regime}.yaml`)), changes),
  }
  if (json) printJson(comparison)
  else printComparison(comparison)
}

/** Grants that have not ended: to the others nothing happens any more. */
async function liveGrants(config: Config): Promise<readonly Grant[]> {
  const file = config.registers.grants
  const { events } = await readGrantEvents(grantEventsFile(config))
  const revoked = new Set(events.map(({ grant }) => grant))
  return readGrants(file, readFileSync(file, 'utf8')).filter(
    (grant) => !revoked.has(grant.id) && grantState(grant, systemClock.now()) !== 'EXPIRED',
  )
}

const CODES = z.object({ matters: z.array(z.object({ code: z.string() })) })

/** The register finds a matter by its code; the codes stand in the file. */
function readAllMatters({ registers }: Config): readonly Matter[] {
  const text = readFileSync(registers.matters, 'utf8')
  const source = readMatters(registers.matters, text)
  return parseYaml(text, registers.matters, CODES).matters.flatMap(({ code }) => source.find(code) ?? [])
}

/** What the regime says of changing the catalogue, and of withdrawing what was published; nothing where it is silent. */
function procedureOf({ parameters }: Regime, changes: readonly Change[]): readonly Procedure[] {
  const step = (of: Procedure['of'], parameter: AnyParameter | null): Procedure[] =>
    parameter ? [{ of, needs: parameter.value, clause: parameter.clause, quote: parameter.quote }] : []
  const withdrawn = changes.some(({ kind, aspect }) => kind !== 'ARGUMENT' && aspect === 'removed')
  return [
    ...(changes.length > 0 ? step('CHANGE', parameters['catalog.approver']) : []),
    ...(withdrawn ? step('WITHDRAWAL', parameters['resource.withdrawal']) : []),
  ]
}

function printComparison({ regime, before, after, changes, consequences, procedure }: Comparison): void {
  for (const change of changes) print(changeLine(change))
  for (const one of consequences)
    print(
      `${one.kind === 'GRANT' ? 'grant' : 'matter'} ${one.id} (${one.department}): ${one.coordinate} ${outcomeText(one)}`,
    )
  for (const { of, needs, clause, quote } of procedure)
    print(`${of === 'CHANGE' ? 'a change' : 'a withdrawal'} needs ${wordsOf(needs)}: 「${quote}」 [${clause}]`)
  const count = (effect: Change['effect']): number => changes.filter((change) => change.effect === effect).length
  print(
    `${before} → ${after} under ${regime}: ${changes.length} changes, ${count('WIDER')} wider, ${count('NARROWER')} narrower; nothing was written`,
  )
}

function changeLine({ at, aspect, before, after, effect }: Change): string {
  const what = aspect === 'added' || aspect === 'removed' ? aspect : `${aspect} ${wordsOf(before)} → ${wordsOf(after)}`
  return `${effect.padEnd(8)} ${at} ${what}`
}

function wordsOf(value: unknown): string {
  if (value === null || value === undefined) return 'none'
  if (Array.isArray(value)) return value.length === 0 ? 'none' : value.map(wordsOf).join(', ')
  return typeof value === 'string' ? value : JSON.stringify(value)
}
