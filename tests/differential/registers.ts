import type { Regime } from '../../gateway/regime/regime.ts'
import type { FieldEntry } from '../../gateway/catalog/catalog.ts'
import type { Caller } from '../../gateway/caller/caller.ts'
import type { Grant, GrantMode } from '../../gateway/grants/grant.ts'
import type { Case, FieldUse, Matter } from '../../gateway/grants/registers.ts'
import type { Coordinate } from '../../gateway/vocabulary/coordinate.ts'
import { fieldOf, typeOf } from '../../gateway/vocabulary/coordinate.ts'
import type { Entry } from './law/facts.ts'
import { hash } from './data.ts'
import type { Model } from './model.ts'

/** The registers of one run: what a city has on its books at one moment, and who asks. */
export interface Registers {
  readonly regime: Regime
  readonly fields: ReadonlyMap<Coordinate, FieldEntry>
  readonly resources: ReadonlyMap<string, Entry & { readonly department: string }>
  readonly matters: readonly Matter[]
  readonly cases: readonly Case[]
  readonly grants: readonly Grant[]
  readonly caller: Caller
  readonly now: number
}

/** Picks by a seed and a label, so that one number makes all registers of a run, and makes them again. */
interface Dice {
  of<const T>(label: string, list: readonly T[]): T
  /** True in so many of a hundred. */
  percent(label: string, chance: number): boolean
}

function diceOf(seed: number): Dice {
  return {
    of: (label, list) => pick(list, hash(seed, label)),
    percent: (label, chance) => hash(seed, label) % 100 < chance,
  }
}

function pick<T>(list: readonly T[], at: number): T {
  const [found] = list.slice(at % list.length)
  if (list.length === 0) throw new Error('nothing to pick from')
  return found as T
}

/** The moment of every run; what is registered moves around it. */
const NOW = Date.parse('2026-06-01T00:00:00+08:00')
const DAY = 86_400_000
const INSTANTS = [-30 * DAY, -1_000, -500, -1, 0, 1, 500, 1_000, 30 * DAY] as const

/** Random registers for a model and its catalogue. */
export function registersOf(
  seed: number,
  regime: Regime,
  model: Model,
  catalog: ReadonlyMap<Coordinate, FieldEntry>,
): Registers {
  const dice = diceOf(seed)
  const kinder = dice.percent('kind', 70)
  const fields = new Map(
    [...catalog.values()].map((one) => [
      one.coordinate,
      registered(dice, one, model, { kinder, regime: regime.regime }),
    ]),
  )
  const types = [...new Set([...fields.values()].map(({ resource }) => resource))]
  const at = [...fields.keys()]
  const caller = callerOf(dice, { kinder, regime: regime.regime })
  const matters = mattersOf(dice, fields, kinder)
  return {
    regime,
    fields,
    resources: new Map(types.map((type) => [type, entryOf(dice, type)])),
    matters,
    cases: [
      { number: 'C1', matter: 'M1', department: 'housing' },
      { number: 'C2', matter: 'M2', department: 'housing' },
      { number: 'C3', matter: 'M1', department: 'd1' },
    ],
    grants: grantsOf(dice, { at, model, regime: regime.regime, kinder, caller }),
    caller,
    now: NOW,
  }
}

/** What registers lean to. */
interface Leaning {
  /** Lists at the root are unconditional, so that more runs have something to answer. */
  readonly kinder: boolean
  readonly regime: Regime['regime']
}

/** One field as its department might register it; only what composition lets through. */
function registered(dice: Dice, entry: FieldEntry, model: Model, { kinder, regime }: Leaning): FieldEntry {
  const { coordinate } = entry
  const say = (label: string): string => `${coordinate} ${label}`
  const isText = textual(model, coordinate)
  const entrance = kinder && coordinate.startsWith('Query.')
  const sharing = dice.of(say('class'), [
    'UNCONDITIONAL',
    'UNCONDITIONAL',
    'UNCONDITIONAL',
    'CONDITIONAL',
    'CONDITIONAL',
    'CONDITIONAL',
    'NOT_SHARED',
  ])
  const facts = { ...entry, class: entrance ? 'UNCONDITIONAL' : sharing } as const
  const leaf = entry.kind === 'leaf'
  const verify = leaf && dice.percent(say('verify'), 50) ? ({ as: 'TEXT', lowEntropy: false } as const) : null
  const mask = ruleFor(dice, coordinate, model, leaf)
  const conditional = facts.class === 'CONDITIONAL'
  // Two readings of the texts that are open are left aside: whether the scope bounds comparison (ZS-4.09), and whether
  // what may be had masked without a consent may be had so beside a consent to comparison alone (ZJ-22.3).
  const scoped = conditional && !(regime === 'zhongshan' && verify !== null)
  const comparable = regime !== 'zhejiang'
  const prohibited = mask !== null && dice.percent(say('prohibited'), 15)
  return {
    ...facts,
    subMode: conditional
      ? dice.of(say('mode'), [
          null,
          null,
          'DEPARTMENTS',
          'PARTIAL',
          'MASKED',
          comparable ? 'COMPARE' : null,
          'CONDITIONS',
        ])
      : null,
    scope:
      scoped && dice.percent(say('scope'), 30)
        ? dice.of(say('who'), [['housing'], ['d1', 'd0'], ['housing', 'd0']])
        : null,
    verifyOnly: comparable && conditional && verify !== null && dice.percent(say('compare'), 20),
    verify,
    mask,
    // Composition takes no approval for a mask that a law forbids.
    maskApproval: mask !== null && !prohibited && dice.percent(say('approval'), 60) ? 'ZJ-1' : null,
    maskProhibited: prohibited,
    embeds: isText && dice.percent(say('embeds'), 12) ? [dice.of(say('inner'), labels(model))] : [],
    quasiIdentifier:
      isText && dice.percent(say('quasi'), 10) ? dice.of(say('tells'), ['BIRTH_DATE', 'SEX', 'DIVISION']) : null,
  }
}

/** Rules made for a kind of text, and rules that meet what they cannot parse; what holds no text has none but one. */
function ruleFor(dice: Dice, at: Coordinate, model: Model, leaf: boolean): FieldEntry['mask'] {
  const say = (label: string): string => `${at} ${label}`
  if (!leaf) return null
  if (!textual(model, at)) return dice.of(say('rule'), ['M-NULL', null])
  const field = model.fields.find((one) => one.type === typeOf(at) && one.name === fieldOf(at))
  const made = { NAME: 'M-NAME', DATE: 'M-DATE', NUMBER: 'M-NO', TEXT: 'M-ALL' } as const
  const fit = field && (field.flavour === 'ID_NUMBER' ? dice.of(say('digits'), IDS) : made[field.flavour])
  return fit && dice.percent(say('fit'), 75) ? fit : dice.of(say('rule'), RULES)
}

const IDS = ['M-IDNO', 'M-IDNO', 'M-IDNO-2'] as const
const RULES = ['M-ALL', 'M-NULL', 'M-NAME', 'M-IDNO', 'M-IDNO', 'M-IDNO-2', 'M-DATE', 'M-NO', null] as const

function labels(model: Model): readonly Coordinate[] {
  const [first = 'E0', ...rest] = model.entities
  return [`${first}.label`, ...rest.map((type): Coordinate => `${type}.label`), `${first}.id`]
}

/** Whether a mask of asterisks can stand there. */
function textual(model: Model, at: Coordinate): boolean {
  if (fieldOf(at) === 'id') return true
  return model.fields.some((one) => one.type === typeOf(at) && one.name === fieldOf(at) && one.yields === 'String')
}

function entryOf(dice: Dice, type: string): Entry & { readonly department: string } {
  return {
    department: dice.of(`${type} of`, ['d0', 'd0', 'd1', 'housing']),
    authorisationMode: dice.of(`${type} mode`, [null, 'DIRECT', 'PLATFORM', 'PLATFORM']),
    parameterControl: dice.percent(`${type} control`, 30),
  }
}

function mattersOf(dice: Dice, fields: Registers['fields'], kinder: boolean): Matter[] {
  const usesOf = (code: string): ReadonlyMap<Coordinate, FieldUse> =>
    new Map(
      [...fields.keys()].flatMap((at) => {
        const entrance = kinder && at.startsWith('Query.') && dice.percent(`${code} ${at} known`, 90)
        const use = entrance
          ? 'READ'
          : dice.of(`${code} ${at}`, ['READ', 'READ', 'READ', 'READ', 'READ', 'READ', 'VERIFY', null])
        return use === null ? [] : [[at, use] as const]
      }),
    )
  const matter = (code: string, department: string): Matter => ({
    code,
    title: code,
    department,
    caseRequired: dice.percent(`${code} case`, 15),
    fields: usesOf(code),
  })
  return [matter('M1', 'housing'), matter('M2', 'housing'), matter('M3', 'd0'), matter('M4', 'd1')]
}

const DEPARTMENTS = ['housing', 'housing', 'housing', 'housing', 'housing', 'd0', 'd0', 'd1', 'd1'] as const
/** Towns act for departments in one city. */
const TOWNS = ['town', 'town'] as const

/** Who asks; in a kinder run nothing about the caller stands in the way of an answer. */
function callerOf(dice: Dice, { kinder, regime }: Leaning): Caller {
  const department = dice.of('department', [...DEPARTMENTS, ...(regime === 'zhongshan' ? TOWNS : ['town'])])
  const delegating = dice.of('for', ['housing', 'housing', 'd0'])
  const actingFor =
    department === 'town'
      ? {
          department: delegating,
          party: dice.of('delegating', ['DEPARTMENT', 'DEPARTMENT', 'DEPARTMENT', 'PUBLIC_UTILITY'] as const),
          matters: dice.of('charge', [['M1', 'M2', 'M3'], ['M1', 'M3'], ['M2']]),
        }
      : null
  const matters: Readonly<Record<string, string>> = { housing: 'M1', d0: 'M3', d1: 'M4' }
  const own = matters[actingFor?.department ?? department] ?? null
  const odd = dice.of('party', ['DEPARTMENT', 'DEPARTMENT', 'PUBLIC_UTILITY', 'STATIONED_ORGAN', 'TOWNSHIP'])
  const usual = department === 'town' ? 'TOWNSHIP' : 'DEPARTMENT'
  return {
    department,
    application: dice.of('application', ['desk', 'desk', 'batch']),
    officer: 'H-1',
    roles: ['DESK'],
    party: kinder ? usual : odd,
    actingFor: actingFor && { ...actingFor, party: 'DEPARTMENT' },
    matter: kinder || dice.percent('usual', 60) ? own : dice.of('matter', ['M1', 'M2', 'M3', 'M9', null]),
    case: kinder ? null : dice.of('number', [null, null, 'C1', 'C1', 'C2', 'C3', 'C9']),
    emergency: null,
  }
}

const APPROVERS = ['PROVIDER', 'PLATFORM', 'AGENCY', 'AUTHORITY'] as const

/** What grants are made for. */
interface Holding extends Leaning {
  readonly at: readonly Coordinate[]
  readonly model: Model
  readonly caller: Caller
}

function grantsOf(dice: Dice, holding: Holding): Grant[] {
  const count = dice.of('grants', holding.kinder ? [1, 1, 2, 2, 3, 4] : [0, 1, 2, 3])
  return Array.from({ length: count }, (_, index) => {
    // In a kinder run the first grant is in order but for what is drawn below.
    const sound = holding.kinder && index === 0 && !dice.percent('unsound', 20)
    return grantOf(dice, `G${index}`, holding, sound)
  })
}

function grantOf(dice: Dice, id: string, { at, regime, kinder, caller, ...rest }: Holding, sound: boolean): Grant {
  const say = (label: string): string => `${id} ${label}`
  const instant = (label: string, usual: number): number =>
    NOW + (!sound && dice.percent(say(`${label} odd`), 35) ? dice.of(say(label), INSTANTS) : usual)
  const covered = at.filter((one) => dice.percent(say(one), sound ? 92 : 40))
  const last = regime === 'zhejiang' ? 'MASKED' : 'VERIFY_ONLY'
  const mode = (one: Coordinate): GrantMode =>
    kinder && one.startsWith('Query.')
      ? 'CLEAR'
      : dice.of(say(`${one} mode`), ['CLEAR', 'CLEAR', 'CLEAR', 'CLEAR', 'MASKED', 'MASKED', last])
  const holder = caller.actingFor?.department ?? caller.department
  return {
    id,
    consumer: sound ? holder : dice.of(say('consumer'), [holder, holder, holder, 'housing', 'd0', 'd1']),
    applications: sound ? null : dice.of(say('applications'), [null, null, ['desk'], ['batch'], ['desk', 'batch']]),
    matters: sound
      ? ['M1', 'M3', 'M4']
      : dice.of(say('matters'), [['M1', 'M2', 'M3', 'M4'], ['M1', 'M3', 'M4'], ['M2']]),
    fields: new Map(covered.map((one) => [one, mode(one)])),
    validFrom: instant('from', -30 * DAY),
    validUntil: instant('until', 30 * DAY),
    approvals: APPROVERS.filter((by) => sound || dice.percent(say(by), 75)).map((by) => ({ by, officer: 'P-1' })),
    agreement: dice.percent(say('agreement'), sound ? 80 : 50) ? 'XY-1' : null,
    parameters: parametersOf(dice, id, rest.model),
    quota: { callsPerDay: null, subjectsPerDay: null, rowsPerDay: null },
    seasonal: false,
    copyConsent: null,
    linkage: [],
    revokedAt: !sound && dice.percent(say('revoked'), 25) ? NOW + dice.of(say('when'), INSTANTS) : null,
  }
}

/** Values that documents ask by, some or nearly all of them, mostly of a coordinate that is searched by. */
function parametersOf(dice: Dice, id: string, model: Model): Grant['parameters'] {
  if (!dice.percent(`${id} fixed`, 35)) return new Map()
  const values = dice.of(`${id} values`, [
    ['a'],
    ['a', 'b', 'default', 'single', 'e'],
    ['a', 'b', 'default', 'single', 'e'],
  ])
  const searched = model.fields.flatMap(({ by }) => (by === null ? [] : [by as Coordinate]))
  return new Map([[dice.of(`${id} by`, searched.length > 0 ? searched : labels(model)), values]])
}
