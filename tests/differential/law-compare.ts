import { fileURLToPath } from 'node:url'
import type { GeneratorValue } from 'fast-check'
import fc from 'fast-check'
import { readRegime } from '../../gateway/adapters/regime-file.ts'
import type { ResourceEntry } from '../../gateway/catalog/catalog.ts'
import { rejectionOf } from '../../gateway/compile/parameters.ts'
import type { Rejection } from '../../gateway/compile/parameters.ts'
import { createGrantIndex } from '../../gateway/grants/grant.ts'
import { buildView } from '../../gateway/grants/view.ts'
import type { Authority, View } from '../../gateway/grants/view.ts'
import { REGIMES, regimeOf } from '../../gateway/regime/regime.ts'
import type { Regime } from '../../gateway/regime/regime.ts'
import type { RefusalCode } from '../../gateway/vocabulary/codes.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import type { Decision } from '../../gateway/vocabulary/decision.ts'
import { compileFor, difference, plainAnswer, pose, runFor } from './compare.ts'
import type { Fault, Posed, World } from './compare.ts'
import { askingOf } from './documents.ts'
import type { Asking } from './documents.ts'
import { refusedFor } from './law/arguments.ts'
import type { Ruling, Rulings, Situation } from './law/facts.ts'
import { rulingsOf } from './law/law.ts'
import { registersOf } from './registers.ts'
import type { Registers } from './registers.ts'

/** The regulations that are shipped. */
const LAWS: readonly Regime[] = REGIMES.map((name) =>
  readRegime(fileURLToPath(new URL(`../../schema/regimes/${name}.yaml`, import.meta.url))),
)

/** What one run is made from; the same again for the same choices. */
export interface Choices {
  readonly asking: Asking
  readonly seed: number
  readonly regime: number
}

export function choicesOf(g: GeneratorValue, { model }: World): Choices {
  return { asking: askingOf(g, model), seed: g(fc.nat), regime: g(fc.nat, LAWS.length - 1) }
}

/** A fault to plant: what the gateway believes of the registers, what it compiles, what it makes of arguments. */
export interface LawFault extends Fault {
  readonly registers?: (registers: Registers) => Registers
  readonly rejection?: (found: Rejection | null) => Rejection | null
}

export function registersFor({ model, federation }: World, { seed, regime }: Choices): Registers {
  const law = LAWS[regime]
  if (!law) throw new Error('no such regime')
  return registersOf(seed, law, model, federation.generation.fields)
}

/** The gateway's view, from its own registers. */
function viewOf({ federation }: World, registers: Registers, now: number): View {
  const { regime, fields, matters, cases, grants, caller } = registers
  const resources = new Map(
    [...registers.resources].map(([type, one]) => [type, { ...BLANK, type, code: type, ...one }] as const),
  )
  const authority: Authority = {
    regime,
    catalogVersion: 'v1',
    fields,
    resources,
    implementations: implementationsOf(federation.schema.getType('Face') ? federation.schema : null),
    matters: {
      version: () => 1,
      find: (code) => matters.find((one) => one.code === code) ?? null,
      ofDepartment: (department) => matters.filter((one) => one.department === department),
    },
    cases: { find: (number) => cases.find((one) => one.number === number) ?? null },
  }
  return buildView(authority, caller, createGrantIndex(1, grants), now)
}

function implementationsOf(schema: World['federation']['schema'] | null): ReadonlyMap<string, readonly string[]> {
  const face = schema?.getType('Face')
  if (!schema || face?.astNode?.kind !== 'InterfaceTypeDefinition') return new Map()
  return new Map([['Face', schema.getImplementations(face as never).objects.map(({ name }) => name)]])
}

const BLANK: Omit<ResourceEntry, 'type' | 'code' | 'department' | 'authorisationMode' | 'parameterControl'> = {
  title: '条目',
  updateCycle: 'DAILY',
  format: 'API',
  contact: '科室',
  base: null,
  themes: [],
  content: null,
  form: null,
  mode: null,
  use: null,
  sample: null,
  system: null,
  location: null,
  sharingPeriod: null,
  openness: null,
  openMode: null,
  published: null,
  standard: null,
  urgent: false,
  secrecyReview: null,
  secret: false,
  varies: false,
}

/** The same registers as the law reads them. */
function situationOf({ model }: World, registers: Registers, now: number): Situation {
  const { regime, fields, resources, matters, cases, grants, caller } = registers
  return {
    regime,
    items: fields,
    entries: resources,
    implementations: new Map([['Face', model.entities]]),
    matters,
    cases,
    consents: grants,
    asker: caller,
    now,
  }
}

/** What happened in one run, for the tally. */
export interface Outcome {
  readonly found: string | null
  readonly regime: string
  readonly kinds: readonly string[]
  readonly codes: readonly string[]
  readonly whole: readonly RefusalCode[]
  readonly fetches: number
}

/** Decides and answers both ways. Null where the document is not valid. */
export async function compareLaw(world: World, choices: Choices, fault: LawFault = {}): Promise<Outcome | null> {
  const posed = pose(world, choices.asking, choices.seed)
  if (!posed) return null
  const registers = registersFor(world, choices)
  const { now } = registers
  const rulings = rulingsOf(situationOf(world, registers, now))
  const built = viewOf(world, fault.registers?.(registers) ?? registers, now)
  const view = fault.view?.(built) ?? built
  const differs = disagreement(view.decisions, rulings, registers.regime) ?? outlived(world, registers, view, rulings)
  const judged = refusedFor(
    {
      ...posed.reading,
      decisions: rulings,
      references: world.references,
      searched: (at) =>
        (world.model.fields.find((one) => `${one.type}.${one.name}` === at)?.by ?? null) as Coordinate | null,
      ordered: `${world.model.entities[0] ?? ''}.label`,
    },
    'Query',
    [posed.operation.selectionSet],
  )
  const answered = await answerOf(world, posed, view, fault, judged, rulings)
  const used = [...rulings.values()]
  return {
    found: differs ?? answered.found,
    regime: registers.regime.regime,
    kinds: used.map(({ kind }) => kind),
    codes: used.flatMap(({ codes }) => (codes.length === 1 ? codes : [])),
    whole: [...judged],
    fetches: answered.fetches,
  }
}

async function answerOf(
  world: World,
  posed: Posed,
  view: View,
  fault: LawFault,
  judged: ReadonlySet<RefusalCode>,
  rulings: Rulings,
): Promise<{ readonly found: string | null; readonly fetches: number }> {
  const compiled = await compileFor(world, posed, view, fault)
  const own = rejectionOf(compiled, posed.variables)
  const rejection = fault.rejection ? fault.rejection(own) : own
  if (rejection) {
    const found = judged.has(rejection.code)
      ? null
      : `refused whole for ${rejection.code} (${rejection.detail}), wanted ${[...judged].join() || 'an answer'}`
    return { found, fetches: 0 }
  }
  if (judged.size > 0) return { found: `answered, wanted ${[...judged].join()}`, fetches: 0 }
  const asked = await runFor(world, posed, compiled, fault)
  const plain = plainAnswer(world, posed, rulings)
  return { found: difference({ asked, plain, touched: world.run.touched }), fetches: asked.fetches.length }
}

/** Where the gateway's decisions are not the law's. */
function disagreement(decisions: View['decisions'], rulings: Rulings, regime: Regime): string | null {
  for (const [at, ruling] of rulings) {
    const decision = decisions.get(at)
    const wrong = decision ? against(decision, ruling, regime) : 'nothing is decided'
    if (wrong)
      return `decided ${at} ${JSON.stringify(decision)}\nwanted ${JSON.stringify({ ...ruling, consents: undefined, rests: undefined })}\nbecause ${wrong}`
  }
  return null
}

function against(decision: Decision, ruling: Ruling, regime: Regime): string | null {
  const { kind, clause, grant } = decision
  if (kind !== ruling.kind) return 'kind'
  if (kind === 'MASK' && decision.rule !== ruling.rule) return 'rule'
  if ('code' in decision && ruling.codes.length > 0 && !ruling.codes.includes(decision.code)) return 'code'
  const fixed = 'code' in decision ? ruling.clauseOf[decision.code] : undefined
  if (fixed !== undefined && clause !== fixed) return 'clause of the code'
  if (ruling.clauses.length > 0 ? !ruling.clauses.includes(clause) : regimeOf(clause) !== regime.regime) return 'clause'
  return ruling.grants.length > 0 && !ruling.grants.includes(grant) ? 'grant' : null
}

/** A view may be used until it ends: at its last instant the law must still say the same. */
function outlived(world: World, registers: Registers, view: View, rulings: Rulings): string | null {
  const last = Math.min(view.validUntil - 1, registers.now + 40 * 86_400_000)
  const later = rulingsOf(situationOf(world, registers, last))
  const text = (one: Rulings): string =>
    JSON.stringify([...one].map(([at, { kind, rule, codes }]) => [at, kind, rule, codes]))
  return text(later) === text(rulings)
    ? null
    : `outlived: the view is good until ${view.validUntil}, the law changes before`
}
