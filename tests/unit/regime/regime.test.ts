import { readdirSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, test } from 'vitest'
import { PARTY_TYPES } from '../../../gateway/caller/parties.ts'
import { BASE_GROUPS, CONDITIONAL_MODES, GROUND_RANKS } from '../../../gateway/catalog/catalog.ts'
import { LABELS } from '../../../gateway/regime/labels.ts'
import { REGIMES, citationsOf, ownClause, regimeOf } from '../../../gateway/regime/regime.ts'
import type { AnyParameter, ParameterKey, Regime, RegimeName } from '../../../gateway/regime/regime.ts'
import { BASE_GROUP_WORDS, PARTY_WORDS, RANKS, SUB_MODES } from '../../../gateway/regime/words.ts'
import { SECTION_3 } from './keys.ts'
import { SCHEMA, copyOfSchema, faultsOf, placeOf, profileText, shipped } from './profiles.ts'

const FOLDER = copyOfSchema()
const ZHONGSHAN = profileText('zhongshan')

/** What every profile has beside section 3. */
const MORE = [
  'sharing.meaning',
  'parties.delegation',
  'classes.declared',
  'classes.notShared.meaning',
  'classes.notShared.reasons',
  'access.purposeRequired',
  'access.application.incomplete',
  'access.linkageRisk',
  'grant.suspension',
  'grant.disposal',
  'identity.registeredParty',
  'identity.noTransfer',
  'audit.mandatory',
  'audit.auditorReadsNoBusinessData',
]

function entriesOf({ parameters }: Regime): readonly (readonly [string, AnyParameter | null])[] {
  return Object.entries(parameters)
}

/** The value of one parameter in each regime. */
function across(key: ParameterKey): Readonly<Record<RegimeName, unknown>> {
  const values = REGIMES.map((name) => [name, shipped(name).parameters[key]?.value ?? null])
  return Object.fromEntries(values) as Readonly<Record<RegimeName, unknown>>
}

describe('the profiles that are shipped', () => {
  test('are one for each regime', () => {
    expect(readdirSync(path.join(SCHEMA, 'regimes'))).toEqual(REGIMES.map((name) => `${name}.yaml`).toSorted())
  })

  test.each(REGIMES)('%s has every parameter of section 3, each with a Chinese name', (name) => {
    expect(SECTION_3).toHaveLength(95)
    const keys = Object.keys(shipped(name).parameters)
    expect(keys.toSorted()).toEqual([...SECTION_3, ...MORE].toSorted())
    expect(Object.keys(LABELS).toSorted()).toEqual(keys.toSorted())
    for (const label of Object.values(LABELS)) expect(label).toMatch(/^\p{Script=Han}+$/u)
    expect(new Set(Object.values(LABELS)).size).toBe(keys.length)
  })

  test.each(REGIMES)('%s cites clauses of its own text alone (INV-11)', (name) => {
    const regime = shipped(name)
    const citations = citationsOf(regime)
    expect(citations.length).toBeGreaterThan(40)
    for (const { clause, path: place } of citations) {
      expect(regimeOf(clause), place.join('.')).toBe(name)
      expect(ownClause(regime, clause)).toBe(clause)
    }
    const other = shipped(name === 'zhongshan' ? 'huizhou' : 'zhongshan')
    for (const { clause } of citations) expect(ownClause(other, clause)).toBeNull()
  })

  // Section 3 counts 25, 27, 30, 59 and 58; what is counted otherwise here is named.
  test.each([
    // delegated authorisation: "false / silent".
    ['zhongshan', 26],
    // The same; the blank date; "none / silent" for direct provision.
    ['huizhou', 30],
    // "none / silent"; comparison is a way of sharing conditional data, no right to verification.
    ['nantong', 32],
    // The open date; "false (silent)" for masking.
    ['fushun', 61],
    ['zhejiang', 58],
  ] as const)('%s is silent where its text is: on %i of the 95', (name, count) => {
    const silent = entriesOf(shipped(name)).filter(
      ([key, value]) => SECTION_3.includes(key) && (value === null || value.configured === true),
    )
    expect(silent).toHaveLength(count)
  })

  test('are frozen, and what a decision needs is there in each', () => {
    for (const name of REGIMES) {
      const regime = shipped(name)
      const { value, clause } = regime.parameters['access.purposeRequired']
      expect([Object.isFrozen(regime.parameters), value, regimeOf(clause)]).toEqual([true, true, name])
    }
  })

  test('mark what the platform rules where the text is silent; Zhongshan and Huizhou need none of it (S02)', () => {
    const configured = (name: RegimeName) =>
      entriesOf(shipped(name)).flatMap(([key, value]) => (value?.configured ? [`${key} ${value.clause}`] : []))
    expect(configured('zhongshan')).toEqual([])
    expect(configured('huizhou')).toEqual([])
    expect(configured('nantong')).toEqual([])
    expect(configured('fushun')).toContain('access.unconditional.applicationNeeded FS-18.3')
    expect(configured('fushun')).toContain('access.conditional.decider FS-18.3')
    expect(configured('zhejiang')).toEqual([
      'classes.notShared.meaning ZJ-22.1',
      'identity.endUserRequired ZJ-22.2',
      'audit.mandatory ZJ-28.3',
    ])
  })
})

describe('the regimes differ as their texts do (requirements, section 4)', () => {
  const NONE = { zhongshan: null, huizhou: null, nantong: null, fushun: null, zhejiang: null, national: null }

  test('names of the classes; Fushun has none', () => {
    expect(across('classes.labels.CONDITIONAL')).toEqual({
      ...NONE,
      zhongshan: '有条件共享',
      huizhou: '条件共享类',
      nantong: '有条件共享',
      zhejiang: '受限共享类',
      national: '有条件共享',
    })
  })

  test.each([
    ['GOVERNMENT_RULE', ['huizhou', 'nantong', 'fushun', 'zhejiang']],
    ['CENTRAL_POLICY', ['zhongshan', 'huizhou', 'nantong']],
    ['POLICY', ['nantong']],
    ['REGULATION', ['nantong', 'fushun', 'zhejiang']],
    ['STATE_COUNCIL_DECISION', ['nantong', 'national']],
    ['OTHER', []],
  ])('a ground of rank %s keeps data back in %j alone', (rank, where) => {
    const carried = REGIMES.filter((name) =>
      shipped(name).parameters['classes.notShared.basisRanks']?.value.some((one) => one === rank),
    )
    expect(carried).toEqual(where)
  })

  test('unconditional data is had at once in Zhongshan and Fushun, applied for elsewhere', () => {
    expect(across('access.unconditional.applicationNeeded')).toEqual({
      zhongshan: false,
      huizhou: true,
      nantong: true,
      fushun: false,
      zhejiang: true,
      national: true,
    })
    expect(across('access.unconditional.decider')).toEqual({
      zhongshan: 'NONE',
      huizhou: 'PROVIDER',
      nantong: 'PLATFORM',
      fushun: null,
      zhejiang: 'AGENCY',
      national: 'PROVIDER',
    })
  })

  test('who decides on conditional data', () => {
    expect(across('access.conditional.decider')).toEqual({
      zhongshan: 'PROVIDER',
      huizhou: 'PROVIDER',
      nantong: 'PROVIDER_OR_PLATFORM',
      fushun: 'PROVIDER',
      zhejiang: 'AGENCY_AND_PROVIDER',
      national: 'PROVIDER',
    })
  })

  test.each([
    ['silence.effect', { zhongshan: 'AUTHORITY_PROVIDES', huizhou: 'NEGOTIATION', nantong: 'URGING' }],
    ['verification.notShared', { zhongshan: true }],
    ['emergency.publicSafety', { zhongshan: true }],
    ['access.agreement', { huizhou: true }],
    ['access.parameterControl', { nantong: true }],
    ['access.delegatedAuthorisation', { nantong: true }],
    ['masking.exceptByLaw', { zhejiang: true }],
    ['masking.opensNotShared', { zhongshan: false, huizhou: false, nantong: false, zhejiang: true }],
    ['masking.opensConditional', { nantong: true, zhejiang: true }],
    ['grant.unusedRevocation', { nantong: { months: 3, by: 'PROVIDER', seasonalExempt: true } }],
    ['audit.retention', { national: { years: 3 } }],
    ['identity.separationOfDuties', { zhongshan: true }],
    ['catalog.authorisationModeDeclared', { nantong: true }],
    ['classes.notShared.reasons', { zhejiang: true, national: true }],
    ['parties.utilities', { zhongshan: true }],
    ['emergency.declarer', {}],
  ] as const)('%s', (key, values) => {
    expect(across(key)).toEqual({ ...NONE, ...values })
  })

  test('other use is forbidden, by the decree but for the provider’s consent (R809-25)', () => {
    const forbidden = Object.fromEntries(REGIMES.map((name) => [name, 'FORBIDDEN']))
    expect(across('access.secondaryUse')).toEqual({ ...forbidden, national: 'PROVIDER_CONSENT' })
  })
})

test('words that annotations and registers use too are the same here', () => {
  expect(RANKS).toEqual(GROUND_RANKS)
  expect(BASE_GROUP_WORDS).toEqual(BASE_GROUPS)
  expect(SUB_MODES).toEqual(CONDITIONAL_MODES)
  expect(PARTY_WORDS).toEqual(expect.arrayContaining([...PARTY_TYPES]))
})

describe('a profile with faults', () => {
  test('tells every one, with its place', () => {
    const text = ZHONGSHAN.replace('value: IN_FORCE', 'value: SOON')
      .replace('clause: ZS-4.07', 'clause: ZS-four')
      .replace('  audit.mandatory:', '  audit.mandatry:')
      .replace("quote: '使用人员'", "quote: ''")
    expect(faultsOf(FOLDER, text).toSorted()).toEqual(
      [
        `zhongshan.yaml:${placeOf(text, 'SOON')}: parameters.regime.status.value: expected one of "IN_FORCE"|"DRAFT"`,
        `zhongshan.yaml:${placeOf(text, 'ZS-four')}: parameters.access.unconditional.applicationNeeded.clause: is not a clause ID such as ZS-4.08`,
        `zhongshan.yaml:${placeOf(text, "''")}: parameters.identity.endUserRequired.quote: Too small: expected string to have >=1 characters`,
        `zhongshan.yaml:${placeOf(text, 'regime.titleZh')}: parameters.audit.mandatory: is missing`,
        `zhongshan.yaml:${placeOf(text, 'audit.mandatry')}: parameters.audit.mandatry: is no known setting`,
      ].toSorted(),
    )
  })

  test.each([
    ['an unknown key at the top', `${ZHONGSHAN}\nmotto: 共享\n`, 'motto', /motto: is no known setting/],
    [
      'an unknown key of a value',
      ZHONGSHAN.replace('{ value: true, clause: ZS-4.10', '{ value: true, note: x, clause: ZS-4.10'),
      'note: x',
      /note: is no known setting/,
    ],
    [
      'a parameter that is left out: silence is said, never left to be guessed',
      ZHONGSHAN.replace('  access.agreement: null\n', ''),
      'regime.titleZh',
      /access\.agreement: is missing/,
    ],
    [
      'null where the regime must speak',
      ZHONGSHAN.replace(/access\.purposeRequired: .*/, 'access.purposeRequired: null'),
      'null\n  access.minimal',
      /purposeRequired: expected object/,
    ],
    [
      'a clause borrowed from another text',
      ZHONGSHAN.replace('access.agreement: null', "access.agreement: { value: true, clause: HZ-48, quote: '应签订' }"),
      'HZ-48',
      /access\.agreement\.clause: HZ-48 is of another text than ZS/,
    ],
    [
      'a further clause borrowed from another text',
      ZHONGSHAN.replace('also: [{ clause: ZS-1.05', 'also: [{ clause: HZ-2.2'),
      'HZ-2.2',
      /byReference\.also\.0\.clause: HZ-2\.2 is of another text than ZS/,
    ],
    [
      'a limit of no days',
      ZHONGSHAN.replace('value: { days: 5, unit: WORKING_DAY }', 'value: { days: 0, unit: WORKING_DAY }'),
      '0, unit',
      /deliveryDeadline\.value\.days: Too small/,
    ],
    [
      'a word that the list does not have',
      ZHONGSHAN.replace('value: [LAW, ADMIN_REGULATION', 'value: [CUSTOM, ADMIN_REGULATION'),
      'CUSTOM',
      /basisRanks\.value\.0: expected one of/,
    ],
    [
      'an unknown regime',
      ZHONGSHAN.replace('regime: zhongshan', 'regime: atlantis'),
      'atlantis',
      /regime: expected one of/,
    ],
  ])('%s is told at its place', (_name, text, words, says) => {
    const faults = faultsOf(FOLDER, text)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^zhongshan\\.yaml:${placeOf(text, words)}: `))
    expect(faults[0]).toMatch(says)
  })

  test('text that is no YAML is told with its place', () => {
    expect(faultsOf(FOLDER, `${ZHONGSHAN}\n  - [`)[0]).toMatch(/^zhongshan\.yaml:\d+:\d+:/)
    expect(faultsOf(FOLDER, '')[0]).toMatch(/^zhongshan\.yaml:1:1:/)
  })

  test('the file of one regime does not speak for another', () => {
    expect(faultsOf(FOLDER, ZHONGSHAN, 'huizhou.yaml')).toEqual([
      'huizhou.yaml:1:1: regime: is "zhongshan": the file of one regime speaks for another',
    ])
  })
})
