import { Visitor } from 'oxc-parser'
import type { Argument, CallExpression, Expression } from 'oxc-parser'
import { lineOf } from '../tests/architecture/source.ts'
import type { SourceFile } from '../tests/architecture/source.ts'

/** A title that a run of the tests prints, as far as the source holds it. */
export interface Title {
  readonly line: number
  readonly text: string
}

const BLOCKS = new Set(['describe', 'suite'])
const TESTS = new Set(['test', 'it'])
/** A test that does not run, or must fail, proves nothing. */
const IDLE = new Set(['skip', 'todo', 'fails'])

interface Call {
  readonly kind: 'block' | 'test'
  readonly idle: boolean
  readonly start: number
  readonly end: number
  readonly titles: readonly Title[]
}

/**
 * Titles of the tests of a file and of the blocks around them: of `test.each`, also the words that its table puts
 * into the title. Left out: skipped tests, all that a skipped block holds, and blocks without a test.
 */
export function titlesOf(file: SourceFile): readonly Title[] {
  const constants = constantsOf(file)
  const calls: Call[] = []
  new Visitor({
    CallExpression: (node) => {
      const call = readCall(node, file.text, constants)
      if (call) calls.push(call)
    },
  }).visit(file.parsed.program)
  const idle = calls.filter((call) => call.idle)
  const live = calls.filter((call) => !idle.some((one) => holds(one, call)))
  const tests = live.filter(({ kind }) => kind === 'test')
  return live
    .filter((call) => call.kind === 'test' || tests.some((one) => holds(call, one)))
    .flatMap(({ titles }) => titles)
}

function holds(outer: Call, inner: Call): boolean {
  return outer.start <= inner.start && inner.end <= outer.end
}

function readCall(node: CallExpression, text: string, constants: Constants): Call | null {
  const { name, words, table } = unwind(node.callee)
  const [first, second] = node.arguments
  const kind = TESTS.has(name) ? 'test' : BLOCKS.has(name) ? 'block' : null
  const title = first ? staticText(first) : null
  // Without a body it is a note of work to do, or the inner call of `test.each(table)(title, body)`.
  if (!kind || !first || title === null || !second) return null
  const rows = table ? rowWords(table, title, constants) : []
  return {
    kind,
    idle: words.some((word) => IDLE.has(word)),
    start: node.start,
    end: node.end,
    titles: [{ text: title, at: first.start }, ...rows].map((one) => ({ line: lineOf(text, one.at), text: one.text })),
  }
}

/** `test.skip.each(table)` → test, [skip, each], table. */
function unwind(callee: Expression): { name: string; words: readonly string[]; table: Argument | null } {
  if (callee.type === 'Identifier') return { name: callee.name, words: [], table: null }
  if (callee.type === 'MemberExpression') {
    const inner = unwind(callee.object)
    const word = callee.property.type === 'Identifier' ? callee.property.name : ''
    return { ...inner, words: [...inner.words, word] }
  }
  if (callee.type !== 'CallExpression') return { name: '', words: [], table: null }
  const inner = unwind(callee.callee)
  const lists = inner.words.some((word) => word === 'each' || word === 'for')
  return { ...inner, table: lists ? (callee.arguments[0] ?? null) : inner.table }
}

type Constants = ReadonlyMap<string, Expression>

/** `const NAME = …` anywhere in the file: tables are kept beside their test. */
function constantsOf(file: SourceFile): Constants {
  const found = new Map<string, Expression>()
  new Visitor({
    VariableDeclarator: ({ id, init }) => {
      if (id.type === 'Identifier' && init) found.set(id.name, init)
    },
  }).visit(file.parsed.program)
  return found
}

interface Word {
  readonly text: string
  readonly at: number
}

/** The words of a table that `%s` or `$name` of the title shows. */
function rowWords(table: Argument, title: string, constants: Constants): readonly Word[] {
  const list = unfiltered(resolve(table, constants), constants)
  if (list?.type === 'CallExpression') return entryWords(list, constants)
  if (list?.type !== 'ArrayExpression') return []
  const columns = [...title.matchAll(/%[sdifjoOp]/g)].length
  const names = new Set([...title.matchAll(/\$(\w+)/g)].map(([, name]) => name))
  return list.elements.flatMap((element) => {
    const row = element && element.type !== 'SpreadElement' ? resolve(element, constants) : null
    if (!row) return []
    const shown =
      row.type === 'ArrayExpression'
        ? row.elements.slice(0, columns)
        : row.type === 'ObjectExpression'
          ? row.properties.flatMap((one) => (one.type === 'Property' && names.has(keyOf(one.key)) ? [one.value] : []))
          : [row].slice(0, columns)
    return shown.flatMap((cell) => {
      const text = cell ? staticText(cell) : null
      return cell && text !== null ? [{ text, at: cell.start }] : []
    })
  })
}

/** `ROWS.filter(…)` counts with all its rows: which of them run cannot be read here. */
function unfiltered(list: Expression | null, constants: Constants): Expression | null {
  if (list?.type !== 'CallExpression' || list.callee.type !== 'MemberExpression') return list
  const { object, property } = list.callee
  return property.type === 'Identifier' && property.name === 'filter' ? resolve(object, constants) : list
}

/** Of `Object.entries(NAME)`, the names of the entries: they come first in a title. */
function entryWords({ callee, arguments: [subject] }: CallExpression, constants: Constants): readonly Word[] {
  const { name, words } = unwind(callee)
  const list = name === 'Object' && words.join('.') === 'entries' && subject ? resolve(subject, constants) : null
  if (list?.type !== 'ObjectExpression') return []
  return list.properties.flatMap((one) => {
    const text = one.type === 'Property' ? (staticText(one.key) ?? keyOf(one.key)) : ''
    return text === '' ? [] : [{ text, at: one.start }]
  })
}

function keyOf(key: { readonly type: string }): string {
  return 'name' in key && typeof key.name === 'string' ? key.name : ''
}

/** What a name of a table stands for, without the types around it. */
function resolve(node: Argument, constants: Constants): Expression | null {
  if (node.type === 'SpreadElement') return null
  const bare = withoutType(node)
  if (bare.type !== 'Identifier') return bare
  const value = constants.get(bare.name)
  return value ? withoutType(value) : null
}

function withoutType(node: Expression): Expression {
  return node.type === 'TSAsExpression' || node.type === 'TSSatisfiesExpression' ? withoutType(node.expression) : node
}

/** The fixed words of a string or template; null where the node is none. */
function staticText(node: { readonly type: string }): string | null {
  if (node.type === 'Literal' && 'value' in node) return typeof node.value === 'string' ? node.value : null
  if (node.type !== 'TemplateLiteral' || !('quasis' in node) || !Array.isArray(node.quasis)) return null
  const parts: readonly unknown[] = node.quasis
  return parts.map((part) => (hasRaw(part) ? part.value.raw : '')).join(' ')
}

function hasRaw(part: unknown): part is { value: { raw: string } } {
  if (typeof part !== 'object' || part === null || !('value' in part)) return false
  return typeof part.value === 'object' && part.value !== null && 'raw' in part.value
}
