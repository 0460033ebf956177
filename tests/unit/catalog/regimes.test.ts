import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Fault } from '../../../gateway/catalog/fault.ts'
import { printFault } from '../../../gateway/catalog/fault.ts'
import type { RegimeName } from '../../../gateway/regime/regime.ts'
import { MASKED_ALONE, OPEN, composeUnder, unmark, whereOf } from './marked.ts'
import { ALL_RULES, CONDITIONAL, ENTRY, NOT_SHARED, annotation, registered, rulesOf } from './registered.ts'
import type { Parts } from './registered.ts'

function faultsUnder(regime: string, ...sdls: readonly string[]): readonly Fault[] {
  const result = composeUnder(rulesOf(regime), ...sdls)
  return result.kind === 'faulty' ? result.faults : result.warnings
}

/** The clause that each regime gives for the fault; null where it is a fault and the text is silent; absent where it is none. */
type Clauses = Readonly<Partial<Record<RegimeName, string | null>>>

interface Planted {
  readonly parts: Parts
  readonly clauses: Clauses
  readonly says: string
}

const entry = (changed: Record<string, string | null>): string => annotation('resource', ENTRY, changed)
const conditional = (changed: Record<string, string | null>): string => annotation('share', CONDITIONAL, changed)
const notShared = (changed: Record<string, string | null>): string => annotation('share', NOT_SHARED, changed)
const item = (name: string, changed: Record<string, string>): string =>
  `${name}: String ${annotation('share', { class: '"UNCONDITIONAL"', level: '"L1"', title: '"项"', ...changed })}`

const everywhere = (clause: null): Clauses => Object.fromEntries(ALL_RULES.map(({ regime }) => [regime, clause]))

/** Each fault alone, `⟦CODE⟧` before its place. */
const PLANTED: Readonly<Record<string, Planted>> = {
  'not shared on an internal notice (S24; ZS-4.04, HZ-4.4, NT-8.2, FS-8, ZJ-22.1, R809-14)': {
    parts: { notShared: notShared({ grounds: '⟦BASIS_RANK_TOO_LOW⟧["OTHER internal notice"]' }) },
    clauses: {
      zhongshan: 'ZS-4.04',
      huizhou: 'HZ-4.4',
      nantong: 'NT-8.2',
      fushun: 'FS-8',
      zhejiang: 'ZJ-22.1',
      national: 'R809-14',
    },
    says: 'rank OTHER',
  },
  'not shared on a government rule, which Huizhou takes and Zhongshan does not (ZS-4.04, HZ-4.4)': {
    parts: { notShared: notShared({ grounds: '⟦BASIS_RANK_TOO_LOW⟧["GOVERNMENT_RULE 《某办法》第三条"]' }) },
    clauses: { zhongshan: 'ZS-4.04', national: 'R809-14' },
    says: 'rank GOVERNMENT_RULE',
  },
  'not shared on a policy (FS-8)': {
    parts: { notShared: notShared({ grounds: '⟦BASIS_RANK_TOO_LOW⟧["POLICY 某意见"]' }) },
    clauses: { zhongshan: 'ZS-4.04', huizhou: 'HZ-4.4', fushun: 'FS-8', zhejiang: 'ZJ-22.1', national: 'R809-14' },
    says: 'rank POLICY',
  },
  'not shared on nothing (ZS-4.01(1), HZ-5.5(1))': {
    parts: { notShared: `⟦BASIS_MISSING⟧${notShared({ grounds: null })}` },
    clauses: {
      zhongshan: 'ZS-4.04',
      huizhou: 'HZ-4.4',
      nantong: 'NT-8.2',
      fushun: 'FS-8',
      zhejiang: 'ZJ-22.1',
      national: 'R809-14',
    },
    says: 'Record.kept is NOT_SHARED without a basis',
  },
  'not shared without reasons (ZJ-22.1, R809-15)': {
    parts: { notShared: `⟦REASONS_MISSING⟧${notShared({ reasons: '" "' })}` },
    clauses: { zhejiang: 'ZJ-22.1', national: 'R809-15' },
    says: 'Record.kept is NOT_SHARED without its reasons',
  },
  'conditional without a basis (ZS-4.03, ZJ-22.1)': {
    parts: { conditional: `⟦BASIS_MISSING⟧${conditional({ basis: null })}` },
    clauses: { zhongshan: 'ZS-4.03', zhejiang: 'ZJ-22.1' },
    says: 'Record.limited is CONDITIONAL without a basis',
  },
  'conditional without conditions (ZS-4.03, R809-15)': {
    parts: { conditional: `⟦CONDITIONS_MISSING⟧${conditional({ conditions: null })}` },
    clauses: { zhongshan: 'ZS-4.03', national: 'R809-15' },
    says: 'without its sharing conditions',
  },
  'conditional without reasons': {
    parts: { conditional: `⟦REASONS_MISSING⟧${conditional({ reasons: null })}` },
    clauses: { zhejiang: 'ZJ-22.1' },
    says: 'Record.limited is CONDITIONAL without its reasons',
  },
  'conditional without a scope (NT-8.2, R809-15)': {
    parts: { conditional: `⟦SCOPE_MISSING⟧${conditional({ scope: null })}` },
    clauses: { nantong: 'NT-8.2', national: 'R809-15' },
    says: 'add scope: or subMode:',
  },
  'conditional for departments that nobody names': {
    parts: { conditional: `⟦SCOPE_MISSING⟧${conditional({ scope: '[]', subMode: '"DEPARTMENTS"' })}` },
    clauses: { nantong: 'NT-8.2', national: 'R809-15' },
    says: 'the departments meant by subMode DEPARTMENTS',
  },
  'a base group that is not shared without conditions (ZS-4.02, HZ-4.2)': {
    parts: { entry: `⟦BASE_CLASS_CONFLICT⟧${entry({ base: '"NATURAL_PERSON"' })}` },
    clauses: { zhongshan: 'ZS-4.02', huizhou: 'HZ-4.2' },
    says: '2 of its items are not UNCONDITIONAL: Record.kept, Record.limited',
  },
  'a secret source (ZS-3.05, ZS-6.14(9), HZ-15.2, NT-3.1, R809-3, INV-14)': {
    parts: { entry: entry({ secret: '⟦SECRET_SOURCE⟧true' }) },
    clauses: {
      zhongshan: 'ZS-3.05',
      huizhou: 'HZ-15.2',
      nantong: 'NT-3.1',
      fushun: null,
      zhejiang: null,
      national: 'R809-3',
    },
    says: 'Record is a state secret',
  },
  'no secrecy review (ZS-3.05, HZ-15.2, R809-13)': {
    parts: { entry: `⟦SECRECY_REVIEW_MISSING⟧${entry({ secrecyReview: null })}` },
    clauses: { zhongshan: 'ZS-3.05', huizhou: 'HZ-15.2', nantong: 'NT-3.1', national: 'R809-13' },
    says: 'not reviewed for secrecy',
  },
  'an urgent resource by file drop (NT-13.2)': {
    parts: { entry: entry({ urgent: 'true', format: '⟦FILE_DROP_UNFIT⟧"FILE"' }) },
    clauses: { nantong: 'NT-13.2' },
    says: 'not for file drops',
  },
  'no mode of authorisation (NT-18.2)': {
    parts: { entry: `⟦AUTHORISATION_MODE_MISSING⟧${entry({ authorisationMode: null })}` },
    clauses: { nantong: 'NT-18.2' },
    says: 'DIRECT or PLATFORM',
  },
  'no sample (ZS-2.04)': {
    parts: { entry: `⟦ELEMENT_MISSING⟧${entry({ sample: null })}` },
    clauses: { zhongshan: 'ZS-2.04' },
    says: 'lacks SAMPLE: add sample:',
  },
  'no standard, which Nantong asks for in an article of its own (NT-9)': {
    parts: { entry: `⟦ELEMENT_MISSING⟧${entry({ standard: null })}` },
    clauses: { nantong: 'NT-9' },
    says: 'lacks STANDARD: add standard:',
  },
  'no statement on opening (NT-7.1, ZJ-16.3)': {
    parts: { entry: `⟦ELEMENT_MISSING⟧${entry({ openness: null })}` },
    clauses: { nantong: 'NT-7.1', zhejiang: 'ZJ-16.3' },
    says: 'lacks OPEN_ATTRIBUTE: add openness:',
  },
  'no sharing period (HZ-39.1)': {
    parts: { entry: `⟦ELEMENT_MISSING⟧${entry({ sharingPeriod: null })}` },
    clauses: { huizhou: 'HZ-39.1' },
    says: 'lacks SHARING_PERIOD: add sharingPeriod:',
  },
  'neither base group nor theme (ZS-2.12)': {
    parts: { entry: `⟦ELEMENT_MISSING⟧${entry({ themes: null })}` },
    clauses: { zhongshan: 'ZS-2.04', national: 'R809-13' },
    says: 'lacks CATEGORY: add base: or themes:',
  },
  'a sample with an ID number': {
    parts: { entry: entry({ sample: '⟦SAMPLE_UNFIT⟧"李某,110101 19900307 7715"' }) },
    clauses: {
      zhongshan: 'ZS-2.04',
      huizhou: 'HZ-7',
      nantong: null,
      fushun: 'FS-18.5',
      zhejiang: 'ZJ-19',
      national: 'R809-37',
    },
    says: 'what looks like an ID number',
  },
  'a sample with a mobile number in full width': {
    parts: { entry: entry({ sample: '⟦SAMPLE_UNFIT⟧"电话１３８ ００１３ ８０００"' }) },
    clauses: {
      zhongshan: 'ZS-2.04',
      huizhou: 'HZ-7',
      nantong: null,
      fushun: 'FS-18.5',
      zhejiang: 'ZJ-19',
      national: 'R809-37',
    },
    says: 'what looks like a mobile number',
  },
  'an item of no list': {
    parts: { more: item('x', { item: '⟦ITEM_UNKNOWN⟧"HZ-18#13"' }) },
    clauses: {
      zhongshan: 'ZS-2.01',
      huizhou: 'HZ-5.3',
      nantong: 'NT-10.1',
      fushun: 'FS-10.2',
      zhejiang: 'ZJ-16.2',
      national: 'R809-13',
    },
    says: 'no list names the item "HZ-18#13"',
  },
  'an item under another name (NT-10.1)': {
    parts: { more: item('x', { item: '"HZ-18#01"', title: '⟦ITEM_CONFLICT⟧"名字"' }) },
    clauses: {
      zhongshan: 'ZS-2.01',
      huizhou: 'HZ-5.3',
      nantong: 'NT-10.1',
      fushun: 'FS-10.2',
      zhejiang: 'ZJ-16.2',
      national: 'R809-13',
    },
    says: 'HZ-18#01 is called "姓名", not "名字"',
  },
  'an item claimed twice in one record': {
    parts: {
      more: `${item('x', { item: '"HZ-18#01"', title: '"姓名"' })} ${item('y', { item: '⟦ITEM_CONFLICT⟧"HZ-18#01"', title: '"姓名"' })}`,
    },
    clauses: {
      zhongshan: 'ZS-2.01',
      huizhou: 'HZ-5.3',
      nantong: 'NT-10.1',
      fushun: 'FS-10.2',
      zhejiang: 'ZJ-16.2',
      national: 'R809-13',
    },
    says: 'claimed already, by Record.x',
  },
  'two authoritative sources (ZS-3.06, HZ-11, R809-19)': {
    parts: {
      more: `${item('x', { authoritativeFor: '"person.name"' })} ${item('y', { authoritativeFor: '⟦AUTHORITY_CONFLICT⟧"person.name"' })}`,
    },
    clauses: {
      zhongshan: 'ZS-3.06',
      huizhou: 'HZ-5.4',
      nantong: null,
      fushun: null,
      zhejiang: 'ZJ-18.3',
      national: 'R809-26',
    },
    says: 'the authoritative source of person.name is already Record.x of d0',
  },
  'a method approved for a mask that a law forbids': {
    parts: { more: `x: String ${OPEN} ⟦MASK_UNFIT⟧@masking(rule: "M-NO", approval: "T-7", prohibited: true)` },
    clauses: { ...everywhere(null), zhejiang: 'ZJ-22.3' },
    says: 'a law forbids the mask',
  },
  'shared masked alone, and nothing that masks it': {
    parts: { more: `x: String ⟦MASK_UNFIT⟧${MASKED_ALONE}` },
    clauses: { ...everywhere(null), zhejiang: 'ZJ-22.3' },
    says: 'is shared masked alone, and no rule masks it',
  },
  'kept back in an emergency for no law': {
    parts: { conditional: `⟦BASIS_MISSING⟧${conditional({ emergencyExcluded: 'true' })}` },
    clauses: { ...everywhere(null), zhongshan: 'ZS-4.10' },
    says: 'is kept back in an emergency',
  },
  'no class (ZS-2.05)': {
    parts: { more: '⟦CLASS_MISSING⟧x: String' },
    clauses: {
      zhongshan: 'ZS-2.05',
      huizhou: 'HZ-4.1',
      nantong: 'NT-8.1',
      fushun: 'FS-8',
      zhejiang: 'ZJ-22.1',
      national: 'R809-14',
    },
    says: 'Record.x has no sharing class',
  },
  'an unknown theme, a day that is none, a period that is none (ZS-2.14)': {
    parts: {
      entry: `⟦VALUE_UNKNOWN VALUE_UNKNOWN VALUE_UNKNOWN⟧${entry({ themes: '["HEALTH", "MONEY"]', published: '"2026-02-30"', sharingPeriod: '"five years"' })}`,
    },
    clauses: everywhere(null),
    says: 'published "2026-02-30" is not a date',
  },
}

describe('a registration that is complete', () => {
  test.each(ALL_RULES.map(({ regime }) => regime))('has no fault under %s', (regime) => {
    expect(faultsUnder(regime, registered()).map(printFault)).toEqual([])
  })
})

describe.each(Object.entries(PLANTED))('%s', (_name, { parts, clauses, says }) => {
  const { expected, sdls } = unmark(registered(parts))
  test.each(ALL_RULES.map(({ regime }) => regime))('under %s', (regime) => {
    const faults = faultsUnder(regime, ...sdls)
    const clause = clauses[regime as keyof Clauses]
    const codes = new Set(expected.map((where) => where.split(' ')[1]))
    expect(codes.size).toBeGreaterThan(0)
    // Where the regime does not ask for it there is no fault at all; where it does, it is the one that is planted.
    const own = clause === undefined ? faults : faults.filter(({ code }) => codes.has(code))
    const wanted = clause === undefined ? [] : expected
    expect(own.map(whereOf)).toEqual(wanted)
    expect(own.map((fault) => fault.clause)).toEqual(wanted.map(() => clause))
    const told = clause === undefined || own.some(({ message }) => message.includes(says))
    expect(told, own.map(printFault).join('\n')).toBe(true)
  })
})

describe('all faults of all departments in one run', () => {
  const d0 = registered({
    entry: `⟦BASE_CLASS_CONFLICT ELEMENT_MISSING ELEMENT_MISSING SECRECY_REVIEW_MISSING⟧${entry({ base: '"NATURAL_PERSON"', form: null, mode: null, secrecyReview: null, sample: '⟦SAMPLE_UNFIT⟧"13800138000"' })}`,
    conditional: `⟦BASIS_MISSING CONDITIONS_MISSING⟧${conditional({ basis: null, conditions: null, item: '⟦ITEM_UNKNOWN⟧"HZ-99#01"' })}`,
    notShared: notShared({ grounds: '⟦BASIS_RANK_TOO_LOW⟧["RULE 某规章"]' }),
    more: item('x', { authoritativeFor: '"person.name"' }),
  })
  const d1 = registered({
    entry: annotation('resource', { ...ENTRY, code: '"D-2"', department: '"d1"', secret: '⟦SECRET_SOURCE⟧true' }),
    more: `⟦CLASS_MISSING⟧y: String ${item('z', { authoritativeFor: '⟦AUTHORITY_CONFLICT⟧"person.name"' })}`,
  })
    .replaceAll('Record', 'Other')
    .replace('record:', 'other:')
  const { expected, sdls } = unmark(d0, d1)

  test('each in its place, in reading order, with the clause of this regime only', () => {
    const faults = faultsUnder('zhongshan', ...sdls)
    const places = faults.map(({ file, line, column }) => [file, line, column] as const)
    const sorted = places.toSorted(([f, l, c], [g, m, d]) => Number(f > g) - Number(f < g) || l - m || c - d)
    expect(faults.map(whereOf).toSorted()).toEqual(expected.toSorted())
    expect(places).toEqual(sorted)
    for (const { clause } of faults) expect(clause ?? 'ZS-').toMatch(/^ZS-/)
    expect(faults.filter(({ severity }) => severity === 'warning').map(({ code }) => code)).toEqual([
      'BASE_CLASS_CONFLICT',
    ])
  })

  test.each(ALL_RULES.map(({ regime }) => [regime, rulesOf(regime).clauses.CLASS_DECLARED?.split('-')[0] ?? '']))(
    'under %s no clause of another text than %s',
    (regime, prefix) => {
      const faults = faultsUnder(regime, ...sdls)
      expect(faults.length).toBeGreaterThan(0)
      const cited = faults.flatMap(({ clause }) => clause?.split('-')[0] ?? [])
      expect(new Set(cited)).toEqual(new Set([prefix]))
    },
  )
})

test('a warning stops no composition, and is kept', () => {
  const result = composeUnder(rulesOf('zhongshan'), registered({ entry: entry({ base: '"E_LICENCE"' }) }))
  expect(result).toMatchObject({ kind: 'composed', warnings: [{ code: 'BASE_CLASS_CONFLICT', severity: 'warning' }] })
  expect(result.kind === 'composed' && result.warnings.map(printFault)[0]).toMatch(
    /^d0\.graphql:6:3 warning BASE_CLASS_CONFLICT /,
  )
})

test('what Nantong keeps open needs the confirmation of the authority, and the fault says so', () => {
  const parts = { notShared: notShared({ grounds: '["OTHER 某协议"]' }) }
  expect(faultsUnder('nantong', registered(parts))[0]?.message).toContain(
    'only once the data authority has confirmed it',
  )
  expect(faultsUnder('fushun', registered(parts))[0]?.message).not.toContain('confirmed')
})

test('a composite item makes as many fields as it has parts, and parts of an item have names of their own', () => {
  const two = `${item('a', { item: '"HZ-29.1(1)#04"', title: '"法定代表人"' })} ${item('b', { item: '"HZ-29.1(1)#04"', title: '"法定代表人身份证件号码"' })}`
  expect(faultsUnder('huizhou', registered({ more: two }))).toEqual([])
  const third = item('c', { item: '"HZ-29.1(1)#04"', title: '"其他"' })
  expect(faultsUnder('huizhou', registered({ more: `${two} ${third}` })).map(({ code }) => code)).toEqual([
    'ITEM_CONFLICT',
  ])
  const nested = `exams: [Exam] ${annotation('share', { class: '"UNCONDITIONAL"', level: '"L1"', title: '"学业考试信息"', item: '"HZ-24#10"' })}`
  const inner = `type Exam { ${item('subject', { item: '"HZ-24#10"', title: '"科目"' })} ${item('score', { item: '"HZ-24#10"', title: '"成绩"' })} }`
  expect(faultsUnder('huizhou', `${registered({ more: nested })}\n${inner}`)).toEqual([])
})

describe('removing annotations that a regime demands (ZS-2.03, ZS-2.04, HZ-39.1, NT-7.1, ZJ-16.3, R809-13)', () => {
  const removable = [
    ...Object.keys(ENTRY).map((name) => ({ part: 'entry', name }) as const),
    ...Object.keys(CONDITIONAL).map((name) => ({ part: 'conditional', name }) as const),
    ...Object.keys(NOT_SHARED).map((name) => ({ part: 'notShared', name }) as const),
  ]
  type Removed = readonly (typeof removable)[number][]

  function without(removed: Removed): string {
    const nulls = (part: string): Record<string, null> =>
      Object.fromEntries(removed.filter((one) => one.part === part).map(({ name }) => [name, null]))
    return registered({
      entry: entry(nulls('entry')),
      conditional: conditional(nulls('conditional')),
      notShared: notShared(nulls('notShared')),
    })
  }

  function missed(removed: Removed): readonly string[] {
    const found = ALL_RULES.flatMap(({ regime }) => faultsUnder(regime, without(removed)))
    const odd = found.filter(({ severity, file, line }) => severity !== 'error' || file !== 'd0.graphql' || line < 2)
    const silent = removed.filter(({ name }) => !found.some(({ message }) => message.includes(name)))
    return [...odd.map(printFault), ...silent.map(({ part, name }) => `${part} ${name}`)]
  }

  test.each(removable)('any one is found: $part $name', (one) => {
    expect(missed([one])).toEqual([])
  })

  // Without its class nothing is known of what a field would need; alone it is found above.
  const judged = removable.filter(({ name }) => name !== 'class')

  test.each(['entry', 'conditional', 'notShared'])('all of %s at once are found', (part) => {
    expect(missed(judged.filter((one) => one.part === part))).toEqual([])
  })

  test('any number at once are found, each by its name', () => {
    fc.assert(
      fc.property(fc.subarray(judged, { minLength: 1 }), (removed) => {
        expect(missed(removed)).toEqual([])
      }),
      { numRuns: 60 },
    )
  })
})
