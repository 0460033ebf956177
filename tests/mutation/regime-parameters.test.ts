import { readFile } from 'node:fs/promises'
import { beforeAll, describe, expect, test } from 'vitest'
import { regimeSchema } from '../../gateway/regime/regime.ts'
import type { Regime } from '../../gateway/regime/regime.ts'
import { readCaseFiles } from '../cases/case-file.ts'
import { fails, mutateRegimes, readRegimes } from './mutate.ts'
import type { Fate, Outcome } from './mutate.ts'
import { mutantsOf, setParameters } from './mutants.ts'
import { openOffline } from './offline.ts'
import { faultsOfReasons, PAGE, printPage, readReasons } from './print.ts'

const regimes = readRegimes()

function regimeOf(name: string): Regime {
  const found = regimes.find(({ regime }) => regime === name)
  if (!found) throw new Error(`no profile ${name}`)
  return found
}

describe('cases without a network', () => {
  const cases = openOffline(readCaseFiles().flatMap((file) => file.cases))

  test.each(cases.map((offline) => [offline.one.id, offline] as const))('%s is decided as it wants', (_id, offline) => {
    expect(offline.decide(regimeOf(offline.one.regime))).toEqual(offline.wanted)
  })

  test('fail where one decision is another one', () => {
    const [offline] = cases
    const [at] = Object.keys(offline?.wanted ?? {})
    if (!offline || at === undefined) throw new Error('there is no case')
    const wrong = { ...offline, wanted: { ...offline.wanted, [at]: 'DENY' } }
    expect(fails(offline, regimeOf(offline.one.regime))).toBe(false)
    expect(fails(wrong, regimeOf(offline.one.regime))).toBe(true)
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
    outcomes = await mutateRegimes()
  })
  const fateOf = (regime: string, key: string, change: string): Fate | undefined =>
    outcomes.find((one) => one.regime === regime && one.key === key && one.change === change)?.fate

  test.each([
    ['zhongshan', 'access.unconditional.applicationNeeded', 'value', 'named'],
    ['zhongshan', 'access.minimalFields', 'clause', 'named'],
    ['huizhou', 'access.agreement', 'absence', 'named'],
    ['zhongshan', 'access.conditional.decisionDeadline', 'value', 'elsewhere'],
    ['zhongshan', 'regime.effectiveFrom', 'value', 'unreached'],
    ['zhongshan', 'access.purposeRequired', 'absence', 'impossible'],
  ])('%s: %s, another %s is %s', (regime, key, change, fate) => {
    expect(fateOf(regime, key, change)).toBe(fate)
  })

  test('are each held by a case that names the clause, or say why not (docs/law/parameters.yaml)', () => {
    expect(faultsOfReasons(outcomes, readReasons())).toEqual([])
  })

  test('a missing reason and a stale one are faults', () => {
    const { fee: _fee, ...reasons } = readReasons()
    const more = { 'access.minimalFields': 'tests: no case does it', 'access.nothing': 'tests: no case does it' }
    const faults = faultsOfReasons(outcomes, { ...reasons, ...more })
    expect(faults).toHaveLength(3)
    expect(faults).toContain('fee is held by no case and has no reason in parameters.yaml')
    expect(faults).toContain('access.nothing has a reason in parameters.yaml, but no profile sets it')
    expect(faults.join('\n')).toMatch(/access\.minimalFields has a reason in parameters\.yaml, but \S+ holds it under/)
  })

  test('stand in docs/law/parameters.md as they are: else run npm run mutate:regimes', async () => {
    expect(await readFile(PAGE, 'utf8')).toBe(printPage(outcomes, readReasons()))
  })
})
