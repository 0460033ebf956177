import { setImmediate as turn } from 'node:timers/promises'
import type { GraphQLSchema } from 'graphql'
import { afterEach, describe, expect, it, vi } from 'vitest'
import { createSupergraphGateway } from '../../../gateway/adapters/apollo-gateway.ts'
import type { ComposedSchema } from '../../../gateway/adapters/supergraph-files.ts'
import type { Generation } from '../../../gateway/compile/generation.ts'
import type { UsedOperation } from '../../../gateway/compile/used-operation.ts'
import { composed } from '../catalog/marked.ts'
import { CONDITIONAL, annotation, registered } from '../catalog/registered.ts'

const FIRST = composed(registered())
const SECOND = composed(registered({ more: 'late: String @share(class: "UNCONDITIONAL", level: "L1", title: "后来")' }))
const MORE = '@share(class: "UNCONDITIONAL", level: "L1", title: "后来")'
const THIRD = composed(registered({ more: `late: String ${MORE} last: String ${MORE}` }))
const STRICTER = composed(registered({ conditional: annotation('share', CONDITIONAL, { level: '"L4"' }) }))

/** What happens to generations, in its order. */
let told: string[] = []
let law = 'old'
let ready: Promise<void> = Promise.resolve()
let warming: Promise<void> = Promise.resolve()
let stop: () => Promise<void> = async () => {}

afterEach(async () => {
  await stop()
  ;[told, law, ready, warming] = [[], 'old', Promise.resolve(), Promise.resolve()]
})

/** A generation that tells what is done with it; how one is built is tested where it is built. */
function build(id: number, { catalog }: ComposedSchema): Generation {
  if (law === 'none') throw new Error('nothing can be built from this law')
  const tell = (what: string): void => void told.push(`${id} ${what}`)
  tell(`built by the ${law} law`)
  return {
    id,
    catalog,
    ready: () => ready,
    retire: () => tell('retired'),
    mostUsed: () => [{ hash: `most used of ${id}` }] as unknown as readonly UsedOperation[],
    warm: async ({ hash }: UsedOperation) => {
      tell(`warmed with the ${hash}`)
      await warming
    },
  } as unknown as Generation
}

async function served() {
  const gateway = createSupergraphGateway(FIRST, build, () => Promise.reject(new Error('nothing is asked here')))
  const schemas: GraphQLSchema[] = []
  gateway.gateway.onSchemaLoadOrUpdate(({ apiSchema }) => {
    schemas.push(apiSchema)
    told.push('announced')
  })
  await gateway.gateway.load({ apollo: {} })
  stop = () => gateway.gateway.stop()
  return { gateway, schemas }
}

const BEGUN = ['1 built by the old law', 'announced']

describe('a new composition', () => {
  it('is warm before it is announced, and the old one goes after', async () => {
    const { gateway, schemas } = await served()
    await gateway.update(SECOND)
    expect(told).toEqual([
      ...BEGUN,
      '2 built by the old law',
      '2 warmed with the most used of 1',
      'announced',
      '1 retired',
    ])
    const [first, second] = schemas
    if (!first || !second) throw new Error('two schemas')
    expect([gateway.generationOf(first).id, gateway.generationOf(second).id, gateway.current().id]).toEqual([1, 2, 2])
  })

  it('whose planner cannot start is not taken over, and can be offered again', async () => {
    const { gateway } = await served()
    ready = Promise.reject(new Error('no planner'))
    await expect(gateway.update(SECOND)).rejects.toThrow('no planner')
    expect([gateway.current().id, told.at(-1)]).toEqual([1, '2 retired'])
    ready = Promise.resolve()
    await gateway.update(SECOND)
    expect(gateway.current().catalog.version).toBe(SECOND.catalog.version)
  })

  it('that nothing can be built from changes nothing', async () => {
    const { gateway } = await served()
    law = 'none'
    await expect(gateway.update(SECOND)).rejects.toThrow('nothing can be built')
    expect(gateway.current().id).toBe(1)
  })

  it('follows the one before it, which waits for nothing any more', async () => {
    const { gateway } = await served()
    const held = Promise.withResolvers<void>()
    warming = held.promise
    const first = gateway.update(SECOND)
    await turn()
    expect(told.at(-1)).toBe('2 warmed with the most used of 1')
    const second = gateway.update(THIRD)
    await first
    await turn()
    expect(told.slice(-3)).toEqual(['1 retired', '3 built by the old law', '3 warmed with the most used of 2'])
    held.resolve()
    await second
    expect(gateway.current().catalog.version).toBe(THIRD.catalog.version)
    expect(told.filter((one) => one === 'announced')).toHaveLength(3)
  })

  it('that is stricter waits neither for a planner nor to be warm, nor for one that does', async () => {
    const { gateway } = await served()
    ready = new Promise(() => undefined)
    const added = gateway.update(SECOND)
    await turn()
    expect(gateway.current().id).toBe(1)
    await gateway.update(STRICTER)
    await added
    expect(gateway.current().catalog.version).toBe(STRICTER.catalog.version)
    expect(told.slice(-4)).toEqual([
      '3 built by the old law',
      'announced',
      '2 retired',
      '3 warmed with the most used of 2',
    ])
  })

  it('whose planner does not start in time is asked all the same', async () => {
    vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
    try {
      const { gateway } = await served()
      ready = new Promise(() => undefined)
      const update = gateway.update(SECOND)
      await vi.advanceTimersByTimeAsync(9_999)
      expect(gateway.current().id).toBe(1)
      await vi.advanceTimersByTimeAsync(1)
      await update
      expect([gateway.current().id, vi.getTimerCount()]).toEqual([2, 1])
    } finally {
      vi.useRealTimers()
    }
  })

  it('that is refused does not hold up the next', async () => {
    const { gateway } = await served()
    const broken = { ...SECOND, supergraphSdl: `${SECOND.supergraphSdl}\ntype {` }
    const [refused, next] = await Promise.allSettled([gateway.update(broken), gateway.update(THIRD)])
    expect([refused.status, next.status]).toEqual(['rejected', 'fulfilled'])
  })

  it('does not come into service when the gateway stops meanwhile', async () => {
    const { gateway } = await served()
    const held = Promise.withResolvers<void>()
    warming = held.promise
    const update = gateway.update(SECOND)
    await turn()
    await gateway.gateway.stop()
    held.resolve()
    await expect(update).rejects.toThrow('stopped')
    expect([gateway.current().id, told.at(-1)]).toEqual([1, '2 retired'])
  })
})

describe('a changed law', () => {
  it('decides the very next request, and is warmed after', async () => {
    const { gateway } = await served()
    law = 'new'
    gateway.rebuild()
    expect(gateway.current().id).toBe(2)
    expect(told).toEqual([...BEGUN, '2 built by the new law', '1 retired', '2 warmed with the most used of 1'])
  })

  it('that nothing can be built from changes nothing', async () => {
    const { gateway } = await served()
    law = 'none'
    expect(() => gateway.rebuild()).toThrow('nothing can be built')
    expect([gateway.current().id, told]).toEqual([1, BEGUN])
  })

  it('holds for a composition that was on its way before it', async () => {
    const { gateway } = await served()
    const held = Promise.withResolvers<void>()
    warming = held.promise
    const update = gateway.update(SECOND)
    await turn()
    law = 'new'
    gateway.rebuild()
    held.resolve()
    await update
    expect([gateway.current().catalog.version, gateway.current().id]).toEqual([SECOND.catalog.version, 4])
    expect(told.filter((one) => one.includes('built'))).toEqual([
      '1 built by the old law',
      '2 built by the old law',
      '3 built by the new law',
      '4 built by the new law',
    ])
    expect(told.filter((one) => one.includes('retired')).toSorted()).toEqual(['1 retired', '2 retired', '3 retired'])
  })
})
