import { readFileSync } from 'node:fs'
import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { FAULT_CODES } from '../../../gateway/catalog/fault.ts'
import { TOPICS } from '../../../gateway/catalog/rules.ts'
import type { Topic } from '../../../gateway/catalog/rules.ts'
import { compose } from '../../../gateway/catalog/compose.ts'
import { printFault } from '../../../gateway/catalog/fault.ts'
import { readDefinitions } from '../../../gateway/start/composition.ts'
import { DEFINITIONS } from './marked.ts'
import { ALL_RULES } from './registered.ts'

const read = (path: string): string => readFileSync(new URL(`../../../docs/${path}`, import.meta.url), 'utf8')
const PAGE = read('catalogue.md')

/** The cells of each table row of a section, code marks taken off. */
function rows(heading: string): string[][] {
  const section = PAGE.split(/^##+ /m).find((one) => one.startsWith(heading)) ?? ''
  return [...section.matchAll(/^\| `.*$/gm)].map(([line]) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => cell.trim().replaceAll('`', '')),
  )
}

describe('the page on the catalogue', () => {
  test('has a line for every fault and no other', () => {
    expect(rows('Faults').map(([code]) => code)).toEqual([...FAULT_CODES])
  })

  test('has a line for every argument of every annotation and no other', () => {
    const declared = parse(readDefinitions()).definitions.flatMap((one) =>
      one.kind === 'DirectiveDefinition'
        ? (one.arguments ?? []).map(({ name }) => `@${one.name.value} ${name.value}`)
        : [],
    )
    const told = [
      ...rows('`@resource').map(([name]) => `@resource ${name ?? ''}`),
      ...rows('`@share').map(([name]) => `@share ${name ?? ''}`),
      ...rows('The others').map(([directive, name]) => `${directive ?? ''} ${name ?? ''}`),
    ]
    expect(told.toSorted()).toEqual(declared.toSorted())
  })

  test('cites for a fault the clauses that the regimes give for it', () => {
    const cited = new Map(rows('Faults').map(([code, , clauses = '']) => [code, clauses.split(', ')]))
    const expected: Readonly<Record<string, Topic>> = {
      CLASS_MISSING: 'CLASS_DECLARED',
      CLASS_CONFLICT: 'CLASS_DECLARED',
      ANNOTATION_LOST: 'CLASS_DECLARED',
      LINK_UNFIT: 'CLASS_DECLARED',
      BASIS_RANK_TOO_LOW: 'NOT_SHARED_BASIS',
      BASE_CLASS_CONFLICT: 'BASE_SHARED',
      ITEM_UNKNOWN: 'CATALOGUED',
      ITEM_CONFLICT: 'CATALOGUED',
      AUTHORITY_CONFLICT: 'ONE_SOURCE',
      MASK_UNFIT: 'MASKING',
      VERIFY_UNFIT: 'COMPARISON',
      RESOURCE_CONFLICT: 'RESPONSIBLE_BODY',
      RESOURCE_MISPLACED: 'RESPONSIBLE_BODY',
      SAMPLE_UNFIT: 'SAMPLE',
      SECRET_SOURCE: 'SECRET',
      SECRECY_REVIEW_MISSING: 'SECRECY_REVIEW',
      AUTHORISATION_MODE_MISSING: 'AUTHORISATION_MODE',
      FILE_DROP_UNFIT: 'URGENT_CHANNEL',
    }
    for (const [code, topic] of Object.entries(expected)) {
      expect(TOPICS).toContain(topic)
      const given = ALL_RULES.flatMap(({ clauses }) => clauses[topic] ?? [])
      expect(cited.get(code), code).toEqual(given)
    }
  })
})

describe('the guide', () => {
  const sdl = /```graphql\n([^]*?)```/.exec(read('guides/connect-a-department.md'))?.[1] ?? ''
  const query = `type Query { account: Person @share(class: "UNCONDITIONAL", level: "L1", title: "查询") }`

  test.each(ALL_RULES.map((rules) => [rules.regime, rules] as const))(
    'shows an SDL without an error under %s',
    (_regime, rules) => {
      const source = { department: 'elderly', file: 'elderly.graphql', sdl: `${sdl}\n${query}` }
      const result = compose([source], DEFINITIONS, rules)
      expect(result.kind === 'faulty' ? result.faults.map(printFault) : []).toEqual([])
    },
  )
})
