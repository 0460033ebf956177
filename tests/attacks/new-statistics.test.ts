import { describe, expect, test } from 'vitest'
import { publicSecurity } from '../../subgraphs/public-security/source.ts'
import { residencePermit } from '../../subgraphs/residence-permit/source.ts'
import type { CountedGroup, CountLookup, Department, Source } from '../../subgraphs/kit/register.ts'
import { createSubgraph } from '../../subgraphs/kit/subgraph.ts'

/* Attempts to find a group of fewer than ten by what everybody knows of the values themselves (S21, ZS-5.09). */

const AS_OF = '2026-11-20T02:10:00+08:00'
const CONTEXT = { receipt: 'gx_test', consumer: 'planning', matter: null }

/** A department over these groups, added up as a database does. */
async function ask(department: Department, rows: readonly CountedGroup[], query: string): Promise<unknown> {
  const counted = ({ columns }: CountLookup): readonly CountedGroup[] => {
    const groups = new Map<string, CountedGroup>()
    for (const { row, count } of rows) {
      const own = Object.fromEntries(columns.map((column) => [column, row[column]]))
      const key = JSON.stringify(own)
      groups.set(key, { row: own, count: count + (groups.get(key)?.count ?? 0) })
    }
    return [...groups.values()]
  }
  const source: Source = {
    fetch: () => Promise.reject(new Error('a row was asked for')),
    count: async (lookup) => ({ groups: counted(lookup), asOf: AS_OF }),
    asOf: async () => AS_OF,
    health: async () => ({ ok: true, detail: '' }),
    close: async () => {},
  }
  const { data } = await createSubgraph(department, source).execute({ query, variables: {} }, CONTEXT)
  return JSON.parse(JSON.stringify(data)) as unknown
}

describe('a township within its county', () => {
  /** Registrations; the first six digits of a township are its county. */
  const TOWNSHIPS: Readonly<Record<string, number>> = {
    '441302001': 4,
    '441302002': 40,
    '441302003': 52,
    '441303001': 12,
    '441303002': 33,
    '441322001': 61,
    '441322002': 70,
  }
  const countyOf = (township: string): string => township.slice(0, 6)
  const rows = Object.entries(TOWNSHIPS).flatMap(([township, count]) => {
    const place = { COUNTY: countyOf(township), TOWNSHIP: township }
    return [
      { row: place, sex: '1', count: Math.ceil(count / 2) },
      { row: place, sex: '2', count: Math.floor(count / 2) },
    ].map(({ row, sex, count: of }): CountedGroup => ({
      row: { jz_xq: row.COUNTY, jz_xzjd: row.TOWNSHIP, xb: sex },
      count: of,
    }))
  })
  async function table(by: string, field: string): Promise<ReadonlyMap<string, number>> {
    const query = `{ residencePermitStatistics(groupBy: [${by}]) { groups { of: ${field} count } } }`
    const data = (await ask(residencePermit, rows, query)) as {
      readonly residencePermitStatistics: {
        readonly groups: readonly { readonly of: string; readonly count: number }[]
      }
    }
    return new Map(data.residencePermitStatistics.groups.map(({ of, count }) => [of, count]))
  }

  // That the one nests in the other is known to everybody, and stands in the codes.
  test('is not given back by the county’s total, in two tables of the four that an officer has', async () => {
    const counties = await table('RESIDENCE_COUNTY', 'residenceCounty')
    const townships = await table('RESIDENCE_TOWNSHIP', 'residenceTownship')
    expect([...counties.keys(), ...townships.keys()]).toContain('441322')
    const hidden = Object.keys(TOWNSHIPS).filter((one) => !townships.has(one))
    expect(hidden).toContain('441302001')
    const found = hidden.filter((one) => {
      const others = Object.keys(TOWNSHIPS).filter((other) => other !== one && countyOf(other) === countyOf(one))
      return counties.has(countyOf(one)) && others.every((other) => townships.has(other))
    })
    expect(found).toEqual([])
  })
})

describe('a system that also lists whom it counts nobody of', () => {
  const of = (xb: string, count: number): CountedGroup => ({ row: { xb }, count })
  test('is answered as one that leaves them out', async () => {
    const query = '{ populationStatistics(groupBy: [SEX]) { groups { sex count } suppressed } }'
    const groups = [of('1', 20), of('2', 30)]
    expect(await ask(publicSecurity, [...groups, of('9', 0)], query)).toEqual(await ask(publicSecurity, groups, query))
  })
})
