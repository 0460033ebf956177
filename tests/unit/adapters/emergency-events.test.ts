import { appendFileSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { watchEmergencies } from '../../../gateway/adapters/emergency-watch.ts'
import { appendGrantEvent, readGrantEvents } from '../../../gateway/adapters/grant-events.ts'
import { openGrantFiles } from '../../../gateway/adapters/grant-files.ts'
import type { GrantFiles } from '../../../gateway/adapters/grant-files.ts'
import { readRevocations } from '../../../gateway/adapters/revocations.ts'
import { emergenciesOf, emergencyState } from '../../../gateway/grants/emergency.ts'
import type { EmergencyEvent } from '../../../gateway/grants/emergency-event.ts'
import { createGrantIndex } from '../../../gateway/grants/grant.ts'
import { HUIZHOU, NOON, ZHONGSHAN } from '../grants/world.ts'

const HOUR = 3_600_000
const AT = new Date(NOON).toISOString()
const DECLARED: EmergencyEvent = {
  kind: 'EMERGENCY_DECLARED',
  emergency: 'E-77',
  incident: 'I-1',
  department: 'housing',
  matter: 'M',
  by: 'H-8',
  officers: ['H-1'],
  fields: ['R.x'],
  hours: 24,
  reason: '走失儿童',
  at: AT,
}
const ENDED: EmergencyEvent = { kind: 'EMERGENCY_ENDED', emergency: 'E-77', by: 'H-8', reason: '已找到', at: AT }
const APPROVED: EmergencyEvent = { kind: 'EMERGENCY_APPROVED', emergency: 'E-77', by: 'H-9', at: AT }

let folder: string
let file: string
let opened: GrantFiles[]

beforeEach(() => {
  folder = mkdtempSync(path.join(tmpdir(), 'gx-emergency-'))
  file = path.join(folder, 'grant-events.ndjson')
  writeFileSync(path.join(folder, 'grants.yaml'), 'grants: []\n')
  opened = []
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
})

afterEach(() => {
  for (const one of opened) one.close()
  vi.useRealTimers()
  rmSync(folder, { recursive: true })
})

function open(): GrantFiles {
  const files = openGrantFiles(path.join(folder, 'grants.yaml'), file)
  opened.push(files)
  return files
}

function stateIn(files: GrantFiles): string | null {
  const one = files.current().emergencies.get('E-77')
  return one ? emergencyState(one, NOON) : null
}

describe('emergencies in the file of events', () => {
  test('stand beside revocations, and neither disturbs the other', async () => {
    await appendGrantEvent(file, DECLARED)
    await appendGrantEvent(file, { kind: 'GRANT_REVOKED', grant: 'A', at: AT, by: 'P-1', reason: '离岗' })
    const { events, badLines } = await readGrantEvents(file)
    expect([events.map(({ grant }) => grant), badLines]).toEqual([['A'], []])
    expect(stateIn(open())).toBe('IN_FORCE')
    expect(open().current().emergenciesOf('housing').length).toBe(1)
    expect(open().current().emergenciesOf('tax')).toEqual([])
  })

  test('are followed while they are written, each in a new snapshot', async () => {
    const files = open()
    expect(stateIn(files)).toBeNull()
    await appendGrantEvent(file, DECLARED)
    vi.advanceTimersByTime(250)
    const { version } = files.current()
    expect(stateIn(files)).toBe('IN_FORCE')
    await appendGrantEvent(file, ENDED)
    vi.advanceTimersByTime(250)
    expect([stateIn(files), files.current().version > version]).toEqual(['ENDED', true])
  })

  test('what was ended stays ended while the process lives, whatever becomes of the file', async () => {
    await appendGrantEvent(file, DECLARED)
    await appendGrantEvent(file, ENDED)
    const files = open()
    writeFileSync(file, '')
    vi.advanceTimersByTime(250)
    expect(stateIn(files)).toBeNull()
    writeFileSync(file, `${JSON.stringify(DECLARED)}\n`)
    vi.advanceTimersByTime(250)
    expect(stateIn(files)).toBe('ENDED')
  })

  test('an unreadable line ends the emergency that it names, and takes no grant with it (INV-9)', async () => {
    await appendGrantEvent(file, DECLARED)
    const torn = '{"kind":"EMERGENCY_ENDED","emergency":"E-77","by":\n'
    appendFileSync(file, torn)
    expect(stateIn(open())).toBe('ENDED')
    expect(readRevocations(torn)).toEqual({ revoked: new Map(), badLines: [], lost: false })
  })

  test('a line that speaks of an emergency and names none stops a start: an end may be lost in it', () => {
    writeFileSync(file, '{"kind":"EMERGENCY_ENDED","by":"H-8"}\n')
    expect(() => openGrantFiles(path.join(folder, 'grants.yaml'), file)).toThrow('is no grant event')
  })

  test('a last line without its end was never acknowledged', () => {
    writeFileSync(file, JSON.stringify(DECLARED))
    expect(stateIn(open())).toBeNull()
  })
})

describe('what is told of emergencies', () => {
  const heard: string[] = []
  const hear = (event: unknown): void => {
    const { what, emergency } = event as { readonly what: string; readonly emergency: string }
    heard.push(`${what} ${emergency}`)
  }
  beforeEach(() => {
    heard.length = 0
    subscribe('gongxiang:emergency', hear)
  })
  afterEach(() => void unsubscribe('gongxiang:emergency', hear))

  function watch(state: { now: number; events: readonly EmergencyEvent[] }, regime = ZHONGSHAN): () => void {
    const source = { current: () => createGrantIndex(1, [], emergenciesOf(state.events)) }
    return watchEmergencies(source, () => regime, { now: () => state.now, monotonic: () => 0 })
  }

  test('each step once: in force, approved, ended, review overdue', () => {
    const state = { now: NOON, events: [] as readonly EmergencyEvent[] }
    const stop = watch(state)
    for (const events of [[DECLARED], [DECLARED, APPROVED], [DECLARED, APPROVED, ENDED]]) {
      state.events = events
      vi.advanceTimersByTime(500)
    }
    state.now = NOON + 10 * 24 * HOUR
    vi.advanceTimersByTime(500)
    stop()
    state.events = [DECLARED, { ...DECLARED, emergency: 'E-78' }]
    vi.advanceTimersByTime(500)
    expect(heard).toEqual(['in-force E-77', 'approved E-77', 'ended E-77', 'review-overdue E-77'])
  })

  test('expiry by the clock alone', () => {
    const state = { now: NOON, events: [DECLARED] }
    const stop = watch(state)
    state.now = NOON + 24 * HOUR
    vi.advanceTimersByTime(250)
    stop()
    expect(heard).toEqual(['in-force E-77', 'expired E-77'])
  })

  test('at a start what is in force or overdue, not what was over', () => {
    watch({ now: NOON + 25 * HOUR, events: [DECLARED] })()
    expect(heard).toEqual([])
    watch({ now: NOON + 10 * 24 * HOUR, events: [DECLARED] })()
    expect(heard).toEqual(['review-overdue E-77'])
  })

  test('nothing where the text knows no emergency', () => {
    watch({ now: NOON, events: [DECLARED] }, HUIZHOU)()
    expect(heard).toEqual([])
  })
})
