import { describe, expect, test } from 'vitest'
import type { Party } from '../../../gateway/caller/parties.ts'
import { checkRegisters } from '../../../gateway/grants/check-registers.ts'
import type { RegisterCheck } from '../../../gateway/grants/check-registers.ts'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import type { FieldUse } from '../../../gateway/grants/registers.ts'
import {
  FUSHUN,
  HUIZHOU,
  NANTONG,
  ZHEJIANG,
  ZHONGSHAN,
  conditional,
  field,
  grantOf,
  matterOf,
  resource,
} from './world.ts'

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
    expect(findings({ grants })).toEqual(['grants.0.parameters.R.open error ZS-4.08'])
    expect(findings({ grants, regime: NANTONG })).toEqual(['grants.0.parameters.R.open error NT-18.1'])
    const controlled = { version: 'v', supergraph: '', resources: [resource('R', { parameterControl: true })] }
    const catalog = { ...controlled, fields: FIELDS, filters: {}, exactFilters: [] }
    expect(findings({ catalog, regime: NANTONG })).toEqual(['grants.0.clear.0 error NT-18.1'])
  })
})

describe('what is listed without what decides in its place', () => {
  const idNumber = field('R.number', { class: 'CONDITIONAL' })
  const world = (facts: Partial<FieldEntry>) => ({
    version: 'v',
    supergraph: '',
    resources: [resource('R')],
    fields: [field('R.x', { class: 'CONDITIONAL', ...facts }), idNumber],
    filters: {},
    exactFilters: [],
  })
  const both = (x: FieldUse, number: FieldUse) => [matterOf({ 'R.x': x, 'R.number': number })]
  const alone = [matterOf({ 'R.x': 'READ' })]
  const full = [grantOf('A', { 'R.x': 'CLEAR', 'R.number': 'CLEAR' })]

  test.each<readonly [string, Partial<FieldEntry>]>([
    ['embeds', { embeds: ['R.number'] }],
    ['follows', { follows: 'R.number' }],
    ['requires', { requires: ['R.number'] }],
  ])('is warned of in a matter: %s', (_what, facts) => {
    const catalog = world(facts)
    expect(findings({ catalog, matters: alone, grants: [] })).toEqual(['matters.0.fields.0 warning ZS-4.01(3)'])
    expect(findings({ catalog, matters: alone, grants: [], regime: FUSHUN })[0]).toMatch(/warning FS-/)
    expect(findings({ catalog, matters: both('READ', 'READ'), grants: [] })).toEqual([])
  })

  test('to verify what it contains is enough to verify a value, not to read it', () => {
    const verify = { class: 'CONDITIONAL', verify: { as: 'TEXT', lowEntropy: false } } as const
    const catalog = {
      ...world({}),
      fields: [field('R.x', { ...verify, embeds: ['R.number'] }), field('R.number', verify)],
    }
    expect(findings({ catalog, matters: both('VERIFY', 'VERIFY'), grants: [] })).toEqual([])
    expect(findings({ catalog, matters: both('READ', 'VERIFY'), grants: [] })).toEqual([
      'matters.0.fields.0 warning ZS-4.01(3)',
    ])
  })

  test('is warned of in grants, unless another grant of the department has it or none is needed', () => {
    const catalog = world({ follows: 'R.number' })
    const matters = both('READ', 'READ')
    const short = grantOf('A', { 'R.x': 'CLEAR' })
    expect(findings({ catalog, matters, grants: full })).toEqual([])
    expect(findings({ catalog, matters, grants: [short] })).toEqual(['grants.0.clear.0 warning ZS-4.08'])
    expect(findings({ catalog, matters, grants: [short, grantOf('B', { 'R.number': 'MASKED' })] })).toEqual([
      'grants.0.clear.0 warning ZS-4.08',
    ])
    expect(findings({ catalog, matters, grants: [short, grantOf('B', { 'R.number': 'CLEAR' })] })).toEqual([])
    const open = { ...catalog, fields: [...catalog.fields.slice(0, 1), field('R.number')] }
    expect(findings({ catalog: open, matters, grants: [short] })).toEqual([])
  })

  test('is not asked of what may be shared although what it is computed from may not', () => {
    const catalog = world({ requires: ['R.number'], declassified: 'ZS-4.01(3)' })
    expect(findings({ catalog, matters: alone, grants: [] })).toEqual([])
  })
})
