import { describe, expect, it } from 'vitest'
import { isConjunction, isExactOperator } from '../../../gateway/compile/operators.ts'
import { viewWith } from '../../kit/federation.ts'
import { FIRMS, controlledView, refusalOf } from './filtering.ts'

type Variables = Readonly<Record<string, unknown>>

const BY_FILTER = 'query ($f: FirmFilter) { firms(filter: $f) { name } }'

async function codeOf(text: string, variables: Variables = {}): Promise<string | null> {
  return (await refusalOf(controlledView(), text, variables))?.code ?? null
}

describe('permitted argument values (NT-18.1, S06)', () => {
  it.each<[string, string, Variables]>([
    ['an argument', '{ firms(division: "320602") { name } }', {}],
    ['a variable', 'query ($d: String) { firms(division: $d) { name } }', { d: '320611' }],
    ["a variable's default", 'query ($d: String = "320602") { firms(division: $d) { name } }', {}],
    ['a nested operator', BY_FILTER, { f: { division: { eq: '320602' } } }],
    ['a list of permitted members', BY_FILTER, { f: { division: { in: ['320602', '320611'] } } }],
    ['a conjunction', BY_FILTER, { f: { and: [{ division: { eq: '320602' } }, { division: { in: ['320602'] } }] } }],
    ['the inner call', '{ firms(orderBy: [SIZE]) { near(division: "320602") { name } } }', {}],
    ['a field that rests on no such grant, without any filter', '{ firms(orderBy: [SIZE]) { code capital } }', {}],
    [
      'an order by the value itself, within the permitted ones',
      '{ firms(division: "320602", orderBy: [NAME]) { code } }',
      {},
    ],
  ])('are met by %s', async (_what, text, variables) => {
    expect(await codeOf(text, variables)).toBeNull()
  })

  it.each<[string, string, Variables]>([
    ['no filter', '{ firms { name } }', {}],
    ['another value', '{ firms(division: "320681") { name } }', {}],
    ['a variable that is not given', 'query ($d: String) { firms(division: $d) { name } }', {}],
    ['a null', 'query ($d: String) { firms(division: $d) { name } }', { d: null }],
    ["a variable's default", 'query ($d: String = "320681") { firms(division: $d) { name } }', {}],
    ['a default overridden', 'query ($d: String = "320602") { firms(division: $d) { name } }', { d: '320681' }],
    ['one foreign member of a list', BY_FILTER, { f: { division: { in: ['320602', '320681'] } } }],
    ['an empty list', BY_FILTER, { f: { division: { in: [] } } }],
    ['an empty operator', BY_FILTER, { f: { division: {} } }],
    ['a foreign value beside a permitted one', BY_FILTER, { f: { division: { eq: '320602', in: ['320681'] } } }],
    ['a foreign value in another argument', '{ firms(division: "320602", filter: { divisionNot: "1" }) { name } }', {}],
    ['a foreign value in the inner call', '{ firms(division: "320602") { near(division: "3") { name } } }', {}],
    ['inequality', BY_FILTER, { f: { division: { ne: '320602' } } }],
    ['a prefix', BY_FILTER, { f: { division: { startsWith: '320602' } } }],
    ['a member whose name negates', BY_FILTER, { f: { divisionNot: '320602' } }],
    ['a negated object', BY_FILTER, { f: { not: { division: { eq: '320602' } } } }],
    ['alternatives', BY_FILTER, { f: { or: [{ division: { eq: '320602' } }, { name: 'x' }] } }],
    ['a list without alternatives', BY_FILTER, { f: { and: [] } }],
    ['padding', BY_FILTER, { f: { division: { eq: '320602 ' } } }],
    ['an order', '{ firms(orderBy: [CAPITAL]) { name } }', {}],
    ['the call around: these are other firms', '{ firms(division: "320602") { near { name } } }', {}],
    ['an order by the value, of whatever firms', '{ firms(orderBy: [NAME]) { code } }', {}],
    ['an order by the value that the schema gives', '{ firms { code } }', {}],
    ['a filter by the value, of whatever firms', '{ firms(orderBy: [SIZE], filter: { name: "x" }) { code } }', {}],
    ['an argument that does not say it is exact', '{ around(division: "320602") { name } }', {}],
    ['one of two root fields', '{ a: firms(division: "320602") { name } b: firms { name } }', {}],
    ['a fragment', '{ ...F } fragment F on Query { firms { ... on Firm { alias: name } } }', {}],
    ['an interface', '{ registered { ... on Firm { name } } }', {}],
    ['a list in a custom scalar', '{ loose(json: ["320602", "320681"]) { name } }', {}],
    ['an object in a custom scalar', '{ loose(json: { not: "320602" }) { name } }', {}],
  ])('are not met by %s', async (_what, text, variables) => {
    expect(await codeOf(text, variables)).toBe('PARAMETER_OUT_OF_GRANT')
  })

  it('are asked for where a masked value is disclosed, and not where nothing is', async () => {
    const text = '{ firms { name } }'
    const ofName = (verdict: 'M-NAME' | 'DENY' | 'VERIFY_ONLY') =>
      refusalOf(controlledView({ 'Firm.name': verdict }), text)
    // The default orders by name, which is a filter that nobody may use who does not see it.
    const plain = '{ firms(orderBy: [SIZE]) { name } }'
    expect((await refusalOf(controlledView({ 'Firm.name': 'M-NAME' }), plain))?.code).toBe('PARAMETER_OUT_OF_GRANT')
    expect(await refusalOf(controlledView({ 'Firm.name': 'DENY' }), plain)).toBeNull()
    expect((await ofName('VERIFY_ONLY'))?.code).toBe('FILTER_NOT_ALLOWED')
  })

  it('count only for what is part of this request', async () => {
    const text = `query ($with: Boolean!, $d: String) {
      firms(division: $d, orderBy: [SIZE]) { code ...F @include(if: $with) }
    } fragment F on Firm { name }`
    expect(await codeOf(text, { with: false })).toBeNull()
    expect(await codeOf(text, { with: true })).toBe('PARAMETER_OUT_OF_GRANT')
    expect(await codeOf(text, { with: true, d: '320602' })).toBeNull()
  })

  it('hold for an object that such a grant opens, whatever is asked below it', async () => {
    const view = viewWith(FIRMS)
    const rule = { grant: 'G-2', values: new Map([['Firm.division', ['320602']]] as const), clause: 'NT-18.1' } as const
    const opened = { ...view, id: 'opened', parameters: new Map([['Query.firms', [rule]]] as const) }
    expect((await refusalOf(opened, '{ firms { capital } }'))?.code).toBe('PARAMETER_OUT_OF_GRANT')
    expect((await refusalOf(opened, '{ firms { __typename } }'))?.code).toBe('PARAMETER_OUT_OF_GRANT')
    expect(await refusalOf(opened, '{ firms(division: "320602") { capital } }')).toBeNull()
  })

  it('are named with the grant and the clause, never with a value', async () => {
    const rejection = await refusalOf(controlledView(), '{ firms(division: "320681") { name division } }')
    expect(rejection).toMatchObject({
      clause: 'NT-18.1',
      rejected: [
        { coordinate: 'Firm.division', code: 'PARAMETER_OUT_OF_GRANT', clause: 'NT-18.1', grant: 'G-1' },
        { coordinate: 'Firm.division', grant: 'G-1' },
      ],
    })
    expect(JSON.stringify(rejection)).not.toMatch(/320\d{3}/)
  })
})

describe('the name of an operator or a container', () => {
  it.each(['eq', 'EQ', '_in', 'oneOf', 'equals'])('%s asks for one of its values', (name) => {
    expect(isExactOperator(name)).toBe(true)
  })

  it.each(['ne', 'value', 'startsWith', 'gt', 'not', 'notIn'])('%s does not', (name) => {
    expect(isExactOperator(name)).toBe(false)
  })

  it.each(['filter', 'where', 'AND', '_and'])('%s holds conditions that all hold', (name) => {
    expect(isConjunction(name)).toBe(true)
  })

  it.each(['or', 'not', 'any', 'except', 'anything'])('%s does not', (name) => {
    expect(isConjunction(name)).toBe(false)
  })
})
