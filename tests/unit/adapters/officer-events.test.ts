import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { appendFileSync, mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { appendOfficerEvent, openOfficerFile, readOfficerEvents } from '../../../gateway/adapters/officer-events.ts'
import type { OfficerEvent, OfficerFile } from '../../../gateway/adapters/officer-events.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'

const WHO = { department: 'housing', officer: 'H-1' }
const RESTORED: OfficerEvent = {
  kind: 'OFFICER_RESTORED',
  ...WHO,
  at: '2099-01-01T00:00:00Z',
  by: 'H-9',
  reason: 'a register was being cleaned up',
}

let path: string
const open: OfficerFile[] = []
function officers(): OfficerFile {
  const file = openOfficerFile(path, systemClock)
  open.push(file)
  return file
}
const isSuspended = (of: OfficerFile, officer = 'H-1'): boolean => of.isSuspended('housing', officer)

beforeEach(() => void (path = join(mkdtempSync(join(tmpdir(), 'gx-officers-')), 'events', 'officers.jsonl')))
afterEach(() => {
  for (const one of open.splice(0)) one.close()
  rmSync(dirname(dirname(path)), { recursive: true, force: true })
})

describe('officers', () => {
  test('are suspended at once, and nobody else is', async () => {
    const own = officers()
    const suspending = own.suspend(WHO, 'tried out')
    expect(isSuspended(own)).toBe(true)
    await suspending
    expect([isSuspended(own, 'H-2'), own.isSuspended('education', 'H-1')]).toEqual([false, false])
    expect((await readOfficerEvents(path)).events).toMatchObject([
      { kind: 'OFFICER_SUSPENDED', ...WHO, by: 'gateway', reason: 'tried out' },
    ])
  })

  test('are suspended once, under the first reason', async () => {
    const own = officers()
    await Promise.all([own.suspend(WHO, 'first'), own.suspend(WHO, 'second')])
    await own.suspend(WHO, 'third')
    expect((await readOfficerEvents(path)).events.map(({ reason }) => reason)).toEqual(['first'])
  })

  test('are suspended in other processes within a second, and after a restart', async () => {
    const [own, other] = [officers(), officers()]
    await own.suspend(WHO, 'tried out')
    await vi.waitUntil(() => isSuspended(other), { timeout: 10_000, interval: 20 })
    expect(isSuspended(officers())).toBe(true)
  })

  test('are restored by an event, everywhere, and can be suspended again', async () => {
    const [own, other] = [officers(), officers()]
    await own.suspend(WHO, 'tried out')
    await appendOfficerEvent(path, RESTORED)
    await vi.waitUntil(() => !isSuspended(own) && !isSuspended(other), { timeout: 10_000, interval: 20 })
    await own.suspend(WHO, 'again')
    expect(isSuspended(own)).toBe(true)
    expect(isSuspended(officers())).toBe(true)
  })

  test('stay suspended while the process lives, whatever becomes of the file', async () => {
    const own = officers()
    await own.suspend(WHO, 'tried out')
    await vi.waitUntil(() => isSuspended(officers()), { timeout: 10_000, interval: 50 })
    writeFileSync(path, '')
    const seen = vi.fn<() => void>()
    subscribe('gongxiang:lifecycle', seen)
    await vi.waitUntil(() => seen.mock.calls.length > 0, { timeout: 10_000, interval: 20 })
    unsubscribe('gongxiang:lifecycle', seen)
    expect(isSuspended(own)).toBe(true)
  })

  test('are suspended even where the event cannot be written, which is told', async () => {
    const own = officers()
    const failures = vi.fn<() => void>()
    subscribe('gongxiang:failure', failures)
    mkdirSync(path, { recursive: true })
    await own.suspend(WHO, 'tried out')
    unsubscribe('gongxiang:failure', failures)
    expect([isSuspended(own), failures.mock.calls.length > 0]).toEqual([true, true])
  })

  describe('whose suspension could not be written', () => {
    beforeEach(() => void vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] }))
    afterEach(() => void vi.useRealTimers())
    const unwritten = async (): Promise<OfficerFile> => {
      const own = officers()
      mkdirSync(path, { recursive: true })
      await own.suspend(WHO, 'tried out')
      rmSync(path, { recursive: true })
      return own
    }

    test('are in the file as soon as it can be', async () => {
      await unwritten()
      vi.advanceTimersByTime(5_000)
      await vi.waitUntil(async () => (await readOfficerEvents(path)).events.length > 0, { timeout: 10_000 })
      expect((await readOfficerEvents(path)).events).toMatchObject([{ kind: 'OFFICER_SUSPENDED', ...WHO }])
    })

    test('are restored by an event all the same, and not stopped again by what comes late', async () => {
      const own = await unwritten()
      await appendOfficerEvent(path, RESTORED)
      vi.advanceTimersByTime(5_000)
      await vi.waitUntil(() => !isSuspended(own), { timeout: 10_000 })
      await officers().suspend({ ...WHO, officer: 'H-2' }, 'another')
      const { events } = await readOfficerEvents(path)
      expect(events.map(({ kind, officer }) => [kind, officer])).toEqual([
        ['OFFICER_RESTORED', 'H-1'],
        ['OFFICER_SUSPENDED', 'H-2'],
      ])
    })
  })

  test('are one, in capitals and in small letters', async () => {
    const own = officers()
    await own.suspend(WHO, 'tried out')
    expect([isSuspended(own, 'h-1'), isSuspended(own, 'h-2')]).toEqual([true, false])
  })

  test('who is named in a line that cannot be read any more is suspended, until an event says otherwise', async () => {
    mkdirSync(dirname(path), { recursive: true })
    writeFileSync(path, '{"kind":"OFFICER_SUSP#NDED","department":"housing","officer":"H-1"}\n')
    const own = officers()
    expect([isSuspended(own), isSuspended(own, 'H-2')]).toEqual([true, false])
    await appendOfficerEvent(path, RESTORED)
    expect(isSuspended(officers())).toBe(false)
  })

  test('a line that is no event hides no other; a torn one is cut off by the next', async () => {
    const own = officers()
    await own.suspend(WHO, 'tried out')
    appendFileSync(path, 'nonsense\n{"kind":"OFFICER_RES')
    await officers().suspend({ ...WHO, officer: 'H-2' }, 'tried out too')
    const { events, badLines } = await readOfficerEvents(path)
    expect([events.map(({ officer }) => officer), badLines]).toEqual([['H-1', 'H-2'], [2]])
    expect(readFileSync(path, 'utf8')).not.toContain('OFFICER_RES"')
    expect(isSuspended(officers(), 'H-2')).toBe(true)
  })
})
