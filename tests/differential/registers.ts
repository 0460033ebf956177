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
  readonly resources: ReadonlyMap<string, Entry>
  readonly matters: readonly Matter[]
  readonly cases: readonly Case[]
  readonly grants: readonly Grant[]
  readonly caller: Caller
  readonly now: number
}

/** Picks by a seed and a label, so that one number makes all registers of a run, and makes them again. */
interface Dice {
  of<const T>(label: string, list: readonly [T, ...T[]]): T
  /** True in so many of a hundred. */
  percent(label: string, chance: number): boolean
}

function diceOf(seed: number): Dice {
  return {
    of: (label, list) => list[hash(seed, label) % list.length] ?? list[0],
    percent: (label, chance) => hash(seed, label) % 100 < chance,
  }
}

/** The moment of every run; what is registered moves around it. */
export const NOW = Date.parse('2026-06-01T00:00:00+08:00')
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
  const fields = new Map([...catalog.values()].map((one) => [one.coordinate, registered(dice, one, model, kinder)]))
  const types = [...new Set([...fields.values()].map(({ resource }) => resource))]
  const at = [...fields.keys()]
  const caller = callerOf(dice)
  const matters = mattersOf(dice, at, kinder)
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
    grants: grantsOf(dice, at, model),
    caller,
    now: NOW,
  }
}

/** One field as its department might register it; only what composition lets through. */
function registered(dice: Dice, entry: FieldEntry, model: Model, kinder: boolean): FieldEntry {
  const { coordinate } = entry
  const say = (label: string): string => `${coordinate} ${label}`
  const isText = textual(model, coordinate)
  const entrance = kinder && coordinate.startsWith('Query.')
  const sharing = dice.of(say('class'), ['UNCONDITIONAL', 'UNCONDITIONAL', 'CONDITIONAL', 'CONDITIONAL', 'NOT_SHARED'])
  const facts = { ...entry, class: entrance ? 'UNCONDITIONAL' : sharing } as const
  const leaf = entry.kind === 'leaf'
  const verify = leaf && dice.percent(say('verify'), 50) ? ({ as: 'TEXT', lowEntropy: false } as const) : null
  const rules = ['M-ALL', 'M-NULL', 'M-NAME', 'M-IDNO', 'M-IDNO', 'M-IDNO-2', 'M-DATE', 'M-NO', null] as const
  const mask = isText ? dice.of(say('rule'), rules) : leaf ? dice.of(say('rule'), ['M-NULL', null]) : null
  const conditional = facts.class === 'CONDITIONAL'
  const prohibited = mask !== null && dice.percent(say('prohibited'), 15)
  return {
    ...facts,
    subMode: conditional
      ? dice.of(say('mode'), [null, null, 'DEPARTMENTS', 'PARTIAL', 'MASKED', 'COMPARE', 'CONDITIONS'])
      : null,
    scope:
      conditional && dice.percent(say('scope'), 30)
        ? dice.of(say('who'), [['housing'], ['d1', 'd0'], ['housing', 'd0']])
        : null,
    verifyOnly: conditional && verify !== null && dice.percent(say('compare'), 20),
    verify,
    mask,
    // Composition takes no approval for a mask that a law forbids.
    maskApproval: mask !== null && !prohibited && dice.percent(say('approval'), 60) ? 'ZJ-1' : null,
    maskProhibited: prohibited,
    embeds: isText && dice.percent(say('embeds'), 12) ? [dice.of(say('inner'), labels(model))] : [],
    quasiIdentifier:
      isText && dice.percent(say('quasi'), 6) ? dice.of(say('tells'), ['BIRTH_DATE', 'SEX', 'DIVISION']) : null,
  }
}

function labels(model: Model): readonly [Coordinate, ...Coordinate[]] {
  const [first = 'E0', ...rest] = model.entities
  return [`${first}.label`, ...rest.map((type): Coordinate => `${type}.label`), `${first}.id`]
}

/** Whether a mask of asterisks can stand there. */
function textual(model: Model, at: Coordinate): boolean {
  if (fieldOf(at) === 'id') return true
  return model.fields.some((one) => one.type === typeOf(at) && one.name === fieldOf(at) && one.yields === 'String')
}

function entryOf(dice: Dice, type: string): Entry {
  return {
    authorisationMode: dice.of(`${type} mode`, [null, 'DIRECT', 'PLATFORM', 'PLATFORM']),
    parameterControl: dice.percent(`${type} control`, 30),
  }
}

function mattersOf(dice: Dice, at: readonly Coordinate[], kinder: boolean): Matter[] {
  const usesOf = (code: string): ReadonlyMap<Coordinate, FieldUse> =>
    new Map(
      at.flatMap((one) => {
        const entrance = kinder && one.startsWith('Query.')
        const use = dice.of(`${code} ${one}`, ['READ', 'READ', 'READ', 'READ', 'READ', 'READ', 'VERIFY', null])
        return use === null && !entrance ? [] : [[one, entrance ? 'READ' : (use ?? 'READ')] as const]
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

function callerOf(dice: Dice): Caller {
  const department = dice.of('department', ['housing', 'housing', 'housing', 'housing', 'town', 'd0', 'd1'])
  const delegating = dice.of('for', ['housing', 'housing', 'd0'])
  const actingFor =
    department === 'town'
      ? { department: delegating, matters: dice.of('charge', [['M1', 'M2', 'M3'], ['M1', 'M3'], ['M2']]) }
      : null
  const own = { housing: 'M1', d0: 'M3', d1: 'M4' }[actingFor?.department ?? department] ?? 'M1'
  const party = dice.of('party', ['DEPARTMENT', 'DEPARTMENT', 'DEPARTMENT', 'PUBLIC_UTILITY', 'STATIONED_ORGAN'])
  return {
    department,
    application: dice.of('application', ['desk', 'desk', 'batch']),
    officer: 'H-1',
    roles: ['DESK'],
    party: department === 'town' ? dice.of('town', ['TOWNSHIP', 'PUBLIC_INSTITUTION', 'PUBLIC_UTILITY']) : party,
    actingFor,
    matter: dice.of('matter', [own, own, own, own, own, own, own, own, own, 'M2', 'M3', 'M9', null]),
    case: dice.of('number', [null, null, null, null, 'C1', 'C1', 'C2', 'C3', 'C9']),
  }
}

const APPROVERS = ['PROVIDER', 'PLATFORM', 'AGENCY', 'AUTHORITY'] as const

function grantsOf(dice: Dice, at: readonly Coordinate[], model: Model): Grant[] {
  const count = dice.of('grants', [0, 1, 1, 2, 2, 3, 4])
  return Array.from({ length: count }, (_, index) => grantOf(dice, `G${index}`, at, model, index > 1))
}

function grantOf(dice: Dice, id: string, at: readonly Coordinate[], model: Model, odd: boolean): Grant {
  const say = (label: string): string => `${id} ${label}`
  const instant = (label: string, usual: number): number =>
    NOW + (dice.percent(say(`${label} odd`), odd ? 50 : 12) ? dice.of(say(label), INSTANTS) : usual)
  const covered = at.filter((one) => dice.percent(say(one), odd ? 30 : 75))
  const mode = (one: Coordinate): GrantMode =>
    dice.of(say(`${one} mode`), ['CLEAR', 'CLEAR', 'CLEAR', 'CLEAR', 'MASKED', 'MASKED', 'VERIFY_ONLY'])
  const all = dice.percent(say('approved'), 60)
  const values = dice.of(say('values'), [
    ['a'],
    ['a', 'b', 'default', 'single', 'e'],
    ['a', 'b', 'default', 'single', 'e'],
  ])
  const fixed = dice.percent(say('fixed'), 25) ? [[dice.of(say('by'), labels(model)), values] as const] : []
  return {
    id,
    consumer: dice.of(say('consumer'), ['housing', 'housing', 'housing', 'housing', 'housing', 'd0', 'd1']),
    applications: dice.of(say('applications'), [null, null, null, ['desk'], ['batch'], ['desk', 'batch']]),
    matters: dice.of(say('matters'), [['M1', 'M2', 'M3', 'M4'], ['M1', 'M3', 'M4'], ['M1', 'M3', 'M4'], ['M2']]),
    fields: new Map(covered.map((one) => [one, mode(one)])),
    validFrom: instant('from', -30 * DAY),
    validUntil: instant('until', 30 * DAY),
    approvals: APPROVERS.filter((by) => all || dice.percent(say(by), 50)).map((by) => ({ by, officer: 'P-1' })),
    agreement: dice.percent(say('agreement'), 75) ? 'XY-1' : null,
    parameters: new Map(fixed),
    quota: { callsPerDay: null, subjectsPerDay: null, rowsPerDay: null },
    seasonal: false,
    copyConsent: null,
    linkage: null,
    revokedAt: dice.percent(say('revoked'), odd ? 25 : 8) ? NOW + dice.of(say('when'), INSTANTS) : null,
  }
}
