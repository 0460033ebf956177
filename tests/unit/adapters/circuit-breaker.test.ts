import { describe, expect, test } from 'vitest'
import { createCircuitBreaker } from '../../../gateway/adapters/circuit-breaker.ts'
import type { CallVerdict } from '../../../gateway/adapters/circuit-breaker.ts'

/** A breaker whose time stands still until it is moved, and what it told. */
function breaker() {
  const now = { at: 0 }
  const told: string[] = []
  const circuit = createCircuitBreaker(
    () => now.at,
    (state, before) => told.push(`${before} → ${state}`),
  )
  const call = (verdict: CallVerdict, times = 1): void => {
    for (let done = 0; done < times; done += 1) circuit.enter()(verdict)
  }
  const fails = (): string | null => {
    try {
      circuit.enter()('unknown')
      return null
    } catch (error) {
      return error instanceof Error && 'code' in error ? String(error.code) : 'another error'
    }
  }
  return { now, told, circuit, call, fails }
}

/** One that has just opened. */
function opened() {
  const one = breaker()
  one.call('failed', 10)
  return one
}

describe('a closed circuit', () => {
  test('opens when at least half of ten calls or more have failed, and says so once', () => {
    const { circuit, call, told } = breaker()
    call('well', 5)
    call('failed', 4)
    expect(circuit.state()).toBe('closed')
    call('failed')
    expect(circuit.state()).toBe('open')
    expect(told).toEqual(['closed → open'])
  })

  test.each<[string, number, number]>([
    ['nine failures tell too little', 0, 9],
    ['less than half may fail, however many there are', 101, 100],
  ])('%s', (_name, well, failed) => {
    const { circuit, call } = breaker()
    call('well', well)
    call('failed', failed)
    expect(circuit.state()).toBe('closed')
  })

  test('does not count calls whose caller went away', () => {
    const { circuit, call } = breaker()
    call('failed', 9)
    call('unknown', 50)
    expect(circuit.state()).toBe('closed')
  })

  test('counts a call once, by its first word', () => {
    const { circuit } = breaker()
    const turns = Array.from({ length: 9 }, () => circuit.enter())
    for (const settle of turns) {
      settle('failed')
      settle('failed')
      settle('well')
    }
    expect(circuit.state()).toBe('closed')
  })

  test('looks at the last twenty seconds', () => {
    const { circuit, call, now } = breaker()
    call('failed', 9)
    now.at = 20_000
    call('failed', 9)
    expect(circuit.state()).toBe('closed')
    now.at = 21_999
    call('failed')
    expect(circuit.state()).toBe('open')
  })
})

describe('an open circuit', () => {
  test('lets no call through for five seconds', () => {
    const { circuit, fails, now } = opened()
    now.at = 4_999
    expect(circuit.admits()).toBe(false)
    expect(fails()).toBe('CIRCUIT_OPEN')
  })

  test('then lets one try, and no second one beside it', () => {
    const { circuit, fails, now, told } = opened()
    now.at = 5_000
    expect(circuit.admits()).toBe(true)
    const settle = circuit.enter()
    expect([circuit.state(), circuit.admits(), fails()]).toEqual(['half-open', false, 'CIRCUIT_OPEN'])
    settle('well')
    expect([circuit.state(), circuit.admits()]).toEqual(['closed', true])
    expect(told).toEqual(['closed → open', 'open → half-open', 'half-open → closed'])
  })

  test('stays so for another five seconds where that one fails', () => {
    const { circuit, call, now } = opened()
    now.at = 5_000
    call('failed')
    now.at = 9_999
    expect([circuit.state(), circuit.admits()]).toEqual(['open', false])
    now.at = 10_000
    call('well')
    expect(circuit.state()).toBe('closed')
  })

  test('lets the next one try where the caller of the first went away', () => {
    const { circuit, now } = opened()
    now.at = 5_000
    circuit.enter()('unknown')
    expect([circuit.state(), circuit.admits()]).toEqual(['half-open', true])
    circuit.enter()('well')
    expect(circuit.state()).toBe('closed')
  })

  test('hears nothing of calls that were let through before', () => {
    const { circuit, call, now } = breaker()
    const late = Array.from({ length: 30 }, () => circuit.enter())
    call('failed', 10)
    late[0]?.('well')
    now.at = 5_000
    const probe = circuit.enter()
    late[1]?.('well')
    late[2]?.('failed')
    late[3]?.('unknown')
    expect([circuit.state(), circuit.admits()]).toEqual(['half-open', false])
    probe('well')
    for (const settle of late.slice(4)) settle('failed')
    expect(circuit.state()).toBe('closed')
  })

  test('has forgotten the failures when it closes', () => {
    const { circuit, call, now } = opened()
    now.at = 5_000
    call('well')
    call('failed', 9)
    expect(circuit.state()).toBe('closed')
    call('failed')
    expect(circuit.state()).toBe('open')
  })
})
