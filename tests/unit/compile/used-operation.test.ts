import { setImmediate as turn } from 'node:timers/promises'
import { describe, expect, it } from 'vitest'
import type { Caller } from '../../../gateway/caller/caller.ts'
import { readAgain, usedBy } from '../../../gateway/compile/used-operation.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)
const view = viewWith(sample)
const CALLER: Caller = {
  department: 'housing',
  application: 'desk',
  officer: 'HUR-0117',
  roles: [],
  party: 'DEPARTMENT',
  actingFor: null,
  matter: 'rental',
  case: null,
  emergency: null,
}

describe('what the next generation is told', () => {
  it('holds no value of a request, and no officer', async () => {
    const text = `query ($v: Boolean = true) {
      person(number: "${NUMBERS.li}") { name @include(if: $v) search(text: "心脏病") }
      echo(json: { secret: "甲" }, where: [{ name: "李明", numbers: ["${NUMBERS.ou}"] }])
    }`
    await sample.generation.compiledFor(view, normaliseText(sample.schema, text), CALLER)
    await turn()
    const told = JSON.stringify(sample.generation.mostUsed(10))
    for (const value of [...Object.values(NUMBERS), '心脏病', '甲', '李明', CALLER.officer]) {
      expect(told).not.toContain(value)
    }
    expect(told).toContain('housing')
  })

  it('is what was asked most, the most used first', async () => {
    const { generation, schema } = federate(SAMPLE)
    for (const [text, times] of [
      ['{ people { name } }', 2],
      ['{ people { sex } }', 3],
      ['{ people { height } }', 1],
    ] as const)
      for (let asked = 0; asked < times; asked += 1)
        await generation.compiledFor(view, normaliseText(schema, text), CALLER)
    await turn()
    const used = generation.mostUsed(2)
    expect(used.map(({ text, uses }) => [text.replaceAll(/\s+/g, ' '), uses])).toEqual([
      ['{ people { sex } }', 3],
      ['{ people { name } }', 2],
    ])
  })

  it('is nothing that the gateway asked on its own account, nor in an emergency', async () => {
    const { generation, schema } = federate(SAMPLE)
    await generation.compiledFor(view, normaliseText(schema, '{ people { name } }'))
    const inNeed = { ...CALLER, emergency: 'EM-1' }
    await generation.compiledFor(view, normaliseText(schema, '{ people { sex } }'), inNeed)
    await turn()
    expect(generation.mostUsed(10)).toEqual([])
    expect(usedBy(inNeed, normaliseText(schema, '{ people { sex } }'))).toBeNull()
  })
})

describe('a normalised operation read again', () => {
  const TEXTS = [
    '{ people { name } }',
    'query Named($n: Int, $unused: Boolean! = true) { people(first: $n) { name @include(if: $unused) ...F } } fragment F on Person { sex }',
    '{ a: people(where: null, first: 2) { name } b: people(where: { name: "x", all: [{ limit: 1 }] }) { name } }',
    'query ($v: String) { echo(where: [{ name: $v, numbers: ["1"] }]) }',
    '{ things { __typename ... on Car { plate } label } }',
  ]

  it.each(TEXTS)('means what it meant: %s', async (text) => {
    const question = normaliseText(sample.schema, text)
    const again = readAgain(sample.schema, { ...question, asker: CALLER, uses: 1 })
    if (again === null) throw new Error('not read')
    const first = await federate(SAMPLE).generation.compiledFor(view, question)
    const second = await federate(SAMPLE).generation.compiledFor(view, again)
    expect([second.key, second.pruned, JSON.stringify(second.plan), JSON.stringify(second.uses)]).toEqual([
      first.key,
      first.pruned,
      JSON.stringify(first.plan),
      JSON.stringify(first.uses),
    ])
  })

  it('is none where a field of it is gone', () => {
    const question = normaliseText(sample.schema, '{ people { name tags } }')
    const without = SAMPLE.map((one) => ({ ...one, sdl: one.sdl.replace('tags: [String!]', '') }))
    expect(readAgain(federate(without).schema, { ...question, asker: CALLER, uses: 1 })).toBeNull()
  })

  it('is none where an argument has become another type', () => {
    const question = normaliseText(sample.schema, '{ person(number: "1") { search(text: "x") } }')
    const other = SAMPLE.map((one) => ({ ...one, sdl: one.sdl.replace('search(text: String', 'search(text: Int') }))
    expect(readAgain(federate(other).schema, { ...question, asker: CALLER, uses: 1 })).toBeNull()
  })
})
