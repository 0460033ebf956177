import fc from 'fast-check'
import { parse, validate } from 'graphql'
import { describe, expect, it } from 'vitest'
import { included } from '../../../gateway/compile/compiled-operation.ts'
import type { Generation } from '../../../gateway/compile/generation.ts'
import { createGrantIndex } from '../../../gateway/grants/grant.ts'
import type { View } from '../../../gateway/grants/view.ts'
import { explain } from '../../../gateway/request/explain.ts'
import type { ExplainSource } from '../../../gateway/request/explain.ts'
import type { Decision } from '../../../gateway/vocabulary/decision.ts'
import type { Failure } from '../../../gateway/vocabulary/failure.ts'
import { choicesOf, worldOf } from '../../differential/compare.ts'
import { drafts } from '../../differential/model.ts'
import { prepare } from '../../kit/federation-ask.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import type { Federation } from '../../kit/federation.ts'
import { SAMPLE } from '../../kit/federation-sample.ts'
import { ZHONGSHAN, callerOf, matterOf } from '../grants/world.ts'

const SEED = Number(process.env['GONGXIANG_SEED'] ?? 20_261_122)

/** A generation whose callers all have one view; it compiles as the original does, and into the same cache. */
function seenAs(generation: Generation, view: View): Generation {
  return { ...generation, views: { viewOf: () => view, introspectionViewOf: () => view } }
}

function sourceOf(generation: Generation): ExplainSource {
  return {
    regime: ZHONGSHAN,
    generation,
    grants: createGrantIndex(1, []),
    matters: { version: () => 1, find: () => matterOf({}), ofDepartment: () => [] },
    limits: { depth: 50, aliases: 500, rootFields: 100, tokens: 10_000, subjectsPerOperation: 50, pageSize: 50 },
    language: 'en',
    nameOf: () => null,
    clauseText: () => null,
  }
}

function ask(federation: Federation, view: View, document: string) {
  const source = sourceOf(seenAs(federation.generation, view))
  return explain(source, callerOf(), { document, operationName: null })
}

describe('an explanation equals the compiled operation', () => {
  const worlds = fc.sample(fc.noBias(drafts), { seed: SEED, numRuns: 12 }).map(worldOf)

  it('over random schemas, decisions and documents', async () => {
    let [explained, withRefusals] = [0, 0]
    for (const [index, world] of worlds.entries()) {
      const { federation } = world
      const property = fc.asyncProperty(fc.gen(), async (g) => {
        const { asking, verdicts } = choicesOf(g, world)
        if (validate(federation.schema, parse(asking.text)).length > 0) return
        const view = viewWith(federation, verdicts)
        const prepared = prepare(federation.schema, asking.text, { variables: asking.variables })
        const compiled = await federation.generation.compiledFor(view, prepared.normalised)
        const explanation = await ask(federation, view, asking.text)
        const told = new Map(explanation.decisions.map((one) => [one.coordinate, one]))
        // Whatever a request is told, its explanation tells too; but for objects that speak where a condition left
        // nothing below them: as if all were included, they do not.
        for (const use of compiled.uses.filter(({ when }) => included(when, prepared.variables))) {
          if (use.when?.some((all) => all.some((one) => 'unless' in one))) continue
          const found = told.get(use.coordinate)
          expect([found?.decision, found?.clause, found?.grant]).toEqual([
            use.decision.kind,
            use.decision.clause,
            use.decision.grant,
          ])
          expect(found?.paths).toContain(use.path.join('.'))
        }
        expect(explanation.prunedDocument).toBe(compiled.pruned)
        explained += 1
        if (explanation.decisions.some(({ decision }) => decision === 'DENY')) withRefusals += 1
      })
      await fc.assert(property, { seed: SEED + index, numRuns: 25, plugins: [fc.unbiased()], endOnFailure: true })
    }
    expect(explained).toBeGreaterThan(200)
    expect(withRefusals).toBeGreaterThan(80)
  }, 60_000)
})

describe('an explanation', () => {
  const sample = federate(SAMPLE)
  const NUMBER = '440000199001010007'

  it('compiles into the cache that requests use, and no second time', async () => {
    let planned = 0
    const { generation } = federate(SAMPLE, () => ({ plan: async () => ((planned += 1), null) }))
    const view = viewWith(sample, { 'Person.sex': 'DENY' })
    const source = sourceOf(seenAs(generation, view))
    const document = 'query($n: String!) { person(number: $n) { name sex } }'
    for (const _ of [1, 2, 3]) await explain(source, callerOf(), { document, operationName: null })
    expect(planned).toBe(1)
  })

  it('holds no literal of the document', async () => {
    const explanation = await ask(sample, viewWith(sample), `{ person(number: "${NUMBER}") { name } }`)
    expect(explanation.prunedDocument).toContain('name')
    expect(JSON.stringify(explanation)).not.toContain(NUMBER)
  })

  it('of what is not classified says so', async () => {
    const view = viewWith(sample)
    const decisions = new Map([...view.decisions].filter(([at]) => at !== 'Person.name'))
    const { decisions: told } = await ask(
      sample,
      { ...view, id: 'unclassified', decisions },
      '{ person(number: "1") { name } }',
    )
    expect(told.find(({ coordinate }) => coordinate === 'Person.name')?.code).toBe('CLASS_MISSING')
  })

  it.each([
    ['{', 'GRAPHQL_PARSE_FAILED', '第 1 行第 2 列'],
    ['{ a }', 'GRAPHQL_VALIDATION_FAILED', '第 1 行第 3 列'],
    ['{ a b c }', 'GRAPHQL_VALIDATION_FAILED', '第 1 行第 7 列'],
  ])('of %s is refused with the place', async (document, code, place) => {
    const refused = await ask(sample, viewWith(sample), document).then(
      () => null,
      (error: unknown) => error as Failure,
    )
    expect([refused?.code, refused?.detailIn('zh-CN')]).toEqual([code, expect.stringContaining(place) as string])
  })
})

describe('where another coordinate decides', () => {
  const sample = federate(SAMPLE)
  const head: Decision = { kind: 'DENY', code: 'NOT_NEEDED', clause: 'ZS-4.01(3)', grant: 'G-1' }

  it('the explanation names it and unlocks that one', async () => {
    const view = viewWith(sample, { 'Household.headNumber': head })
    const { decisions } = await ask(sample, view, '{ person(number: "1") { household { address head { name } } } }')
    const told = (at: string) => decisions.find(({ coordinate }) => coordinate === at)
    expect(told('Household.address')).toMatchObject({ because: null, unlock: null })
    const found = told('Household.head')
    expect(found).toMatchObject({ code: 'NOT_NEEDED', because: 'Household.headNumber', grant: 'G-1' })
    expect(found?.reason).toMatch(
      /^This matter does not need the field \(ZS-4.01\(3\)\), decided by Household.headNumber /,
    )
    expect(found?.unlock?.procedure).toBe('AMEND_MATTER')
    expect(found?.unlock?.text).toMatch(
      /^Household.headNumber .* decides, so that is what has to be opened: the matter/,
    )
  })

  it('a mask that the reference cannot cross is what has to be widened, not the reference', async () => {
    const view = viewWith(sample, { 'Household.headNumber': 'M-IDNO' })
    const { decisions } = await ask(sample, view, '{ person(number: "1") { household { head { name } } } }')
    const found = decisions.find(({ coordinate }) => coordinate === 'Household.head')
    expect([found?.code, found?.because]).toEqual(['NO_GRANT', 'Household.headNumber'])
    expect(found?.unlock?.text).toContain('only the masked value is provided')
  })
})

describe('what may not be filtered by', () => {
  const city = federate([
    {
      name: 'market',
      sdl: `
        enum Order { NAME @filters(field: "Firm.name") CAPITAL @filters(field: "Firm.capital") }
        input Filter { name: String @filters(field: "Firm.name") capital: Int @filters(field: "Firm.capital") and: [Filter!] }
        type Query {
          firms(filter: Filter, order: Order, industry: String @filters(field: "Firm.industry")): [Firm]
        }
        type Firm @key(fields: "code") { code: ID! name: String capital: Int industry: String }`,
    },
  ])
  const view = viewWith(city, { 'Firm.capital': 'DENY', 'Firm.industry': 'M-ALL' })
  const REFUSED = ['Firm.capital', 'Firm.industry']

  it.each<readonly [string, readonly string[], readonly string[]]>([
    ['{ firms { code } }', [], []],
    ['{ firms(filter: {}) { code } }', ['Firm.capital'], []],
    ['{ firms(filter: { name: "a" }) { code } }', ['Firm.capital'], []],
    ['{ firms(filter: { and: [{ capital: 1 }] }) { code } }', ['Firm.capital'], ['Firm.capital']],
    ['query ($c: Int) { firms(filter: { capital: $c }) { code } }', ['Firm.capital'], ['Firm.capital']],
    ['query ($f: Filter) { firms(filter: $f) { code } }', ['Firm.capital'], []],
    ['query ($f: Filter = { capital: 1 }) { firms(filter: $f) { code } }', ['Firm.capital'], ['Firm.capital']],
    ['{ firms(order: NAME) { code } }', ['Firm.capital'], []],
    ['{ firms(order: CAPITAL) { code } }', ['Firm.capital'], ['Firm.capital']],
    ['query ($i: String!) { firms(filter: {}, industry: $i) { code } }', REFUSED, ['Firm.industry']],
  ])('%s', async (document, refused, given) => {
    const explanation = await ask(city, view, document)
    expect(explanation.filtersRefused.toSorted()).toEqual(refused)
    expect(explanation.filtersGiven).toEqual(given)
  })
})
