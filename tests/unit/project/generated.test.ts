import { execFile } from 'node:child_process'
import { promisify } from 'node:util'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { generateObject } from '../../../gateway/project/generate.ts'
import { objectWriter } from '../../../gateway/project/objects.ts'
import { NO_RECONCILING } from '../../../gateway/project/reconciling.ts'
import { compileProjection } from '../../../gateway/project/shape.ts'
import { MOST_CHARACTERS } from '../../../gateway/project/writing.ts'
import type { FieldShape, WriteObject, Writing } from '../../../gateway/project/writing.ts'
import { project } from '../../../gateway/project/project.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { normaliseText } from '../../kit/federation-ask.ts'

const city = federate([
  {
    name: 'city',
    sdl: `
      type Query { many: [Item] }
      enum Colour { RED GREEN }
      scalar Date
      type Item {
        text: String id: ID int: Int float: Float flag: Boolean colour: Colour date: Date texts: [String!]
        constructor: String valueOf: Int masked: String refused: String below: Item
      }`,
  },
])
const view = viewWith(city, { 'Item.masked': 'M-NAME', 'Item.refused': 'DENY' })
const TEXT = `query ($yes: Boolean!, $no: Boolean!) { many {
  text id int __proto__: text float ... @include(if: $yes) { flag colour } date texts constructor: id a: constructor valueOf
  b: text @skip(if: $no) masked refused __typename below { text int @include(if: $no) } } }`
const compiled = await city.generation.compiledFor(view, normaliseText(city.schema, TEXT))

/** The fields of the items in the list. */
function itemFields(): { readonly fields: readonly FieldShape[]; readonly conditions: readonly unknown[] } {
  const [many] = compiled.projection.fields.get('Query') ?? []
  if (many?.step.kind !== 'object') throw new Error('a list of objects')
  const { root, conditions } = compileProjection(many.step.selection)
  return { fields: root.only?.fields ?? [], conditions }
}

const { fields, conditions } = itemFields()

function written(write: WriteObject, holds: readonly boolean[], source: Record<string, unknown>) {
  const writing: Writing = {
    holds,
    failed: new Map(),
    masks: 'strict',
    faults: [],
    records: [],
    conflicts: [],
    reconciling: NO_RECONCILING,
    cause: null,
    left: MOST_CHARACTERS,
  }
  const object = write(writing, source, null)
  const { faults, records, left } = writing
  return { text: JSON.stringify(object), faults, records: records.map(({ path }) => path), left }
}

const ANY = fc.oneof(
  fc.string(),
  fc.integer(),
  fc.double(),
  fc.boolean(),
  fc.constantFrom<unknown>(null, undefined, 'RED', '7', -0, 2 ** 31, [], ['a', null], {}, { text: 'x', int: 1.5 }),
)
const NAMES = [
  'text',
  'id',
  'int',
  'float',
  'flag',
  'colour',
  'date',
  'texts',
  'constructor',
  'valueOf',
  'masked',
  'below',
]
const SOURCE = fc.record(Object.fromEntries(NAMES.map((name) => [name, ANY])), { requiredKeys: [] })

describe('generated code', () => {
  it('writes what the fields would have written, with the same faults, in the same order', () => {
    const [one, other] = [objectWriter(fields), generateObject(fields)]
    if (!other) throw new Error('code may be generated here')
    fc.assert(
      fc.property(
        SOURCE,
        fc.array(fc.boolean(), { minLength: conditions.length, maxLength: conditions.length }),
        (source, holds) => {
          expect(written(other, holds, source)).toEqual(written(one, holds, source))
        },
      ),
      { numRuns: 1_000 },
    )
  })

  it('takes the place of the fields once an operation is asked often, and nothing is seen of it', () => {
    const same = {
      float: 0.5,
      flag: true,
      colour: 'RED',
      date: '2026-11-22',
      texts: ['a'],
      below: { text: 'b', int: 1 },
    }
    const named = { constructor: 'c', valueOf: 7, masked: '欧阳静怡', refused: 'secret' }
    const many = Array.from({ length: 450 }, (_, at) => ({ text: `t${at}`, id: at, int: at, ...same, ...named }))
    const { data, faults } = project(compiled, { many }, { v0: true, v1: false, yes: true, no: false }, new Map())
    const texts = (data['many'] as unknown[]).map((one) => JSON.stringify(one).replace(/t?\d+/g, '#'))
    expect(faults).toEqual([])
    expect(new Set(texts).size).toBe(1)
    expect(texts[0]).toContain('"__proto__":"#"')
    expect(texts[0]).not.toMatch(/欧阳静怡|secret/)
  })

  it('is done without where code may not be generated', async () => {
    const url = new URL('../../../gateway/project/generate.ts', import.meta.url).href
    const script = `import { generateObject } from ${JSON.stringify(url)}; console.log(generateObject([]))`
    const run = promisify(execFile)
    const args = ['--input-type=module', '-e', script]
    const { stdout } = await run(process.execPath, ['--disallow-code-generation-from-strings', ...args])
    expect(stdout.trim()).toBe('null')
    expect((await run(process.execPath, args)).stdout.trim()).toMatch(/Function/)
  })
})
