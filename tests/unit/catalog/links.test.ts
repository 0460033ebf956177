import { expect, test } from 'vitest'
import { SHARING_DIRECTIVES } from '../../../gateway/catalog/links.ts'
import { OPEN, composeMarked, composed, header } from './marked.ts'

/** Every kind of annotation once. */
const BODY: Readonly<Record<string, string>> = {
  resource:
    'type R @resource(code: "1", title: "记录", department: "d0", updateCycle: "DAILY", format: "API", contact: "科") {',
  share: `  n: String ${OPEN}`,
  masking: `  m: String ${OPEN} @masking(rule: "M-NO")`,
  verify: `  v: String ${OPEN} @verify(as: "TEXT")`,
  filters: `  f(x: String @filters(field: "R.n")): String ${OPEN}`,
  reference: `  r: R ${OPEN} @reference(follows: "R.n")`,
  declassifies: `  d: String ${OPEN} @declassifies(clause: "ZS-4.04", reason: "粗略")`,
  statistics: `}\ntype C { n: Int ${OPEN} }\ntype Query { a: R ${OPEN} c: C ${OPEN} @statistics(of: "R")`,
}

function sdl(head: string, marked?: { readonly directive: string; readonly code: string }): string {
  const lines = Object.entries(BODY).map(([name, line]) =>
    name === marked?.directive ? line.replace(`@${name}(`, `⟦${marked.code}⟧@${name}(`) : line,
  )
  return [head, ...lines, '}'].join('\n')
}

test('every kind of annotation reaches the supergraph', () => {
  const { supergraphSdl, catalog } = composed(sdl(header()))
  for (const directive of SHARING_DIRECTIVES) expect(supergraphSdl).toMatch(new RegExp(`\\s@${directive}\\(`))
  expect(catalog.filters).toEqual({ 'R.f(x:)': 'R.n' })
  expect(catalog.resources.map(({ type }) => type)).toEqual(['R'])
})

test.each(SHARING_DIRECTIVES.map((directive) => [directive]))(
  '@%s is missed when it is not composed, and when it is not imported',
  (directive) => {
    const marked = sdl('HEAD', { directive, code: 'ANNOTATION_LOST' })
    // The first use is marked: the class stands in each line, so its own is the one at `n`.
    const notComposed = composeMarked(marked.replace('HEAD', header({ composed: directive })))
    expect(notComposed.found).toEqual(notComposed.expected)
    expect(notComposed.messages[0]).toContain(`@composeDirective(name: "@${directive}") is missing`)
    const notImported = composeMarked(marked.replace('HEAD', header({ imported: directive })))
    expect(notImported.found).toEqual(notImported.expected)
    expect(notImported.messages[0]).toContain(`import: ["@${directive}"]`)
  },
)

test('without the @link every kind of annotation in use is told', () => {
  const federation = 'extend schema @link(url: "https://specs.apollo.dev/federation/v2.9", import: ["@key"])'
  const { found, messages } = composeMarked(sdl(federation))
  expect(found.map((one) => one.split(' ')[1])).toEqual(SHARING_DIRECTIVES.map(() => 'ANNOTATION_LOST'))
  for (const directive of SHARING_DIRECTIVES)
    expect(messages).toContain(
      `@${directive} would be lost in composition: the @link to the sharing specification is missing`,
    )
})

test('an annotation that only one of two departments composes is told for the other', () => {
  const p = `type P @key(fields: "id") { id: ID! ${OPEN} }`
  const marked = `${header({ composed: 'share' })}\n${p.replace('@share', '⟦ANNOTATION_LOST⟧@share')}`
  const { expected, found } = composeMarked(`${header()}\n${p}\ntype Query { p: P ${OPEN} }`, marked)
  expect(found).toEqual(expected)
})

test('a renamed import is refused, in its own department and at its place, and hides no other fault', () => {
  const head = header()
    .replace('"@share"', '⟦LINK_UNFIT⟧{name: "@share", as: "@access"}')
    .replace('name: "@share")', 'name: "@access")')
  const access = OPEN.replace('@share', '@access')
  const { expected, found, messages } = composeMarked(
    `${head}\ntype Query { a: String ${access} ⟦CLASS_MISSING⟧b: String }`,
  )
  expect(found.toSorted()).toEqual(expected.toSorted())
  expect(messages[0]).toContain('@share is imported as @access: the sharing directives keep their names')
})

test.each([
  ['another version', 'sharing/v1.0"', 'sharing/v2.0"', 'reads https://gongxiang.example/sharing/v1.0, not v2.0'],
  [
    'for: SECURITY, which @apollo/gateway does not load',
    '"@declassifies"])',
    '"@declassifies"], for: SECURITY)',
    'takes no "for"',
  ],
  ['a namespace', '"@declassifies"])', '"@declassifies"], as: "gx")', 'takes no "as"'],
])('%s is refused at the @link', (_name, from, to, says) => {
  const head = header().replace('@link(url: "https://gong', '⟦LINK_UNFIT⟧@link(url: "https://gong').replace(from, to)
  const { expected, found, messages } = composeMarked(sdl(head))
  expect(found.filter((one) => one.endsWith('LINK_UNFIT'))).toEqual(expected)
  expect(messages.join()).toContain(says)
})

test('an unknown import is refused at its place', () => {
  const head = header().replace('"@declassifies"]', '"@declassifies", ⟦LINK_UNFIT⟧"@shared"]')
  const { expected, found, messages } = composeMarked(sdl(head))
  expect(found).toEqual(expected)
  expect(messages[0]).toContain('has no @shared')
})

test('`schema` and `extend schema` link alike', () => {
  const extended = composed(sdl(header()))
  const defined = composed(
    `${sdl(header()).replace('extend schema', 'schema').replace('\ntype R', ' { query: Query }\ntype R')}`,
  )
  expect(defined.catalog).toEqual(extended.catalog)
})

test('links may stand in several extensions', () => {
  const [federation = '', sharing = ''] = header().split(' @link(url: "https://gong')
  const split = composed(sdl(`${federation}\nextend schema @link(url: "https://gong${sharing}`))
  expect(split.catalog).toEqual(composed(sdl(header())).catalog)
})
