import { describe, expect, test } from 'vitest'
import { findChromium } from '../../kit/chromium.ts'

describe('finding Chromium', () => {
  test('takes the named one first, then the usual places', () => {
    expect(findChromium({ CHROMIUM: '/opt/chromium' }, () => true)).toBe('/opt/chromium')
    expect(findChromium({ CHROMIUM: '/opt/gone' }, (path) => path === '/usr/bin/chromium')).toBe('/usr/bin/chromium')
  })

  test('fails in CI where there is none, and skips elsewhere', () => {
    expect(() => findChromium({ CI: 'true' }, () => false)).toThrow('No Chromium')
    const said: string[] = []
    expect(
      findChromium(
        {},
        () => false,
        (text) => said.push(text),
      ),
    ).toBeNull()
    expect(said.join()).toContain('SKIPPED')
  })
})
