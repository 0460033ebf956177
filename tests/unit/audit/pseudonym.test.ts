import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { argumentHash, subjectPseudonym, subjectPseudonyms } from '../../../gateway/audit/pseudonym.ts'

const key = Buffer.alloc(32, 1)
const other = Buffer.alloc(32, 2)
// The synthetic example of GB 11643.
const NUMBER = '11010519491231002X'

describe('the pseudonym of a subject (HZ-47.2)', () => {
  it('is stable for one key, however the number was typed', () => {
    const pseudonym = subjectPseudonym(key, 'RESIDENT_ID', NUMBER)
    expect(pseudonym).toMatch(/^[A-Za-z0-9_-]{43}$/)
    expect(subjectPseudonym(key, 'RESIDENT_ID', ' 11010519491231002x ')).toBe(pseudonym)
    expect(subjectPseudonym(key, 'RESIDENT_ID', '110105194912310021')).not.toBe(pseudonym)
    expect(subjectPseudonym(key, 'PASSPORT', NUMBER)).not.toBe(pseudonym)
    expect(subjectPseudonym(other, 'RESIDENT_ID', NUMBER)).not.toBe(pseudonym)
  })

  it('is found by every key that was ever used, in the order of the keys', () => {
    const searched = subjectPseudonyms([other, key], 'RESIDENT_ID', ' 11010519491231002x')
    expect(searched).toEqual([
      subjectPseudonym(other, 'RESIDENT_ID', NUMBER),
      subjectPseudonym(key, 'RESIDENT_ID', NUMBER),
    ])
  })

  it('cannot be had by hashing numbers', () => {
    const plain = createHash('sha256').update(NUMBER).digest('base64url')
    expect(subjectPseudonym(key, 'RESIDENT_ID', NUMBER)).not.toContain(plain.slice(0, 10))
  })
})

describe('the hash of an argument', () => {
  const salt = Buffer.alloc(16, 3)

  it('depends on key, salt, name and value, not on the order of members', () => {
    const hash = argumentHash(key, salt, 'where', { a: 1, b: [{ d: 1, c: 2 }] })
    expect(argumentHash(key, salt, 'where', { b: [{ c: 2, d: 1 }], a: 1 })).toBe(hash)
    expect(argumentHash(other, salt, 'where', { a: 1, b: [{ d: 1, c: 2 }] })).not.toBe(hash)
    expect(argumentHash(key, Buffer.alloc(16, 4), 'where', { a: 1, b: [{ d: 1, c: 2 }] })).not.toBe(hash)
    expect(argumentHash(key, salt, 'other', { a: 1, b: [{ d: 1, c: 2 }] })).not.toBe(hash)
  })

  it('tells kinds of nothing apart', () => {
    const hashes = [null, undefined, '', 0, false, [], {}].map((value) => argumentHash(key, salt, 'a', value))
    expect(new Set(hashes).size).toBe(7)
  })
})
