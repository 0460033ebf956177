import type { OperationDefinitionNode } from 'graphql'
import { Kind, parse } from 'graphql'
import { describe, expect, it } from 'vitest'
import { createPlans } from '../../../gateway/compile/plan-cache.ts'
import type { PlanQuestion } from '../../../gateway/compile/plan-cache.ts'
import type { PlanNode } from '../../../gateway/compile/plan.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'
import { createApolloPlanner } from '../../../gateway/compile/apollo-planner.ts'

const NOTHING: PlanNode = { kind: 'sequence', nodes: [] }

function operation(text: string): OperationDefinitionNode {
  const [first] = parse(text).definitions
  if (first?.kind !== Kind.OPERATION_DEFINITION) throw new Error('one operation')
  return first
}

function question(pruned: string, asker = ''): PlanQuestion {
  return { pruned, operation: () => operation(pruned), asker }
}

/** Plans over a planner that is told when to answer. */
function slow() {
  const asked: {
    readonly asker: string | undefined
    readonly known: (() => PlanNode | null | undefined) | undefined
    readonly answer: PromiseWithResolvers<PlanNode | null>
  }[] = []
  const plans = createPlans({
    plan(_operation, asker, known) {
      const answer = Promise.withResolvers<PlanNode | null>()
      asked.push({ asker, known, answer })
      return answer.promise
    },
  })
  return { plans, asked }
}

describe('plans', () => {
  it('are made once for all of one asker who ask at the same time, and for everyone afterwards', async () => {
    const { plans, asked } = slow()
    const waiting = [plans.planFor(question('{ a }', 'one')), plans.planFor(question('{ a }', 'one'))]
    asked[0]?.answer.resolve(NOTHING)
    expect(await Promise.all(waiting)).toEqual([NOTHING, NOTHING])
    expect(await plans.planFor(question('{ a }', 'two'))).toBe(NOTHING)
    expect(asked.map(({ asker }) => asker)).toEqual(['one'])
  })

  it('are waited for by each asker in a line of its own', async () => {
    const { plans, asked } = slow()
    const waiting = [plans.planFor(question('{ a }', 'one')), plans.planFor(question('{ a }', 'two'))]
    expect(asked.map(({ asker, known }) => [asker, known?.()])).toEqual([
      ['one', undefined],
      ['two', undefined],
    ])
    asked[0]?.answer.resolve(NOTHING)
    expect(await waiting[0]).toBe(NOTHING)
    // When the other one's turn comes, there is nothing left to plan.
    expect(asked[1]?.known?.()).toBe(NOTHING)
    asked[1]?.answer.resolve(NOTHING)
    expect(await waiting[1]).toBe(NOTHING)
  })

  it('of two documents are two', async () => {
    const { plans, asked } = slow()
    const waiting = [plans.planFor(question('{ a }')), plans.planFor(question('{ b }'))]
    asked[1]?.answer.resolve(NOTHING)
    asked[0]?.answer.resolve(null)
    expect(await Promise.all(waiting)).toEqual([null, NOTHING])
  })

  it('that there are none of are remembered too', async () => {
    const { plans, asked } = slow()
    const first = plans.planFor(question('{ a }'))
    asked[0]?.answer.resolve(null)
    expect([await first, await plans.planFor(question('{ a }'))]).toEqual([null, null])
    expect(asked).toHaveLength(1)
  })

  it('that fail fail for everyone who waits, and for nobody who comes after', async () => {
    const { plans, asked } = slow()
    const waiting = [plans.planFor(question('{ a }')), plans.planFor(question('{ a }'))]
    asked[0]?.answer.reject(new Error('no plan'))
    const settled = await Promise.allSettled(waiting)
    expect(settled.map(({ status }) => status)).toEqual(['rejected', 'rejected'])
    const again = plans.planFor(question('{ a }'))
    asked[1]?.answer.resolve(NOTHING)
    expect(await again).toBe(NOTHING)
  })

  it('fail alike where the operation cannot even be built', async () => {
    const { plans } = slow()
    const broken = { ...question('{ a }'), operation: () => operation('{') }
    await expect(plans.planFor(broken)).rejects.toThrow('Syntax Error')
    await expect(plans.planFor(broken)).rejects.toThrow('Syntax Error')
  })

  it('are one for all views that leave the same document', async () => {
    let made = 0
    const sample = federate(SAMPLE, (sdl) => {
      const planner = createApolloPlanner(sdl)
      return {
        plan(one) {
          made += 1
          return planner.plan(one)
        },
      }
    })
    const views = [viewWith(sample), viewWith(sample, { 'Person.pension': 'DENY' })]
    const text = normaliseText(sample.schema, '{ people { name } }')
    const [wide, narrow] = await Promise.all(views.map((view) => sample.generation.compiledFor(view, text)))
    expect(wide?.key).not.toBe(narrow?.key)
    expect(made).toBe(1)
    const pension = normaliseText(sample.schema, '{ people { name pension } }')
    const apart = await Promise.all(views.map((view) => sample.generation.compiledFor(view, pension)))
    expect(apart.map(({ pruned }) => pruned?.includes('pension'))).toEqual([true, false])
    expect(made).toBe(2)
  })
})
