import { describe, expect, it } from 'vitest'
import { project } from '../../../gateway/project/project.ts'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'

const city = federate([
  {
    name: 'city',
    sdl: `
      type Query { one: Item many: [Item] sure: [Item!] grid: [[Item!]] things: [Thing] proto: Item }
      enum Colour { RED GREEN }
      scalar Date
      type Item {
        text: String id: ID int: Int float: Float flag: Boolean colour: Colour date: Date
        texts: [String!] ints: [Int] colours: [Colour!] table: [[String!]] constructor: String valueOf: Date below: Item
      }
      interface Thing { text: String }
      type A implements Thing { text: String }
      type B implements Thing { text: String }`,
  },
  { name: 'town', sdl: 'type Query { town: String }' },
])

/** Shapes fetched data for a document, through the real compiler. */
async function shape(text: string, fetched: object, verdicts: Readonly<Record<Coordinate, Verdict>> = {}, failed = {}) {
  const view = viewWith(city, verdicts)
  const compiled = await city.generation.compiledFor(view, normaliseText(city.schema, text))
  const outcomes = new Map(Object.entries(failed)) as Parameters<typeof project>[3]
  const { data, faults, records } = project(compiled, fetched as Record<string, unknown>, {}, outcomes)
  return {
    data: JSON.parse(JSON.stringify(data)) as unknown,
    text: JSON.stringify(data),
    faults: faults.map(({ code, coordinate, path }) => `${code} ${coordinate} ${path.join('.')}`),
    records: records.map(({ path, type, provider }) => `${path.join('.')} ${type} ${provider}`),
  }
}

describe('a leaf leaves only in the type that the schema promises', () => {
  it.each([
    ['text', 'x', 'x'],
    ['text', 5, '5'],
    ['text', { deep: 'secret' }, undefined],
    ['text', ['secret'], undefined],
    ['id', 7, '7'],
    ['id', true, undefined],
    ['int', 5, 5],
    ['int', 5.5, undefined],
    ['int', 'secret', undefined],
    ['int', 3_000_000_000, undefined],
    ['float', 5.5, 5.5],
    ['float', 'secret', undefined],
    ['flag', false, false],
    ['flag', 'secret', undefined],
    ['colour', 'RED', 'RED'],
    ['colour', 'secret', undefined],
    ['date', '2026-11-22', '2026-11-22'],
    ['date', { secret: 1 }, undefined],
    ['texts', ['a', 'b'], ['a', 'b']],
    ['texts', 'secret', undefined],
    ['ints', [1, null], [1, null]],
    ['table', [['a'], null, []], [['a'], null, []]],
    ['constructor', 'x', 'x'],
    ['below', 'secret', undefined],
    ['below', ['secret'], undefined],
  ])('%s: %j', async (field, value, expected) => {
    const { data, faults, text } = await shape(`{ one { ${field}${field === 'below' ? ' { text }' : ''} } }`, {
      one: { [field]: value },
    })
    expect(data).toEqual({ one: { [field]: expected ?? null } })
    expect(faults).toEqual(expected === undefined ? [`SOURCE_INVALID Item.${field} one.${field}`] : [])
    expect(text).not.toContain('secret')
  })

  it('is null where the source says null, without a fault', async () => {
    const text = '{ one { text int colour texts below { text } } }'
    const { data, faults } = await shape(text, {
      one: { text: null, int: null, colour: null, texts: null, below: null },
    })
    expect(data).toEqual({ one: { text: null, int: null, colour: null, texts: null, below: null } })
    expect(faults).toEqual([])
  })

  it('is not what every object inherits', async () => {
    const { faults, text } = await shape('{ one { constructor valueOf } }', { one: {} })
    expect(faults).toEqual(['constructor', 'valueOf'].map((name) => `SOURCE_INVALID Item.${name} one.${name}`))
    expect(text).toBe('{"one":{"constructor":null,"valueOf":null}}')
  })
})

describe('a mask', () => {
  it('takes the place of a text, whatever the source gave', async () => {
    const all = { 'Item.text': 'M-ALL', 'Item.date': 'M-DATE', 'Item.texts': 'M-ALL', 'Item.table': 'M-NULL' } as const
    const fetched = {
      one: { text: { deep: 'secret' }, date: '1990-03-07', texts: ['secret', 'b'], table: [['secret']] },
    }
    const { data, faults } = await shape('{ one { text date texts table } }', fetched, all)
    expect(data).toEqual({
      one: { text: '************', date: '1990-**-**', texts: ['************'], table: null },
    })
    expect(faults).toEqual([])
  })

  it('is null where the type holds no text: an enum, a number, a Boolean', async () => {
    const all = {
      'Item.colour': 'M-ALL',
      'Item.int': 'M-ALL',
      'Item.float': 'M-ALL',
      'Item.flag': 'M-ALL',
      'Item.colours': 'M-ALL',
      'Item.ints': 'M-ALL',
    } as const
    const fetched = { one: { colour: 'RED', int: 1, float: 1.5, flag: true, colours: ['RED'], ints: [1] } }
    const { data } = await shape('{ one { colour int float flag colours ints } }', fetched, all)
    expect(data).toEqual({ one: { colour: null, int: null, float: null, flag: null, colours: null, ints: null } })
  })

  it('does not tell whether there is a value, where its rule says so', async () => {
    const { data } = await shape(
      '{ one { text id } }',
      { one: { text: null, id: null } },
      { 'Item.text': 'M-ALL', 'Item.id': 'M-NAME' },
    )
    expect(data).toEqual({ one: { text: '************', id: null } })
  })

  it('is no reason to hide that the source failed', async () => {
    const { data, faults } = await shape(
      '{ one { text } }',
      { one: {} },
      { 'Item.text': 'M-ALL' },
      { city: 'SOURCE_UNAVAILABLE' },
    )
    expect(data).toEqual({ one: { text: null } })
    expect(faults).toEqual(['SOURCE_UNAVAILABLE Item.text one.text'])
  })
})

describe('a list', () => {
  it('of non-null elements is null as a whole when the source puts null there', async () => {
    const { data, faults, records } = await shape('{ sure { text } one { texts } }', {
      sure: [{ text: 'a' }, null],
      one: { texts: ['a', null] },
    })
    expect(data).toEqual({ sure: null, one: { texts: null } })
    expect(faults).toEqual(['SOURCE_INVALID Query.sure sure.1', 'SOURCE_INVALID Item.texts one.texts.1'])
    expect(records).toEqual(['one Item city'])
  })

  it('of lists keeps its shape, and names each place by its indices', async () => {
    const { data, faults, records } = await shape('{ rows: grid { name: text } }', {
      grid: [[{ text: 'a' }, {}], null, []],
    })
    expect(data).toEqual({ rows: [[{ name: 'a' }, { name: null }], null, []] })
    expect(faults).toEqual(['SOURCE_INVALID Item.text rows.0.1.name'])
    expect(records).toEqual(['rows.0.0 Item city', 'rows.0.1 Item city'])
  })

  it('keeps the rest when an element is not what it should be', async () => {
    const { data, faults } = await shape('{ many { text } }', { many: [{ text: 'a' }, 'x', 5, null, undefined] })
    expect(data).toEqual({ many: [{ text: 'a' }, null, null, null, null] })
    // What is undefined cannot have been sent: it is owed by a fetch that brought nothing.
    expect(faults).toEqual([
      'SOURCE_INVALID Query.many many.1',
      'SOURCE_INVALID Query.many many.2',
      'SOURCE_UNAVAILABLE Query.many many.4',
    ])
  })
})

describe('what is missing', () => {
  it('is named where it is missing, with the caller’s keys, for the reason of its provider alone', async () => {
    const text = '{ a: many { t: text below { deep: int } } town }'
    const fetched = { many: [{ text: 'x', below: {} }, { below: null }] }
    const gone = await shape(text, fetched, {}, { city: 'SOURCE_UNAVAILABLE' })
    expect(gone.faults).toEqual([
      'SOURCE_UNAVAILABLE Item.int a.0.below.deep',
      'SOURCE_UNAVAILABLE Item.text a.1.t',
      'SOURCE_INVALID Query.town town',
    ])
    const broken = await shape(text, fetched, {}, { city: 'SOURCE_INVALID' })
    expect(broken.faults[0]).toBe('SOURCE_INVALID Item.int a.0.below.deep')
    expect((await shape(text, fetched)).faults[2]).toBe('SOURCE_INVALID Query.town town')
  })

  it('is owed where its key stands there without a value, whatever became of the rest', async () => {
    const fetched = { many: [{ text: undefined, below: undefined }, { below: { int: 1 } }], town: undefined }
    const { data, faults } = await shape('{ many { text below { int } } town }', fetched)
    expect(data).toEqual({
      many: [
        { text: null, below: null },
        { text: null, below: { int: 1 } },
      ],
      town: null,
    })
    expect(faults).toEqual([
      'SOURCE_UNAVAILABLE Item.text many.0.text',
      'SOURCE_UNAVAILABLE Item.below many.0.below',
      'SOURCE_INVALID Item.text many.1.text',
      'SOURCE_UNAVAILABLE Query.town town',
    ])
  })

  it('is told once, at the object, when the object is missing', async () => {
    expect((await shape('{ one { text below { text } } }', {}, {}, { city: 'SOURCE_UNAVAILABLE' })).faults).toEqual([
      'SOURCE_UNAVAILABLE Query.one one',
    ])
  })
})

describe('an object of several types', () => {
  it('is a fault when the source names a type that cannot stand there', async () => {
    const things = [
      { __typename: 'A', text: 'a' },
      { __typename: 'Item', text: 'secret' },
      { text: 'secret' },
      { __typename: '__proto__', text: 'secret' },
    ]
    const { data, faults, records } = await shape('{ things { __typename text } }', { things })
    expect(data).toEqual({ things: [{ __typename: 'A', text: 'a' }, null, null, null] })
    expect(faults).toHaveLength(3)
    expect(records).toEqual(['things.0 A city'])
  })
})

describe('the answer', () => {
  it('has its keys in the order of the document, whatever order the source chose', async () => {
    const { text } = await shape('{ b: one { flag text int a: text } many { text } }', {
      many: [],
      one: { int: 1, text: 't', flag: true },
    })
    expect(text).toBe('{"b":{"flag":true,"text":"t","int":1,"a":"t"},"many":[]}')
  })

  it('holds nothing that was not asked, whatever the source sent', async () => {
    const { text } = await shape('{ one { text } }', {
      one: { text: 't', id: 'secret', below: { text: 'secret' } },
      extra: 'secret',
    })
    expect(text).toBe('{"one":{"text":"t"}}')
  })

  it('may have a key __proto__, which is a key like any other', async () => {
    const { text } = await shape('{ __proto__: one { __proto__: text constructor: id } }', {
      one: { text: 't', id: 1 },
    })
    expect(text).toBe('{"__proto__":{"__proto__":"t","constructor":"1"}}')
    expect('t' in {}).toBe(false)
  })
})
