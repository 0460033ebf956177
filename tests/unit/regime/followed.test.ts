import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import path from 'node:path'
import { afterEach, beforeEach, expect, test, vi } from 'vitest'
import { openRegimeFile, readRegime, readRegulation } from '../../../gateway/adapters/regime-file.ts'
import { copyOfSchema, profileText } from './profiles.ts'

const TEXT = profileText('nantong')

beforeEach(() => void vi.useFakeTimers())
afterEach(() => void vi.useRealTimers())

/** A followed copy of Nantong's profile. */
function follow() {
  const file = path.join(copyOfSchema(), 'regimes/nantong.yaml')
  const onChange = vi.fn<() => void>()
  const followed = openRegimeFile(file, onChange)
  const change = (text: string): void => {
    writeFileSync(file, text)
    vi.advanceTimersByTime(2_000)
  }
  return { followed, onChange, change, file }
}

test('a changed profile is in force from then on', () => {
  const { followed, onChange, change } = follow()
  change(TEXT.replace('value: { months: 3, by', 'value: { months: 6, by'))
  expect(followed.current().parameters['grant.unusedRevocation']?.value.months).toBe(6)
  expect(onChange).toHaveBeenCalledTimes(1)
  followed.close()
  change(TEXT)
  expect(followed.current().parameters['grant.unusedRevocation']?.value.months).toBe(6)
})

test.each([
  ['a quote that is not in its clause', TEXT.replace("'否则取消授权'", "'否则保留授权'")],
  ['an unknown key', `${TEXT}\nmotto: 共享\n`],
  ['no YAML', '['],
])('a profile with %s leaves the last good one in force', (_name, text) => {
  const { followed, onChange, change } = follow()
  change(text)
  expect(followed.current().parameters['grant.revokeOnNoAccessControl']?.quote).toBe('否则取消授权')
  expect(onChange).not.toHaveBeenCalled()
  followed.close()
})

test('a profile without its regulation beside it is refused: nothing bears out its quotes', () => {
  const folder = copyOfSchema()
  const file = path.join(folder, 'regimes/nantong.yaml')
  rmSync(path.join(folder, 'regulations'), { recursive: true })
  expect(() => readRegime(file)).toThrow(/nantong\.yaml:\d+:\d+: regime: .*regulations\/nantong\.txt is missing/)
  expect(() => readRegulation(path.join(folder, 'regimes'), 'nantong')).toThrow(/ENOENT/)
  mkdirSync(path.join(folder, 'regulations'))
  writeFileSync(path.join(folder, 'regulations/nantong.txt'), '')
  expect(() => readRegime(file)).toThrow(/NT-36 is not in the regulation/)
})
