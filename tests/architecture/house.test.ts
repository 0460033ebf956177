import { readFile } from 'node:fs/promises'
import path from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { checkCycles } from './check-cycles.ts'
import { checkDoors } from './check-doors.ts'
import { checkLimits } from './check-limits.ts'
import { checkText } from './check-text.ts'
import { roomOf, ROOMS } from './doors.ts'
import { measure, printFigures } from './figures.ts'
import { printFloorPlan } from './floor-plan.ts'
import { listFiles, readSources } from './source.ts'
import type { SourceFile } from './source.ts'

const ROOT = path.resolve(import.meta.dirname, '..', '..')
const BINARY = /\.(png|ico|gz|zip|woff2?|xlsx?|db|sqlite)$/

describe('the house', () => {
  let files: readonly SourceFile[] = []

  beforeAll(async () => {
    files = await readSources(ROOT)
  })

  test('is read at all', () => {
    expect(files.map((file) => file.path)).toContain('gateway/vocabulary/decision.ts')
  })

  test('has only the doors of the table', () => {
    expect(checkDoors(files)).toEqual([])
  })

  test('has no import cycle, type imports included', () => {
    expect(checkCycles(files)).toEqual([])
  })

  test('keeps its limits of size and depth, and no way around the type checker', () => {
    process.stdout.write(`${printFigures(measure(files))}\n`)
    expect(checkLimits(files)).toEqual([])
  })

  test('names no path of one machine and no package registry, in any text file', async () => {
    const paths = (await listFiles(ROOT)).filter((file) => !BINARY.test(file))
    const texts = await Promise.all(
      paths.map(async (file) => ({ path: file, text: await readFile(path.join(ROOT, file), 'utf8') })),
    )
    expect(checkText(texts)).toEqual([])
  })

  test('has its floor plan printed from the table (npm run generate)', async () => {
    expect(await readFile(path.join(ROOT, 'docs/floor-plan.md'), 'utf8')).toBe(printFloorPlan())
  })
})

describe('the table of doors', () => {
  test('opens only downwards', () => {
    const floors = new Map(ROOMS.map((room) => [room.name, room.floor]))
    const upward = ROOMS.flatMap((room) =>
      room.may
        .filter((name) => room.floor !== null && (floors.get(name) ?? -1) >= room.floor)
        .map((to) => `${room.name} → ${to}`),
    )
    expect(upward).toEqual([])
  })

  test('names only rooms that it has', () => {
    const names = new Set(ROOMS.map((room) => room.name))
    expect(ROOMS.flatMap((room) => room.may).filter((name) => !names.has(name))).toEqual([])
  })

  test.each([
    ['gateway/wiring.ts', 'gateway/wiring'],
    ['gateway/wiring/sources.ts', 'gateway/wiring'],
    ['subgraphs/kit/contract.ts', 'subgraphs/kit'],
    ['subgraphs/disabled-persons/source.ts', 'subgraphs/disabled-persons'],
    ['tests/unit/caller/token.test.ts', 'tests'],
  ])('puts %s into the room %s', (file, room) => {
    expect(roomOf(file)?.name).toBe(room)
  })

  test.each(['gateway/secret/x.ts', 'gateway/loose.ts', 'subgraphs/loose.ts', 'elsewhere/x.ts'])(
    'has no room for %s',
    (file) => {
      expect(roomOf(file)).toBeNull()
    },
  )
})
