import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../gateway/caller/caller.ts'
import { createApolloPlanner } from '../../../gateway/compile/apollo-planner.ts'
import type { Planner } from '../../../gateway/compile/plan.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'

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

const TEXT = '{ people { name pension } }'

/** The real planner, counted; the first plans can be made to fail. */
function counted(failures = 0) {
  const counts = { plans: 0 }
  const federation = federate(SAMPLE, (sdl): Planner => {
    const planner = createApolloPlanner(sdl)
    return {
      async plan(operation) {
        counts.plans += 1
        await Promise.resolve()
        if (counts.plans <= failures) throw new Error('planner failed')
        return planner.plan(operation)
      },
    }
  })
  return { counts, federation, normalised: normaliseText(federation.schema, TEXT) }
}

describe('compiledFor', () => {
  it('compiles once, however many ask at the same time and afterwards', async () => {
    const { counts, federation, normalised } = counted()
    const view = viewWith(federation)
    const asked = await Promise.all([1, 2, 3].map(() => federation.generation.compiledFor(view, normalised)))
    asked.push(await federation.generation.compiledFor(view, normaliseText(federation.schema, TEXT)))
    expect(new Set(asked).size).toBe(1)
    expect(counts.plans).toBe(1)
  })

  it('lets departments of one view share what is compiled, and not the line of one of them', async () => {
    const answers = new Map<string, PromiseWithResolvers<null>>()
    const federation = federate(SAMPLE, () => ({
      plan(_operation, asker = '') {
        const answer = Promise.withResolvers<null>()
        answers.set(asker, answer)
        return answer.promise
      },
    }))
    const [view, normalised] = [viewWith(federation), normaliseText(federation.schema, TEXT)]
    const ask = (department: string) => federation.generation.compiledFor(view, normalised, { ...CALLER, department })
    const asked = ['hostile', 'other', 'other'].map(ask)
    expect([...answers.keys()]).toEqual(['hostile', 'other'])
    answers.get('hostile')?.reject(new Error('too many of them wait'))
    await expect(asked[0]).rejects.toThrow('too many of them wait')
    answers.get('other')?.resolve(null)
    const [one, other] = await Promise.all(asked.slice(1))
    expect(other).toBe(one)
    expect(await ask('third')).toBe(one)
    expect(federation.generation.mostUsed(9).map(({ uses }) => uses)).toEqual([3])
  })

  it('never hands the plan of one view to another, in either order', async () => {
    const { counts, federation, normalised } = counted()
    const [wide, narrow] = [viewWith(federation), viewWith(federation, { 'Person.pension': 'DENY' })]
    for (const views of [
      [wide, narrow],
      [narrow, wide],
    ]) {
      for (const view of views) {
        const compiled = await federation.generation.compiledFor(view, normalised)
        expect(compiled.pruned?.includes('pension')).toBe(view === wide)
        expect(JSON.stringify(compiled.plan).includes('pension')).toBe(view === wide)
      }
    }
    expect(counts.plans).toBe(2)
  })

  it('does not outlive its view: another end of a grant is another operation, of the same plan', async () => {
    const { counts, federation, normalised } = counted()
    const view = viewWith(federation)
    const until = await federation.generation.compiledFor({ ...view, validUntil: 1_000 }, normalised)
    const later = await federation.generation.compiledFor({ ...view, validUntil: 2_000 }, normalised)
    expect([until.validUntil, later.validUntil, counts.plans]).toEqual([1_000, 2_000, 1])
    expect(later.plan).toBe(until.plan)
  })

  it('tells everyone who waits of a failure, and tries again for the next', async () => {
    const { federation, normalised } = counted(1)
    const view = viewWith(federation)
    const asked = [1, 2].map(() => federation.generation.compiledFor(view, normalised))
    expect((await Promise.allSettled(asked)).map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    expect((await federation.generation.compiledFor(view, normalised)).plan).not.toBeNull()
  })

  it('is frozen, and its key tells view and document apart', async () => {
    const { federation, normalised } = counted()
    const [a, b] = await Promise.all(
      [viewWith(federation), viewWith(federation, { 'Person.pension': 'DENY' })].map((view) =>
        federation.generation.compiledFor(view, normalised),
      ),
    )
    expect(Object.isFrozen(a)).toBe(true)
    expect(a?.key).not.toBe(b?.key)
  })

  it('does not plan what asks no department', async () => {
    const { counts, federation } = counted()
    const nothing = normaliseText(federation.schema, '{ __typename nobody { name } }')
    await federation.generation.compiledFor(viewWith(federation, {}, 'DENY'), nothing)
    expect(counts.plans).toBe(0)
  })

  it('are bounded by their size: large ones push out what was used longest ago', async () => {
    const federation = federate(SAMPLE, () => ({ plan: async () => null }))
    const view = viewWith(federation)
    const ask = (fields: number) => {
      const text = `{ ${Array.from({ length: fields }, (_, index) => `a${index}: people { name }`).join(' ')} }`
      return federation.generation.compiledFor(view, normaliseText(federation.schema, text))
    }
    const first = await ask(150)
    for (let more = 1; more <= 10; more += 1) await ask(150 + more)
    expect(await ask(150)).toBe(first)
    for (let more = 1; more <= 140; more += 1) await ask(150 + more)
    expect(await ask(150)).not.toBe(first)
  })
})
