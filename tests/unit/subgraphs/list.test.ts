import { join } from 'node:path'
import { DatabaseSync } from 'node:sqlite'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import type { Subgraph, SubgraphAnswer } from '../../../subgraphs/kit/contract.ts'
import { createSubgraph } from '../../../subgraphs/kit/subgraph.ts'
import { marketRegistration } from '../../../subgraphs/market-registration/source.ts'
import { testCity } from '../../kit/city.ts'
import type { TestCity } from '../../kit/city.ts'
import { columnsOf } from '../../kit/sql-log.ts'

const CONTEXT = { receipt: 'gx_test', consumer: 'tax', matter: null }
const ZHONGSHAN = { divisionCode: '442000' }

interface Page {
  readonly nodes: readonly { readonly identifier: string; readonly enterprise?: unknown }[]
  readonly endCursor: string | null
  readonly hasNextPage: boolean
}

describe('a list of legal entities', () => {
  let city: TestCity
  let subgraph: Subgraph
  const statements: string[] = []
  beforeAll(async () => {
    city = await testCity(2000)
    subgraph = await connect()
  })
  afterAll(async () => {
    await subgraph.close()
    await city.close()
  })

  async function connect(): Promise<Subgraph> {
    const options = { dataDirectory: city.directory, onQuery: (sql: string) => void statements.push(sql) }
    return createSubgraph(marketRegistration, await marketRegistration.connect(options))
  }

  async function ask(
    variables: Record<string, unknown>,
    nodes = 'identifier',
    from = subgraph,
  ): Promise<SubgraphAnswer> {
    const query = `query ($filter: LegalEntityFilter!, $first: Int = 50, $after: String) {
      legalEntities(filter: $filter, first: $first, after: $after) { nodes { ${nodes} } endCursor hasNextPage }
    }`
    return from.execute({ query, variables }, CONTEXT)
  }

  async function page(variables: Record<string, unknown>, nodes?: string): Promise<Page> {
    const answer = await ask(variables, nodes)
    expect(answer.errors).toBeUndefined()
    return answer.data?.['legalEntities'] as Page
  }

  /** What the database itself holds, by a query of its own. */
  function held(where: string): readonly string[] {
    const database = new DatabaseSync(join(city.directory, 'market-registration', 'gsdj.db'), { readOnly: true })
    const rows = database
      .prepare(`select coalesce(tyshxydm, zch) as id from qy_jbxx where ${where} order by ztsxh`)
      .all()
    database.close()
    return rows.map((row) => String(row['id']))
  }

  async function all(filter: unknown, first: number): Promise<readonly string[]> {
    const found: string[] = []
    let after: string | null = null
    for (;;) {
      const { nodes, endCursor, hasNextPage }: Page = await page({ filter, first, after })
      expect(nodes.length).toBeLessThanOrEqual(first)
      found.push(...nodes.map(({ identifier }) => identifier))
      if (!hasNextPage) return found
      expect(nodes).toHaveLength(first)
      after = endCursor
    }
  }

  test.each([1, 7, 50])('gives everything once, in pages of %d', async (first) => {
    const expected = held(`xzqh = '442000'`)
    expect(expected.length).toBeGreaterThan(50)
    expect(await all(ZHONGSHAN, first)).toEqual(expected)
  })

  test('ends with a page that is exactly full', async () => {
    const expected = held(`xzqh = '442000' and hy = 'C3989'`)
    const first = expected.length
    expect(first).toBeGreaterThan(1)
    const { nodes, hasNextPage } = await page({ filter: { ...ZHONGSHAN, industry: 'C3989' }, first })
    expect([nodes.length, hasNextPage]).toEqual([first, false])
  })

  test.each([
    [{ divisionCodeIn: ['441302', '441303'] }, `xzqh in ('441302', '441303')`],
    [{ divisionCode: '442000', divisionCodeIn: ['441302', '442000'] }, `xzqh = '442000'`],
    [{ enterpriseType: '1151' }, `qylx = 'DZ'`],
    [
      { enterpriseTypeIn: ['1219', '1110'], industryIn: ['C2110', 'C1811'] },
      `qylx in ('GF','GQ') and hy in ('C2110','C1811')`,
    ],
    [{ divisionCode: '442000', industry: null }, `xzqh = '442000'`],
  ])('filters by %j', async (filter, where) => {
    const expected = held(where)
    expect(expected.length).toBeGreaterThan(0)
    expect(await all(filter, 50)).toEqual(expected)
  })

  test('finds nothing for a code that the source does not have', async () => {
    for (const filter of [{ enterpriseType: '9999' }, { enterpriseType: 'DZ' }, { divisionCode: '000000' }])
      expect(await page({ filter })).toEqual({ nodes: [], endCursor: null, hasNextPage: false })
  })

  test('asks for keys and place only, then for the asked columns of the whole page at once', async () => {
    statements.length = 0
    const { nodes } = await page({ filter: ZHONGSHAN, first: 5 }, 'identifier enterprise { enterpriseName }')
    expect(nodes).toHaveLength(5)
    expect(nodes.every(({ enterprise }) => enterprise !== null)).toBe(true)
    const read = statements.filter((sql) => sql.includes('qy_jbxx')).map(columnsOf)
    expect(read).toEqual([new Set(['tyshxydm', 'zch', 'ztsxh', 'xzqh']), new Set(['tyshxydm', 'zch', 'qymc'])])
  })

  test('tells the source’s own time', async () => {
    const { extensions } = await ask({ filter: ZHONGSHAN })
    expect(extensions?.sources).toEqual([{ type: 'Enterprise', asOf: '2026-11-20T03:05:00+08:00' }])
  })

  const refused: readonly (readonly [Record<string, unknown>, string])[] = [
    [{ filter: ZHONGSHAN, first: 501 }, 'more than a page'],
    [{ filter: ZHONGSHAN, first: 0 }, 'nothing'],
    [{ filter: ZHONGSHAN, first: -1 }, 'less than nothing'],
    [{ filter: {} }, 'the whole register'],
    [{ filter: { industry: null } }, 'the whole register by a null'],
    [{ filter: { industryIn: [] } }, 'none of no codes'],
    [{ filter: { industryIn: Array.from({ length: 101 }, () => 'C2110') } }, 'more codes than a filter has'],
    [{ filter: { divisionCode: '4'.repeat(65) } }, 'a code that is none'],
    [{ filter: ZHONGSHAN, after: 'MDAwMDAwMDAwMQ' }, 'a cursor that was made up'],
    [{ filter: ZHONGSHAN, after: '0000000001' }, 'a place in clear'],
  ]
  test.each(refused)('refuses %j: %s', async (variables) => {
    const answer = await ask(variables)
    expect(answer.data).toEqual({ legalEntities: null })
    expect(answer.errors?.map(({ extensions }) => extensions?.code)).toEqual(['BAD_USER_INPUT'])
  })

  test('takes a cursor for its own filter and process alone', async () => {
    const { endCursor } = await page({ filter: ZHONGSHAN, first: 3 })
    const other = await connect()
    const answers = [
      await ask({ filter: { divisionCode: '441302' }, first: 3, after: endCursor }),
      await ask({ filter: { ...ZHONGSHAN, industry: 'C2110' }, first: 3, after: endCursor }),
      await ask({ filter: ZHONGSHAN, first: 3, after: endCursor }, 'identifier', other),
    ]
    await other.close()
    for (const { errors } of answers) expect(errors?.[0]?.extensions?.code).toBe('BAD_USER_INPUT')
    // Another size of page is the same list.
    expect((await page({ filter: ZHONGSHAN, first: 9, after: endCursor })).nodes).toHaveLength(9)
  })

  test('a cursor tells neither identifier nor place', async () => {
    const { nodes, endCursor } = await page({ filter: ZHONGSHAN, first: 2 })
    const bytes = Buffer.from(endCursor ?? '', 'base64url').toString('latin1')
    expect(bytes.length).toBeGreaterThan(20)
    for (const { identifier } of nodes) expect(bytes).not.toContain(identifier)
    expect(bytes).not.toMatch(/0{6}/)
  })
})
