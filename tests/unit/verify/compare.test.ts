import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { VERIFY_KINDS } from '../../../gateway/catalog/catalog.ts'
import { compare, lacksUnpredictable, outcomeOf } from '../../../gateway/verify/compare.ts'
import type { Claim, RecordValues } from '../../../gateway/verify/compare.ts'
import { NO_LABELS } from '../../../gateway/verify/labels.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'

const NUMBER = 'Adoption.certificateNumber'
const DATE = 'Adoption.date'
const STATUS = 'Adoption.status'

function claim(coordinate: Coordinate, claimed: string, more: Partial<Claim> = {}): Claim {
  return { coordinate, claimed, kind: 'TEXT', lowEntropy: false, labels: NO_LABELS, ...more }
}
const status = (claimed: string) => claim(STATUS, claimed, { kind: 'CODE', lowEntropy: true })
const record = (...values: readonly (readonly [Coordinate, unknown])[]): RecordValues => new Map(values)
const told = (records: readonly RecordValues[], claims: readonly Claim[]) =>
  outcomeOf(records, claims, { existenceTold: true })

describe('a claim and a value', () => {
  test('are the same but for their spelling', () => {
    expect(compare('DATE', '二〇二六年三月五日', '2026-03-05', NO_LABELS)).toBe(true)
    expect(compare('TEXT', 'gd 12', 'GD 13', NO_LABELS)).toBe(false)
    expect(compare('TEXT', 'GD', 'GD-12', NO_LABELS)).toBe(false)
  })

  test('are not the same where either has no form', () => {
    expect(compare('DATE', 'never', 'never', NO_LABELS)).toBe(false)
    expect(compare('TEXT', '', '', NO_LABELS)).toBe(false)
    expect(compare('TEXT', 'null', null, NO_LABELS)).toBe(false)
    expect(compare('NAME', '张*', '张*', NO_LABELS)).toBe(false)
  })

  test('never throw, and are not the same unless both are texts', () => {
    const odd = fc.oneof(fc.anything(), fc.constant(Symbol('a')), fc.constant(10n))
    fc.assert(
      fc.property(fc.constantFrom(...VERIFY_KINDS), odd, odd, (kind, one, other) => {
        const texts = typeof one === 'string' && typeof other === 'string'
        expect(compare(kind, one, other, NO_LABELS) && !texts).toBe(false)
      }),
      { numRuns: 2_000 },
    )
  })

  test('are the same for every text with a form and itself', () => {
    fc.assert(
      fc.property(fc.string({ minLength: 1, unit: fc.constantFrom(...'abcAB张三〇12-·') }), (text) => {
        expect(compare('TEXT', text, text, NO_LABELS)).toBe(true)
      }),
    )
  })
})

describe('the outcomes of claims over one record type', () => {
  const first = record([NUMBER, 'S-1'], [DATE, '2020-01-01'], [STATUS, 'VALID'])
  const second = record([NUMBER, 'S-2'], [DATE, '2024-06-06'], [STATUS, 'REVOKED'])
  const date = (claimed: string) => claim(DATE, claimed, { kind: 'DATE' })

  test('are told one by one', () => {
    expect(told([first], [claim(NUMBER, 's-1'), date('2021-01-01')])).toEqual(['MATCH', 'NO_MATCH'])
  })

  test('come from one and the same record', () => {
    expect(told([first, second], [claim(NUMBER, 'S-1'), date('2024-06-06')])).toEqual(['MATCH', 'NO_MATCH'])
    expect(told([first, second], [claim(NUMBER, 'S-2'), date('2024-06-06')])).toEqual(['MATCH', 'MATCH'])
  })

  test('come from the record that most claims fit, and from the first of several', () => {
    const more = [claim(NUMBER, 'S-1'), date('2024/6/6'), claim('Adoption.office', 'North')]
    const third = record([DATE, '2024-06-06'], ['Adoption.office', 'North'])
    expect(told([first, second, third], more)).toEqual(['NO_MATCH', 'MATCH', 'MATCH'])
    expect(told([second, first], [claim(NUMBER, 'S-1'), date('2024-06-06')])).toEqual(['NO_MATCH', 'MATCH'])
  })

  test('are NO_MATCH where the record lacks the value or holds none', () => {
    const empty = record([NUMBER, null], [DATE, undefined])
    expect(told([empty], [claim(NUMBER, 'S-1'), date('2020-01-01'), claim('Adoption.office', 'x')])).toEqual([
      'NO_MATCH',
      'NO_MATCH',
      'NO_MATCH',
    ])
  })

  test('are NO_RECORD where there is none, and NO_MATCH where that may not be told', () => {
    const claims = [claim(NUMBER, 'S-1'), date('2020-01-01')]
    expect(told([], claims)).toEqual(['NO_RECORD', 'NO_RECORD'])
    expect(outcomeOf([], claims, { existenceTold: false })).toEqual(['NO_MATCH', 'NO_MATCH'])
    expect(outcomeOf([first], claims, { existenceTold: false })).toEqual(['MATCH', 'MATCH'])
  })

  test('are one for all where an item with few values is among them', () => {
    expect(told([first], [claim(NUMBER, 'S-1'), status('VALID')])).toEqual(['MATCH', 'MATCH'])
    expect(told([first], [claim(NUMBER, 'S-1'), status('REVOKED')])).toEqual(['NO_MATCH', 'NO_MATCH'])
    expect(told([first], [claim(NUMBER, 'S-9'), status('VALID')])).toEqual(['NO_MATCH', 'NO_MATCH'])
    expect(told([first], [claim(NUMBER, 'S-1'), date('2021-01-01'), status('VALID')])).toEqual([
      'NO_MATCH',
      'NO_MATCH',
      'NO_MATCH',
    ])
    expect(told([first, second], [status('REVOKED'), claim(NUMBER, 'S-1')])).toEqual(['NO_MATCH', 'NO_MATCH'])
  })

  test('tell nothing of an item with few values that stands alone, even if nobody refused it', () => {
    expect(told([first], [status('VALID')])).toEqual(['NO_MATCH'])
  })

  test('never split a call with an item of few values, whatever the records', () => {
    const values = fc.record({ number: fc.constantFrom('S-1', 'S-2', null), state: fc.constantFrom('A', 'B', null) })
    fc.assert(
      fc.property(fc.array(values), values, (rows, asked) => {
        const records = rows.map(({ number, state }) => record([NUMBER, number], [STATUS, state]))
        const found = told(records, [claim(NUMBER, asked.number ?? ''), status(asked.state ?? '')])
        const fits = rows.some(
          ({ number, state }) => number !== null && state !== null && number === asked.number && state === asked.state,
        )
        expect(found).toEqual(
          Array.from({ length: 2 }, () => (rows.length === 0 ? 'NO_RECORD' : fits ? 'MATCH' : 'NO_MATCH')),
        )
      }),
    )
  })
})

describe('an item with few values', () => {
  const unpredictable = claim(NUMBER, 'S-1')

  test('needs an unpredictable one beside it', () => {
    expect(lacksUnpredictable([status('VALID')])).toBe(true)
    expect(lacksUnpredictable([status('VALID'), claim('Adoption.sex', '1', { lowEntropy: true })])).toBe(true)
    expect(lacksUnpredictable([status('VALID'), unpredictable])).toBe(false)
    expect(lacksUnpredictable([unpredictable])).toBe(false)
    expect(lacksUnpredictable([])).toBe(false)
  })

  test('gains nothing by what the caller named the subject with', () => {
    const named = '44062019800101123X'
    const beside = (one: Claim) => lacksUnpredictable([status('VALID'), one], [named])
    const number = (claimed: string) => claim('Adoption.idDocumentNumber', claimed, { kind: 'ID_NUMBER' })
    const birth = (claimed: string) => claim('Adoption.birthDate', claimed, { kind: 'DATE' })
    expect(beside(number('４４０６２０１９８００１０１１２３ｘ'))).toBe(true)
    expect(beside(birth('1980年1月1日'))).toBe(true)
    expect(beside(claim('Adoption.disabilityNumber', '44062019800101123X42'))).toBe(true)
    expect(beside(claim('Adoption.studentNumber', 'G44062019800101123X'))).toBe(true)
    expect(beside(claim('Adoption.socialNumber', '440620800101123'))).toBe(true)
    expect(beside(number('44062019790101123X'))).toBe(false)
    expect(beside(birth('1981-01-01'))).toBe(false)
    expect(beside(unpredictable)).toBe(false)
    expect(lacksUnpredictable([status('VALID'), number('44062019790101123X'), birth('1980-01-01')], [named])).toBe(
      false,
    )
  })
})
