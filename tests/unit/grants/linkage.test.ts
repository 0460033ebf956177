import { describe, expect, test } from 'vitest'
import type { FieldEntry } from '../../../gateway/catalog/catalog.ts'
import { describeLinkage, lintLinkage } from '../../../gateway/grants/linkage.ts'
import type { LinkageCheck, LinkageFinding } from '../../../gateway/grants/linkage.ts'
import { maskText } from '../../../gateway/project/masks.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { MASK_RULES, MASK_SETS } from '../../../gateway/vocabulary/decision.ts'
import type { Decision, MaskRule, MaskSet } from '../../../gateway/vocabulary/decision.ts'
import { checkDigit } from '../../../gateway/vocabulary/id-number.ts'
import { countCandidates, shownOfIdNumber } from '../../../gateway/vocabulary/linkage.ts'
import type { Knowledge } from '../../../gateway/vocabulary/linkage.ts'
import { field } from './world.ts'

/** Divisions that were never assigned: these numbers are nobody's. */
const DIVISIONS = ['440199', '440198', '440197', '440196', '440195']

/** Every number with a right check character of these divisions and birth dates. */
function* everyNumber(divisions: readonly string[], dates: readonly string[]) {
  for (const division of divisions) {
    for (const date of dates) {
      for (let count = 1; count <= 999; count += 1) {
        const first17 = `${division}${date}${String(count).padStart(3, '0')}`
        yield { number: first17 + checkDigit(first17), date, sex: count % 2 }
      }
    }
  }
}

/** The size of the smallest group of numbers that look alike to somebody who knows so much. */
function bruteForce(set: MaskSet, rule: MaskRule, known: Knowledge, world: Parameters<typeof everyNumber>): number {
  const groups = new Map<string, number>()
  for (const { number, date, sex } of everyNumber(...world)) {
    const division = known.division === 'COUNTY' ? number.slice(0, 6) : number.slice(0, 4)
    const born = { DATE: date, YEAR: date.slice(0, 4), none: '' }[known.birth ?? 'none']
    const key = [maskText(rule, number, set), division, born, known.sex ? sex : ''].join()
    groups.set(key, (groups.get(key) ?? 0) + 1)
  }
  return [...groups.values()].reduce((least, size) => Math.min(least, size))
}

function datesOf(year: number): readonly string[] {
  const days = Array.from({ length: 366 }, (_, day) => new Date(Date.UTC(year, 0, 1 + day)))
  return days
    .filter((day) => day.getUTCFullYear() === year)
    .map((day) => day.toISOString().slice(0, 10).replaceAll('-', ''))
}

const COUNTY = { division: 'COUNTY', birth: 'DATE', sex: true } as const

describe('the count is that of a real enumeration', () => {
  test.each([
    ['strict', 'M-IDNO', COUNTY, 499],
    ['strict', 'M-IDNO', { ...COUNTY, sex: false }, 999],
    ['strict', 'M-IDNO-2', COUNTY, 499],
    ['strict', 'M-NO', COUNTY, 1],
    ['hutool', 'M-IDNO', COUNTY, 8],
    ['hutool', 'M-IDNO', { ...COUNTY, sex: false }, 8],
    ['hutool', 'M-IDNO-2', COUNTY, 499],
  ] as const)('%s %s, county and birth date known, %j: %i', (set, rule, known, expected) => {
    // Each of two hundred days has another check character for the same sequence.
    const dates = datesOf(1990).slice(0, 200)
    expect(bruteForce(set, rule, known, [[DIVISIONS[0] ?? ''], dates])).toBe(expected)
    expect(countCandidates(shownOfIdNumber(set, rule), known).candidates).toBe(expected)
  })

  test.each([
    ['strict', 'M-IDNO-2', true],
    ['strict', 'M-IDNO-2', false],
    ['strict', 'M-NO', false],
    ['hutool', 'M-IDNO', false],
    ['hutool', 'M-IDNO', true],
  ] as const)('%s %s, county and year of birth known, sex known: %s', (set, rule, sex) => {
    const known = { division: 'COUNTY', birth: 'YEAR', sex } as const
    const counted = countCandidates(shownOfIdNumber(set, rule), known).candidates
    expect(counted).toBe(bruteForce(set, rule, known, [[DIVISIONS[0] ?? ''], datesOf(1990)]))
    // A leap year has a day more.
    expect(counted).toBeLessThanOrEqual(bruteForce(set, rule, known, [[DIVISIONS[0] ?? ''], datesOf(1992)]))
  })

  test.each(MASK_SETS)('%s M-IDNO, a city of five counties: never more than there are, and near it', (set) => {
    const known = { division: 'CITY', birth: 'DATE', sex: true } as const
    const territory = { nation: 2_800, region: 280, province: 16, threeDigits: 10, city: 5 }
    const counted = countCandidates(shownOfIdNumber(set, 'M-IDNO'), known, territory).candidates
    const real = bruteForce(set, 'M-IDNO', known, [DIVISIONS, datesOf(1990).slice(0, 30)])
    expect(counted).toBeLessThanOrEqual(real)
    expect(counted).toBeGreaterThan(real * 0.85)
  })

  test('the widely copied 6 + 4 leaves about 3,300 birth dates, and 33 with the year', () => {
    const shown = { head: 6, tail: 4 }
    const nothing = { division: null, birth: null, sex: false } as const
    expect(countCandidates(shown, nothing).candidates).toBe(3_312)
    expect(countCandidates(shown, { ...nothing, birth: 'YEAR' }).candidates).toBe(32)
  })

  test('knowing more never leaves more', () => {
    const births = [null, 'YEAR', 'DATE'] as const
    const divisions = [null, 'CITY', 'COUNTY'] as const
    for (const set of MASK_SETS) {
      for (const rule of MASK_RULES) {
        const shown = shownOfIdNumber(set, rule)
        const count = (birth: number, division: number, sex: boolean): number =>
          countCandidates(shown, { birth: births[birth] ?? null, division: divisions[division] ?? null, sex })
            .candidates
        for (const [birth, division] of [0, 1].flatMap((a) => [0, 1].map((b) => [a, b] as const))) {
          expect(count(birth + 1, division, false)).toBeLessThanOrEqual(count(birth, division, false))
          expect(count(birth, division + 1, false)).toBeLessThanOrEqual(count(birth, division, false))
          expect(count(birth, division, true)).toBeLessThanOrEqual(count(birth, division, false))
        }
      }
    }
  })
})

test.each(MASK_SETS.flatMap((set) => MASK_RULES.map((rule) => [set, rule] as const)))(
  '%s %s shows of a resident number what the lint believes',
  (set, rule) => {
    const { head, tail } = shownOfIdNumber(set, rule)
    for (const { number } of everyNumber(DIVISIONS, ['19900101', '20051231'])) {
      const masked = maskText(rule, number, set) ?? ''
      expect(masked.replace(/^\*+$/, '')).toBe(
        head + tail > 0 ? number.slice(0, head) + masked.replaceAll(/[^*]/g, '') + number.slice(18 - tail) : '',
      )
    }
  },
)

const NUMBER = 'Person.idDocumentNumber'
const FIELDS: readonly FieldEntry[] = [
  field(NUMBER, { mask: 'M-IDNO' }),
  field('Household.citizenIdNumber', { mask: 'M-IDNO', embeds: [NUMBER] }),
  field('Insurance.number', { mask: 'M-NO', embeds: ['Household.citizenIdNumber'] }),
  field('Birth.motherIdNumber', { mask: 'M-IDNO' }),
  field('Person.birthDate', { quasiIdentifier: 'BIRTH_DATE', mask: 'M-DATE' }),
  field('Person.sex', { quasiIdentifier: 'SEX', mask: 'M-NULL' }),
  field('Household.township', { quasiIdentifier: 'DIVISION', mask: 'M-ADDR' }),
  field('Household.division', { quasiIdentifier: 'DIVISION', mask: 'M-CODE' }),
  field('Person.name', { mask: 'M-NAME' }),
]

type Seen = 'ALLOW' | 'VERIFY_ONLY' | 'DENY' | MaskRule

function decide(seen: Seen): Decision {
  const facts = { clause: 'ZS-4.03', grant: null } as const
  if (seen === 'ALLOW') return { kind: 'ALLOW', ...facts }
  if (seen === 'VERIFY_ONLY') return { kind: 'VERIFY_ONLY', code: 'VERIFY_ONLY', ...facts }
  if (seen === 'DENY') return { kind: 'DENY', code: 'NO_GRANT', ...facts }
  return { kind: 'MASK', rule: seen, ...facts }
}

/** The findings of a department that sees these coordinates so, and no other. */
function lint(seen: Readonly<Record<string, Seen>>, more: Partial<LinkageCheck> = {}): readonly LinkageFinding[] {
  const fields = new Map(FIELDS.map((one) => [one.coordinate, one]))
  const decisions = new Map(FIELDS.map(({ coordinate: at }) => [at, decide(seen[at] ?? 'DENY')] as const))
  return lintLinkage({ fields, decisions, masks: 'strict', ...more })
}

function brief(findings: readonly LinkageFinding[]) {
  return findings.map(({ coordinate, candidates, verdict, because }) => [coordinate, candidates, verdict, because])
}

const LINKED = {
  [NUMBER]: 'M-IDNO-2',
  'Person.birthDate': 'ALLOW',
  'Person.sex': 'ALLOW',
  'Household.township': 'ALLOW',
} as const

describe('the lint over what a department sees', () => {
  test('a masked number alone leaves enough', () => {
    expect(brief(lint({ [NUMBER]: 'M-IDNO' }))).toEqual([[NUMBER, 36_525 * 999, 'ENOUGH', []]])
  })

  test('beside birth date, sex and township it leaves 499, which is too few (R809-25)', () => {
    const because = ['Person.birthDate', 'Person.sex', 'Household.township']
    expect(brief(lint(LINKED))).toEqual([[NUMBER, 499, 'TOO_FEW', because]])
    const [finding] = lint(LINKED)
    expect([finding?.rule, finding?.unaided, finding?.clause]).toEqual(['M-IDNO-2', 499, 'R809-25'])
  })

  test.each<[string, Seen, Seen, Seen, number, readonly string[]]>([
    ['nothing of the division', 'ALLOW', 'ALLOW', 'DENY', 16 * 499, ['Person.birthDate', 'Person.sex']],
    [
      'a masked township still tells the county',
      'ALLOW',
      'DENY',
      'M-ADDR',
      999,
      ['Person.birthDate', 'Household.township'],
    ],
    [
      'a masked birth date tells the year',
      'M-DATE',
      'DENY',
      'ALLOW',
      365 * 999,
      ['Person.birthDate', 'Household.township'],
    ],
    ['what is null tells nothing', 'M-NULL', 'M-NULL', 'M-NULL', 16 * 36_525 * 999, []],
    ['what is masked whole tells nothing', 'M-ALL', 'M-ALL', 'M-ALL', 16 * 36_525 * 999, []],
    ['what is compared or refused tells nothing', 'VERIFY_ONLY', 'DENY', 'VERIFY_ONLY', 16 * 36_525 * 999, []],
    [
      'a rule that does not fit counts as clear',
      'M-NO',
      'M-NO',
      'M-NO',
      499,
      ['Person.birthDate', 'Person.sex', 'Household.township'],
    ],
  ])('%s', (_, birthDate, sex, township, candidates, because) => {
    const seen = { ...LINKED, 'Person.birthDate': birthDate, 'Person.sex': sex, 'Household.township': township }
    const [finding] = lint(seen)
    expect([finding?.candidates, finding?.because]).toEqual([candidates, because])
  })

  test('a masked division code tells the city, and only the strongest of a kind is named', () => {
    const coded = { ...LINKED, 'Household.township': 'DENY', 'Household.division': 'M-CODE' } as const
    const territory = { nation: 2_800, region: 280, province: 120, threeDigits: 50, city: 5 }
    const [finding] = lint(coded, { territory })
    expect([finding?.candidates, finding?.because.at(-1)]).toEqual([5 * 499, 'Household.division'])
    expect(lint({ ...coded, 'Household.township': 'ALLOW' }, { territory })[0]?.because).not.toContain(
      'Household.division',
    )
  })

  test('in hutool the tail counts: with the year, the city and the last two characters', () => {
    const seen = { [NUMBER]: 'M-IDNO', 'Person.birthDate': 'M-DATE', 'Household.division': 'M-CODE' } as const
    expect(lint(seen, { masks: 'hutool' })[0]?.candidates).toBe(3_283)
    expect(lint({ ...seen, 'Person.birthDate': 'ALLOW' }, { masks: 'hutool' })[0]).toMatchObject({
      candidates: 8,
      unaided: 999,
      verdict: 'TOO_FEW',
    })
  })

  test('values that hold the same number are put together, however deep they hold it', () => {
    const seen = { [NUMBER]: 'M-IDNO-2', 'Insurance.number': 'M-NO', 'Person.birthDate': 'ALLOW' } as const
    const findings = lint(seen)
    // 16 divisions, 10 sequence numbers that end as shown (9 where they end in 00), one in eleven.
    expect(brief(findings)).toEqual([
      ['Insurance.number', 16, 'TOO_FEW', [NUMBER, 'Person.birthDate']],
      [NUMBER, 16, 'TOO_FEW', ['Insurance.number', 'Person.birthDate']],
    ])
  })

  test('of another person nothing is put together', () => {
    const [finding] = lint({ 'Birth.motherIdNumber': 'M-IDNO', [NUMBER]: 'ALLOW', 'Insurance.number': 'ALLOW' })
    expect(finding).toMatchObject({ coordinate: 'Birth.motherIdNumber', candidates: 36_525 * 999, because: [] })
  })

  test('a number that is clear elsewhere is none that is masked', () => {
    const findings = lint({ [NUMBER]: 'ALLOW', 'Household.citizenIdNumber': 'M-IDNO', 'Insurance.number': 'M-NO' })
    expect(brief(findings)).toEqual([['Household.citizenIdNumber', 1, 'TOO_FEW', [NUMBER]]])
    expect(lint({ [NUMBER]: 'M-NONE', 'Household.citizenIdNumber': 'M-IDNO' })[0]?.candidates).toBe(1)
  })

  test('what shows nothing, or is no number, is no finding', () => {
    for (const rule of ['M-ALL', 'M-NULL', 'DENY', 'VERIFY_ONLY', 'ALLOW'] as const)
      expect(lint({ ...LINKED, [NUMBER]: rule })).toEqual([])
    expect(lint({ ...LINKED, [NUMBER]: 'DENY', 'Person.name': 'M-NAME' })).toEqual([])
  })

  test('embeddings that run in a circle end', () => {
    const circle = [field('A.a', { mask: 'M-IDNO', embeds: ['B.b'] }), field('B.b', { mask: 'M-NO', embeds: ['A.a'] })]
    const fields = new Map(circle.map((one) => [one.coordinate, one]))
    const decisions = new Map<Coordinate, Decision>([
      ['A.a', decide('M-IDNO')],
      ['B.b', decide('M-NO')],
    ])
    expect(lintLinkage({ fields, decisions, masks: 'strict' }).map(({ coordinate: at }) => at)).toEqual(['A.a', 'B.b'])
  })
})

describe('the signature of the data authority', () => {
  const accepted = (candidates: number) => ({
    accepted: new Map([[NUMBER, { by: 'DSJ-0001', reason: '办理事项所必需', candidates }]] as const),
  })

  test('covers what it was given for, and not fewer', () => {
    expect(lint(LINKED, accepted(499))[0]?.verdict).toBe('ACCEPTED')
    expect(lint(LINKED, accepted(500))[0]?.verdict).toBe('TOO_FEW')
  })

  test('is of one coordinate', () => {
    const findings = lint({ ...LINKED, 'Birth.motherIdNumber': 'M-IDNO-2' }, accepted(1))
    expect(findings.map(({ coordinate: at, verdict }) => [at, verdict])).toEqual([
      ['Birth.motherIdNumber', 'TOO_FEW'],
      [NUMBER, 'ACCEPTED'],
    ])
  })

  test('is not needed where enough are left; the limit can be set', () => {
    expect(lint({ ...LINKED, 'Person.sex': 'DENY' }, { limit: 999 })[0]?.verdict).toBe('ENOUGH')
    expect(lint({ ...LINKED, 'Person.sex': 'DENY' })[0]?.verdict).toBe('TOO_FEW')
  })
})

describe('one line for a report', () => {
  test('says what is left, how it is counted, why, and what to do', () => {
    const [finding] = lint(LINKED)
    if (!finding) throw new Error('no finding')
    expect(describeLinkage(finding, 'en')).toBe(
      'Person.idDocumentNumber (M-IDNO-2): at least 499 numbers are left: 1 division(s) × 1 birth date(s) × ' +
        '499 sequence number(s); beside Person.birthDate, Person.sex, Household.township (R809-25); ' +
        'withdraw one of them, mask the number whole (M-ALL), or have the data authority sign for it',
    )
    expect(describeLinkage(finding, 'zh-CN')).toBe(
      'Person.idDocumentNumber(M-IDNO-2):至少剩 499 个号码:区划 1 × 出生日期 1 × 顺序码 499;另可见 Person.birthDate、' +
        'Person.sex、Household.township(R809-25);请收回其中一项、对号码整体脱敏(M-ALL),或由数据主管部门签字接受',
    )
  })

  test('asks for nothing where nothing is wrong', () => {
    const [finding] = lint({ [NUMBER]: 'M-IDNO' })
    if (!finding) throw new Error('no finding')
    expect(describeLinkage(finding, 'en')).toMatch(/\(R809-25\)$/)
    expect(describeLinkage(finding, 'zh-CN')).toMatch(/\(R809-25\)$/)
  })
})
