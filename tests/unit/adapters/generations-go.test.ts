import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { setImmediate as turn } from 'node:timers/promises'
import { setFlagsFromString } from 'node:v8'
import { runInNewContext } from 'node:vm'
import type { Worker } from 'node:worker_threads'
import { afterAll, beforeAll, expect, test, vi } from 'vitest'
import { startApolloFront } from '../../../gateway/adapters/apollo-front.ts'
import { createSupergraphGateway } from '../../../gateway/adapters/apollo-gateway.ts'
import type { SupergraphGateway } from '../../../gateway/adapters/apollo-gateway.ts'
import { openPlanners } from '../../../gateway/adapters/planners.ts'
import type { ComposedSchema } from '../../../gateway/adapters/supergraph-files.ts'
import type { Caller } from '../../../gateway/caller/caller.ts'
import { indexFields } from '../../../gateway/catalog/catalog.ts'
import { createGeneration } from '../../../gateway/compile/generation.ts'
import type { Generation } from '../../../gateway/compile/generation.ts'
import type { servedSchema } from '../../../gateway/compile/served-schema.ts'
import type { View } from '../../../gateway/grants/view.ts'
import { decision } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'
import { composed } from '../catalog/marked.ts'
import { registered } from '../catalog/registered.ts'

const COMPOSITIONS = [
  composed(registered()),
  composed(registered({ more: 'late: String @share(class: "UNCONDITIONAL", level: "L1", title: "后来")' })),
]

const CALLER: Caller = {
  department: 'd0',
  application: 'desk',
  officer: 'D0-0001',
  roles: [],
  party: 'DEPARTMENT',
  actingFor: null,
  matter: null,
  case: null,
  emergency: null,
}

const planners = openPlanners({
  bounds: { planMs: 60_000, megabytes: 256, waitMs: 60_000, line: { each: 10, all: 10 } },
  monotonic: () => performance.now(),
})
const threads: Worker[] = []
const hear = (event: unknown): void => void threads.push((event as { readonly worker: Worker }).worker)

beforeAll(() => {
  subscribe('worker_threads', hear)
  // What is out of service is kept for a while; the thread's time does not matter here.
  vi.useFakeTimers({ toFake: ['setTimeout', 'clearTimeout'] })
})
afterAll(async () => {
  vi.useRealTimers()
  unsubscribe('worker_threads', hear)
  await planners.close()
})

const born: WeakRef<Generation>[] = []

function build(id: number, { supergraphSdl, catalog }: ComposedSchema, served: ReturnType<typeof servedSchema>) {
  const fields = indexFields(catalog)
  const decisions = new Map([...fields.keys()].map((at) => [at, decision('ALLOW')] as const))
  const view: View = { id: 'all', decisions, parameters: new Map(), validUntil: Infinity }
  const generation = createGeneration({
    id,
    ...served,
    catalog,
    fields,
    views: { viewOf: () => view, introspectionViewOf: () => view },
    plans: planners.plansOf(supergraphSdl),
    maxFields: 5_000,
    wording: { classLabel: (of) => of, provider: (department) => department },
  })
  born.push(new WeakRef(generation))
  return generation
}

/** As a request does; nothing of it is held when it is over. */
async function ask(gateway: SupergraphGateway): Promise<void> {
  const { schema, views } = gateway.current()
  const question = normaliseText(schema, '{ record { open limited } }')
  const { plan } = await gateway.current().compiledFor(views.viewOf(CALLER), question, CALLER)
  expect(plan).not.toBeNull()
  gateway.current().introspectionSchema(views.viewOf(CALLER))
}

setFlagsFromString('--expose-gc')
const collect = runInNewContext('gc') as () => void

/** Ids of the generations that are still there. */
async function alive(): Promise<readonly (number | undefined)[]> {
  for (let time = 0; time < 10; time += 1) {
    await turn()
    collect()
  }
  return born.flatMap((one) => one.deref()?.id ?? [])
}

test('generations out of service go, with their threads, though Apollo Server keeps the first schema', async () => {
  const [first] = COMPOSITIONS
  if (!first) throw new Error('compositions')
  const gateway = createSupergraphGateway(first, build, () => Promise.reject(new Error('nothing is asked here')))
  const front = await startApolloFront(gateway.gateway, 1_000)
  await ask(gateway)
  for (let reload = 1; reload <= 6; reload += 1) {
    const next = COMPOSITIONS[reload % 2]
    if (next) await gateway.update(next)
    await ask(gateway)
  }
  gateway.rebuild()
  await ask(gateway)
  vi.advanceTimersByTime(60_000)
  expect(born).toHaveLength(8)
  expect(await alive()).toEqual([8])
  await vi.waitUntil(() => threads.filter(({ threadId }) => threadId !== -1).length === 1, { timeout: 10_000 })
  expect(threads).toHaveLength(7)
  await front.stop()
})
