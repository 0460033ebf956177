import { parse } from 'graphql'
import { describe, expect, test } from 'vitest'
import { printFinding } from '../../gateway/catalog/lint/finding.ts'
import { lintSchemas } from '../../gateway/catalog/lint/lint.ts'
import { AUTHORITY } from '../../gateway/grants/supervision.ts'
import { readSources } from '../../gateway/start/composition.ts'
import { departments } from '../../subgraphs/departments.ts'

/** Most subjects that any list may give at once; above it data in bulk needs a consent (ZJ-23.2). */
const MOST = 500

/** Fields of Query in an SDL that turn pages. */
function pagedFields(sdl: string): readonly string[] {
  return parse(sdl).definitions.flatMap((one) =>
    one.kind === 'ObjectTypeDefinition' && one.name.value === 'Query'
      ? (one.fields ?? [])
          .filter((field) => field.arguments?.some(({ name }) => name.value === 'first'))
          .map((field) => field.name.value)
      : [],
  )
}

describe('the schema of the city', () => {
  const sources = readSources()

  test('is read at all', () => {
    // Besides the departments there are the gateway's own two parts.
    expect(sources.length).toBe(departments.length + 2)
  })

  test('has nothing that its reader would stumble over (docs/schema-style.md)', () => {
    expect(lintSchemas(sources).map(printFinding)).toEqual([])
  })

  test('turns only pages that are bounded at the source', () => {
    const paged = sources.flatMap(({ department, sdl }) => pagedFields(sdl).map((field) => `${department} ${field}`))
    const bounded = departments.flatMap(({ name, lists = {} }) =>
      Object.entries(lists)
        .filter(([, { most }]) => most >= 1 && most <= MOST)
        .map(([field]) => `${name} ${field}`),
    )
    // Governance judges its own (gateway/authority/read-arguments.ts).
    const own = paged.filter((one) => one.startsWith(`${AUTHORITY} `))
    expect(own).toEqual(['auditRecords', 'alarms'].map((field) => `${AUTHORITY} ${field}`))
    expect(paged.length).toBeGreaterThan(own.length)
    expect(paged.filter((one) => !own.includes(one)).toSorted()).toEqual(bounded.toSorted())
  })

  test('bites: a slip in a real SDL is found', () => {
    const slipped = sources.map((one) => ({
      ...one,
      sdl: one.sdl.replace('type Query {', 'type Query {\n  "全部 · All"\n  all: [Person!]'),
    }))
    expect(new Set(lintSchemas(slipped).map(({ code }) => code))).toEqual(new Set(['LIST_UNBOUNDED']))
  })
})
