import { describe, expect, test } from 'vitest'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { combinedSource } from '../../../subgraphs/kit/combined.ts'
import { text } from '../../../subgraphs/kit/decode.ts'
import { legalKeys } from '../../../subgraphs/kit/keys.ts'
import type { CountLookup, Register, Source } from '../../../subgraphs/kit/register.ts'

function register(type: string): Register {
  return { type, at: type, rows: 'ONE', ...legalKeys('code'), fields: { name: text('name') } }
}

const [firms, homes, strangers] = [register('Firm'), register('Home'), register('Stranger')]
const TIMES = { firms: '2026-11-20T03:05:00+08:00', homes: '2026-11-01T00:00:00+08:00' }

function system(asOf: string, closed: string[]): Source {
  return {
    fetch: async ({ register: { type } }) => ({ rows: [{ code: type }], asOf }),
    asOf: async () => asOf,
    health: async () => ({ ok: true, detail: `up to ${asOf}` }),
    close: async () => void closed.push(asOf),
  }
}

function down(): Source {
  const gone = async (): Promise<never> => {
    throw new Failure('SOURCE_UNAVAILABLE')
  }
  return {
    fetch: gone,
    asOf: gone,
    count: gone,
    health: async () => ({ ok: false, detail: 'gone' }),
    close: async () => {},
  }
}

function ask(of: Register) {
  return { register: of, columns: ['code'], keys: [], signal: undefined }
}
const count = (of: Register): CountLookup => ({ register: of, columns: [], conditions: [], most: 1, signal: undefined })

describe('two systems of one department', () => {
  const closed: string[] = []
  const source = combinedSource([
    { name: 'firms', registers: [firms], source: system(TIMES.firms, closed) },
    {
      name: 'homes',
      registers: [homes],
      source: { ...system(TIMES.homes, closed), count: async () => ({ groups: [], asOf: TIMES.homes }) },
    },
  ])

  test('are asked each for its own, and have each its own time', async () => {
    expect(await source.fetch(ask(firms))).toEqual({ rows: [{ code: 'Firm' }], asOf: TIMES.firms })
    expect(await source.fetch(ask(homes))).toEqual({ rows: [{ code: 'Home' }], asOf: TIMES.homes })
    expect([await source.asOf(firms), await source.asOf(homes)]).toEqual([TIMES.firms, TIMES.homes])
  })

  test('count where they can', async () => {
    expect(await source.count?.(count(homes))).toEqual({ groups: [], asOf: TIMES.homes })
    await expect(source.count?.(count(firms))).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('are asked each for its own places', async () => {
    const asked: string[] = []
    const described = (name: string): Source => ({
      ...system(TIMES.firms, []),
      async describe(needed) {
        asked.push(...needed.map(({ at }) => `${name}: ${at}`))
        return needed.filter(({ at }) => at === 'Home').map(({ at }) => ({ at, columns: 'ALL' as const }))
      },
    })
    const both = combinedSource([
      { name: 'firms', registers: [firms], source: described('firms') },
      { name: 'homes', registers: [homes], source: described('homes') },
      { name: 'strangers', registers: [strangers], source: system(TIMES.firms, []) },
    ])
    const places = ['Firm', 'Home', 'Stranger'].map((at) => ({ at, columns: ['code'] }))
    expect(await both.describe?.(places)).toEqual([{ at: 'Home', columns: 'ALL' }])
    expect(asked).toEqual(['firms: Firm', 'homes: Home'])
  })

  test('know no other', async () => {
    await expect(source.fetch(ask(strangers))).rejects.toMatchObject({ code: 'INTERNAL' })
    await expect(source.asOf(strangers)).rejects.toMatchObject({ code: 'INTERNAL' })
  })

  test('tell the health of both', async () => {
    expect(await source.health()).toEqual({
      ok: true,
      detail: `firms: up to ${TIMES.firms} | homes: up to ${TIMES.homes}`,
    })
  })

  test('do not fall together', async () => {
    const half = combinedSource([
      { name: 'firms', registers: [firms], source: system(TIMES.firms, []) },
      { name: 'homes', registers: [homes], source: down() },
    ])
    expect(await half.fetch(ask(firms))).toMatchObject({ asOf: TIMES.firms })
    await expect(half.fetch(ask(homes))).rejects.toMatchObject({ code: 'SOURCE_UNAVAILABLE' })
    expect(await half.health()).toEqual({ ok: false, detail: `firms: up to ${TIMES.firms} | homes: gone` })
  })

  test('are closed together', async () => {
    await source.close()
    expect(closed.toSorted()).toEqual(Object.values(TIMES).toSorted())
  })
})
