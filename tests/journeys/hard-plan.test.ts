import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { afterAll, beforeAll, beforeEach, describe, expect, test } from 'vitest'
import type { DepartmentClient } from '../../gateway/adapters/subgraph-clients.ts'
import type { PlanEvent } from '../../gateway/observe/channels.ts'
import type { SubgraphRequest } from '../../subgraphs/kit/contract.ts'
import { startOpenGateway } from '../conformance/open-gateway.ts'
import type { OpenGateway } from '../conformance/open-gateway.ts'
import { federate } from '../kit/federation.ts'
import { ALSO_EASY, ALSO_HARD, EASY, HARD, HARD_FEDERATION } from '../kit/hard-federation.ts'

let gateway: OpenGateway
let plans: PlanEvent[] = []
const hear = (event: unknown): void => void plans.push(event as PlanEvent)

beforeAll(async () => {
  subscribe('gongxiang:plan', hear)
  const easy: DepartmentClient = {
    fetch: async ({ query }: SubgraphRequest) => ({ data: { [/easy\d/.exec(query)?.[0] ?? '']: 'easy' } }),
    close: async () => {},
  }
  const departments = new Map(HARD_FEDERATION.map(({ name }) => [name, easy]))
  // Nobody is asked at these addresses.
  const supergraphSdl = federate(HARD_FEDERATION).supergraphSdl.replaceAll('url: ""', 'url: "http://127.0.0.1:9"')
  gateway = await startOpenGateway({ supergraphSdl, port: 0, departments: () => departments })
})
afterAll(() => {
  unsubscribe('gongxiang:plan', hear)
})
beforeEach(() => void plans.splice(0))

interface Answer {
  readonly data?: Readonly<Record<string, unknown>>
  readonly errors?: readonly { readonly message: string; readonly extensions: { readonly code: string } }[]
}

async function ask(query: string): Promise<Answer> {
  const headers = { 'content-type': 'application/json' }
  const response = await fetch(`${gateway.url}/graphql`, { method: 'POST', headers, body: JSON.stringify({ query }) })
  return (await response.json()) as Answer
}

/** A short word for each answer, in the order in which they came. */
async function inOrder(queries: readonly string[]): Promise<readonly string[]> {
  const came: string[] = []
  const wait = async (query: string): Promise<void> => {
    const { data, errors } = await ask(query)
    came.push(data ? `answered ${query}` : `${errors?.[0]?.extensions.code} ${query}`)
  }
  await Promise.all(queries.map(wait))
  return came
}

describe('a short document that is planned for a minute', () => {
  test('stops nobody whose operation is planned already', async () => {
    expect(await ask(EASY)).toMatchObject({ data: { easy0: 'easy' } })
    expect(await inOrder([HARD, EASY, EASY, EASY])).toEqual([
      `answered ${EASY}`,
      `answered ${EASY}`,
      `answered ${EASY}`,
      `LIMIT_EXCEEDED ${HARD}`,
    ])
  })

  test('is refused at once when it comes again, and what is new is planned', async () => {
    const answered = await inOrder([HARD, ALSO_EASY])
    expect(answered.toSorted()).toEqual([`LIMIT_EXCEEDED ${HARD}`, `answered ${ALSO_EASY}`])
    expect(plans.map(({ outcome }) => outcome)).toEqual(['planned'])
  })

  test('is told what is wrong with it', async () => {
    const { errors } = await ask(HARD)
    expect(errors?.[0]?.message).toContain('查询过于复杂')
  })

  test('does not keep the gateway from its end: it is waited for as long as it may be planned, and no longer', async () => {
    const asked = ask(ALSO_HARD).then(
      ({ errors }) => errors?.[0]?.extensions.code,
      () => 'no answer',
    )
    // Both have left this process when the second is answered; the first is being planned then.
    await ask(EASY)
    await gateway.stop()
    expect(await asked).toBe('no answer')
    expect(plans.map(({ outcome }) => outcome)).toEqual(['timed-out'])
  })
})
