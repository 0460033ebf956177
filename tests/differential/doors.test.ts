import { readdirSync, readFileSync } from 'node:fs'
import path from 'node:path'
import { describe, expect, it } from 'vitest'
import { importsOf, parseSource } from '../architecture/source.ts'

const HERE = 'tests/differential'
const ROOT = path.join(import.meta.dirname, '../..')

/** What reads the law and applies it: this much is written a second time, without a look at the product. */
const INTERPRETER = [
  ...readdirSync(path.join(import.meta.dirname, 'law')).map((file) => `${HERE}/law/${file}`),
  `${HERE}/interpreter.ts`,
  `${HERE}/disclosure.ts`,
  `${HERE}/collect.ts`,
]

/** Words, and the regulations as data; else only itself and the reference implementation of GraphQL. */
const ALLOWED = (target: string | null, specifier: string): boolean =>
  target === null
    ? specifier === 'graphql'
    : target.startsWith('gateway/vocabulary/') || target === 'gateway/regime/regime.ts' || INTERPRETER.includes(target)

/** Imports through which the interpreter would know what it has to check. */
function forbidden(file: string, text: string): readonly string[] {
  return importsOf(parseSource(file, text))
    .filter(({ target, specifier }) => !ALLOWED(target, specifier))
    .map(({ specifier, line }) => `${file}:${line} imports "${specifier}"`)
}

describe('the interpreter', () => {
  it('knows the words, the regulations and itself, and nothing of the product', () => {
    const found = INTERPRETER.flatMap((file) => forbidden(file, readFileSync(path.join(ROOT, file), 'utf8')))
    expect(found).toEqual([])
    expect(INTERPRETER.length).toBeGreaterThan(8)
  })

  it.each([
    `import { decideField } from '../../../gateway/grants/decide.ts'`,
    `import type { View } from '../../../gateway/grants/view.ts'`,
    `export { maskValue } from '../../../gateway/project/masks.ts'`,
    `const law = await import('../../../gateway/grants/consent.ts')`,
    `type View = import('../../../gateway/grants/view.ts').View`,
    `import { registersOf } from '../registers.ts'`,
    `import { readFileSync } from 'node:fs'`,
  ])('would be found out: %s', (planted) => {
    expect(forbidden(`${HERE}/law/law.ts`, planted)).toHaveLength(1)
  })
})
