import { describe, expect, test } from 'vitest'
import {
  canHold,
  keyColumns,
  legalEntityKey,
  legalEntityOf,
  legalKeys,
  numbersOf,
  ownersOf,
  rowsBySubject,
} from '../../../subgraphs/kit/keys.ts'
import type { Register } from '../../../subgraphs/kit/register.ts'

const CODE = '91442092MA9000011Y'
const FIRMS: Register = { type: 'Firm', at: 'qy', rows: 'ONE', fields: {}, ...legalKeys('code', 'old') }
const PERSON = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: '44209019850615028X' } as const
const USCC = { identifierType: 'USCC', identifier: CODE } as const
const OLD = { identifierType: 'REGISTRATION_NUMBER', identifier: '442092000000017' } as const

describe('the key of an organisation (HZ-15.2)', () => {
  test('has one form', () => {
    expect(legalEntityKey({ identifierType: 'USCC', identifier: ' 91442092ma9000011y' })).toEqual(USCC)
  })

  test.each([
    {},
    { identifierType: 'USCC' },
    { identifierType: 'RESIDENT_ID', identifier: CODE },
    { identifierType: 'USCC', identifier: 7 },
    { identifierType: 'USCC', identifier: '9'.repeat(65) },
  ])('%j is none', (reference) => {
    expect(() => legalEntityKey(reference)).toThrow(expect.objectContaining({ code: 'BAD_USER_INPUT' }))
  })

  test('prefers the code, and falls back to the registration number', () => {
    expect(legalEntityOf(FIRMS, { code: CODE, old: OLD.identifier })).toEqual(USCC)
    expect(legalEntityOf(FIRMS, { code: null, old: OLD.identifier })).toEqual(OLD)
    expect(legalEntityOf(FIRMS, { code: '', old: null })).toBeNull()
  })
})

describe('a register with two keys', () => {
  test('asks each column for identifiers of its kind alone', () => {
    expect(keyColumns(FIRMS)).toEqual(['code', 'old'])
    const [byCode, byOld] = [FIRMS.key, ...(FIRMS.otherKeys ?? [])].map((way) => numbersOf(way, [USCC, OLD, PERSON]))
    expect([byCode, byOld]).toEqual([[CODE], [OLD.identifier]])
    expect([canHold(FIRMS, USCC), canHold(FIRMS, OLD), canHold(FIRMS, PERSON)]).toEqual([true, true, false])
  })

  test('gives a row to every identifier that it has', () => {
    const row = { code: ` ${CODE.toLowerCase()}`, old: OLD.identifier }
    expect(ownersOf(FIRMS, row)).toEqual([`USCC:${CODE}`, `REGISTRATION_NUMBER:${OLD.identifier}`])
    expect([...rowsBySubject(FIRMS, [row]).values()]).toEqual([[row], [row]])
    expect(ownersOf(FIRMS, { code: null, old: null })).toEqual([])
  })

  test('counts a row once for somebody whom it names twice', () => {
    const documentType = { kind: 'CONSTANT', value: 'RESIDENT_ID' } as const
    const [key, guardian] = [
      { documentType, number: 'mother', oldNumbers: false },
      { documentType, number: 'guardian', oldNumbers: false },
    ]
    const births: Register = { type: 'Birth', at: 'cs', rows: 'MANY', fields: {}, key, otherKeys: [guardian] }
    const both = { mother: PERSON.idDocumentNumber, guardian: PERSON.idDocumentNumber }
    const one = { mother: PERSON.idDocumentNumber, guardian: null }
    expect([...rowsBySubject(births, [both, one]).values()]).toEqual([[both, one]])
  })
})
