import { ConfigFault } from '../../../gateway/config/fault.ts'
import { mkdtempSync, readFileSync, readdirSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readRegime } from '../../../gateway/adapters/regime-file.ts'

const REGIMES = fileURLToPath(new URL('../../../schema/regimes', import.meta.url))
const FOLDER = mkdtempSync(path.join(tmpdir(), 'gx-regime-'))
const ZHONGSHAN = readFileSync(path.join(REGIMES, 'zhongshan.yaml'), 'utf8')

/** Reads a changed copy of the Zhongshan profile; returns its faults without the folder. */
function faultsOf(text: string, name = 'zhongshan.yaml'): string[] {
  const file = path.join(FOLDER, name)
  writeFileSync(file, text)
  try {
    readRegime(file)
    return []
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return error.message.split('\n').map((line) => line.replace(`${FOLDER}/`, ''))
  }
}

/** `line:column` of the first place of some words in the profile. */
function placeOf(text: string, words: string): string {
  const before = text.slice(0, text.indexOf(words)).split('\n')
  return `${before.length}:${(before.at(-1)?.length ?? 0) + 1}`
}

describe('the profiles that are shipped', () => {
  const files = readdirSync(REGIMES)

  test.each(files)('%s is read, and each value stands beside a clause of its own text', (file) => {
    const regime = readRegime(path.join(REGIMES, file))
    const prefix = { zhongshan: 'ZS-', huizhou: 'HZ-' }[regime.regime as 'zhongshan' | 'huizhou']
    for (const [key, value] of Object.entries(regime.parameters)) {
      if (value === null) continue
      expect(value.clause, key).toMatch(new RegExp(`^${prefix}`))
      expect(value.quote, key).toMatch(/\p{Script=Han}{2}/u)
    }
  })

  test('differ where the texts differ (requirements, section 3)', () => {
    const zhongshan = readRegime(path.join(REGIMES, 'zhongshan.yaml'))
    const huizhou = readRegime(path.join(REGIMES, 'huizhou.yaml'))
    const facts = [zhongshan, huizhou].map(({ status, parameters }) => ({
      status,
      applies: parameters['access.unconditional.applicationNeeded'].value,
      agreement: parameters['access.agreement']?.clause ?? null,
      verifies: parameters['verification.notShared']?.clause ?? null,
      verifiesUnmet: parameters['verification.conditionalUnmet']?.clause ?? null,
      auditor: parameters['audit.auditorReadsNoBusinessData']?.clause ?? null,
    }))
    expect(facts).toEqual([
      {
        status: 'IN_FORCE',
        applies: false,
        agreement: null,
        verifies: 'ZS-4.09',
        verifiesUnmet: 'ZS-4.09',
        auditor: 'ZS-1.11',
      },
      { status: 'DRAFT', applies: true, agreement: 'HZ-48', verifies: null, verifiesUnmet: null, auditor: null },
    ])
  })
})

describe('a profile with faults', () => {
  test('tells every one, with its place', () => {
    const text = ZHONGSHAN.replace('status: IN_FORCE', 'status: SOON')
      .replace('ZS-4.07', 'ZS-four')
      .replace('  audit.mandatory:', '  audit.mandatry:')
      .replace("quote: '使用人员'", "quote: ''")
    expect(faultsOf(text).toSorted()).toEqual(
      [
        `zhongshan.yaml:${placeOf(text, 'SOON')}: status: expected one of "IN_FORCE"|"DRAFT"`,
        `zhongshan.yaml:${placeOf(text, 'ZS-four')}: parameters.access.unconditional.applicationNeeded.clause: is not a clause ID such as ZS-4.08`,
        `zhongshan.yaml:${placeOf(text, "''")}: parameters.identity.endUserRequired.quote: Too small: expected string to have >=1 characters`,
        `zhongshan.yaml:${placeOf(text, 'access.purposeRequired')}: parameters.audit.mandatory: is missing`,
        `zhongshan.yaml:${placeOf(text, 'audit.mandatry')}: parameters.audit.mandatry: is no known setting`,
      ].toSorted(),
    )
  })

  test.each([
    ['an unknown key at the top', `${ZHONGSHAN}\nmotto: 共享\n`, 'motto', /motto: is no known setting/],
    [
      'an unknown key of a value',
      ZHONGSHAN.replace('{ value: true, clause: ZS-2.05', '{ value: true, note: x, clause: ZS-2.05'),
      'note: x',
      /note: is no known setting/,
    ],
    [
      'null where the text must speak',
      ZHONGSHAN.replace(/access\.purposeRequired: .*/, 'access.purposeRequired: null'),
      'null\n  access.minimal',
      /purposeRequired: expected object/,
    ],
    [
      'a clause borrowed from another text',
      ZHONGSHAN.replace('access.agreement: null', "access.agreement: { value: true, clause: HZ-48, quote: '应签订' }"),
      'HZ-48',
      /HZ-48 is of another text than ZS/,
    ],
    [
      'an unknown regime',
      ZHONGSHAN.replace('regime: zhongshan', 'regime: atlantis'),
      'atlantis',
      /regime: expected one of/,
    ],
  ])('%s is told at its place', (_name, text, words, says) => {
    const faults = faultsOf(text)
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(new RegExp(`^zhongshan\\.yaml:${placeOf(text, words)}: `))
    expect(faults[0]).toMatch(says)
  })

  test('text that is no YAML is told with its place', () => {
    expect(faultsOf(`${ZHONGSHAN}\n  - [`)[0]).toMatch(/^zhongshan\.yaml:\d+:\d+:/)
    expect(faultsOf('')[0]).toMatch(/^zhongshan\.yaml:1:1:/)
  })

  test('the file of one regime does not speak for another', () => {
    expect(faultsOf(ZHONGSHAN, 'huizhou.yaml')).toEqual([
      'huizhou.yaml:1:1: regime: is "zhongshan": the file of one regime speaks for another',
    ])
  })
})
