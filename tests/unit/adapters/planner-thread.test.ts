import { execFile } from 'node:child_process'
import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import type { OperationDefinitionNode } from 'graphql'
import { Kind, parse } from 'graphql'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'
import { openPlannerThread } from '../../../gateway/adapters/planner-thread.ts'
import type { PlannerBounds, PlannerThread, PlannerThreadParts } from '../../../gateway/adapters/planner-thread.ts'
import { createApolloPlanner } from '../../../gateway/compile/apollo-planner.ts'
import type { PlanNode } from '../../../gateway/compile/plan.ts'
import type { PlanEvent } from '../../../gateway/observe/channels.ts'
import { Failure } from '../../../gateway/vocabulary/failure.ts'
import { federate } from '../../kit/federation.ts'
import { ALSO_EASY, EASY, HARD, HARD_FEDERATION } from '../../kit/hard-federation.ts'

const { supergraphSdl } = federate(HARD_FEDERATION)
/** For a thread that does as it is told: what it does not do for ever it does at once. */
const SHORT = { planMs: 1_000 }
const BOUNDS: PlannerBounds = { planMs: 5_000, megabytes: 256, waitMs: 60_000, line: { each: 10, all: 20 } }

let open: PlannerThread[] = []
let events: PlanEvent[] = []
const hear = (event: unknown): void => void events.push(event as PlanEvent)

beforeEach(() => {
  ;[open, events] = [[], []]
  subscribe('gongxiang:plan', hear)
})
afterEach(async () => {
  unsubscribe('gongxiang:plan', hear)
  await Promise.all(open.map((one) => one.close()))
})

function thread(bounds: Partial<PlannerBounds> = {}, entry?: URL, more: Partial<PlannerThreadParts> = {}) {
  const parts = { supergraphSdl, bounds: { ...BOUNDS, ...bounds }, monotonic: () => performance.now(), ...more }
  const planner = openPlannerThread({ ...parts, ...(entry ? { entry } : {}) })
  open.push(planner)
  return planner
}

function operation(text: string): OperationDefinitionNode {
  const [first] = parse(text).definitions
  if (first?.kind !== Kind.OPERATION_DEFINITION) throw new Error('one operation')
  return first
}

/** A thread that does what its operation's only field says. */
const OBEDIENT = new URL('../../kit/obedient-planner-child.ts', import.meta.url)

/** In the order in which they end: the text, and the code where it was refused. */
async function inOrder(asked: readonly (readonly [string, Promise<unknown>])[]): Promise<readonly string[]> {
  const ended: string[] = []
  const wait = async (name: string, plan: Promise<unknown>): Promise<void> => {
    const code = await plan.then(
      () => '',
      (error: unknown) => (error instanceof Failure ? ` ${error.code}` : ` ${String(error)}`),
    )
    ended.push(`${name}${code}`)
  }
  await Promise.all(asked.map(([name, plan]) => wait(name, plan)))
  return ended
}

describe('a planner in a thread', () => {
  it('plans as the planner in this one', async () => {
    const here = await createApolloPlanner(supergraphSdl).plan(operation(EASY))
    expect(await thread().plan(operation(EASY))).toEqual(here)
    expect(events.map(({ outcome }) => outcome)).toEqual(['planned'])
  })

  it('says what the planner says where it fails, and goes on', async () => {
    const planner = thread()
    await expect(planner.plan(operation('{ nothing }'))).rejects.toThrow('Cannot query field "nothing"')
    await expect(planner.plan(operation(EASY))).resolves.not.toBeNull()
  })

  it('gives a code of ours back as it was thrown', async () => {
    const failed = await thread({}, OBEDIENT)
      .plan(operation('{ fail }'))
      .catch((error: unknown) => error)
    expect(failed).toBeInstanceOf(Failure)
    expect(failed).toMatchObject({ code: 'LIMIT_EXCEEDED', clause: 'ZS-4.03', text: { zh: '甲', en: 'a' } })
  })

  it('has nothing of the environment of its process', async () => {
    process.env['GONGXIANG_TEST_SECRET'] = 'held'
    const planned = await thread({}, OBEDIENT).plan(operation('{ environment }'))
    delete process.env['GONGXIANG_TEST_SECRET']
    expect(planned).toMatchObject({ variable: '["NODE_ENV"]' })
  })
})

describe('what is too hard', () => {
  it('is refused when its time is over, and whoever waited is planned by the next thread', async () => {
    const planner = thread()
    await planner.ready()
    const asked = [HARD, EASY, ALSO_EASY].map((text) => [text, planner.plan(operation(text))] as const)
    expect(await inOrder(asked)).toEqual([`${HARD} LIMIT_EXCEEDED`, EASY, ALSO_EASY])
    expect(events.map(({ outcome }) => outcome)).toEqual(['timed-out', 'planned', 'planned'])
  })

  it('is refused at once the second time, and the thread goes on', async () => {
    const planner = thread(SHORT, OBEDIENT)
    await expect(planner.plan(operation('{ forever }'))).rejects.toMatchObject({ code: 'LIMIT_EXCEEDED' })
    const asked = ['{ forever }', '{ easy }'].map((text) => [text, planner.plan(operation(text))] as const)
    expect(await inOrder(asked)).toEqual(['{ forever } LIMIT_EXCEEDED', '{ easy }'])
    // Nothing was planned a second time, beside what is easy.
    expect(events.map(({ outcome }) => outcome)).toEqual(['timed-out', 'planned'])
  })

  it('of one asker keeps another one waiting for one of them, not for all', async () => {
    const planner = thread(SHORT, OBEDIENT)
    await planner.ready()
    const hostile = ['{ forever1 }', '{ forever2 }', '{ forever3 }'].map(
      (text) => [text, planner.plan(operation(text), 'hostile')] as const,
    )
    const civil = ['{ easy }', planner.plan(operation('{ easy }'), 'civil')] as const
    expect(await inOrder([...hostile, civil])).toEqual([
      '{ forever1 } LIMIT_EXCEEDED',
      '{ easy }',
      '{ forever2 } LIMIT_EXCEEDED',
      '{ forever3 } LIMIT_EXCEEDED',
    ])
  })

  it('is not tried again for another asker who waited with it', async () => {
    const planner = thread(SHORT, OBEDIENT)
    await planner.ready()
    const asked = ['one', 'two', 'three'].map(
      (asker) => [asker, planner.plan(operation('{ forever }'), asker)] as const,
    )
    expect(await inOrder(asked)).toEqual(asked.map(([asker]) => `${asker} LIMIT_EXCEEDED`))
    expect(events.map(({ outcome }) => outcome)).toEqual(['timed-out', 'refused', 'refused'])
  })

  it('is told in both languages', async () => {
    const failed = await thread(SHORT, OBEDIENT)
      .plan(operation('{ forever }'))
      .catch((error: unknown) => error)
    if (!(failed instanceof Failure)) throw failed
    expect([failed.detailIn('zh-CN'), failed.detailIn('en')]).toEqual([
      '查询过于复杂,未能在时限内排出取数步骤',
      'the document is too complex: it takes longer to plan than allowed',
    ])
  })

  it('for its memory is refused alone', async () => {
    const planner = thread({ megabytes: 64, planMs: 60_000 }, OBEDIENT)
    const asked = ['{ hoard }', '{ easy }'].map((text) => [text, planner.plan(operation(text))] as const)
    expect(await inOrder(asked)).toEqual(['{ hoard } LIMIT_EXCEEDED', '{ easy }'])
    await expect(planner.plan(operation('{ hoard }'))).rejects.toThrow('needs more memory')
  })
})

describe('what another asker asked too', () => {
  it('is not planned again when its turn comes', async () => {
    const planner = thread({}, OBEDIENT)
    let made: PlanNode | null | undefined
    const known = (): PlanNode | null | undefined => made
    const first = planner.plan(operation('{ easy }'), 'one', known).then((plan) => (made = plan))
    const second = planner.plan(operation('{ easy }'), 'two', known)
    const other = planner.plan(operation('{ easy2 }'), 'two')
    expect(await second).toBe(await first)
    expect(await other).not.toBe(made)
    expect(events.map(({ outcome }) => outcome)).toEqual(['planned', 'planned'])
  })
})

describe('a thread that ends of itself', () => {
  it('takes with it what it was at, and nothing else', async () => {
    const planner = thread({}, OBEDIENT)
    const asked = ['{ crash }', '{ easy }'].map((text) => [text, planner.plan(operation(text))] as const)
    const [crashed, easy] = await inOrder(asked)
    expect([crashed?.startsWith('{ crash } Error'), easy]).toEqual([true, '{ easy }'])
  })

  it('and cannot start is told to everyone who waits, and tried again for the next', async () => {
    const planner = thread({}, new URL('./no-such-planner.js', import.meta.url))
    const ready = await planner.ready().catch((error: unknown) => error)
    expect(ready).toBeInstanceOf(Error)
    const asked = [1, 2].map((one) => [String(one), planner.plan(operation(EASY))] as const)
    const ended = await inOrder(asked)
    expect(ended.map((one) => /^\d Error: Cannot find module/.test(one))).toEqual([true, true])
  })
})

describe('a line', () => {
  it('that is full refuses, and tells nobody else', async () => {
    const planner = thread({ ...SHORT, line: { each: 2, all: 3 } }, OBEDIENT)
    await planner.ready()
    const asked = ['{ forever }', '{ easy1 }', '{ easy2 }', '{ easy3 }'].map(
      (text) => [text, planner.plan(operation(text), 'a')] as const,
    )
    expect(await inOrder(asked)).toEqual([
      '{ easy3 } OVERLOADED',
      '{ forever } LIMIT_EXCEEDED',
      '{ easy1 }',
      '{ easy2 }',
    ])
  })

  it('is left by whoever has waited too long', async () => {
    let now = 0
    const planner = thread({ ...SHORT, waitMs: 1_000 }, OBEDIENT, { monotonic: () => now })
    await planner.ready()
    const asked = ['{ forever }', '{ easy }'].map((text) => [text, planner.plan(operation(text))] as const)
    now += 1_001
    expect(await inOrder(asked)).toEqual(['{ forever } LIMIT_EXCEEDED', '{ easy } OVERLOADED'])
    await expect(planner.plan(operation('{ easy }'))).resolves.not.toBeNull()
  })

  it('remembers what was too hard for a minute', async () => {
    let now = 1_000
    const planner = thread(SHORT, OBEDIENT, { monotonic: () => now })
    const ask = (): Promise<unknown> => planner.plan(operation('{ forever }')).catch((error: unknown) => error)
    for (const later of [0, 59_000, 2_000]) {
      now += later
      expect(await ask()).toMatchObject({ code: 'LIMIT_EXCEEDED' })
    }
    expect(events.map(({ outcome }) => outcome)).toEqual(['timed-out', 'timed-out'])
  })
})

describe('the end of a thread', () => {
  it('closed in the middle of a plan tells everyone, and nothing is left', async () => {
    const running = new Set<() => Promise<void>>()
    const planner = thread({}, OBEDIENT, { running })
    await planner.ready()
    const asked = ['{ forever }', '{ easy }'].map((text) => [text, planner.plan(operation(text))] as const)
    const ended = inOrder(asked)
    await planner.close()
    expect(await ended).toEqual(['{ forever } NOT_READY', '{ easy } NOT_READY'])
    expect(running.size).toBe(0)
    await expect(planner.plan(operation('{ easy }'))).rejects.toMatchObject({ code: 'NOT_READY' })
    await expect(planner.ready()).rejects.toMatchObject({ code: 'NOT_READY' })
  })

  it('closed before it is up tells everyone too', async () => {
    const planner = thread()
    const ended = inOrder([[EASY, planner.plan(operation(EASY))]])
    await planner.close()
    expect(await ended).toEqual([`${EASY} NOT_READY`])
  })

  it('retired, answers who waits and then ends; a straggler is answered all the same', async () => {
    const running = new Set<() => Promise<void>>()
    const planner = thread({}, undefined, { running })
    const asked = [EASY, ALSO_EASY].map((text) => planner.plan(operation(text)))
    planner.retire()
    expect((await Promise.all(asked)).every((one) => one !== null)).toBe(true)
    expect(running.size).toBe(0)
    await expect(planner.plan(operation('{ easy2 }'))).resolves.not.toBeNull()
    expect(running.size).toBe(0)
  })

  it('retired without work ends at once', async () => {
    const running = new Set<() => Promise<void>>()
    const planner = thread({}, OBEDIENT, { running })
    await planner.ready()
    expect(running.size).toBe(1)
    planner.retire()
    expect(running.size).toBe(0)
  })

  it('is waited for by its process while somebody waits for a plan, and not after', async () => {
    const script = fileURLToPath(new URL('../../kit/planner-process-child.ts', import.meta.url))
    const { stdout } = await promisify(execFile)(process.execPath, [script])
    expect(stdout).toContain('easy')
  })
})
