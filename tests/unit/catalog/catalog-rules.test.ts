import { readFileSync } from 'node:fs'
import { parse, print } from 'graphql'
import { describe, expect, test } from 'vitest'
import { checkLiterals } from '../../../gateway/catalog/check-literals.ts'
import { ELEMENTS, TOPICS } from '../../../gateway/catalog/rules.ts'
import { readDefinitions, readItems } from '../../../gateway/start/composition.ts'
import { ALL_RULES, rulesOf } from './registered.ts'

const PREFIX: Readonly<Record<string, string>> = {
  zhongshan: 'ZS-',
  huizhou: 'HZ-',
  nantong: 'NT-',
  fushun: 'FS-',
  zhejiang: 'ZJ-',
  national: 'R809-',
}

describe('what the regimes ask', () => {
  test.each(ALL_RULES.map((rules) => [rules.regime, rules] as const))('%s cites its own text only', (regime, rules) => {
    const cited = [...Object.values(rules.clauses), ...rules.elements.map(({ clause }) => clause)]
    for (const clause of cited) expect(clause ?? PREFIX[regime]).toContain(PREFIX[regime])
    expect(Object.keys(rules.clauses).toSorted()).toEqual(TOPICS.toSorted())
    expect(new Set(rules.elements.map(({ element }) => element)).size).toBe(rules.elements.length)
  })

  test('the ranks that carry what is not shared', () => {
    expect(rulesOf('zhongshan').groundRanks).toEqual(['LAW', 'ADMIN_REGULATION', 'CENTRAL_POLICY'])
    expect(rulesOf('huizhou').groundRanks).toContain('GOVERNMENT_RULE')
    expect(rulesOf('fushun').groundRanks).not.toContain('POLICY')
    expect(rulesOf('nantong').groundRanks).toContain('POLICY')
    expect(rulesOf('national').groundRanks).toEqual(['LAW', 'ADMIN_REGULATION', 'STATE_COUNCIL_DECISION'])
  })

  test('the elements of an entry', () => {
    const of = (regime: string): readonly string[] => rulesOf(regime).elements.map(({ element }) => element)
    expect(of('zhongshan')).toHaveLength(9)
    expect(of('huizhou')).toEqual(expect.arrayContaining(['PLATFORM_LOCATION', 'SHARING_PERIOD']))
    expect(of('nantong')).toEqual(expect.arrayContaining(['SYSTEM_NAME', 'PUBLICATION_DATE', 'STANDARD']))
    expect(of('fushun')).toEqual([])
    expect(new Set(ALL_RULES.flatMap(({ regime }) => of(regime)))).toEqual(new Set(ELEMENTS))
  })
})

describe('the lists of items', () => {
  const items = readItems()

  test('hold 232 entries of 237 fields, and the three matching items', () => {
    const listed = [...items].filter(([id]) => !id.startsWith('HZ-28#'))
    expect(items.size - listed.length).toBe(3)
    expect(listed).toHaveLength(232)
    expect(listed.reduce((sum, [, { fields }]) => sum + fields, 0)).toBe(237)
  })

  test('number each list without a gap', () => {
    const lists = Map.groupBy(items.keys(), (id) => id.split('#')[0])
    expect(lists.size).toBe(22)
    for (const [list, ids] of lists)
      expect(ids).toEqual(ids.map((_, at) => `${list ?? ''}#${String(at + 1).padStart(2, '0')}`))
  })
})

/** The literal of each type that the specification declares, and one of another type. */
const LITERALS: Readonly<Record<string, readonly [right: string, wrong: string]>> = {
  'String!': ['"x"', 'true'],
  String: ['"x"', 'X'],
  Boolean: ['true', '"true"'],
  '[String!]': ['["x"]', '[X]'],
}

test('the literals of every argument of the specification are held against its type', () => {
  const text = readFileSync(new URL('../../../schema/sharing.graphql', import.meta.url), 'utf8')
  expect(text).toBe(readDefinitions())
  const declared = parse(text).definitions.flatMap((one) =>
    one.kind === 'DirectiveDefinition'
      ? (one.arguments ?? []).map(({ name, type }) => ({
          directive: one.name.value,
          name: name.value,
          type: print(type),
        }))
      : [],
  )
  expect(declared.length).toBeGreaterThan(40)
  for (const { directive, name, type } of declared) {
    const [right = '', wrong = ''] = LITERALS[type] ?? []
    expect(right, type).not.toBe('')
    expect(faultsOf(directive, name, right), `${directive} ${name}`).toEqual([])
    expect(faultsOf(directive, name, wrong), `${directive} ${name}`).toHaveLength(1)
  }
})

function faultsOf(directive: string, name: string, literal: string): string[] {
  const [type] = parse(`type T @${directive}(${name}: ${literal})`).definitions
  const used = type?.kind === 'ObjectTypeDefinition' ? (type.directives ?? []) : []
  return used.flatMap((one) => checkLiterals('x.graphql', one)).map(({ message }) => message)
}
