import { describe, expect, test } from 'vitest'
import { AUTHORITY_FIELDS } from '../../../gateway/authority/read-arguments.ts'
import type { Caller } from '../../../gateway/caller/caller.ts'
import type { Role } from '../../../gateway/caller/roles.ts'
import { AUTHORITY, supervisionOf } from '../../../gateway/grants/supervision.ts'
import { buildUnionView, buildView } from '../../../gateway/grants/view.ts'
import { readRegime } from '../../../gateway/adapters/regime-file.ts'
import { indexFields } from '../../../gateway/catalog/catalog.ts'
import { composeCity, ROOT } from '../../../gateway/start/composition.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { HUIZHOU, NOON, ZHONGSHAN, authorityOf, callerOf, field, grantOf, indexOf, matterOf } from './world.ts'

/* Who reads the record, and that nothing but a role and a matter of supervision opens it (ZS-1.11, ZS-6.04, ZS-6.12). */

const own = (at: Coordinate, kind: 'leaf' | 'object' = 'leaf') =>
  field(at, { kind, provider: AUTHORITY, providers: [AUTHORITY] })
const FIELDS = [
  own('Query.auditRecords', 'object'),
  own('AuditRecord.receipt'),
  own('Query.alarms', 'object'),
  own('Alarm.id'),
  own('Mutation.confirmAlarm', 'object'),
  field('Query.r', { kind: 'object' }),
  field('R.open'),
]
const MATTERS = [
  matterOf({ 'R.open': 'READ' }),
  matterOf({}, { code: 'S', supervision: true }),
  matterOf({}, { code: 'T', department: 'tax', supervision: true }),
]
const WORLD = authorityOf(ZHONGSHAN, FIELDS, MATTERS)

function look(facts: Partial<Caller>, world = WORLD): Readonly<Record<string, string>> {
  // What another grant would open is none of its business.
  const grant = grantOf('G', { 'AuditRecord.receipt': 'CLEAR', 'Alarm.id': 'CLEAR' }, { matters: ['M', 'S'] })
  const { decisions } = buildView(world, callerOf({ matter: 'S', ...facts }), indexOf(grant), NOON)
  return Object.fromEntries(
    [...decisions].map(([at, one]) => [at, one.kind === 'DENY' ? `${one.code} ${one.clause}` : one.kind]),
  )
}

const RECORD = ['Query.auditRecords', 'AuditRecord.receipt'] as const
const ALARMS = ['Query.alarms', 'Alarm.id', 'Mutation.confirmAlarm'] as const
const decided = (seen: Readonly<Record<string, string>>, of: readonly string[]) => [
  ...new Set(of.map((at) => seen[at])),
]

describe('by role', () => {
  const NONE = ['ROLE_MISSING ZS-6.04']
  test.each<readonly [string, Partial<Caller>, readonly string[], readonly string[]]>([
    ['an auditor', { roles: ['AUDITOR'] }, ['ALLOW'], ['ALLOW']],
    ['the authority', { roles: ['AUTHORITY'] }, ['ALLOW'], ['ALLOW']],
    ['a supervisor, whom the text knows', { roles: ['SUPERVISOR'] }, ['ALLOW'], ['ALLOW']],
    ['a data officer', { roles: ['PROVIDER'] }, ['ALLOW'], NONE],
    ['a desk', { roles: ['DESK'] }, NONE, NONE],
    ['an application', { roles: ['APPLICATION'] }, NONE, NONE],
    ['an analyst', { roles: ['ANALYST'] }, NONE, NONE],
    ['who administers', { roles: ['SECURITY_ADMIN'] }, NONE, NONE],
    ['who administers, and is the authority', { roles: ['AUTHORITY', 'SECURITY_ADMIN'] }, NONE, NONE],
    ['who runs the data, and is a data officer', { roles: ['PROVIDER', 'DATA_OPERATOR'] }, NONE, NONE],
    [
      'a data officer for another department',
      { roles: ['PROVIDER'], actingFor: { department: 'housing', matters: ['S'], party: 'DEPARTMENT' } },
      NONE,
      NONE,
    ],
  ])('%s', (_name, facts, record, alarms) => {
    const seen = look(facts)
    expect(decided(seen, RECORD)).toEqual(record)
    expect(decided(seen, ALARMS)).toEqual(alarms)
  })

  test('a supervisor is one only where the regulation has one (HZ-10.6)', () => {
    const national = readRegime(`${ROOT}/schema/regimes/national.yaml`)
    const caller = callerOf({ roles: ['SUPERVISOR'] })
    expect(supervisionOf(caller, HUIZHOU)).toEqual({ kind: 'OVERSIGHT' })
    expect(supervisionOf(caller, national)).toBeNull()
    expect(supervisionOf(callerOf({ roles: ['AUDITOR'] }), national)).toEqual({ kind: 'OVERSIGHT' })
  })
})

describe('by matter', () => {
  test.each<readonly [string, Partial<Caller>, string]>([
    ['none', { matter: null }, 'PURPOSE_MISSING'],
    ["another department's", { matter: 'T' }, 'PURPOSE_MISMATCH'],
    ['one of business', { matter: 'M' }, 'NOT_NEEDED'],
  ])('%s opens nothing of the record', (_name, facts, code) => {
    for (const role of ['AUDITOR', 'PROVIDER'] as const satisfies readonly Role[])
      for (const at of RECORD) expect(look({ roles: [role], ...facts })[at]).toMatch(new RegExp(`^${code} `))
  })

  test('a matter of supervision opens nothing of a citizen, to nobody', () => {
    for (const roles of [['AUDITOR'], ['AUTHORITY'], ['PROVIDER'], ['DESK']] as const)
      expect(look({ roles })['R.open']).toMatch(/^NOT_NEEDED /)
    expect(look({ roles: ['DESK'], matter: 'M' })['R.open']).toBe('ALLOW')
  })

  test('before a matter is stated, introspection shows what the department could see', () => {
    const union = (roles: readonly Role[]) => {
      const { decisions } = buildUnionView(WORLD, callerOf({ matter: null, roles }), indexOf(), NOON)
      return [...RECORD, ...ALARMS].map((at) => decisions.get(at)?.kind)
    }
    expect(union(['PROVIDER'])).toEqual(['ALLOW', 'ALLOW', 'DENY', 'DENY', 'DENY'])
    expect(union(['AUDITOR'])).toEqual(['ALLOW', 'ALLOW', 'ALLOW', 'ALLOW', 'ALLOW'])
    expect(union(['DESK'])).toEqual(['DENY', 'DENY', 'DENY', 'DENY', 'DENY'])
  })
})

describe('in the schema of the city', () => {
  const composition = composeCity()
  if (composition.kind !== 'composed') throw new Error('the city does not compose')
  const entries = [...indexFields(composition.catalog).values()].filter(({ providers }) =>
    providers.includes(AUTHORITY),
  )
  const world = authorityOf(ZHONGSHAN, entries, MATTERS)

  test('governance shares no coordinate with a department', () => {
    expect(entries.length).toBeGreaterThan(80)
    const alone = (providers: readonly string[]): boolean => providers.length === 1
    expect(entries.filter(({ providers }) => !alone(providers)).map(({ coordinate }) => coordinate)).toEqual([])
  })

  test('each of its root fields reads its own arguments', () => {
    const roots = entries.map(({ coordinate }) => coordinate).filter((at) => /^(Query|Mutation)\./.test(at))
    expect(new Set<string>(roots)).toEqual(AUTHORITY_FIELDS)
  })

  test('everything of it is open to those who oversee, and all but alarms, samples and chains to data officers', () => {
    const closed = (roles: readonly Role[]) =>
      Object.entries(look({ roles }, world))
        .filter(([, decision]) => decision !== 'ALLOW')
        .map(([at]) => at)
    expect(closed(['AUDITOR'])).toEqual([])
    const types = new Set(closed(['PROVIDER']).map((at) => (/^(Query|Mutation)\./.test(at) ? at : at.split('.')[0])))
    expect([...types].map(String).toSorted()).toEqual([
      'Alarm',
      'AlarmDecision',
      'AlarmEvent',
      'AlarmPage',
      'AuditChain',
      'AuditGap',
      'AuditIndex',
      'AuditSample',
      'Mutation.confirmAlarm',
      'Mutation.dismissAlarm',
      'Mutation.reopenAlarm',
      'Query.alarms',
      'Query.auditChains',
      'Query.auditSample',
    ])
  })
})
