import { readdirSync, readFileSync } from 'node:fs'
import { execute, GraphQLError, parse, validate } from 'graphql'
import { describe, expect, test } from 'vitest'
import { departmentPage } from '../../../scripts/catalogue-docs/page.ts'
import { readCatalogue, readDepartment } from '../../../scripts/catalogue-docs/read.ts'
import { catalogueDocs } from '../../../scripts/generate-catalogue-docs.ts'

const FOLDER = new URL('../../../docs/catalogue/', import.meta.url)
const SOURCE = readCatalogue()
const PAGES = catalogueDocs()

interface Shown {
  readonly query: string
  readonly variables: Readonly<Record<string, unknown>>
  readonly answer: { readonly data: unknown }
}

/** Examples of a page, in order. */
function examples(page: string): readonly Shown[] {
  return [...page.matchAll(/^```graphql\n([^]*?)^```$([^]*?)^```json answer\n([^]*?)^```$/gm)].map(
    ([, query = '', between = '', answer = '']) => {
      const variables = /^```json variables\n([^]*?)^```$/m.exec(between)?.[1] ?? '{}'
      return {
        query,
        variables: JSON.parse(variables) as Shown['variables'],
        answer: JSON.parse(answer) as Shown['answer'],
      }
    },
  )
}

describe('docs/catalogue', () => {
  test('is what the departments’ folders say now (npm run generate)', () => {
    expect(readdirSync(FOLDER).toSorted()).toEqual([...PAGES.keys()].toSorted())
    for (const [name, text] of PAGES) expect(readFileSync(new URL(name, FOLDER), 'utf8'), name).toBe(text)
  })

  test('has every entry and every field that a department provides', () => {
    for (const { code } of SOURCE.departments) {
      const page = PAGES.get(`${code}.md`) ?? ''
      for (const one of SOURCE.catalog.resources.filter(({ department }) => department === code)) {
        expect(page).toContain(`## ${one.title} · ${one.type}`)
        expect(page).toContain(`| 联系 Contact | ${one.contact} |`)
        expect(PAGES.get('README.md')).toContain(
          `](${code}.md#${one.code.toLowerCase()})${one.proposed === true ? '(拟议 proposed)' : ''} | \`${one.code}\``,
        )
      }
      for (const one of SOURCE.catalog.fields.filter(({ providers }) => providers.includes(code))) {
        const [row = '', ...more] = page.split('\n').filter((line) => line.includes(`| \`${one.coordinate}\` |`))
        expect(more, one.coordinate).toEqual([])
        expect(row).toContain(`| ${one.title}`)
        expect(row).toContain(`| ${one.item ?? '–'} | ${one.level} |`)
      }
    }
  })

  test('every condition is in words below its table', () => {
    for (const { code } of SOURCE.departments) {
      const page = PAGES.get(`${code}.md`) ?? ''
      const own = SOURCE.catalog.fields.filter(({ providers }) => providers.includes(code))
      const lost = own.filter(({ conditions }) => conditions !== null && !page.includes(conditions))
      expect(lost.map(({ coordinate }) => coordinate)).toEqual([])
      expect(page.match(/\| 有条件共享 conditional \|/g)).toBeNull()
    }
  })

  test('leads only to anchors and pages that there are', () => {
    for (const [name, text] of PAGES)
      for (const [, page = '', anchor] of text.matchAll(/\]\(([\w-]*\.md)?#([\w-]+)\)/g)) {
        const target = PAGES.get(page === '' ? name : page) ?? ''
        expect(target.includes(`<a id="${anchor ?? ''}"></a>`), `${name} → ${page}#${anchor ?? ''}`).toBe(true)
      }
  })
})

describe('the examples', () => {
  const shown = [...PAGES].flatMap(([name, text]) => examples(text).map((one) => [name, one] as const))

  test('there is one for each entry', () => {
    const read = shown.map(([, { query }]) => /query (\w+)Example/.exec(query)?.[1] ?? '')
    expect(read.toSorted()).toEqual(SOURCE.catalog.resources.map(({ type }) => type).toSorted())
  })

  test.each(shown.map(([name, one]) => [/query (\w+)/.exec(one.query)?.[1] ?? name, one] as const))(
    '%s fits the served schema, and its answer is one of the query',
    async (_name, { query, variables, answer }) => {
      const document = parse(query)
      expect(validate(SOURCE.schema, document)).toEqual([])
      // Enums and numbers that do not fit would be errors, and fields that were not asked for would be missing.
      const result = await execute({
        schema: SOURCE.schema,
        document,
        rootValue: answer.data,
        variableValues: variables,
      })
      expect(JSON.parse(JSON.stringify(result))).toEqual(answer)
    },
  )

  test('a document that does not fit is found out', () => {
    const [, one] = shown[0] ?? []
    const document = parse((one?.query ?? '').replace(/(\w+)\n(\s*\})/, 'noSuchField\n$2'))
    expect(validate(SOURCE.schema, document)[0]).toBeInstanceOf(GraphQLError)
  })
})

test('what changes in an SDL changes its page', () => {
  const [department] = SOURCE.departments
  if (department === undefined) throw new Error('there is no department')
  const before = departmentPage(SOURCE, department)
  const coordinate = [...department.words.keys()].find((at) => at.includes('.') && before.includes(`| \`${at}\` |`))
  const words = new Map([...department.words, [coordinate ?? '', '另一说明 · Another text']])
  expect(departmentPage(SOURCE, { ...department, words }).includes('<br>Another text | `')).toBe(true)
  expect(departmentPage(SOURCE, department)).toBe(before)
})

test('a README without its lines leaves the page without them, not with another’s', () => {
  const read = readDepartment('x', '# One thing (某部门, and more)\n\nSystem: a\n', 'type Query { a: Int }')
  expect(read).toMatchObject({ title: { zh: '某部门', en: 'One thing' }, system: 'a', adapter: '' })
})
