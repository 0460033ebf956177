import { existsSync, readFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { readRegime } from '../adapters/regime-file.ts'
import { readCatalog, SUPERGRAPH_FILE } from '../adapters/supergraph-files.ts'
import { indexFields, indexResources } from '../catalog/catalog.ts'
import type { Catalog, FieldEntry } from '../catalog/catalog.ts'
import { compareCatalogs } from '../catalog/compare.ts'
import type { Change } from '../catalog/compare.ts'
import type { Composition } from '../catalog/compose.ts'
import { implementationsIn } from '../catalog/implementations.ts'
import type { Implementations } from '../catalog/implementations.ts'
import { printFinding } from '../catalog/lint/finding.ts'
import type { LintFinding } from '../catalog/lint/finding.ts'
import { removedEarly } from '../catalog/lint/removals.ts'
import { shapesOf } from '../catalog/shapes.ts'
import type { Config } from '../config/config.ts'
import type { AnyParameter, Regime } from '../regime/regime.ts'
import { instantsOf, readRegisters } from '../start/register-check.ts'
import type { Registers } from '../start/register-check.ts'
import { CITY_OFFSET } from '../vocabulary/city-time.ts'
import { systemClock } from '../vocabulary/ports.ts'
import { decidedText, outcomeOf } from './consequences.ts'
import type { Consequence, EndedGrant, Question } from './consequences.ts'
import { print, printJson } from './terminal.ts'

/** What the regime asks before a change takes effect, in its own words. */
interface Procedure {
  readonly of: 'CHANGE' | 'WITHDRAWAL'
  /** What it takes, e.g. NOTICE and AUTHORITY_APPROVAL (NT-16). */
  readonly needs: unknown
  readonly clause: string
  readonly quote: string
}

interface PlacedGrant extends EndedGrant {
  /** `file:line` in the register. */
  readonly place: string
}

interface Comparison {
  readonly regime: string
  readonly before: string
  readonly after: string
  readonly changes: readonly Change[]
  /** What is decided otherwise, by matter. */
  readonly consequences: readonly Consequence[]
  /** Grants that open nothing any more. */
  readonly ended: readonly PlacedGrant[]
  readonly procedure: readonly Procedure[]
  /** What applications may still use and was not deprecated long enough; none is known where no supergraph is beside. */
  readonly removedEarly: readonly LintFinding[]
}

interface Options {
  readonly file: string
  readonly regime: string
  readonly json: boolean
}

/**
 * `gongxiang compose --against`: what the departments' SDL of today would change in a catalogue of before, what is decided
 * otherwise then under the regime, for which department and matter, and which grants open nothing any more.
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
  const law = readRegime(join(config.schemaDirectory, 'regimes', `${regime}.yaml`))
  const registers = readRegisters(config)
  const implementations = implementationsIn(composed.supergraphSdl)
  // Without its supergraph nobody knows the interfaces of before: they are taken as they are now.
  const known = existsSync(beside) ? implementationsIn(readFileSync(beside, 'utf8')) : implementations
  const { consequences, ended } = outcomeOf({
    ...registers,
    changes,
    authority: {
      before: authorityOf(completed(before, composed.catalog), known, law),
      after: authorityOf(composed.catalog, implementations, law),
    },
    instants: (own) => instantsOf(own, systemClock.now()),
  })
  const comparison: Comparison = {
    regime,
    before: before.version,
    after: composed.catalog.version,
    changes,
    consequences,
    ended: ended.map((one) => placed(registers, one)),
    procedure: procedureOf(law, changes),
    removedEarly: existsSync(beside) ? removed(beside, composed.supergraphSdl) : [],
  }
  if (comparison.removedEarly.length > 0) process.exitCode = 1
  if (json) printJson(comparison)
  else printComparison(comparison)
}

function removed(beside: string, after: string): readonly LintFinding[] {
  const today = new Date(systemClock.now() + CITY_OFFSET).toISOString().slice(0, 10)
  return removedEarly(readFileSync(beside, 'utf8'), after, today, beside)
}

/** A catalogue, and what it decides by. */
function authorityOf(catalog: Catalog, implementations: Implementations, regime: Regime): Authorities['before'] {
  const fields = indexFields(catalog)
  return { regime, catalogVersion: catalog.version, fields, resources: indexResources(catalog), implementations }
}

type Authorities = Question['authority']

/** Facts that an entry of an older gateway may lack; what is unknown of before is taken as it is now. */
const UNKNOWN = {
  providers: [],
  subMode: null,
  scope: null,
  verifyOnly: false,
  mask: null,
  maskApproval: null,
  maskProhibited: false,
  verify: null,
  embeds: [],
  quasiIdentifier: null,
  follows: null,
  requires: [],
  declassified: null,
  onInterface: false,
} as const satisfies Partial<FieldEntry>

function completed(before: Catalog, after: Catalog): Catalog {
  const now = indexFields(after)
  const fields = before.fields.map((entry) => ({ ...UNKNOWN, ...now.get(entry.coordinate), ...entry }))
  return { ...before, fields }
}

/** Where a grant stands in its register. */
function placed(registers: Registers, ended: EndedGrant): PlacedGrant {
  const origin = registers.locate('grants', ['grants', registers.grants.findIndex(({ id }) => id === ended.id)])
  return { ...ended, place: origin.kind === 'file' ? `${origin.file}:${origin.line}` : '' }
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

function printComparison(comparison: Comparison): void {
  const { regime, before, after, changes, consequences, ended, procedure, removedEarly: early } = comparison
  for (const change of changes) print(changeLine(change))
  for (const one of consequences) print(consequenceLine(one))
  for (const { id, department, needless, place } of ended)
    print(`grant ${id} (${department}) opens nothing any more${needless ? ', and nothing needs it' : ''}: ${place}`)
  for (const one of early) print(printFinding(one))
  for (const { of, needs, clause, quote } of procedure)
    print(`${of === 'CHANGE' ? 'a change' : 'a withdrawal'} needs ${wordsOf(needs)}: 「${quote}」 [${clause}]`)
  const count = (list: readonly { readonly effect: Change['effect'] }[]): string =>
    `${list.filter(({ effect }) => effect === 'WIDER').length} wider, ${list.filter(({ effect }) => effect === 'NARROWER').length} narrower`
  print(
    `${before} → ${after} under ${regime}: ${changes.length} changes, ${count(changes)}; ${consequences.length} decisions differ, ${count(consequences)}; nothing was written`,
  )
}

function consequenceLine({ department, matter, coordinate, before, after, effect, because }: Consequence): string {
  const cause = because.length === 0 ? '' : ` (${because.join(', ')})`
  return `${effect.padEnd(8)} ${department} ${matter}: ${coordinate} ${decidedText(before)} → ${decidedText(after)}${cause}`
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
