import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { LINT_CODES, printFinding } from '../../../gateway/catalog/lint/finding.ts'
import type { LintCode, LintFinding } from '../../../gateway/catalog/lint/finding.ts'
import { lintSchemas } from '../../../gateway/catalog/lint/lint.ts'
import { removedEarly } from '../../../gateway/catalog/lint/removals.ts'
import { header } from './marked.ts'

/** An SDL in which nobody stumbles. */
const CLEAN = `${header()}

"证件类型 · Kind of document"
enum DocumentType {
  "居民身份证 · Resident ID card"
  RESIDENT_ID
}

"自然人 · A natural person"
type Person @key(fields: "documentType documentNumber") {
  "证件类型 · Kind of document"
  documentType: DocumentType!
  "证件号码 · Number of the document"
  documentNumber: String!
  "账户 · Accounts"
  accounts: [Account!]
}

"账户 · An account"
type Account @resource(code: "X", title: "账户", sample: "状态 NORMAL(虚构)") {
  "状态 · Status"
  status: String
}

"一页账户 · A page of accounts"
type AccountConnection {
  "账户 · Accounts"
  nodes: [Account!]
  "游标 · Cursor"
  endCursor: String
  "还有没有 · Whether there are more"
  hasNextPage: Boolean
}

"条件 · Condition"
input AccountFilter {
  "状态 · Status"
  status: String
}

type Query {
  """
  按条件查询账户。
  Accounts by condition (HZ-26 住房公积金登记信息).
  """
  accounts(
    "条件 · Condition"
    filter: AccountFilter
    "条数 · Size"
    first: Int = 50
    "游标 · Cursor"
    after: String
  ): AccountConnection
  "逐个查询 · One for each key, null for a number that cannot exist"
  persons("证件 · Documents" keys: [String!]!): [Person]
  "最近一户 · The newest one"
  newest: Account @deprecated(reason: "改用 accounts,保留至 2027-06-30 · Use accounts; kept until 2027-06-30")
}
`

function lint(...sdls: readonly string[]): readonly LintFinding[] {
  return lintSchemas(sdls.map((sdl, at) => ({ department: `d${at}`, file: `d${at}.graphql`, sdl })))
}

/** The clean SDL with one text in the place of another, which must be there. */
function planted(from: string, to: string): string {
  expect(CLEAN).toContain(from)
  return CLEAN.replace(from, to)
}

const VIOLATIONS: readonly (readonly [LintCode, string, string, string, string])[] = [
  ['NAME_CASE', 'Account_Filter', 'input AccountFilter {', 'input Account_Filter {', 'PascalCase'],
  ['NAME_CASE', 'Account.Status', '  status: String\n}\n\n"一页', '  Status: String\n}\n\n"一页', 'camelCase'],
  [
    'NAME_CASE',
    'AccountFilter.the_status',
    '  status: String\n}\n\ntype',
    '  the_status: String\n}\n\ntype',
    'camelCase',
  ],
  ['NAME_CASE', 'Query.persons(Keys:)', 'keys: [String!]!', 'Keys: [String!]!', 'camelCase'],
  ['NAME_CASE', 'DocumentType.residentId', '  RESIDENT_ID', '  residentId', 'UPPER_CASE'],
  ['DESCRIPTION_MISSING', 'Account', '"账户 · An account"\n', '', '中文 · English'],
  [
    'DESCRIPTION_MISSING',
    'Account.status',
    '  "状态 · Status"\n  status: String\n}\n\n"一页',
    '  status: String\n}\n\n"一页',
    '',
  ],
  ['DESCRIPTION_MISSING', 'Query.accounts(first:)', '    "条数 · Size"\n', '', ''],
  ['DESCRIPTION_MISSING', 'DocumentType.RESIDENT_ID', '  "居民身份证 · Resident ID card"\n', '', ''],
  [
    'DESCRIPTION_MISSING',
    'AccountFilter.status',
    '  "状态 · Status"\n  status: String\n}\n\ntype',
    '  status: String\n}\n\ntype',
    '',
  ],
  ['DESCRIPTION_FORM', 'Account', '"账户 · An account"', '"账户"', 'both languages'],
  ['DESCRIPTION_FORM', 'Account', '"账户 · An account"', '"An account"', 'both languages'],
  ['DESCRIPTION_FORM', 'Account', '"账户 · An account"', '"账户 An account"', 'both languages'],
  ['DESCRIPTION_FORM', 'Account', '"账户 · An account"', '"账户 · 账户 (a)"', 'both languages'],
  [
    'DESCRIPTION_FORM',
    'Query.accounts',
    '  Accounts by condition (HZ-26 住房公积金登记信息).\n',
    '  只查账户。\n',
    'both',
  ],
  [
    'NON_NULL_FIELD',
    'Account.status',
    '  status: String\n}\n\n"一页',
    '  status: String!\n}\n\n"一页',
    'take the ! away',
  ],
  ['LIST_MEMBER_NULLABLE', 'Person.accounts', 'accounts: [Account!]', 'accounts: [Account]', 'what null means'],
  ['LIST_UNBOUNDED', 'Query.newest', '  newest: Account @', '  newest: [Account!] @', 'pages'],
  ['LIST_UNBOUNDED', 'Query.persons', 'keys: [String!]!', 'keys: [String!]', 'keys: [T!]!'],
  ['PAGE_INCOMPLETE', 'Query.accounts', '    first: Int = 50', '    first: Int', 'first: Int!'],
  ['PAGE_INCOMPLETE', 'Query.accounts', '    "游标 · Cursor"\n    after: String\n', '', 'after: String'],
  ['PAGE_INCOMPLETE', 'Query.accounts', '  "游标 · Cursor"\n  endCursor: String\n', '', 'endCursor'],
  [
    'PAGE_INCOMPLETE',
    'Query.accounts',
    '  "还有没有 · Whether there are more"\n  hasNextPage: Boolean\n',
    '',
    'hasNextPage',
  ],
  [
    'DEPRECATION_UNDATED',
    'Query.newest',
    '(reason: "改用 accounts,保留至 2027-06-30 · Use accounts; kept until 2027-06-30")',
    '',
    'YYYY-MM-DD',
  ],
  [
    'DEPRECATION_UNDATED',
    'Query.newest',
    ',保留至 2027-06-30 · Use accounts; kept until 2027-06-30',
    ' · Use accounts',
    '',
  ],
  [
    'DEPRECATION_UNDATED',
    'Query.newest',
    '2027-06-30 · Use accounts; kept until 2027-06-30',
    '2027-06-31 · Use accounts',
    '',
  ],
  ['DEPRECATION_UNDATED', 'Query.newest', '改用 accounts,保留至 2027-06-30 · ', '', ''],
  ['SAMPLE_MISSING', 'Account', ', sample: "状态 NORMAL(虚构)"', '', 'sample:'],
  ['SAMPLE_MISSING', 'Account', '状态 NORMAL(虚构)', ' ', 'sample:'],
]

const ANNOTATION: Partial<Record<LintCode, string>> = { SAMPLE_MISSING: 'resource', DEPRECATION_UNDATED: 'deprecated' }

describe('the linter', () => {
  test('finds nothing where nobody stumbles, in one department and in two', () => {
    expect(lint(CLEAN)).toEqual([])
    expect(lint(CLEAN, CLEAN)).toEqual([])
  })

  test.each(VIOLATIONS)('%s: %s', (code, at, from, to, does) => {
    const sdl = planted(from, to)
    const found = lint(sdl)
    expect(found.map((one) => one.code)).toEqual([code])
    const [one] = found
    expect(one?.message.startsWith(`${at} `)).toBe(true)
    expect(one?.message).toContain(does)
    // It points at the very name that it speaks of, or at the annotation.
    const pointed = sdl.split('\n')[(one?.line ?? 0) - 1]?.slice((one?.column ?? 0) - 1) ?? ''
    expect(/^\w+/.exec(pointed)?.[0]).toBe(ANNOTATION[code] ?? at.match(/\w+/g)?.at(-1))
  })

  test('DESCRIPTION_DIFFERS: the later department is told, with the file of the first', () => {
    const other = planted('"证件号码 · Number of the document"', '"证件号码 · The number"')
    const [one, ...more] = lint(CLEAN, other)
    expect(more).toEqual([])
    expect(one).toMatchObject({ code: 'DESCRIPTION_DIFFERS', file: 'd1.graphql' })
    expect(one?.message).toMatch(/^Person\.documentNumber .*d0\.graphql/)
  })

  test('what another department serves is described, named and typed there', () => {
    const extending = `${header()}
"自然人 · A natural person"
type Person @key(fields: "documentType documentNumber") {
  documentType: String! @external
  documentNumber: String! @external
  Old_Name: String! @external
}
"`
    expect(lint(extending.slice(0, -1))).toEqual([])
  })

  test('tells everything at once, in reading order, and leaves a syntax error to composition', () => {
    const faulty = planted('"账户 · An account"\n', '').replace('status: String', 'Status: String!')
    expect(lint(faulty, '{{{', faulty).map((one) => `${one.file} ${one.code}`)).toEqual([
      'd0.graphql DESCRIPTION_MISSING',
      'd0.graphql NON_NULL_FIELD',
      'd0.graphql NAME_CASE',
      'd2.graphql DESCRIPTION_MISSING',
      'd2.graphql NON_NULL_FIELD',
      'd2.graphql NAME_CASE',
    ])
  })

  test('bounds of the gateway’s own answers are those of the request', () => {
    const sdl = planted('    first: Int = 50', '    first: Int')
    expect(lintSchemas([{ department: 'gateway', file: 'g.graphql', sdl, builtin: true }])).toEqual([])
  })
})

describe('what is removed', () => {
  const BEFORE = CLEAN
  const gone = BEFORE.replace(/ {2}"最近一户[^]*?2027-06-30"\)\n/, '')

  test.each([
    ['2027-06-30', ['REMOVED_EARLY']],
    ['2026-12-01', ['REMOVED_EARLY']],
    ['2027-07-01', []],
  ])('a deprecated field may go after its day and not before (%s)', (today, codes) => {
    const found = removedEarly(BEFORE, gone, today, 'before.graphql')
    expect(found.map(({ code }) => code)).toEqual(codes)
    for (const one of found)
      expect(printFinding(one)).toMatch(/^before\.graphql:\d+:\d+ REMOVED_EARLY Query\.newest .*until 2027-06-30/)
  })

  test.each([
    ['a field', '  "游标 · Cursor"\n  endCursor: String\n', '', ['AccountConnection.endCursor']],
    ['an argument', '    "游标 · Cursor"\n    after: String\n', '', ['Query.accounts(after:)']],
    [
      'a value',
      '  "居民身份证 · Resident ID card"\n  RESIDENT_ID',
      '  "护照 · Passport"\n  PASSPORT',
      ['DocumentType.RESIDENT_ID'],
    ],
    [
      'a type',
      '"条件 · Condition"\ninput AccountFilter {\n  "状态 · Status"\n  status: String\n}\n',
      '',
      ['AccountFilter.status'],
    ],
  ])('what was never deprecated is missed: %s', (_what, from, to, places) => {
    const found = removedEarly(BEFORE, planted(from, to), '2030-01-01', 'before.graphql')
    expect(found.map(({ message }) => message.split(' ')[0])).toEqual(places)
    for (const { message } of found) expect(message).toContain('not deprecated')
  })

  test('what is added, and what federation adds, is nobody’s loss', () => {
    const before = `${BEFORE}\nenum join__Graph { A }\n`
    expect(removedEarly(before, `${BEFORE}\ntype More { more: String }`, '2026-01-01', 'b')).toEqual([])
  })
})

describe('the page on style', () => {
  test('has a line for every finding and no other', () => {
    const page = readFileSync(new URL('../../../docs/schema-style.md', import.meta.url), 'utf8')
    const told = [...page.matchAll(/^\| `([A-Z_]+)`/gm)].map(([, code]) => code)
    expect(told).toEqual([...LINT_CODES])
  })
})
