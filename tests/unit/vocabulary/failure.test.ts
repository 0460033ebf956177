import { describe, expect, test } from 'vitest'
import { Failure } from '../../../gateway/vocabulary/failure.ts'

describe('a failure', () => {
  test('tells its detail in the language of the user, and in English to operators', () => {
    const failure = new Failure('UNAUTHENTICATED', { detail: { zh: '令牌已过期', en: 'The token has expired.' } })
    expect([failure.detailIn('zh-CN'), failure.detailIn('en')]).toEqual(['令牌已过期', 'The token has expired.'])
    expect([failure.detail, failure.message]).toEqual(['The token has expired.', 'The token has expired.'])
  })

  test('tells a text of no language as it is, and has none where none was given', () => {
    expect(new Failure('FILTER_NOT_ALLOWED', { detail: 'Person.sex' }).detailIn('zh-CN')).toBe('Person.sex')
    expect(new Failure('NOT_FOUND').detailIn('zh-CN')).toBeNull()
  })
})
