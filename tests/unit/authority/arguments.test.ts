import { createSecretKey, randomBytes } from 'node:crypto'
import { describe, expect, test } from 'vitest'
import { createPlaces } from '../../../gateway/authority/cursors.ts'
import type { Listing } from '../../../gateway/authority/cursors.ts'
import { readArguments, soughtSubject } from '../../../gateway/authority/read-arguments.ts'
import { viewerPseudonyms } from '../../../gateway/authority/viewer-pseudonyms.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

const secretKey = () => ({ id: 'k', development: false, key: createSecretKey(randomBytes(32)) })
function failure(work: () => unknown): Failure {
  try {
    work()
  } catch (error) {
    if (error instanceof Failure) return error
    throw error
  }
  throw new Error('nothing was refused')
}

describe('arguments', () => {
  test('days begin at midnight of the city, instants are what they say', () => {
    const { filter } = readArguments('Query.auditRecords', {
      filter: { since: '2026-03-01', until: '2026-03-01T12:00:00+08:00', method: 'VERIFY' },
    })
    expect(filter).toEqual({
      since: Date.parse('2026-02-28T16:00:00Z'),
      until: Date.parse('2026-03-01T04:00:00Z'),
      method: 'verify',
    })
  })

  test.each([
    ['a day that is none', { filter: { since: '2026-02-30' } }, 'filter.since'],
    ['an instant without an offset', { filter: { until: '2026-02-03T00:00:00' } }, 'filter.until'],
    ['a number in the place of an officer', { filter: { officer: '1'.repeat(80) } }, 'filter.officer'],
    ['a page without end', { first: 51 }, 'first'],
  ])('%s is named, and not repeated', (_name, given, member) => {
    const { code, detail } = failure(() => readArguments('Query.auditRecords', given))
    expect([code, detail]).toEqual(['BAD_USER_INPUT', `Query.auditRecords: these arguments do not fit: ${member}`])
  })

  test('every fault is told at once', () => {
    const given = { filter: { receipt: ' ', case: "'" }, first: 0 }
    expect(failure(() => readArguments('Query.auditRecords', given)).detail).toContain(
      'filter.receipt, filter.case, first',
    )
  })

  test('use is grouped by one to three dimensions', () => {
    expect(failure(() => readArguments('Query.auditUse', { by: [] })).code).toBe('BAD_USER_INPUT')
    const four = ['CONSUMER', 'PROVIDER', 'MATTER', 'MONTH']
    expect(failure(() => readArguments('Query.auditUse', { by: four })).code).toBe('BAD_USER_INPUT')
    expect(readArguments('Query.auditUse', { by: four.slice(1) }).by).toHaveLength(3)
  })

  test('a number is read as a lookup reads it', () => {
    const person = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: ' 44200019900101000x ' }
    expect(soughtSubject({ person })).toMatchObject({ type: 'RESIDENT_ID', number: '44200019900101000X' })
    expect(soughtSubject({ person: null, legalEntity: null })).toBeNull()
  })
})

describe('cursors', () => {
  const key = secretKey().key
  const places = createPlaces(() => [key])
  const listing: Listing = {
    field: 'auditRecords',
    supervision: { kind: 'DEPARTMENT', department: 'tax' },
    officer: 'tax/T-1',
    filter: { officer: 'T-2', case: null },
  }
  const place = { at: 5, chain: 'gateway', seq: 7 }

  test('open for the same list, however the filter was written', () => {
    const cursor = places.sealRecord(place, listing)
    expect(places.openRecord(cursor, { ...listing, filter: { officer: 'T-2' } })).toEqual(place)
    expect(cursor).not.toContain(Buffer.from('gateway').toString('base64url'))
  })

  test.each<readonly [string, Partial<Listing>]>([
    ['another filter', { filter: {} }],
    ['another officer', { officer: 'tax/T-9' }],
    ['another department', { supervision: { kind: 'DEPARTMENT', department: 'health' } }],
    ['one who oversees', { supervision: { kind: 'OVERSIGHT' } }],
    ['another list', { field: 'alarms' }],
  ])('do not open for %s', (_name, other) => {
    const cursor = places.sealRecord(place, listing)
    expect(failure(() => places.openRecord(cursor, { ...listing, ...other })).code).toBe('BAD_USER_INPUT')
  })
})

describe('pseudonyms of a viewing department', () => {
  const key = secretKey()
  const keys = { secret: () => key }

  test('are one for one, and another for each department, standing, kind, person and key', () => {
    const tax = viewerPseudonyms(keys, 'tax')
    expect(tax('PROVIDER', 'subject', 'p')).toBe(viewerPseudonyms(keys, 'tax')('PROVIDER', 'subject', 'p'))
    const others = [
      tax('PROVIDER', 'subject', 'q'),
      tax('PROVIDER', 'officer', 'p'),
      tax('CONSUMER', 'subject', 'p'),
      viewerPseudonyms(keys, 'health')('PROVIDER', 'subject', 'p'),
      viewerPseudonyms({ secret: secretKey }, 'tax')('PROVIDER', 'subject', 'p'),
    ]
    expect(new Set([tax('PROVIDER', 'subject', 'p'), ...others]).size).toBe(6)
  })

  test('hold nothing that could be taken for a number', () => {
    const tax = viewerPseudonyms(keys, 'tax')
    const all = Array.from({ length: 3_000 }, (_, index) => tax('PROVIDER', 'subject', `p-${index}`))
    expect(all.filter((one) => !/^gxv_[\w-]{32}$/.test(one) || /\d{7}/.test(one))).toEqual([])
  })
})
