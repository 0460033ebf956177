import { describe, expect, test } from 'vitest'
import type { FieldEntry, ResourceEntry } from '../../../gateway/catalog/catalog.ts'
import { decideField } from '../../../gateway/grants/decide.ts'
import type { Approver, Grant, GrantMode } from '../../../gateway/grants/grant.ts'
import type { PartyType } from '../../../gateway/caller/parties.ts'
import { buildView } from '../../../gateway/grants/view.ts'
import type { Regime } from '../../../gateway/regime/regime.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import {
  FUSHUN,
  HUIZHOU,
  NANTONG,
  NATIONAL,
  NOON,
  ZHEJIANG,
  ZHONGSHAN,
  authorityOf,
  callerOf,
  conditional,
  field,
  grantOf,
  indexOf,
  matterOf,
  resource,
} from './world.ts'

const REGIMES = { zs: ZHONGSHAN, hz: HUIZHOU, nt: NANTONG, fs: FUSHUN, zj: ZHEJIANG, na: NATIONAL } as const
type Wanted = Readonly<Record<keyof typeof REGIMES, string>>

const TEXT = { as: 'TEXT', lowEntropy: false } as const
const OPEN = field('R.x')
const FIELD = conditional('R.x', { mask: 'M-NO', verify: TEXT })
const SECRET = field('R.x', { class: 'NOT_SHARED', mask: 'M-NO', verify: TEXT })
const READS = matterOf({ 'R.x': 'READ' })

/** A decision as words, e.g. `DENY NO_GRANT ZS-4.08 -`. */
function say(decision: Decision): string {
  const what = decision.kind === 'MASK' ? decision.rule : decision.kind === 'DENY' ? decision.code : ''
  return [decision.kind, what, decision.clause, decision.grant ?? '-'].filter(Boolean).join(' ')
}

function decideUnder(
  regime: Regime,
  entry: FieldEntry,
  grants: readonly Grant[],
  facts: Partial<ResourceEntry>,
): string {
  const resources = new Map([['R', resource('R', facts)]])
  return say(decideField(entry, { regime, department: 'housing', matter: READS, grants, resources, now: NOON }))
}

function decideAll(entry: FieldEntry, grants: readonly Grant[], facts: Partial<ResourceEntry> = {}): Wanted {
  const under = (regime: Regime): string => decideUnder(regime, entry, grants, facts)
  return {
    zs: under(ZHONGSHAN),
    hz: under(HUIZHOU),
    nt: under(NANTONG),
    fs: under(FUSHUN),
    zj: under(ZHEJIANG),
    na: under(NATIONAL),
  }
}

/** A grant over the field with the approvals of these. */
function by(approvers: readonly Approver[], mode: GrantMode = 'CLEAR', facts: Partial<Grant> = {}): Grant {
  return grantOf(
    'G',
    { 'R.x': mode },
    { approvals: approvers.map((one) => ({ by: one, officer: `${one}-1` })), ...facts },
  )
}

describe('unconditional data (S02): ZS-4.07, HZ-44.1, NT-23, FS-18.3, ZJ-22.2, R809-21', () => {
  test('without a grant', () => {
    expect(decideAll(OPEN, [])).toEqual({
      zs: 'ALLOW ZS-4.07 -',
      hz: 'DENY NO_GRANT HZ-44.1 -',
      nt: 'DENY NO_GRANT NT-18.1 -',
      fs: 'ALLOW FS-18.3 -',
      zj: 'DENY NO_GRANT ZJ-22.2 -',
      na: 'DENY NO_GRANT R809-21 -',
    })
  })

  test('with the consent of the one who decides there, and of nobody else', () => {
    const allowed = (approver: Approver): string[] =>
      Object.entries(decideAll(OPEN, [by([approver])])).flatMap(([name, said]) =>
        said.startsWith('ALLOW') ? [name] : [],
      )
    expect(allowed('PROVIDER')).toEqual(['zs', 'hz', 'fs', 'na'])
    expect(allowed('PLATFORM')).toEqual(['zs', 'nt', 'fs'])
    expect(allowed('AGENCY')).toEqual(['zs', 'fs', 'zj'])
    expect(allowed('AUTHORITY')).toEqual(['zs', 'fs'])
  })

  test('parameter-controlled: the provider, with values fixed, in Nantong alone (NT-18.1)', () => {
    const fixed = { parameters: new Map([['R.division' as const, ['320602']]]) }
    const controlled = { parameterControl: true }
    const nantong = (grant: Grant): string => decideAll(OPEN, [grant], controlled).nt
    expect(nantong(by(['PLATFORM'], 'CLEAR', fixed))).toBe('DENY NO_GRANT NT-18.1 G')
    expect(nantong(by(['PROVIDER']))).toBe('DENY NO_GRANT NT-18.1 G')
    expect(nantong(by(['PROVIDER'], 'CLEAR', fixed))).toBe('ALLOW NT-18.1 G')
    expect(decideAll(OPEN, [], controlled).zs).toBe('ALLOW ZS-4.07 -')
  })
})

describe('conditional data: ZS-4.08, HZ-45, NT-22, FS-18.3, ZJ-22.2, R809-21', () => {
  test('without a grant', () => {
    expect(decideAll(FIELD, [])).toEqual({
      zs: 'DENY NO_GRANT ZS-4.08 -',
      hz: 'DENY NO_GRANT HZ-45 -',
      nt: 'DENY NO_GRANT NT-18.1 -',
      fs: 'DENY NO_GRANT FS-18.3 -',
      zj: 'DENY NO_GRANT ZJ-22.2 -',
      na: 'DENY NO_GRANT R809-21 -',
    })
  })

  test("with the provider's consent; in Zhejiang that alone is not enough (S09)", () => {
    expect(decideAll(FIELD, [by(['PROVIDER'])])).toEqual({
      zs: 'ALLOW ZS-4.08 G',
      hz: 'ALLOW HZ-45 G',
      nt: 'ALLOW NT-18.1 G',
      fs: 'ALLOW FS-18.3 G',
      zj: 'DENY NO_GRANT ZJ-22.2 G',
      na: 'ALLOW R809-21 G',
    })
    expect(decideAll(FIELD, [by(['AGENCY'])]).zj).toBe('DENY NO_GRANT ZJ-22.2 G')
    expect(decideAll(FIELD, [by(['AGENCY', 'PROVIDER'])]).zj).toBe('ALLOW ZJ-22.2 G')
  })

  test('the authority provides directly where the text says so (ZS-4.08, S04), and nowhere else', () => {
    const allowed = Object.entries(decideAll(FIELD, [by(['AUTHORITY'])])).filter(([, said]) => said.startsWith('ALLOW'))
    expect(allowed).toEqual([['zs', 'ALLOW ZS-4.08 G']])
  })

  test('the platform authorises what was wholly delegated to it (NT-18.1, S06)', () => {
    const platform = { authorisationMode: 'PLATFORM' } as const
    expect(decideAll(FIELD, [by(['PLATFORM'])], platform).nt).toBe('ALLOW NT-18.1 G')
    expect(decideAll(FIELD, [by(['PLATFORM'])], { authorisationMode: 'DIRECT' }).nt).toBe('DENY NO_GRANT NT-18.1 G')
    expect(decideAll(FIELD, [by(['PLATFORM'])], platform).na).toBe('DENY NO_GRANT R809-21 G')
  })

  test('without a security agreement, in Huizhou (HZ-48, S15)', () => {
    const unsigned = decideAll(FIELD, [by(['AGENCY', 'PROVIDER'], 'CLEAR', { agreement: null })])
    expect(unsigned.hz).toBe('DENY AGREEMENT_MISSING HZ-48 G')
    expect(Object.values(unsigned).filter((said) => said.startsWith('ALLOW'))).toHaveLength(5)
  })

  test('out of the scope that the catalogue states (ZS-2.06, NT-8.2, R809-15)', () => {
    const scoped = conditional('R.x', { scope: ['education'] })
    expect(decideAll(scoped, [by(['AGENCY', 'PROVIDER'])])).toEqual({
      zs: 'DENY OUT_OF_SCOPE ZS-2.06 -',
      hz: 'DENY OUT_OF_SCOPE HZ-4.1 -',
      nt: 'DENY OUT_OF_SCOPE NT-8.1 -',
      fs: 'DENY OUT_OF_SCOPE FS-18.3 -',
      zj: 'DENY OUT_OF_SCOPE ZJ-22.2 -',
      na: 'DENY OUT_OF_SCOPE R809-14 -',
    })
    expect(decideAll({ ...scoped, scope: ['education', 'housing'] }, [by(['PROVIDER'])]).zs).toBe('ALLOW ZS-4.08 G')
  })

  test('sub-modes hold against any grant (NT-8.1): MASKED is masked, COMPARE is compared', () => {
    const grants = [by(['AGENCY', 'PROVIDER'])]
    expect(decideAll({ ...FIELD, subMode: 'MASKED' }, grants).nt).toBe('MASK M-NO NT-18.1 G')
    expect(decideAll({ ...FIELD, subMode: 'COMPARE' }, grants).nt).toBe('VERIFY_ONLY NT-18.1 G')
    // A rule that shows everything is none.
    expect(decideAll({ ...FIELD, subMode: 'MASKED', mask: 'M-NONE' }, grants).nt).toBe('MASK M-NULL NT-18.1 G')
    expect(decideAll({ ...FIELD, mask: 'M-NONE' }, [by(['PROVIDER'], 'MASKED')]).zs).toBe('MASK M-NULL ZS-4.08 G')
    expect(decideAll({ ...FIELD, subMode: 'MASKED' }, []).nt).toBe('DENY NO_GRANT NT-18.1 -')
  })
})

describe('what is not shared (S07, S08): ZS-4.09, HZ-48, NT-8.1, FS-8, ZJ-22.3, R809-14', () => {
  const approved = { ...SECRET, maskApproval: 'ZJ-M-7' }

  test('without anything', () => {
    expect(decideAll(SECRET, [])).toEqual({
      zs: 'VERIFY_ONLY ZS-4.09 -',
      hz: 'DENY NOT_SHARED HZ-4.1 -',
      nt: 'DENY NOT_SHARED NT-8.1 -',
      fs: 'DENY NOT_SHARED FS-8 -',
      zj: 'DENY NOT_SHARED ZJ-22.1 -',
      na: 'DENY NOT_SHARED R809-14 -',
    })
  })

  test('masked by an approved method, in Zhejiang alone; never against a law', () => {
    expect(decideAll(approved, [])).toEqual({ ...decideAll(SECRET, []), zj: 'MASK M-NO ZJ-22.3 -' })
    expect(decideAll({ ...approved, maskProhibited: true }, []).zj).toBe('DENY NOT_SHARED ZJ-22.1 -')
    expect(decideAll({ ...approved, mask: null }, []).zj).toBe('DENY NOT_SHARED ZJ-22.1 -')
    expect(decideAll({ ...approved, mask: 'M-NONE' }, []).zj).toBe('DENY NOT_SHARED ZJ-22.1 -')
  })

  test('the same method opens what is restricted, without a grant, in Zhejiang alone (ZJ-22.3)', () => {
    const restricted = { ...FIELD, maskApproval: 'ZJ-M-8' }
    expect(decideAll(restricted, [])).toEqual({ ...decideAll(FIELD, []), zj: 'MASK M-NO ZJ-22.3 -' })
    expect(decideAll(restricted, [by(['AGENCY', 'PROVIDER'])]).zj).toBe('ALLOW ZJ-22.2 G')
  })

  test('a grant opens it nowhere (INV-5), but under an agreement that the authority confirmed (HZ-48)', () => {
    const whole = by(['PROVIDER', 'PLATFORM', 'AGENCY', 'AUTHORITY'])
    expect(decideAll(SECRET, [whole])).toEqual({ ...decideAll(SECRET, []), hz: 'ALLOW HZ-48 G' })
    expect(decideAll(SECRET, [by(['PROVIDER'])]).hz).toBe('DENY NOT_SHARED HZ-4.1 -')
    expect(decideAll(SECRET, [{ ...whole, agreement: null }]).hz).toBe('DENY AGREEMENT_MISSING HZ-48 G')
  })
})

describe("a department's own data", () => {
  const own = (entry: FieldEntry): FieldEntry => ({ ...entry, provider: 'housing', providers: ['housing'] })

  test('is no sharing (ZS-1.08): it needs a matter, and no grant', () => {
    for (const entry of [OPEN, FIELD, SECRET]) {
      const said = Object.values(decideAll(own(entry), []))
      expect(said.filter((one) => !one.startsWith('ALLOW'))).toEqual([])
    }
    const situation = { regime: ZHONGSHAN, department: 'housing', matter: matterOf({}), grants: [], now: NOON }
    const decision = decideField(own(FIELD), { ...situation, resources: new Map() })
    expect(say(decision)).toBe('DENY NOT_NEEDED ZS-4.01(3) -')
  })

  test('is what it alone serves: neither an addition to its record type, nor a key that all hold', () => {
    const registered = { department: 'housing' }
    expect(decideAll(FIELD, [], registered).zs).toBe('DENY NO_GRANT ZS-4.08 -')
    expect(decideAll({ ...FIELD, providers: ['housing', 'provider'] }, [], registered).zs).toBe(
      'DENY NO_GRANT ZS-4.08 -',
    )
  })
})

describe('parties', () => {
  const decide = (regime: Regime, facts: Parameters<typeof callerOf>[0], grants: readonly Grant[] = []): string => {
    const authority = authorityOf(regime, [OPEN, FIELD], [READS], { resources: [resource('R')] })
    const decision = buildView(authority, callerOf(facts), indexOf(...grants), NOON).decisions.get('R.x')
    return decision ? say(decision) : 'none'
  }
  const granted = [by(['PROVIDER', 'AGENCY', 'PLATFORM'])]

  test('a publicly funded unit is bound as a department is (ZS-1.03), a town too (ZS-7.03)', () => {
    for (const party of ['DEPARTMENT', 'PUBLIC_INSTITUTION', 'TOWNSHIP'] as const)
      expect(decide(ZHONGSHAN, { party }, granted)).toBe('ALLOW ZS-4.08 G')
  })

  test('utilities and stationed organs take part where the text lets them (ZS-1.04, ZS-1.05, HZ-2.2)', () => {
    const under = (party: 'PUBLIC_UTILITY' | 'STATIONED_ORGAN'): string[] =>
      Object.entries(REGIMES).flatMap(([name, regime]) =>
        decide(regime, { party }, granted).startsWith('ALLOW') ? [name] : [],
      )
    expect(under('PUBLIC_UTILITY')).toEqual(['zs'])
    expect(under('STATIONED_ORGAN')).toEqual(['zs', 'hz'])
    expect(decide(FUSHUN, { party: 'PUBLIC_UTILITY' }, granted)).toMatch(/^DENY UNKNOWN_PARTY FS-/)
  })

  test("a delegate decides by the department's grants, for the matters that it was given (ZS-7.04)", () => {
    const town = { department: 'town', party: 'TOWNSHIP' } as const
    expect(decide(ZHONGSHAN, town, granted)).toBe('DENY PURPOSE_MISMATCH ZS-4.06 -')
    const charged = (matters: readonly string[], party: PartyType = 'DEPARTMENT') => ({
      ...town,
      actingFor: { department: 'housing', matters, party },
    })
    expect(decide(ZHONGSHAN, charged(['M']), granted)).toBe('ALLOW ZS-4.08 G')
    expect(decide(ZHONGSHAN, charged(['N']), granted)).toBe('DENY PURPOSE_MISMATCH ZS-4.06 -')
    // No other text knows delegates; and one of a party that may not ask itself has nothing to ask for.
    expect(decide(HUIZHOU, charged(['M']), granted)).toBe('DENY PURPOSE_MISMATCH HZ-6 -')
    expect(decide(NATIONAL, charged(['M'], 'PUBLIC_UTILITY'), granted)).toMatch(/^DENY UNKNOWN_PARTY R809-/)
    const bound = [by(['PROVIDER'], 'CLEAR', { applications: ['desk'] })]
    expect(decide(ZHONGSHAN, {}, bound)).toBe('ALLOW ZS-4.08 G')
    expect(decide(ZHONGSHAN, charged(['M']), bound)).toBe('DENY NO_GRANT ZS-4.08 -')
  })

  test('argument values of the grant behind a decision are part of the view (NT-18.1)', () => {
    const authority = authorityOf(NANTONG, [OPEN], [READS], { resources: [resource('R', { parameterControl: true })] })
    const viewOf = (value: string) =>
      buildView(
        authority,
        callerOf(),
        indexOf(by(['PROVIDER'], 'CLEAR', { parameters: new Map([['R.d', [value]]]) })),
        NOON,
      )
    const [first, other] = [viewOf('320602'), viewOf('320681')]
    expect(first.parameters.get('R.x')).toMatchObject([{ grant: 'G', clause: 'NT-18.1' }])
    expect(first.id).not.toBe(other.id)
  })
})
