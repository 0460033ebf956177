import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { text } from '../../../subgraphs/kit/decode.ts'
import { rowsBySubject } from '../../../subgraphs/kit/keys.ts'
import type { PersonKey, Register, RegisterKey, Row, SubjectKey } from '../../../subgraphs/kit/register.ts'
import { keysInParts, partsOf, rowsOnce } from '../../../subgraphs/kit/sql/parts.ts'

const way = (number: string): RegisterKey => ({
  documentType: { kind: 'CONSTANT', value: 'PASSPORT' },
  number,
  oldNumbers: false,
})
/** A child belongs to whoever is its mother or its father. */
const BIRTHS: Register = {
  type: 'Birth',
  at: 'csrq',
  rows: 'MANY',
  key: way('mother'),
  otherKeys: [way('father')],
  fields: { child: text('child') },
}
const key = (idDocumentNumber: string): PersonKey => ({ idDocumentType: 'PASSPORT', idDocumentNumber })
const plain = (rows: readonly Row[]): unknown =>
  [...rowsBySubject(BIRTHS, rows)]
    .toSorted(([a], [b]) => a.localeCompare(b))
    .map(([who, of]) => [who, of.map((row) => JSON.stringify(row)).toSorted()])

/** What a database gives for keys. */
const asked = (table: readonly Row[], keys: readonly PersonKey[]): readonly Row[] =>
  table
    .filter((row) => keys.some(({ idDocumentNumber: one }) => row['mother'] === one || row['father'] === one))
    .map((row) => ({ ...row }))

describe('a lookup of more keys than one statement takes', () => {
  test('has the same rows for everybody as one statement would have', () => {
    const someone = fc.integer({ min: 0, max: 30 }).map((at) => `P${at}`)
    const tables = fc.array(fc.record({ mother: someone, father: someone, child: fc.constantFrom('a', 'b') }))
    const keysets = fc.uniqueArray(someone, { minLength: 1 }).map((numbers) => numbers.map(key))
    fc.assert(
      fc.property(tables, keysets, fc.integer({ min: 2, max: 40 }), (table, keys, most) => {
        const parts = keysInParts({ register: BIRTHS, keys }, most)
        expect(parts.flat()).toEqual(keys)
        // Two columns name somebody: each key is a parameter of both.
        expect(parts.every((part) => part.length === 1 || part.length * 2 <= most)).toBe(true)
        const found = parts.map((part) => ({ keys: part, rows: asked(table, part as PersonKey[]) }))
        expect(plain(rowsOnce(BIRTHS, found))).toEqual(plain(asked(table, keys)))
      }),
    )
  })

  test('is one statement as long as it fits', () => {
    const keys = Array.from({ length: 1000 }, (_, at) => key(`P${at}`))
    expect(keysInParts({ register: BIRTHS, keys }, 2000)).toHaveLength(1)
    expect(keysInParts({ register: BIRTHS, keys }, 1999)).toHaveLength(2)
    const old = { ...BIRTHS.key, documentType: { kind: 'CONSTANT', value: 'RESIDENT_ID' } as const, oldNumbers: true }
    const residents = keys.map((_, at): PersonKey => ({
      idDocumentType: 'RESIDENT_ID',
      idDocumentNumber: `11010119900307${String(at).padStart(3, '0')}X`,
    }))
    const byMother = { ...BIRTHS, key: old, otherKeys: [old] }
    expect(keysInParts({ register: byMother, keys: residents }, 2000)).toHaveLength(2)
  })
})

describe('keys that a column cannot hold', () => {
  const ask = (sent: string[][]) => async (keys: readonly SubjectKey[]) => {
    const numbers = keys.map((one) => ('idDocumentNumber' in one ? one.idDocumentNumber : ''))
    sent.push(numbers)
    if (numbers.some((one) => one.startsWith('粤'))) throw Object.assign(new Error('x'), { code: '22P05' })
    return numbers.map((mother) => ({ mother }))
  }

  test('are nobody there, and keep nothing back of the others', async () => {
    const keys = ['A', '粤1', 'B', 'C', '粤2'].map(key)
    const sent: string[][] = []
    const parts = await partsOf(keys, ask(sent))
    expect(parts.flatMap(({ rows }) => rows.map((row) => row['mother']))).toEqual(['A', 'B', 'C'])
    expect(parts.flatMap((part) => part.keys)).toEqual(keys)
  })

  test('are looked for where the database says so alone: any other failure is one', async () => {
    const failing = async () => Promise.reject(Object.assign(new Error('x'), { code: '57014' }))
    await expect(partsOf([key('A'), key('B')], failing)).rejects.toMatchObject({ code: '57014' })
  })
})
