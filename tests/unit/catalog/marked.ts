import { readFileSync } from 'node:fs'
import { compose } from '../../../gateway/catalog/compose.ts'
import type { Fault } from '../../../gateway/catalog/fault.ts'
import type { Composition } from '../../../gateway/catalog/compose.ts'
import { SHARING_DIRECTIVES } from '../../../gateway/catalog/links.ts'
import type { CatalogRules } from '../../../gateway/catalog/rules.ts'
import { readRules } from '../../../gateway/start/composition.ts'

export const DEFINITIONS = readFileSync(new URL('../../../schema/sharing.graphql', import.meta.url), 'utf8')

const FEDERATION = [
  '@key',
  '@composeDirective',
  '@external',
  '@requires',
  '@shareable',
  '@interfaceObject',
  '@override',
]

/** The `@link`s of an SDL that imports and composes everything, in one line. */
export function header(left: { readonly composed?: string; readonly imported?: string } = {}): string {
  const list = (names: readonly string[]): string => JSON.stringify(names)
  const imported = SHARING_DIRECTIVES.filter((one) => one !== left.imported).map((one) => `@${one}`)
  const composed = SHARING_DIRECTIVES.filter((one) => one !== left.composed && one !== left.imported)
  return [
    'extend schema',
    `@link(url: "https://specs.apollo.dev/federation/v2.9", import: ${list(FEDERATION)})`,
    `@link(url: "https://gongxiang.example/sharing/v1.0", import: ${list(imported)})`,
    ...composed.map((one) => `@composeDirective(name: "@${one}")`),
  ].join(' ')
}

/** A class that needs nothing else. */
export const OPEN = '@share(class: "UNCONDITIONAL", level: "L1", title: "项")'

/** A class for what may only be shared masked, complete under every regime; what masks it is not said here. */
export const MASKED_ALONE =
  '@share(class: "CONDITIONAL", level: "L3", title: "x", basis: ["HZ-4.3"], conditions: "x", reasons: "x", subMode: "MASKED")'

/** What Zhongshan asks of a class, and nothing of entries and items: for tests of what is read. */
const CLASSES: CatalogRules = { ...readRules('zhongshan'), elements: [], secrecyReview: false, items: null }

/** Composes SDL texts as departments `d0`, `d1`, … of files `d0.graphql`, … */
export function composeAll(...sdls: readonly string[]): Composition {
  return composeUnder(CLASSES, ...sdls)
}

/** As `composeAll`, under the rules of one regime. */
export function composeUnder(rules: CatalogRules, ...sdls: readonly string[]): Composition {
  const sources = sdls.map((sdl, at) => ({ department: `d${at}`, file: `d${at}.graphql`, sdl }))
  return compose(sources, DEFINITIONS, rules)
}

/** Composes and expects success. */
export function composed(...sdls: readonly string[]): Composition & { kind: 'composed' } {
  const result = composeAll(...sdls)
  if (result.kind !== 'composed') throw new Error(JSON.stringify(result.faults, null, 1))
  return result
}

/** A fault as `file:line:column CODE`. */
export type Where = string

/**
 * Composes SDL texts in which `⟦CODE⟧` stands before each place where that fault is expected.
 *
 * @returns what is expected and what was found, in the order of the product
 */
export function composeMarked(...marked: readonly string[]): { expected: Where[]; found: Where[]; messages: string[] } {
  const { expected, sdls } = unmark(...marked)
  const result = composeAll(...sdls)
  const faults = result.kind === 'faulty' ? result.faults : result.warnings
  return { expected, found: faults.map(whereOf), messages: faults.map(({ message }) => message) }
}

/** Marked SDL texts, and words that the messages must hold. */
export interface MarkedCase {
  readonly sdls: readonly string[]
  readonly says: readonly string[]
}
/**
 * What is wrong with what is told: a marked fault that is missing, one that is not marked, words that no message holds.
 * Faults of the composer’s own may stand beside them.
 */
export function wrongIn({ sdls, says }: MarkedCase): readonly string[] {
  const { expected, found, messages } = composeMarked(...sdls)
  if (expected.length === 0) return ['nothing is marked']
  const told = found.filter((one) => !one.endsWith(' COMPOSITION'))
  const unsaid = says.filter((words) => !messages.some((message) => message.includes(words)))
  const [here, there] = [told.toSorted().join(', '), expected.toSorted().join(', ')]
  return [...(here === there ? [] : [`${here} instead of ${there}`]), ...unsaid]
}

/** A fault as it is marked. */
export function whereOf({ file, line, column, code }: Fault): Where {
  return `${file}:${line}:${column} ${code}`
}

/** Takes the marks out of SDL texts: the plain texts, and the fault that is expected at each mark. */
export function unmark(...marked: readonly string[]): { readonly expected: Where[]; readonly sdls: string[] } {
  const expected: Where[] = []
  const sdls = marked.map((text, at) => {
    let plain = text
    for (let mark = MARK.exec(plain); mark; mark = MARK.exec(plain)) {
      const before = plain.slice(0, mark.index).split('\n')
      const column = (before.at(-1)?.length ?? 0) + 1
      for (const code of (mark[1] ?? '').split(' ')) expected.push(`d${at}.graphql:${before.length}:${column} ${code}`)
      plain = plain.slice(0, mark.index) + plain.slice(mark.index + mark[0].length)
    }
    return plain
  })
  return { expected, sdls }
}

const MARK = /⟦([A-Z_ ]+)⟧/
