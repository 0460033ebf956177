import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { followComposed, readCatalog, readComposed } from '../../../gateway/adapters/supergraph-files.ts'
import type { ComposedSchema } from '../../../gateway/adapters/supergraph-files.ts'
import { createSupergraphGateway } from '../../../gateway/adapters/apollo-gateway.ts'
import type { Generation } from '../../../gateway/compile/generation.ts'
import { writeComposition } from '../../../gateway/start/composition.ts'
import { composed } from './marked.ts'
import { registered } from './registered.ts'

const FIRST = composed(registered())
const SECOND = composed(registered({ more: 'late: String @share(class: "UNCONDITIONAL", level: "L1", title: "后来")' }))

let folder = ''
let seen: ComposedSchema[] = []
let failures: { readonly error: unknown }[] = []
let close = (): void => {}
const hear = (event: unknown): void => void failures.push(event as { error: unknown })

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'gx-catalog-'))
  ;[seen, failures] = [[], []]
  subscribe('gongxiang:failure', hear)
  vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
  writeComposition(folder, FIRST)
  close = followComposed(folder, (next) => seen.push(next))
})

afterEach(() => {
  close()
  vi.useRealTimers()
  unsubscribe('gongxiang:failure', hear)
  rmSync(folder, { recursive: true })
})

function catalogText(change: (text: string) => string): void {
  const file = join(folder, 'catalog.json')
  writeFileSync(file, change(readFileSync(file, 'utf8')))
}

function refusal(): string {
  vi.advanceTimersByTime(2_000)
  expect(seen).toEqual([])
  return failures.map(({ error }) => (error instanceof Error ? error.message : '')).join('\n')
}

describe('a bad catalogue is not taken over, and the refusal names file, line and column', () => {
  test.each([
    ['cut off', (text: string) => text.slice(0, text.indexOf('"resources"')), /catalog\.json:4:3: is no JSON/],
    [
      'with a comma too many',
      (text: string) => text.replace('"resources": [', '"resources": [,'),
      /catalog\.json:4:17: is no JSON/,
    ],
    ['empty', () => '', /catalog\.json:1:1: is no JSON/],
    ['of another kind', () => '[]', /catalog\.json:1:1: is no catalogue/],
    [
      'without its fields',
      (text: string) => text.replace('"fields"', '"felder"'),
      /catalog\.json:1:1: is no catalogue/,
    ],
    [
      'with a class that somebody altered',
      (text: string) => text.replace('"NOT_SHARED"', '"UNCONDITIONAL"'),
      /catalog\.json:2:3: supergraph\.graphql and catalog\.json are not of one composition/,
    ],
  ])('%s', (_name, change, said) => {
    catalogText(change)
    expect(refusal()).toMatch(said)
  })

  test('of another supergraph', () => {
    writeFileSync(join(folder, 'supergraph.graphql'), SECOND.supergraphSdl)
    catalogText((text) => `${text}\n`)
    expect(refusal()).toMatch(/catalog\.json:2:3: .* not of one composition/)
  })

  test('and once it is mended it is taken over', () => {
    catalogText(() => '{')
    refusal()
    writeComposition(folder, SECOND)
    vi.advanceTimersByTime(2_000)
    expect(seen.map(({ catalog }) => catalog.version)).toEqual([SECOND.catalog.version])
  })

  test('the message quotes nothing of what stands there', () => {
    catalogText(() => '{"version": 110101199003077715 "')
    expect(refusal()).not.toContain('11010119')
  })
})

test('a catalogue to compare with is read alone', () => {
  expect(readCatalog(join(folder, 'catalog.json'))).toEqual(FIRST.catalog)
  expect(readComposed(folder).catalog).toEqual(FIRST.catalog)
  catalogText((text) => text.replace('"NOT_SHARED"', '"UNCONDITIONAL"'))
  expect(readCatalog(join(folder, 'catalog.json')).version).toBe(FIRST.catalog.version)
})

test('a schema that cannot be taken into service leaves the running generation there, and a good one replaces it', async () => {
  // What is tested is which generation serves; how one is built is tested where it is built.
  const build = (id: number, { catalog }: ComposedSchema): Generation =>
    ({ id, catalog, ready: async () => {}, mostUsed: () => [], retire: () => {} }) as unknown as Generation
  const gateway = createSupergraphGateway(FIRST, build, () => Promise.reject(new Error('nothing is asked here')))
  vi.useRealTimers()
  await gateway.gateway.load({ apollo: {} })
  const running = gateway.current()
  const broken = { ...SECOND, supergraphSdl: `${SECOND.supergraphSdl}\ntype {` }
  await expect(gateway.update(broken)).rejects.toThrow('Syntax Error')
  expect(gateway.current()).toBe(running)
  await gateway.update(SECOND)
  expect(gateway.current().catalog.version).toBe(SECOND.catalog.version)
  await gateway.gateway.stop()
})
