import { globSync, readFileSync } from 'node:fs'
import { resolve } from 'node:path'
import { describe, expect, test } from 'vitest'
import { isClause } from '../../../gateway/vocabulary/clause.ts'
import { ALL_CODES, httpStatus, message, remedy } from '../../../gateway/vocabulary/codes.ts'

const ROOT = resolve(import.meta.dirname, '../../..')

interface Section {
  readonly heading: string
  readonly text: string
}

/** Sections of the page that are about a code, in order: those under a heading of the third level. */
function sectionsOf(page: string): readonly Section[] {
  return page.split(/^(?=#{1,3} )/m).flatMap((part) => {
    const [, heading] = /^### (.*)\n/.exec(part) ?? []
    return heading === undefined ? [] : [{ heading, text: part.replaceAll(/\s+/g, ' ') }]
  })
}

/** What is wrong between the list of codes and the page, in both directions. */
function differences(page: string): readonly string[] {
  const sections = new Map(sectionsOf(page).map((one) => [one.heading, one.text]))
  const known = ALL_CODES.map((code) => code.toLowerCase())
  const unknown = [...sections.keys()].filter((heading) => !known.includes(heading))
  const wrong = ALL_CODES.flatMap((code) => {
    const text = sections.get(code.toLowerCase())
    if (text === undefined) return [`${code} has no section`]
    const wanted = [
      `\`${code}\` · HTTP ${httpStatus(code)}`,
      `**${message(code, 'zh-CN')}。**`,
      `**${message(code, 'en')}.**`,
      `怎么办:${withoutLink(remedy(code, 'zh-CN'))}。`,
      `What to do: ${withoutLink(remedy(code, 'en'))}.`,
    ]
    return wanted.filter((one) => !text.includes(one)).map((one) => `${code} does not say ${one}`)
  })
  return [...unknown.map((heading) => `${heading} is no code`), ...wrong]
}

function withoutLink(text: string): string {
  return text.replace(/ \(docs\/errors\.md#\w+\)$/, '')
}

const page = readFileSync(resolve(ROOT, 'docs/errors.md'), 'utf8')

describe('docs/errors.md and the list of codes', () => {
  test('say the same, in both directions', () => {
    expect(differences(page)).toEqual([])
    expect(sectionsOf(page).map(({ heading }) => heading.toUpperCase())).toEqual(ALL_CODES)
  })

  test.each<[string, (text: string) => string]>([
    ['a section that is gone', (text) => text.replace('### no_grant', '### no-grant')],
    ['a section too many', (text) => `${text}\n### no_such_code\n`],
    ['another status', (text) => text.replace('`NO_GRANT` · HTTP 403', '`NO_GRANT` · HTTP 200')],
    ['another message', (text) => text.replace('**There is no grant for the field.**', '**No.**')],
    ['another remedy', (text) => text.replace('怎么办:重新提出申请', '怎么办:等待')],
  ])('%s is found', (_name, change) => {
    expect(change(page)).not.toBe(page)
    expect(differences(change(page))).not.toEqual([])
  })

  test('name clauses that are clauses', () => {
    const named = sectionsOf(page).flatMap(({ text }) => {
      const [, list = ''] = /· HTTP \d+ · (.*?) \*\*/.exec(text) ?? []
      return list.split(/[,;] ?/).filter((one) => one !== '')
    })
    expect(named.length).toBeGreaterThan(20)
    expect(named.filter((one) => !isClause(one.trim()))).toEqual([])
  })

  test('lead from each remedy to a heading of that very name', () => {
    for (const code of ALL_CODES)
      for (const language of ['zh-CN', 'en'] as const) {
        const anchor = /docs\/errors\.md#(\w+)\)$/.exec(remedy(code, language))?.[1]
        expect(page).toContain(`\n### ${anchor ?? code}\n`)
      }
  })
})

test('every code of the list is used by the program', () => {
  const files = globSync('{gateway,subgraphs}/**/*.ts', { cwd: ROOT }).filter(
    (file) => !file.endsWith('vocabulary/codes.ts'),
  )
  const source = files.map((file) => readFileSync(resolve(ROOT, file), 'utf8')).join('\n')
  expect(files.length).toBeGreaterThan(100)
  expect(ALL_CODES.filter((code) => !source.includes(`'${code}'`))).toEqual([])
})

test('texts are in both languages, and no message ends in a full stop', () => {
  for (const code of ALL_CODES) {
    expect(message(code, 'zh-CN')).toMatch(/^\p{Script=Han}[^。]*$/u)
    expect(message(code, 'en')).toMatch(/^[A-Z][^\u4e00-\u9fff]*[^.]$/)
    expect(remedy(code, 'zh-CN')).toMatch(/\p{Script=Han}/u)
    expect(remedy(code, 'en')).not.toMatch(/\p{Script=Han}/u)
  }
})
