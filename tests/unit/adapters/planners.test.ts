import { afterEach, describe, expect, it } from 'vitest'
import { openPlannerThread } from '../../../gateway/adapters/planner-thread.ts'
import type { PlannerThread } from '../../../gateway/adapters/planner-thread.ts'
import { openPlanners } from '../../../gateway/adapters/planners.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const BOUNDS = { planMs: 5_000, megabytes: 256, waitMs: 60_000, line: { each: 10, all: 20 } }
const OBEDIENT = new URL('../../kit/obedient-planner-child.ts', import.meta.url)
const parts = { bounds: BOUNDS, monotonic: () => performance.now() }

const open: { close(): Promise<void> }[] = []
afterEach(async () => {
  for (const one of open.splice(0)) await one.close()
})

function planners() {
  const all = openPlanners({ ...parts, entry: OBEDIENT })
  open.push(all)
  return all
}

/** What the thread was sent. */
const ask = (plans: ReturnType<ReturnType<typeof planners>['plansOf']>, pruned: string) =>
  plans.planFor({ pruned, operation: () => normaliseText(SCHEMA, pruned).operation, asker: '' })
const SCHEMA = federate(SAMPLE).schema

describe('the planners of a process', () => {
  it('share what is planned over one supergraph, and nothing over two', async () => {
    const { plansOf } = planners()
    const [one, same, other] = ['type A', 'type A', 'type B'].map(plansOf)
    if (!one || !same || !other) throw new Error('three')
    const first = await ask(one, '{ people { name } }')
    expect(await ask(same, '{ people { name } }')).toBe(first)
    expect(await ask(other, '{ people { name } }')).not.toBe(first)
  })

  it('keep them as long as one generation holds them, however often another lets go', async () => {
    const { plansOf } = planners()
    const [one, same] = [plansOf('type A'), plansOf('type A')]
    const first = await ask(one, '{ people { name } }')
    same.release()
    same.release()
    expect(await ask(plansOf('type A'), '{ people { name } }')).toBe(first)
  })

  it('are new for a supergraph that comes back when all had let go', async () => {
    const { plansOf } = planners()
    const one = plansOf('type A')
    const first = await ask(one, '{ people { name } }')
    one.release()
    expect(await ask(plansOf('type A'), '{ people { name } }')).not.toBe(first)
    // A request under way may still ask the old one.
    await expect(ask(one, '{ people { sex } }')).resolves.not.toBeNull()
  })

  it('all end together', async () => {
    const all = planners()
    const plans = ['type A', 'type B'].map(all.plansOf)
    await Promise.all(plans.map((one) => one.ready()))
    const waiting = plans.map((one) => ask(one, '{ people { forever: name } }').catch((error: unknown) => error))
    await all.close()
    expect(await Promise.all(waiting)).toMatchObject([{ code: 'NOT_READY' }, { code: 'NOT_READY' }])
  })
})

describe('what is sent to the thread', () => {
  it('holds no value of a request', async () => {
    let thread: PlannerThread | null = null
    const sample = federate(SAMPLE, (supergraphSdl) => {
      thread = openPlannerThread({ ...parts, supergraphSdl, entry: OBEDIENT })
      open.push(thread)
      return thread
    })
    const text = `query Named($mine: String = "默认") {
      li: person(number: "${NUMBERS.li}") { name search(text: "心脏病", first: 4321) }
      ou: person(type: PASSPORT, number: "${NUMBERS.ou}") { secret: name @include(if: true) }
      people(where: { name: "李明", all: [{ numbers: ["${NUMBERS.lost}"] }] }) { name }
      echo(json: { deep: [{ value: "甲乙丙" }] }, where: [{ name: $mine }])
    }`
    const { plan, pruned } = await sample.generation.compiledFor(viewWith(sample), normaliseText(sample.schema, text))
    const sent = plan?.kind === 'condition' ? plan.variable : ''
    // It is what was sent, and it was all asked for.
    expect(Object.keys(JSON.parse(sent) as object)).toEqual(['id', 'text'])
    expect(sent).toContain('search(')
    expect(pruned).toContain('search(')
    for (const value of [
      ...Object.values(NUMBERS),
      '心脏病',
      '4321',
      'PASSPORT',
      '李明',
      '甲乙丙',
      '默认',
      'secret',
      'Named',
    ]) {
      expect(sent).not.toContain(value)
    }
  })
})
