import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { TestGateway } from '../kit/gateway.ts'
import { attack, leaksAfter, NUMBER, person } from './attack.ts'
import { AS_OWNER, startWithHoldings } from './holdings.ts'

/* Refused types beside allowed ones at one place. */

let gateway: TestGateway
beforeAll(async () => {
  gateway = await startWithHoldings()
})
afterAll(() => gateway.stop())

const REFUSED_TEXT = /S-HOUSE|A-HOUSE|V-BOAT|S-BOAT|B-BOAT|O-CAR|PLATE/

describe('objects of several types at one place', () => {
  test.each([
    ['the refused field of the interface', 'holdings { value secret }'],
    ['under one name by type', 'holdings { ... on House { x: value } ... on Boat { x: value } }'],
    ['by aliases across types', 'holdings { ... on House { value: secret } ... on Boat { value: berth } }'],
    [
      'of a union, masked beside refused',
      'things { ... on Car { plate owner } ... on Boat { berth } ... on House { value } }',
    ],
  ])('%s', async (_name, selection) => {
    const outcome = await attack(gateway, { ...AS_OWNER, query: person(selection) })
    expect(outcome.reply.status).toBe(200)
    expect(outcome.reply.text).not.toMatch(REFUSED_TEXT)
    for (const word of ['secret', 'berth', 'address', 'owner']) expect(outcome.words).not.toContain(word)
    const asked = gateway.seen.map(({ query }) => query).join('\n')
    expect(asked).not.toMatch(/on Boat\s*\{[^}]*\b(?:value|secret|berth)\b/)
  })

  test('with nothing to be told of any type: unfetched, no __typename, no length', async () => {
    const outcome = await attack(gateway, {
      ...AS_OWNER,
      query: person(
        'holdings { __typename secret } things { __typename ... on Boat { berth } } favourite { t: __typename }',
      ),
    })
    expect(outcome.reply.body.data).toEqual({ person: { holdings: null, things: null, favourite: null } })
    expect(outcome.departments).toEqual([])
  })

  test('introspection tells neither refused types nor refused fields of the interface', async () => {
    const outcome = await attack(gateway, {
      ...AS_OWNER,
      query: '{ __schema { types { name fields { name } possibleTypes { name } } } }',
    })
    expect(outcome.reply.text).toContain('House')
    expect(outcome.reply.text).not.toMatch(/Boat|berth|secret|address|owner/)
  })
})

test('and nothing of all this is in the record or the log', async () => {
  expect(await leaksAfter(gateway, [NUMBER, 'V-BOAT', 'S-HOUSE', 'PLATE-000123'])).toEqual([])
})
