import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { regimeSchema } from '../../gateway/regime/regime.ts'
import type { Regime } from '../../gateway/regime/regime.ts'
import { readCaseFiles } from '../cases/case-file.ts'
import { readReadings } from '../cases/reading.ts'
import { fails, mutateUnder, readRegimes } from './mutate.ts'
import type { Fate, Outcome } from './mutate.ts'
import { mutantsOf, setParameters } from './mutants.ts'
import { openOffline } from './offline.ts'
import { faultsFound, headline, PAGE, printPage, readReasons } from './print.ts'

const regimes = readRegimes()
const readings = readReadings()
const cases = await openOffline(readCaseFiles(), readings)

function regimeOf(name: string): Regime {
  const found = regimes.find(({ regime }) => regime === name)
  if (!found) throw new Error(`no profile ${name}`)
  return found
}

describe('cases without a network', () => {
  test.each(cases.map((offline) => [offline.one.regime, offline.one.id, offline] as const))(
    '%s: %s is decided as it wants',
    async (regime, _id, offline) => {
      expect(await offline.decide(regimeOf(regime))).toEqual(offline.wanted)
    },
  )

  test.each(['decision', 'explanation', 'composition', 'reading'])('fail where one %s is another one', async (kind) => {
    const offline = cases.find((one) => one.kind === kind)
    const [at] = Object.keys(offline?.wanted ?? {})
    if (!offline || at === undefined) throw new Error('there is no case')
    const wrong = { ...offline, wanted: { ...offline.wanted, [at]: 'DENY' } }
    expect(await fails(offline, regimeOf(offline.one.regime))).toBe(false)
    expect(await fails(wrong, regimeOf(offline.one.regime))).toBe(true)
  })
})

describe('changes of a profile', () => {
  const [zhongshan] = regimes.filter(({ regime }) => regime === 'zhongshan')
  const mutants = zhongshan ? mutantsOf(zhongshan, regimes, ['ZS-4.07', 'ZS-4.08', 'ZS-4.09']) : []

  test('are three for each parameter that it sets, each a profile or impossible', () => {
    expect(mutants).toHaveLength((zhongshan ? setParameters(zhongshan).length : 0) * 3)
    for (const { key, regime } of mutants) {
      if (regime === null) continue
      expect(regimeSchema.safeParse(regime).success).toBe(true)
      expect(regime.parameters[key]).not.toEqual(zhongshan?.parameters[key])
      expect({ ...regime.parameters, [key]: null }).toEqual({ ...zhongshan?.parameters, [key]: null })
    }
  })

  test.each([
    ['access.unconditional.applicationNeeded', 'value', expect.objectContaining({ value: true })],
    ['access.unconditional.applicationNeeded', 'absence', 'impossible'],
    ['access.unconditional.applicationNeeded', 'clause', expect.objectContaining({ clause: 'ZS-4.08' })],
    ['classes.conditional.subModes', 'value', expect.objectContaining({ value: ['PARTIAL'] })],
    ['verification.notShared', 'value', 'impossible'],
    ['verification.notShared', 'absence', null],
    ['verification.notShared', 'clause', expect.objectContaining({ clause: 'ZS-4.08' })],
  ] as const)('of %s: its %s', (key, change, wanted) => {
    const mutant = mutants.find((one) => one.key === key && one.change === change)
    expect(mutant?.regime ? mutant.regime.parameters[key] : 'impossible').toEqual(wanted)
  })
})

describe('the parameters of the profiles', () => {
  let outcomes: readonly Outcome[] = []
  beforeAll(async () => {
    outcomes = await mutateUnder(cases)
  }, 180_000)
  const fateOf = (regime: string, key: string, change: string): Fate | undefined =>
    outcomes.find((one) => one.regime === regime && one.key === key && one.change === change)?.fate

  test.each([
    ['zhongshan', 'access.unconditional.applicationNeeded', 'value', 'decision'],
    ['zhongshan', 'access.minimalFields', 'clause', 'decision'],
    ['huizhou', 'access.agreement', 'absence', 'decision'],
    ['fushun', 'identity.endUserRequired', 'clause', 'decision'],
    ['zhejiang', 'access.mode', 'absence', 'decision'],
    ['zhongshan', 'access.conditional.decisionDeadline', 'value', 'explanation'],
    ['national', 'classes.labels.CONDITIONAL', 'absence', 'explanation'],
    ['nantong', 'catalog.mandatoryElements', 'clause', 'composition'],
    ['zhongshan', 'regime.effectiveFrom', 'value', 'reading'],
    ['zhongshan', 'access.purposeRequired', 'absence', 'impossible'],
  ])('%s: %s, another %s is held by a %s', (regime, key, change, fate) => {
    expect(fateOf(regime, key, change)).toBe(fate)
  })

  test('are held by cases that name the clause, each change of each', () => {
    expect(faultsFound(outcomes, readReasons(), readings)).toEqual([])
  })

  test('a missing reason and a stale one are faults', () => {
    const { fee: _fee, ...reasons } = readReasons()
    const more = { 'access.minimalFields': 'tests: no case does it', 'access.nothing': 'tests: no case does it' }
    expect(faultsFound(outcomes, { ...reasons, ...more }, readings)).toEqual([
      'fee is only read and has no reason in parameters.yaml',
      'access.minimalFields has a reason in parameters.yaml: take it out there',
      'access.nothing has a reason in parameters.yaml, but no profile sets it',
    ])
  })

  test('a line of a reading that other cases hold is a fault', () => {
    const idle = { regime: 'zhongshan', says: { 'access.minimalFields': 'yes [ZS-4.01(3)]' }, silent: [] } as const
    expect(faultsFound(outcomes, readReasons(), [idle])).toEqual([
      'the reading of zhongshan has a line for access.minimalFields, which other cases hold: take it out there',
    ])
  })

  test('are told in one line: what a reading alone holds has survived behaviour', () => {
    const few = (['decision', 'explanation', 'composition', 'reading', 'reading', 'impossible'] as const).map(
      (fate): Outcome => ({ regime: 'zhongshan', key: 'fee', change: 'value', fate, by: null, unnamed: null }),
    )
    const reading = '2 survive behaviour and are held by a reading of the text alone'
    const rest = '(nothing that the gateway does rests on them yet)'
    expect(headline(few)).toBe(`6 changes: 3 held by behaviour, ${reading} ${rest}, 1 impossible`)
    const open = few.map((one) => (one.fate === 'impossible' ? { ...one, fate: 'reached' as const } : one))
    expect(headline(open)).toBe(`6 changes: 3 held by behaviour, ${reading} ${rest}, 0 impossible, 1 not held at all`)
  })

  test('stand in docs/law/parameters.md as they are: else run npm run mutate:regimes', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(printPage(outcomes, readReasons()))
  })
})

describe('a parameter that was held', () => {
  const own = cases.filter(({ kind, one }) => kind !== 'decision' && one.regime === 'fushun')
  const openOf = async (some: typeof cases): Promise<readonly string[]> =>
    (await mutateUnder(some))
      .filter(({ regime, fate }) => regime === 'fushun' && ['failed', 'reached', 'unreached'].includes(fate))
      .map(({ key, change, fate }) => `${key}, ${change}: ${fate}`)

  test('is found open again once its line is gone', async () => {
    const without = own.filter(({ one }) => one.id !== 'reading identity.crypto')
    expect((await openOf(without)).filter((line) => line.startsWith('identity.crypto'))).toEqual([
      'identity.crypto, value: unreached',
      'identity.crypto, absence: unreached',
      'identity.crypto, clause: unreached',
    ])
  })

  test('is found open again once its cases do not name the clause', async () => {
    const nameless = own.map((offline) =>
      offline.kind === 'composition' ? { ...offline, one: { ...offline.one, clauses: ['FS-1'] } } : offline,
    )
    expect(await openOf(own)).not.toContain('classes.notShared.basisRanks, clause: failed')
    expect(await openOf(nameless)).toContain('classes.notShared.basisRanks, clause: failed')
  })
})
