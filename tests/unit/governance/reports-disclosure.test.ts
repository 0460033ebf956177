import { createSecretKey } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import { describe, expect, test } from 'vitest'
import { parseDisclosure, readDisclosure } from '../../../gateway/adapters/disclosure-file.ts'
import { isKeptBack } from '../../../gateway/governance/reports/disclosure.ts'
import type { Disclosed } from '../../../gateway/governance/reports/disclosure.ts'
import { officerCodes } from '../../../gateway/governance/reports/officer-codes.ts'
import type { OfficerCode } from '../../../gateway/governance/reports/officer-codes.ts'
import { cityMonth, monthsOf, startOfYear } from '../../../gateway/governance/reports/time.ts'

/* Delayed release (docs/reports.md), and what officers are called. */

const FILE = 'disclosure.yaml'
const base = { id: 'D-1', department: 'public-security', reason: '查找', basis: '某法第一条', by: 'PS-0003' }
const yaml = (...delays: readonly object[]): string => JSON.stringify({ delays })
const register = (delay: object) => parseDisclosure(FILE, yaml({ ...base, ...delay }))
const at = Date.parse('2026-05-01T00:00:00+08:00')
const entry = (changes: Partial<Disclosed> = {}): Disclosed => ({
  at,
  department: 'public-security',
  actingFor: null,
  matter: 'search',
  case: null,
  ...changes,
})

describe('an entry is kept back', () => {
  test('until the day that the register names, and no longer', () => {
    const until = register({ until: '2026-06-01' })
    const day = Date.parse('2026-06-01T00:00:00+08:00')
    expect([isKeptBack(until, entry(), day - 1), isKeptBack(until, entry(), day)]).toEqual([true, false])
    const days = register({ days: 10 })
    expect([isKeptBack(days, entry(), at + 864e6 - 1), isKeptBack(days, entry(), at + 864e6)]).toEqual([true, false])
  })

  test.each<[string, object, Partial<Disclosed>, boolean]>([
    ['of a matter', { matters: ['search'] }, {}, true],
    ['not of another matter', { matters: ['other'] }, {}, false],
    ['of any matter where none is named', {}, { matter: 'other' }, true],
    ['where the call stated no matter that is known', { matters: ['search'] }, { matter: '(unregistered)' }, true],
    ['where it stated none', { matters: ['search'] }, { matter: null }, true],
    ['not of another department', {}, { department: 'tax' }, false],
    ['of who acts for the department', {}, { department: 'town', actingFor: 'public-security' }, true],
    ['of a case', { cases: ['C-1'] }, { case: 'C-1' }, true],
    ['of a case, where one was stated that nobody knows', { cases: ['C-1'] }, { case: '(unregistered)' }, true],
    ['not of another case', { cases: ['C-1'] }, { case: 'C-2' }, false],
  ])('%s', (_name, delay, changes, kept) => {
    expect(isKeptBack(register({ days: 1, ...delay }), entry(changes), at)).toBe(kept)
  })
})

describe('the register', () => {
  test.each<[string, object | readonly object[]]>([
    ['neither a day nor a number of days', {}],
    ['both', { until: '2026-06-01', days: 3 }],
    ['a day that there is not', { until: '2026-02-30' }],
    ['no law', { days: 1, basis: '' }],
    ['a number of a citizen', { days: 1, reason: '44209019850615028X' }],
    ['a word that it does not know', { days: 1, untill: '2026-06-01' }],
  ])('is refused with %s', (_name, delay) => {
    expect(() => register(delay)).toThrow(FILE)
  })

  test('is refused with one id twice', () => {
    expect(() => parseDisclosure(FILE, yaml({ ...base, days: 1 }, { ...base, days: 2 }))).toThrow('there already')
  })

  test('of the demonstration city is in order, and a missing one is no empty one', async () => {
    const found = parseDisclosure(FILE, await readFile('city/registers/disclosure.yaml', 'utf8'))
    expect(found.notice?.basis).toContain('个人信息保护法')
    await expect(readDisclosure('/nonexistent/disclosure.yaml')).rejects.toThrow('ENOENT')
  })
})

describe('an officer’s code', () => {
  const key = createSecretKey(Buffer.alloc(32, 1))
  test('is the same for one reader however the number is written, another for another department, reader or key', () => {
    const one = officerCodes(key, 'reader')
    const numberOf = (code: OfficerCode) => code('housing', 'HUR-0117')
    expect(one('housing', 'hur-0117')).toBe(numberOf(one))
    const others = [officerCodes(key, 'other'), officerCodes(createSecretKey(Buffer.alloc(32, 2)), 'reader')]
    const codes = [numberOf(one), one('housing', 'HUR-0118'), one('tax', 'HUR-0117'), ...others.map(numberOf)]
    expect(new Set(codes).size).toBe(5)
    for (const code of codes) expect(code).toMatch(/^R-[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$/)
  })
})

test('months and days are the city’s', () => {
  expect(cityMonth(Date.parse('2026-01-31T16:00:00Z'))).toBe('2026-02')
  expect(startOfYear(2026)).toBe(Date.parse('2025-12-31T16:00:00Z'))
  expect(monthsOf(startOfYear(2026), startOfYear(2027))).toHaveLength(12)
  expect(monthsOf(startOfYear(2026) - 1, startOfYear(2026) + 1)).toEqual(['2025-12', '2026-01'])
  expect(monthsOf(0, startOfYear(2027))).toHaveLength(36)
})
