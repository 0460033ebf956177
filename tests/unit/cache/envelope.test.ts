import { describe, expect, test } from 'vitest'
import { open, seal, SEALING } from '../../../gateway/cache/envelope.ts'
import { createCacheKeys, subjectPseudonyms } from '../../../gateway/cache/names.ts'
import { cacheKey } from '../../kit/cache.ts'

const keys = createCacheKeys(cacheKey())
const [NAME, OTHER] = ['Aname', 'Aother'] as const
const TEXT = '[0,[]]\n{"name":"欧阳静怡"}'

describe('a sealed entity', () => {
  test('is opened by who sealed it, under its name', () => {
    expect(open(keys, NAME, seal(keys, NAME, TEXT))).toBe(TEXT)
    expect(open(keys, NAME, seal(keys, NAME, ''))).toBe('')
  })

  test('is bound to its name: under another it is nothing', () => {
    expect(open(keys, OTHER, seal(keys, NAME, TEXT))).toBeNull()
  })

  test('is nothing once any of its bytes was changed, or any is missing', () => {
    const sealed = seal(keys, NAME, TEXT)
    for (let at = 0; at < sealed.length; at += 1) {
      const altered = Uint8Array.from(sealed)
      altered.set([(sealed[at] ?? 0) ^ 1], at)
      expect(open(keys, NAME, altered), `byte ${at}`).toBeNull()
      expect(open(keys, NAME, sealed.subarray(0, at)), `${at} bytes`).toBeNull()
    }
    expect(open(keys, NAME, Buffer.concat([sealed, Buffer.from('x')]))).toBeNull()
  })

  test('is nothing to another key', () => {
    expect(open(createCacheKeys(cacheKey()), NAME, seal(keys, NAME, TEXT))).toBeNull()
  })

  test('is another one each time, though it says the same', () => {
    const all = Array.from({ length: 200 }, () => Buffer.from(seal(keys, NAME, TEXT)).toString('hex'))
    expect(new Set(all).size).toBe(200)
    expect(all.every((one) => one.length === 2 * (SEALING + Buffer.byteLength(TEXT)))).toBe(true)
  })
})

describe('keys that follow from one secret', () => {
  test('serve one end each: names, subjects, and values by the first character of the name', () => {
    expect(keys.name('x')).not.toBe(keys.subject('x', ''))
    expect(keys.name('x')).toMatch(/^[\w-]{43}$/)
    const [one, same, other] = ['Aa', 'Ab', 'Ba'].map((name) => keys.valueKey(name).export().toString('hex'))
    expect([one === same, one === other]).toEqual([true, false])
  })

  test('know a subject by its number in every form that it is written in', () => {
    const forms = [
      '11010119900307001x',
      '11010119900307001X',
      ' 11010119900307001X ',
      '１１０１０１１９９００３０７００１X',
    ]
    expect(new Set(forms.map((number) => keys.subject('RESIDENT_ID', number))).size).toBe(1)
    expect(keys.subject('PASSPORT', forms[1] ?? '')).not.toBe(keys.subject('RESIDENT_ID', forms[1] ?? ''))
  })

  test('find a subject under each accepted secret', () => {
    const secrets = [cacheKey(), cacheKey()]
    const found = subjectPseudonyms({ secrets: () => secrets }, 'RESIDENT_ID', '1')
    expect(found).toEqual(secrets.map((secret) => createCacheKeys(secret).subject('RESIDENT_ID', '1')))
  })
})
