import { describe, expect, test } from 'vitest'
import type { ParameterKey, Regime } from '../../gateway/regime/regime.ts'
import { readRegimes } from '../mutation/mutate.ts'
import { clauseOf, lineOf, readReadings, silentIn } from './reading.ts'

const readings = readReadings()
const regimes = readRegimes()

function regimeOf(name: string): Regime {
  const found = regimes.find(({ regime }) => regime === name)
  if (!found) throw new Error(`no profile ${name}`)
  return found
}

/** A profile with one parameter changed, as no shape would have to allow it. */
function changed(regime: Regime, key: ParameterKey, parameter: unknown): Regime {
  return { ...regime, parameters: { ...regime.parameters, [key]: parameter } }
}

describe('the readings', () => {
  test('are one for each regulation', () => {
    expect(readings.map(({ regime }) => regime).toSorted()).toEqual(regimes.map(({ regime }) => regime).toSorted())
  })

  test.each(readings.map((reading) => [reading.regime, reading] as const))(
    'of %s is what the profile says',
    (name, reading) => {
      const profile = Object.keys(reading.says).map((key) => [key, lineOf(regimeOf(name), key as ParameterKey)])
      expect(Object.fromEntries(profile)).toEqual(reading.says)
    },
  )

  test.each(readings.map((reading) => [reading.regime, reading] as const))(
    'of %s is silent where the profile is, and borrows nothing',
    (name, { silent }) => {
      expect(silentIn(regimeOf(name)).toSorted()).toEqual(silent.toSorted())
    },
  )
})

describe('a line', () => {
  const zhongshan = regimeOf('zhongshan')
  const deadline = zhongshan.parameters['access.conditional.deliveryDeadline']

  test.each([
    [
      'a number of working days',
      'catalog.updateDeadline',
      'submit = 5 working days; complete = 5 working days [ZS-2.08]',
    ],
    ['months', 'catalog.fullCheck', '12 months [ZS-2.09]'],
    ['a list', 'roles.supervisor', '市政务数据主管部门, 市审计部门 [ZS-6.12]'],
    ['no', 'masking.opensNotShared', 'no [ZS-5.02]'],
    ['a nested list', 'escalation.ladder', 'steps = NEGOTIATION, AUTHORITY, GOVERNMENT [ZS-6.13]'],
    ['silence', 'access.agreement', 'silent'],
  ] as const)('says %s', (_name, key, line) => {
    expect(lineOf(zhongshan, key)).toBe(line)
  })

  test.each([
    ['another number', { ...deadline, value: { days: 6, unit: 'WORKING_DAY' } }, '6 working days [ZS-4.08]'],
    ['one day', { ...deadline, value: { days: 1, unit: 'WORKING_DAY' } }, '1 working day [ZS-4.08]'],
    ['another clause', { ...deadline, clause: 'ZS-4.09' }, '5 working days [ZS-4.09]'],
    ['an empty list', { ...deadline, value: [] }, 'none [ZS-4.08]'],
    ['no value', null, 'silent'],
  ])('is another one with %s', (_name, parameter, line) => {
    const key = 'access.conditional.deliveryDeadline'
    expect(lineOf(zhongshan, key)).toBe('5 working days [ZS-4.08]')
    expect(lineOf(changed(zhongshan, key, parameter), key)).toBe(line)
  })

  test('has its clause in brackets', () => {
    expect(clauseOf('CITY, COUNTY [HZ-37.2]')).toBe('HZ-37.2')
    expect(clauseOf('CITY [§ 4]')).toBeNull()
    expect(clauseOf('CITY')).toBeNull()
  })
})
