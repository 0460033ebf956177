import { describe, expect, it } from 'vitest'
import { included } from '../../../gateway/compile/compiled-operation.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Federation, Verdict } from '../../kit/federation.ts'
import { ask } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)

type Verdicts = Readonly<Record<Coordinate, Verdict>>

async function answer(text: string, verdicts: Verdicts = {}, variables = {}, federation: Federation = sample) {
  const asked = await ask(federation, text, { view: viewWith(federation, verdicts), variables })
  const refused = asked.errors.map(
    ({ extensions, path }) => `${extensions.code} ${extensions.coordinate} ${path?.join('.')}`,
  )
  const used = asked.compiled.uses
    .filter(({ when }) => included(when, asked.variables))
    .map(({ coordinate, decision }) => `${coordinate} ${decision.kind}`)
  return { data: asked.data, refused, used, departments: asked.fetches.map(({ department }) => department), asked }
}

const li = `person(number: "${NUMBERS.li}")`

describe('a leaf', () => {
  it.each<[Verdict, unknown, string[]]>([
    ['ALLOW', '李明', []],
    ['M-NAME', '李**', []],
    ['DENY', null, ['NO_GRANT Person.name person.name']],
    ['VERIFY_ONLY', null, ['VERIFY_ONLY Person.name person.name']],
  ])('that is %s', async (verdict, name, refusals) => {
    const { data, refused } = await answer(`{ ${li} { number name } }`, { 'Person.name': verdict })
    expect(data).toEqual({ person: { number: NUMBERS.li, name } })
    expect(refused).toEqual(refusals)
  })

  it('without a class is refused (ZS-2.05, INV-1)', async () => {
    const view = viewWith(sample)
    const decisions = new Map([...view.decisions].filter(([at]) => at !== 'Person.name'))
    const { data, errors } = await ask(sample, `{ ${li} { number name } }`, { view: { ...view, id: 'x', decisions } })
    expect(data).toEqual({ person: { number: NUMBERS.li, name: null } })
    expect(errors[0]?.extensions).toMatchObject({ code: 'CLASS_MISSING', clause: 'ZS-2.05', coordinate: 'Person.name' })
  })

  it('is decided by what it is, never by what the caller calls it (INV-2)', async () => {
    const text = `{ ${li} { number: name name: number photo: name ...F } } fragment F on Person { sex: name }`
    const { data, refused } = await answer(text.replace('number: name', 'no: name'), { 'Person.name': 'DENY' })
    expect(data).toEqual({ person: { no: null, name: NUMBERS.li, photo: null, sex: null } })
    expect(refused).toEqual(['NO_GRANT Person.name person.no'])
  })
})

describe('the existence of an object (wall 6)', () => {
  const denied = { 'Query.person': 'DENY' } as const

  it('is told when something below it is, though it is not allowed of its own', async () => {
    const { data, refused } = await answer(`{ ${li} { name __typename } }`, denied)
    expect(data).toEqual({ person: { name: '李明', __typename: 'Person' } })
    expect(refused).toEqual([])
    expect((await answer(`{ ${li} { name } }`, { ...denied, 'Person.name': 'M-NAME' })).data).toEqual({
      person: { name: '李**' },
    })
  })

  it('is not told by __typename, nor by anything refused; nothing is fetched', async () => {
    for (const [selection, refusals] of [
      ['__typename', ['NO_GRANT Query.person person']],
      ['kind: __typename', ['NO_GRANT Query.person person']],
      ['name __typename', ['NO_GRANT Person.name person.name']],
      ['household { address }', ['NO_GRANT Household.address person.household.address']],
      ['household { __typename }', ['NO_GRANT Person.household person.household']],
    ] as const) {
      const verdicts = {
        ...denied,
        'Person.name': 'DENY',
        'Household.address': 'DENY',
        'Person.household': 'DENY',
      } as const
      const { data, refused, departments } = await answer(`{ ${li} { ${selection} } }`, verdicts)
      expect(data, selection).toEqual({ person: null })
      expect(refused, selection).toEqual(refusals)
      expect(departments, selection).toEqual([])
    }
  })

  it('is told where it is allowed of its own, and is recorded as a datum', async () => {
    const { data, used } = await answer(`{ ${li} { name } nobody { name } }`, { 'Person.name': 'DENY' })
    expect(data).toEqual({ person: { name: null }, nobody: null })
    expect(used).toEqual(['Person.name DENY', 'Query.person ALLOW', 'Person.name DENY', 'Query.nobody ALLOW'])
  })

  it('is not told by a field that is allowed but not part of this answer', async () => {
    const text = `query ($c: Boolean!) { ${li} { __typename name @include(if: $c) } }`
    const hidden = await answer(text, denied, { c: false })
    expect(hidden.data).toEqual({ person: null })
    expect(hidden.refused).toEqual(['NO_GRANT Query.person person'])
    expect(hidden.departments).toEqual([])
    const shown = await answer(text, denied, { c: true })
    expect(shown.data).toEqual({ person: { __typename: 'Person', name: '李明' } })
    expect(shown.refused).toEqual([])
    expect(shown.used).toEqual(['Person.name ALLOW'])
  })

  it('is refused for itself where all that is asked below is left out', async () => {
    const verdicts = { ...denied, 'Person.name': 'DENY' } as const
    const text = `query ($c: Boolean!) { ${li} { name @include(if: $c) } }`
    expect((await answer(text, verdicts, { c: false })).refused).toEqual(['NO_GRANT Query.person person'])
    expect((await answer(text, verdicts, { c: true })).refused).toEqual(['NO_GRANT Person.name person.name'])
  })

  it('cannot be masked: a mask on an object refuses it', async () => {
    const { data, refused } = await answer(`{ ${li} { __typename } }`, { 'Query.person': 'M-ALL' })
    expect(data).toEqual({ person: null })
    expect(refused).toEqual(['NO_GRANT Query.person person'])
  })

  it('of a list is told or not as a whole', async () => {
    const verdicts = { 'Query.people': 'DENY', 'Person.name': 'DENY', 'Person.household': 'DENY' } as const
    expect((await answer('{ people { name household { __typename } } }', verdicts)).data).toEqual({ people: null })
  })
})

describe('a refusal', () => {
  it('is told once for a coordinate, without list indices, wherever it is asked', async () => {
    const { refused } = await answer(`{ people { name other: name } ${li} { name } }`, { 'Person.name': 'DENY' })
    expect(refused).toEqual(['NO_GRANT Person.name people.name'])
  })

  it('of everything at the root sends nothing to anyone, and leaves the rest of the root', async () => {
    const all = await answer(`{ ${li} { name } echo __typename }`, {
      'Query.person': 'DENY',
      'Person.name': 'DENY',
      'Query.echo': 'DENY',
    })
    expect(all.data).toEqual({ person: null, echo: null, __typename: 'Query' })
    expect(all.departments).toEqual([])
    const part = await answer(`{ ${li} { name } echo }`, { 'Query.person': 'DENY', 'Person.name': 'DENY' })
    expect(part.data).toEqual({ person: null, echo: '{}' })
  })

  it('with every coordinate refused is a constant', async () => {
    const view = viewWith(sample, {}, 'DENY')
    const { data, fetches, compiled } = await ask(
      sample,
      '{ people { name pension household { head { sex } } } things { label } }',
      { view },
    )
    expect(data).toEqual({ people: null, things: null })
    expect([compiled.plan, compiled.pruned, fetches.length]).toEqual([null, null, 0])
  })
})

describe('a reference (wall 7)', () => {
  const text = `{ ${li} { household { address head { name sex } } } }`
  it.each<[Verdict, string]>([
    ['DENY', 'NO_GRANT'],
    ['VERIFY_ONLY', 'VERIFY_ONLY'],
    ['M-IDNO', 'NO_GRANT'],
  ])('is not crossed when the identifier that it follows is %s', async (verdict, code) => {
    const { data, refused, asked } = await answer(text, { 'Household.headNumber': verdict })
    expect(data).toEqual({ person: { household: { address: '石岐街道1号', head: null } } })
    // What lies behind is not reported field by field.
    expect(refused).toEqual([`${code} Household.head person.household.head`])
    expect(JSON.stringify(asked.fetches)).not.toMatch(/head|sex/)
  })

  it('is crossed when it is clear', async () => {
    const { data } = await answer(text)
    expect(data).toEqual({ person: { household: { address: '石岐街道1号', head: { name: '欧阳娜', sex: 'FEMALE' } } } })
  })
})

describe('a field that is computed from another (wall 7)', () => {
  it('is refused, and neither is fetched, when the other is not clear', async () => {
    for (const verdict of ['DENY', 'VERIFY_ONLY', 'M-DATE'] as const) {
      const { data, refused, departments, asked } = await answer(`{ ${li} { name age } }`, {
        'Person.birthDate': verdict,
      })
      expect(data).toEqual({ person: { name: '李明', age: null } })
      expect(refused).toHaveLength(1)
      expect(departments).toEqual(['police'])
      expect(JSON.stringify(asked.fetches)).not.toContain('birthDate')
    }
  })

  it('is answered from the other when it is clear, which the caller need not ask for', async () => {
    expect((await answer(`{ ${li} { age } }`)).data).toEqual({ person: { age: 36 } })
  })
})

describe('objects of several types at one place', () => {
  it('are decided by the type of each', async () => {
    const text = '{ things { __typename label kind: __typename ... on Dog { chip } } }'
    const { data, refused } = await answer(text, {
      'Car.label': 'DENY',
      'Dog.label': 'M-ALL',
      'Dog.chip': 'VERIFY_ONLY',
    })
    expect(data).toEqual({
      things: [
        { __typename: 'Car', label: null, kind: 'Car' },
        { __typename: 'Dog', label: '************', kind: 'Dog', chip: null },
      ],
    })
    expect(refused).toEqual(['NO_GRANT Car.label things.label', 'VERIFY_ONLY Dog.chip things.chip'])
  })

  it('are asked for by type: no department is asked for the refused one', async () => {
    const { asked } = await answer('{ things { label } }', { 'Car.label': 'DENY' })
    expect(asked.fetches[0]?.query).toMatch(/\.\.\.on Dog\{label\}/)
    expect(asked.fetches[0]?.query).not.toMatch(/Car|\{things\{__typename label/)
  })

  it('are told of by union members too', async () => {
    const text = '{ papers { __typename ... on Will { text } ... on Thing { label } ... on Car { mark: plate } } }'
    const { data } = await answer(text, { 'Will.text': 'DENY' })
    expect(data).toEqual({
      papers: [
        { __typename: 'Will', text: null },
        { __typename: 'Car', label: null, mark: 'X1' },
      ],
    })
  })

  it('answer each under the caller’s key though types disagree on the field', async () => {
    const { data } = await answer(
      '{ things { ... on Car { plate owner { name } } ... on Dog { number: plate boss: owner { pension } } } }',
    )
    expect(data).toEqual({
      things: [
        { plate: 'X1', owner: { name: '李明' } },
        { number: 7, boss: { pension: 18 } },
      ],
    })
  })

  it('are left out, without a gap, where nothing of their type is told and existence is not allowed', async () => {
    const verdicts = { 'Query.things': 'DENY', 'Car.label': 'DENY', 'Dog.label': 'ALLOW' } as const
    expect((await answer('{ things { __typename label } }', verdicts)).data).toEqual({
      things: [{ __typename: 'Dog', label: 'dog' }],
    })
    const masked = { ...verdicts, 'Dog.label': 'M-NULL' } as const
    const { data, departments } = await answer('{ things { __typename label } }', masked)
    expect([data, departments]).toEqual([{ things: null }, []])
  })
})

describe('an @interfaceObject', () => {
  const media = federate([
    {
      name: 'library',
      sdl: `
        type Query { media: [Media] book: Book }
        interface Media @key(fields: "id") { id: ID! title: String }
        type Book implements Media @key(fields: "id") { id: ID! title: String pages: Int }
        type Film implements Media @key(fields: "id") { id: ID! title: String }`,
      resolvers: {
        Query: {
          media: () => [
            { __typename: 'Book', id: '1', title: 'one' },
            { __typename: 'Film', id: '2', title: 'two' },
          ],
          book: () => ({ id: '1', title: 'one' }),
        },
        Media: {
          __resolveReference: ({ id }: { id: string }) => ({
            id,
            title: 'again',
            __typename: id === '1' ? 'Book' : 'Film',
          }),
        },
        Book: { __resolveReference: ({ id }: { id: string }) => ({ id, title: 'again', pages: 9 }) },
      },
    },
    {
      name: 'press',
      sdl: `
        type Query { top: [Media] }
        type Media @interfaceObject @key(fields: "id") { id: ID! stars: Int review: String @requires(fields: "title") title: String @external }`,
      resolvers: {
        Query: { top: () => [{ id: '2' }, { id: '1' }] },
        Media: {
          __resolveReference: ({ id, title }: { id: string; title?: string }) => ({ id, title }),
          stars: ({ id }: { id: string }) => Number(id) * 10,
          review: ({ title }: { title: string }) => `of ${title}`,
        },
      },
    },
  ])

  it('gives its fields to every implementation, by one decision', async () => {
    const text = '{ media { title stars } book { stars } }'
    const clear = await answer(text, {}, {}, media)
    expect(clear.data).toEqual({
      media: [
        { title: 'one', stars: 10 },
        { title: 'two', stars: 20 },
      ],
      book: { stars: 10 },
    })
    expect(JSON.stringify(clear.asked.compiled.plan)).toContain('"kind":"ValueSetter"')
    const refused = await answer(text, { 'Film.stars': 'DENY' }, {}, media)
    expect(refused.data).toEqual({
      media: [
        { title: 'one', stars: null },
        { title: 'two', stars: null },
      ],
      book: { stars: null },
    })
    expect(refused.refused).toEqual(['NO_GRANT Book.stars media.stars', 'NO_GRANT Film.stars media.stars'])
    expect(refused.departments).toEqual(['library'])
  })

  it('learns the concrete type from the department that knows it', async () => {
    const { data } = await answer('{ top { __typename id stars ... on Book { pages } } }', {}, {}, media)
    expect(data).toMatchObject({
      top: [
        { __typename: 'Film', id: '2', stars: 20 },
        { __typename: 'Book', id: '1', stars: 10 },
      ],
    })
  })

  it('is computed from a field of the concrete type', async () => {
    expect((await answer('{ book { review } }', {}, {}, media)).data).toEqual({ book: { review: 'of one' } })
  })
})

describe('__typename', () => {
  it('is answered at the root, in objects and under any alias, without a fetch of its own', async () => {
    const { data, departments } = await answer('{ __typename root: __typename }')
    expect(data).toEqual({ __typename: 'Query', root: 'Query' })
    expect(departments).toEqual([])
    const below = await answer(`{ ${li} { __typename kind: __typename name } }`)
    expect(below.data).toEqual({ person: { __typename: 'Person', kind: 'Person', name: '李明' } })
  })
})

describe('the caller’s keys', () => {
  it('may be anything, in the order of the document', async () => {
    const text = `{ __proto__: ${li} { constructor: name __proto__: sex toString: number } __typename }`
    const { asked } = await answer(text)
    expect(asked.text).toBe(
      `{"__proto__":{"constructor":"李明","__proto__":"MALE","toString":"${NUMBERS.li}"},"__typename":"Query"}`,
    )
    expect(Object.getPrototypeOf({})).toBe(Object.prototype)
  })
})

describe('a field that an interface object computes', () => {
  it('is refused on every type of which it reads a refused field (wall 7)', () => {
    const types = `interface Media @key(fields: "id") { id: ID! title: String }
      type Book implements Media @key(fields: "id") { id: ID! title: String }
      type Film implements Media @key(fields: "id") { id: ID! title: String }`
    const review = `type Media @interfaceObject @key(fields: "id") {
      id: ID! review: String @requires(fields: "title") title: String @external }`
    const media = federate([
      { name: 'library', sdl: `type Query { book: Book } ${types}` },
      { name: 'press', sdl: review },
    ])
    const { decisions } = viewWith(media, { 'Book.title': 'DENY', 'Film.title': 'DENY' })
    expect(decisions.get('Book.review')?.kind).toBe('DENY')
    expect(viewWith(media).decisions.get('Book.review')?.kind).toBe('ALLOW')
  })
})
