import { describe, expect, test } from 'vitest'
import { maskValue } from '../../gateway/project/masks.ts'
import { project } from '../../gateway/project/project.ts'
import { MASK_SETS } from '../../gateway/vocabulary/decision.ts'
import { prepare } from '../kit/federation-ask.ts'
import { federate, viewWith } from '../kit/federation.ts'
import { NUMBER } from './attack.ts'

/* Attempts to see more through a mask than it shows, by what a source sends. */

const FIRM = federate([
  { name: 'market', sdl: 'type Query { firm: Firm } type Firm { number: String numbers: [String] }' },
])

/** The answer where a source sends this, under a mask that hides whether there is a value. */
async function shown(field: 'number' | 'numbers', sent: unknown): Promise<string> {
  const { normalised } = prepare(FIRM.schema, `{ firm { ${field} } }`, {})
  const view = viewWith(FIRM, { 'Firm.number': 'M-IDNO', 'Firm.numbers': 'M-IDNO' })
  const compiled = await FIRM.generation.compiledFor(view, normalised)
  const [source = 'firm'] = [...compiled.projection.fields.values()].flat().map((one) => one.source)
  return JSON.stringify(project(compiled, { [source]: { [field]: sent } }, {}, new Map()).data)
}

describe('what a source sends in another form', () => {
  const digits = NUMBER.slice(6, 14)
  test.each<[string, unknown]>([
    ['a number', 442_000_198_506_151],
    ['an object', { value: NUMBER }],
    ['a list', [NUMBER]],
    ['a list in a list', [[NUMBER]]],
    ['a Boolean', true],
    ['invisible characters between the digits', NUMBER.replace(/\d{3}/g, '$&\u200b')],
    ['digits of another script', NUMBER.replace(/\d/g, (one) => String.fromCodePoint(0x0660 + Number(one)))],
    ['the number twice', NUMBER + NUMBER],
    ['words before it', `号码 ${NUMBER}`],
  ])('%s', async (_name, sent) => {
    for (const set of MASK_SETS) expect(String(maskValue('M-IDNO', sent, set))).toMatch(/^\*+$/)
    expect(await shown('number', sent)).not.toMatch(new RegExp(`${digits}|[٠-٩]`))
    expect(await shown('numbers', [sent])).not.toMatch(new RegExp(`${digits}|[٠-٩]`))
  })
})

describe('a mask that hides whether there is a value', () => {
  test('gives a null the look of what it cannot read', async () => {
    expect(await shown('number', null)).toBe(await shown('number', 'x'))
  })

  // No list and an empty one were told from each other and from one with values, and these were counted.
  test('hides it in a list too', async () => {
    expect(await shown('numbers', null)).toBe(await shown('numbers', [NUMBER, NUMBER]))
  })
})
