import { createHash, createHmac, createSecretKey } from 'node:crypto'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { createPseudonyms } from '../../../gateway/keys/consumer-pseudonym.ts'
import type { PseudonymScope } from '../../../gateway/keys/consumer-pseudonym.ts'

const keyOf = (byte: number) => ({
  id: `key-${byte}`,
  development: false,
  key: createSecretKey(Buffer.alloc(32, byte)),
})
const KEY = keyOf(1)
const HERE: PseudonymScope = { consumer: 'development-reform', matter: 'insurance-coverage-analysis' }
const ELSEWHERE: PseudonymScope = { ...HERE, consumer: 'housing-urban-rural' }
const OTHERWISE: PseudonymScope = { ...HERE, matter: 'school-enrolment' }
const NUMBER = '11010519491231002X'

/** A thousand persons, whose numbers differ in the last places alone, as neighbours' do. */
const PEOPLE = Array.from({ length: 1_000 }, (_, at) => `4420001990010${String(at).padStart(5, '0')}`)

function tokens(scope: PseudonymScope, keys = [KEY]): readonly string[] {
  const pseudonyms = createPseudonyms(keys, scope)
  return PEOPLE.map((number) => pseudonyms('RESIDENT_ID', number)[0] ?? '')
}

function one(scope: PseudonymScope, number = NUMBER, keys = [KEY], type = 'RESIDENT_ID'): string {
  return createPseudonyms(keys, scope)(type, number)[0] ?? ''
}

describe('a pseudonym (HZ-47.2)', () => {
  test('joins within one department and matter: the same each time, and of no two persons', () => {
    expect(tokens(HERE)).toEqual(tokens({ ...HERE }))
    expect(new Set(tokens(HERE)).size).toBe(PEOPLE.length)
    expect(one(HERE)).not.toBe(one(HERE, NUMBER, [KEY], 'PASSPORT'))
  })

  test('has the newest key’s token first and one for each other key', () => {
    const [newer, older] = [keyOf(2), KEY]
    expect(createPseudonyms([newer, older], HERE)('RESIDENT_ID', NUMBER)).toEqual([
      one(HERE, NUMBER, [newer]),
      one(HERE, NUMBER, [older]),
    ])
  })

  test('is no number: its own beginning, at least 128 bits, and never digits as in an ID number or a telephone number', () => {
    const many = Array.from({ length: 40 }, (_, at) => tokens({ ...HERE, matter: `m${at}` })).flat()
    for (const token of many) expect(token).toMatch(/^gxp_[\w-]{32}$/)
    expect(many.filter((token) => /\d{7}|\d{17}[\dX]|1[3-9]\d{9}/i.test(token))).toEqual([])
  })

  test('passes over a token with a number in it', () => {
    const scope = (at: number): PseudonymScope => ({ consumer: 'c', matter: `m${at}` })
    const first = (at: number): string => plain(scope(at), 0)
    // Found by trying: about one token in twenty thousand.
    const at = Array.from({ length: 200_000 }, (_, place) => place).find((place) => /\d{7}/.test(first(place)))
    if (at === undefined) throw new Error('no token with seven digits was found')
    expect(one(scope(at))).toBe(`gxp_${plain(scope(at), 1)}`)
    expect(one(HERE)).toBe(`gxp_${plain(HERE, 0)}`)
  })

  test('depends on every part, and parts cannot be pushed from one to the next', () => {
    const text = fc.string({ minLength: 1, maxLength: 12 })
    fc.assert(
      fc.property(fc.tuple(text, text, text, text), fc.tuple(text, text, text, text), (a, b) => {
        const token = ([consumer, matter, type, number]: readonly string[]): string =>
          one({ consumer: consumer ?? '', matter: matter ?? '' }, number, [KEY], type)
        expect(token(a) === token(b)).toBe(JSON.stringify(a) === JSON.stringify(b))
      }),
    )
    expect(one({ consumer: 'ab', matter: 'c' })).not.toBe(one({ consumer: 'a', matter: 'bc' }))
  })
})

describe('outside its scope nothing links a thousand persons’ pseudonyms', () => {
  const scopes: readonly (readonly [string, readonly string[]])[] = [
    ['another department', tokens(ELSEWHERE)],
    ['another matter', tokens(OTHERWISE)],
    ['another key', tokens(HERE, [keyOf(9)])],
  ]

  test.each(scopes)('%s: no token in common', (_name, others) => {
    expect(new Set(tokens(HERE)).intersection(new Set(others))).toEqual(new Set())
  })

  test.each(scopes)('%s: places agree as often as chance has it', (_name, others) => {
    const agreeing = tokens(HERE).map((token, at) => agreement(token, others[at] ?? ''))
    // 32,000 characters of 64 kinds: 500 agree on average, with a deviation of 22; six of them are past any chance.
    const total = agreeing.reduce((sum, { same }) => sum + same, 0)
    expect(Math.abs(total - 500)).toBeLessThan(6 * 22.2)
    // A common beginning of three characters or more: 1,000 / 64³, so hardly ever one.
    expect(agreeing.filter(({ prefix }) => prefix >= 3).length).toBeLessThan(4)
  })

  test.each(scopes)('%s: the order tells nothing', (_name, others) => {
    const rank = ranks(others)
    const pairs = ranks(tokens(HERE)).map((place, at) => [place, rank[at] ?? 0] as const)
    // Spearman's coefficient: a deviation of 1 / √999.
    const squares = pairs.reduce((sum, [a, b]) => sum + (a - b) ** 2, 0)
    expect(Math.abs(1 - (6 * squares) / (1_000 * (1_000 ** 2 - 1)))).toBeLessThan(6 / Math.sqrt(999))
  })

  test('neighbours’ numbers have no neighbouring pseudonyms', () => {
    const own = tokens(HERE)
    const beginnings = own.slice(1).map((token, at) => agreement(token, own[at] ?? '').prefix)
    expect(beginnings.filter((prefix) => prefix >= 3).length).toBeLessThan(4)
  })

  test('and whoever has the number and no key cannot find it', () => {
    const [token = ''] = tokens(HERE)
    const [number = ''] = PEOPLE
    const guesses = [number, `RESIDENT_ID${number}`, JSON.stringify([0, 'RESIDENT_ID', number])].flatMap((text) => [
      createHash('sha256').update(text).digest('base64url'),
      createHmac('sha256', JSON.stringify(HERE)).update(text).digest('base64url'),
      createHmac('sha256', Buffer.alloc(32)).update(text).digest('base64url'),
    ])
    for (const guess of guesses) expect(token.slice(4)).not.toBe(guess.slice(0, 32))
  })
})

/** The token of a place, by the definition of RFC 5869 and RFC 2104, without any code of the gateway. */
function plain({ consumer, matter }: PseudonymScope, place: number): string {
  const prk = createHmac('sha256', Buffer.alloc(32)).update(Buffer.alloc(32, 1)).digest()
  const info = JSON.stringify(['gongxiang consumer-pseudonym v1', consumer, matter])
  const subkey = createHmac('sha256', prk).update(info).update(Uint8Array.of(1)).digest()
  const text = JSON.stringify([place, 'RESIDENT_ID', NUMBER])
  return createHmac('sha256', subkey).update(text).digest().subarray(0, 24).toString('base64url')
}

function agreement(a: string, b: string): { readonly same: number; readonly prefix: number } {
  const places = Array.from(a.slice(4), (character, at) => character === b[at + 4])
  const differing = places.indexOf(false)
  return { same: places.filter(Boolean).length, prefix: differing < 0 ? places.length : differing }
}

function ranks(list: readonly string[]): readonly number[] {
  const sorted = new Map(list.toSorted().map((token, at) => [token, at] as const))
  return list.map((token) => sorted.get(token) ?? 0)
}
