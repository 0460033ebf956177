import { describe, expect, test } from 'vitest'
import type { Party } from '../../../gateway/caller/parties.ts'
import { checkRegisters } from '../../../gateway/grants/check-registers.ts'
import type { RegisterCheck } from '../../../gateway/grants/check-registers.ts'
import { HUIZHOU, NANTONG, ZHEJIANG, ZHONGSHAN, conditional, field, grantOf, matterOf, resource } from './world.ts'

const housing: Party = {
  code: 'housing',
  name: { zh: '住建', en: 'Housing' },
  type: 'DEPARTMENT',
  byReference: false,
  basis: ['ZS-1.06'],
  roles: [],
  suspended: false,
  delegations: [],
  applications: [{ code: 'desk', name: { zh: '窗口', en: 'Desk' }, suspended: false }],
}
const FIELDS = [
  field('R.open'),
  conditional('R.x', { verify: { as: 'TEXT', lowEntropy: false } }),
  conditional('R.compared', { verifyOnly: true, verify: { as: 'TEXT', lowEntropy: false } }),
  conditional('R.scoped', { scope: ['education'] }),
  field('R.secret', { class: 'NOT_SHARED', basis: ['ZS-4.04'] }),
]
const SOUND = grantOf('G', { 'R.x': 'CLEAR' })

/** The findings as `path severity [clause]`. */
function findings(changes: Partial<RegisterCheck>, fields = FIELDS): string[] {
  const check: RegisterCheck = {
    matters: [matterOf({ 'R.x': 'READ', 'R.compared': 'READ', 'R.scoped': 'READ', 'R.secret': 'READ' })],
    cases: [],
    grants: [SOUND],
    parties: [housing],
    catalog: {
      version: 'v',
      supergraph: '',
      resources: [resource('R')],
      fields,
      filters: { 'Query.rs(x:)': 'R.x' },
      exactFilters: [],
    },
    regime: ZHONGSHAN,
    ...changes,
  }
  return checkRegisters(check).map(({ path, severity, clause }) =>
    [path.join('.'), severity, clause ?? ''].join(' ').trim(),
  )
}

describe('registers that fit', () => {
  test('give no finding', () => {
    expect(findings({})).toEqual([])
  })
})

describe('registers that do not fit are told at their place', () => {
  test('matters: party, coordinate, verification', () => {
    const matter = matterOf({ 'R.gone': 'READ', 'R.x': 'VERIFY', 'R.open': 'VERIFY' }, { department: 'nobody' })
    expect(findings({ matters: [matter], grants: [] })).toEqual([
      'matters.0.department error',
      'matters.0.fields.0 error',
      'matters.0.verify.1 error ZS-4.09',
    ])
  })

  test('cases: matter, department', () => {
    const cases = [
      { number: '1', matter: 'M', department: 'housing' },
      { number: '2', matter: 'gone', department: 'housing' },
      { number: '3', matter: 'M', department: 'education' },
    ]
    expect(findings({ cases })).toEqual(['cases.1.matter error', 'cases.2.department error'])
  })

  test('grants: consumer, application, matter (NT-3.2, ZJ-28.2)', () => {
    const grants = [
      grantOf('A', { 'R.x': 'CLEAR' }, { consumer: 'nobody' }),
      grantOf('B', { 'R.x': 'CLEAR' }, { applications: ['desk', 'other'], matters: ['M', 'gone'] }),
    ]
    expect(findings({ grants })).toEqual([
      'grants.0.consumer error',
      'grants.0.matters.0 error',
      'grants.1.applications.1 error',
      'grants.1.matters.1 error',
    ])
  })

  test('grants: a coordinate that is not there, one that no matter needs, one that needs no grant', () => {
    const grants = [grantOf('A', { 'R.gone': 'CLEAR', 'R.x': 'MASKED', 'R.open': 'MASKED' })]
    expect(findings({ grants })).toEqual([
      'grants.0.clear.0 error',
      'grants.0.masked.1 warning ZS-1.08',
      'grants.0.masked.1 warning ZS-4.01(3)',
    ])
  })

  test('grants: what no grant opens (INV-5), what is compared only, who is out of scope', () => {
    const grants = [grantOf('A', { 'R.secret': 'CLEAR', 'R.compared': 'CLEAR', 'R.scoped': 'CLEAR' })]
    expect(findings({ grants })).toEqual([
      'grants.0.clear.0 error ZS-2.06',
      'grants.0.clear.1 warning ZS-4.08',
      'grants.0.clear.2 error ZS-4.08',
    ])
  })

  test('grants: approvals and agreement as the regime asks', () => {
    const grants = [grantOf('A', { 'R.x': 'CLEAR' }, { agreement: null })]
    expect(findings({ grants })).toEqual([])
    expect(findings({ grants, regime: HUIZHOU })).toEqual(['grants.0.clear.0 error HZ-48'])
    expect(findings({ grants, regime: ZHEJIANG })).toEqual(['grants.0.clear.0 error ZJ-22.2'])
    const both = [{ by: 'AGENCY', officer: 'A-1' } as const, { by: 'PROVIDER', officer: 'P-1' } as const]
    expect(findings({ grants: [{ ...SOUND, approvals: both }], regime: ZHEJIANG })).toEqual([])
  })

  test('grants: parameters where they are asked for, and only where an argument filters (NT-18.1)', () => {
    const grants = [grantOf('A', { 'R.x': 'CLEAR' }, { parameters: new Map([['R.open', ['1']]]) })]
    expect(findings({ grants })).toEqual(['grants.0.parameters.R.open error NT-18.1'])
    const controlled = { version: 'v', supergraph: '', resources: [resource('R', { parameterControl: true })] }
    const catalog = { ...controlled, fields: FIELDS, filters: {}, exactFilters: [] }
    expect(findings({ catalog, regime: NANTONG })).toEqual(['grants.0.clear.0 error NT-18.1'])
  })
})
