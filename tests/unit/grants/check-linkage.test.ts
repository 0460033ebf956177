import { describe, expect, test } from 'vitest'
import type { Party } from '../../../gateway/caller/parties.ts'
import { checkLinkage, linkageFindings } from '../../../gateway/grants/check-linkage.ts'
import type { Grant } from '../../../gateway/grants/grant.ts'
import { HUIZHOU, NOON, conditional, grantOf, matterOf, resource } from './world.ts'

const housing: Party = {
  code: 'housing',
  name: { zh: '住建', en: 'Housing' },
  type: 'DEPARTMENT',
  byReference: false,
  basis: ['ZS-1.06'],
  roles: [],
  suspended: false,
  delegations: [],
  applications: [],
}
const FIELDS = [
  conditional('R.number', { mask: 'M-IDNO' }),
  conditional('R.born', { quasiIdentifier: 'BIRTH_DATE', mask: 'M-DATE' }),
  conditional('R.sex', { quasiIdentifier: 'SEX' }),
  conditional('R.county', { quasiIdentifier: 'DIVISION' }),
]
const MASKED = grantOf('G', { 'R.number': 'MASKED' })
/** Another matter and another application of the same department: the union counts (wall 9). */
const BESIDE = grantOf('H', { 'R.born': 'CLEAR', 'R.sex': 'CLEAR', 'R.county': 'CLEAR' }, { matters: ['N'] })
const MATTERS = [
  matterOf({ 'R.number': 'READ' }),
  matterOf({ 'R.born': 'READ', 'R.sex': 'READ', 'R.county': 'READ' }, { code: 'N' }),
]

function reports(grants: readonly Grant[]) {
  const catalog = {
    version: 'v',
    supergraph: '',
    resources: [resource('R')],
    fields: FIELDS,
    filters: {},
    exactFilters: [],
  }
  const check = { matters: MATTERS, cases: [], grants, parties: [housing], catalog, regime: HUIZHOU }
  return checkLinkage(check, { implementations: new Map(), masks: 'strict', now: NOON })
}

describe('the numbers that a department could rebuild (R809-25)', () => {
  test('are many where the number is masked and nothing else is seen', () => {
    const [one, ...more] = reports([MASKED])
    expect(more).toEqual([])
    expect(one).toMatchObject({ department: 'housing', coordinate: 'R.number', rule: 'M-IDNO', verdict: 'ENOUGH' })
  })

  test('are too few beside birth date, sex and county of another matter; the place is the grant’s', () => {
    const found = reports([BESIDE, MASKED])
    expect(found).toMatchObject([{ rule: 'M-IDNO-2', verdict: 'TOO_FEW', path: ['grants', 1, 'masked', 0] }])
    expect(found[0]?.candidates).toBeLessThan(1_000)
    expect(found[0]?.because).toEqual(expect.arrayContaining(['R.born', 'R.sex', 'R.county']))
    expect(linkageFindings(found)).toMatchObject([
      { register: 'grants', path: ['grants', 1, 'masked', 0], severity: 'error', clause: 'R809-25' },
    ])
  })

  test('are accepted where the authority has signed for as few, and not for fewer', () => {
    const [found] = reports([BESIDE, MASKED])
    const signed = (candidates: number): Grant => ({
      ...MASKED,
      linkage: [{ coordinate: 'R.number', by: 'DA-0001', reason: '专项核查', candidates }],
    })
    const verdict = (candidates: number) => reports([BESIDE, signed(candidates)])[0]?.verdict
    const left = found?.candidates ?? 0
    expect(left).toBeGreaterThan(0)
    expect([verdict(left), verdict(left + 1)]).toEqual(['ACCEPTED', 'TOO_FEW'])
    expect(linkageFindings(reports([BESIDE, signed(left)]))).toEqual([])
  })

  test('do not count what an ended grant once showed', () => {
    expect(reports([{ ...BESIDE, validUntil: NOON }, MASKED])).toMatchObject([{ verdict: 'ENOUGH' }])
  })
})
