import { expect, it } from 'vitest'
import { embeddedDepartment } from '../../../gateway/adapters/embedded-department.ts'
import { createSubgraphClients } from '../../../gateway/adapters/subgraph-clients.ts'
import { execute } from '../../../gateway/execute/execute.ts'
import type { SubgraphAnswer, SubgraphRequest } from '../../../subgraphs/kit/contract.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { ask } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)
const { li, ou } = NUMBERS
const CONTEXT = { receipt: 'r', consumer: 'c', matter: null }
const BOUNDS = { concurrency: 4, timeoutMs: 60_000 }

type Sent = Record<string, unknown>

function sentIn({ variables }: SubgraphRequest): Sent[] {
  return variables['representations'] as Sent[]
}

function department(answer: (request: SubgraphRequest) => SubgraphAnswer) {
  return embeddedDepartment({ execute: async (request) => answer(request), close: async () => {} })
}

it('leaves no mark in what the next department is sent', async () => {
  const sent: unknown[] = []
  const marking = department((request) => {
    const representations = sentIn(request)
    sent.push(structuredClone(representations))
    for (const one of representations)
      Object.assign(one, { number: '', home: { ...(one['home'] as object), of: 'one' } })
    Object.assign(representations[0]?.['nested'] as object, { mark: 'left' })
    return {}
  })
  const request = { query: '{ q }', variables: { representations: [{ number: li, nested: { deep: [1] } }] } }
  const { signal } = new AbortController()
  for (let time = 0; time < 2; time += 1) await marking.fetch(request, CONTEXT, signal)
  expect(sent).toEqual([[{ number: li, nested: { deep: [1] } }], [{ number: li, nested: { deep: [1] } }]])
})

it('cannot alter whom it was asked about, to answer about another', async () => {
  const { compiled, variables } = await ask(sample, '{ people { number pension } }', { view: viewWith(sample) })
  const people = [li, ou].map((number) => ({ __typename: 'Person', number }))
  const answered = async (answerAs: (sent: Sent) => unknown) => {
    const departments = new Map([
      ['police', department(() => ({ data: { people_gx0: people, people } }))],
      [
        'insurance',
        department((request) => {
          const sent = sentIn(request)
          for (const one of sent) one['number'] = answerAs(one)
          return { data: { _entities: sent.map((one) => ({ ...one, pension: 3 })) } }
        }),
      ],
    ])
    const { outcomes } = await execute(compiled, variables, {
      schema: sample.schema,
      monotonic: () => 0,
      context: CONTEXT,
      signal: new AbortController().signal,
      client: createSubgraphClients(departments, () => BOUNDS),
    })
    return outcomes.map(({ outcome }) => outcome)
  }
  expect(await answered(({ number }) => number)).toEqual(['ok', 'ok'])
  expect(await answered(({ number }) => (number === li ? ou : li))).toEqual(['ok', 'invalid'])
})
