import { describe, expect, test } from 'vitest'
import { providersOf } from '../../../gateway/request/record-data.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'

const FIELDS = new Map<Coordinate, { readonly providers: readonly string[] }>([
  ['Person.idDocumentNumber', { providers: ['civil-affairs', 'gateway', 'health', 'public-security'] }],
  ['Person.name', { providers: ['public-security'] }],
  ['Query.person', { providers: ['gateway'] }],
])
const providers = (at: string, ...asked: readonly string[]) => providersOf(FIELDS, at, new Set(asked))

describe('whose data a coordinate is', () => {
  test('its department’s, whether or not it was asked', () => {
    expect([providers('Person.name', 'public-security'), providers('Person.name')]).toEqual([
      ['public-security'],
      ['public-security'],
    ])
  })

  test('of a key that every register holds, those that were asked; where none was, all that would answer', () => {
    expect(providers('Person.idDocumentNumber', 'health', 'tax')).toEqual(['health'])
    expect(providers('Person.idDocumentNumber', 'gateway', 'tax')).toEqual([
      'civil-affairs',
      'health',
      'public-security',
    ])
  })

  test('nobody’s where the gateway itself answers, or the place is no coordinate of the catalogue', () => {
    expect([providers('Query.person', 'gateway'), providers('LegalEntityFilter.industry')]).toEqual([[], []])
  })
})
