import { describe, expect, it } from 'vitest'
import type { Coordinate } from '../../../gateway/vocabulary/coordinate.ts'
import { viewWith } from '../../kit/federation.ts'
import type { Verdict } from '../../kit/federation.ts'
import { FIRMS, refusalOf } from './filtering.ts'

type Variables = Readonly<Record<string, unknown>>

/** Places refused while one coordinate is under a verdict and everything else is ALLOW. */
async function refused(at: Coordinate, verdict: Verdict, text: string, variables: Variables = {}): Promise<string[]> {
  const rejection = await refusalOf(viewWith(FIRMS, { [at]: verdict }), text, variables)
  return (rejection?.rejected ?? []).map(({ coordinate }) => coordinate)
}

const FILTERED = 'query ($f: FirmFilter) { firms(filter: $f) { code } }'

describe('filtering by a coordinate (INV-6)', () => {
  it.each<Verdict>(['M-NO', 'VERIFY_ONLY', 'DENY'])(
    'that is %s is refused with the clause of its decision',
    async (verdict) => {
      const view = viewWith(FIRMS, { 'Firm.division': verdict })
      const rejection = await refusalOf(view, '{ firms(division: "320602") { code } }')
      expect(rejection).toMatchObject({ code: 'FILTER_NOT_ALLOWED', clause: 'ZS-4.03' })
      expect(rejection?.detail).toBe('Query.firms(division:) → Firm.division')
    },
  )

  it('that is ALLOW passes, and so does what filters by nothing', async () => {
    expect(await refusalOf(viewWith(FIRMS), '{ firms(division: "320602", filter: { name: "x" }) { code } }')).toBeNull()
    expect(await refused('Firm.division', 'DENY', '{ firms(first: 5, filter: { limit: 1 }) { code } }')).toEqual([])
    expect(await refused('Firm.division', 'DENY', FILTERED, { f: { owner: { name: 'x' } } })).toEqual([])
  })

  it('counts only members that are given: the same document passes with other variables', async () => {
    expect(await refused('Firm.name', 'M-NAME', FILTERED, { f: { division: { eq: '320602' } } })).toContain(
      // The schema's own default orders by name.
      'FirmOrder.NAME',
    )
    const sized = 'query ($f: FirmFilter) { firms(filter: $f, orderBy: [SIZE]) { code } }'
    expect(await refused('Firm.name', 'M-NAME', sized, { f: { division: { eq: '320602' } } })).toEqual([])
    expect(await refused('Firm.name', 'M-NAME', sized, { f: { name: 'x' } })).toEqual(['FirmFilter.name'])
    expect(await refused('Firm.name', 'M-NAME', sized)).toEqual([])
  })

  it.each<[string, Variables]>([
    ['a null', { f: { division: null } }],
    ['an empty object', { f: { division: {} } }],
    ['an empty list', { f: { division: { in: [] } } }],
    ['a member of a list of alternatives', { f: { or: [{ name: 'x' }, { division: { eq: 'x' } }] } }],
    ['a member four levels down', { f: { and: [{ or: [{ not: { divisionNot: 'x' } }] }] } }],
  ])('counts %s', async (_what, variables) => {
    expect(await refused('Firm.division', 'DENY', FILTERED, variables)).toHaveLength(1)
  })

  it.each([
    ['a literal', '{ firms(filter: { division: { eq: "x" } }) { code } }'],
    ["a variable's default", 'query ($f: FirmFilter = { divisionNot: "x" }) { firms(filter: $f) { code } }'],
    [
      'a variable within a literal',
      'query ($d: String = "x") { firms(filter: { or: [{ divisionNot: $d }] }) { code } }',
    ],
    ['an alias', '{ code: firms(division: "x") { name: code } }'],
    ['a fragment', '{ ...F } fragment F on Query { firms { ... on Firm { near(division: "x") { code } } } }'],
    ['an interface', '{ registered { near(division: "x") { code } } }'],
    ['what is refused anyway', '{ firms { owner { born } near(division: "x") { division } } }'],
  ])('sees through %s', async (_what, text) => {
    expect(await refused('Firm.division', 'DENY', text)).toHaveLength(1)
  })

  it('does not count what @include or @skip leaves out of this very request', async () => {
    const text = 'query ($with: Boolean!) { firms { code near(division: "x") @include(if: $with) { code } } }'
    expect(await refused('Firm.division', 'DENY', text, { with: false })).toEqual([])
    expect(await refused('Firm.division', 'DENY', text, { with: true })).toEqual(['Registered.near(division:)'])
  })

  it('does not count a variable that is not given', async () => {
    const text = 'query ($d: String) { firms(division: $d) { code } }'
    expect(await refused('Firm.division', 'DENY', text)).toEqual([])
    expect(await refused('Firm.division', 'DENY', text, { d: null })).toEqual(['Query.firms(division:)'])
  })

  it("counts the schema's own defaults, of arguments and of members", async () => {
    expect(await refused('Firm.kind', 'DENY', '{ firms { code } }')).toEqual(['Query.firms(kind:)'])
    expect(await refused('Owner.born', 'DENY', FILTERED, { f: { owner: {} } })).toEqual(['OwnerFilter.born'])
    expect(await refused('Owner.born', 'DENY', FILTERED, { f: {} })).toEqual([])
    const literal = 'query ($n: String) { firms(filter: { owner: { name: $n } }) { code } }'
    expect(await refused('Owner.born', 'DENY', literal)).toEqual(['OwnerFilter.born'])
  })

  it('counts enum values that name a coordinate, and no other value of the enum', async () => {
    const text = 'query ($o: [FirmOrder!]) { firms(orderBy: $o) { code } }'
    expect(await refused('Firm.capital', 'DENY', text, { o: ['SIZE', 'CAPITAL'] })).toEqual(['FirmOrder.CAPITAL'])
    expect(await refused('Firm.capital', 'DENY', text, { o: 'CAPITAL' })).toEqual(['FirmOrder.CAPITAL'])
    expect(await refused('Firm.capital', 'DENY', text, { o: ['SIZE', 'NAME'] })).toEqual([])
  })

  it('names each place once and no value', async () => {
    const view = viewWith(FIRMS, { 'Firm.division': 'DENY', 'Firm.name': 'DENY' })
    const text = '{ a: firms(division: "secret-1") { code } b: firms(division: "secret-2") { code } }'
    const rejection = await refusalOf(view, text)
    expect(rejection?.rejected.map(({ coordinate }) => coordinate)).toEqual([
      'Query.firms(division:)',
      'FirmOrder.NAME',
    ])
    expect(JSON.stringify(rejection)).not.toContain('secret')
  })
})
