import { describe, expect, it } from 'vitest'
import { answerDecisions, answerError, answerErrors, answerNotes } from '../../../gateway/project/answer.ts'
import { federate, viewWith } from '../../kit/federation.ts'
import { ask } from '../../kit/federation-ask.ts'
import { NUMBERS, SAMPLE } from '../../kit/federation-sample.ts'

const sample = federate(SAMPLE)
const verdicts = {
  'Person.name': 'M-NAME',
  'Person.sex': { kind: 'DENY', code: 'GRANT_EXPIRED', clause: 'ZS-4.08', grant: 'G-101' },
  'Person.height': 'VERIFY_ONLY',
} as const
const view = viewWith(sample, verdicts)
const text = `query ($c: Boolean!) { p: person(number: "${NUMBERS.li}") { n: name sex height @include(if: $c) number } }`

describe('errors', () => {
  it('say what happened, why, where and what to do, in the user’s language', async () => {
    const { compiled, projected, variables } = await ask(sample, text, { view, variables: { c: true } })
    const english = answerErrors(compiled, projected, variables, 'en')
    expect(
      english.map(({ path, extensions }) => [extensions.code, extensions.clause, extensions.coordinate, path]),
    ).toEqual([
      ['GRANT_EXPIRED', 'ZS-4.08', 'Person.sex', ['p', 'sex']],
      ['VERIFY_ONLY', 'ZS-4.03', 'Person.height', ['p', 'height']],
    ])
    expect(english[0]?.extensions.remedy).toContain('docs/errors.md#grant_expired')
    const chinese = answerErrors(compiled, projected, variables, 'zh-CN')
    expect(chinese[0]?.message).toBe('授权已到期')
    expect(chinese[0]?.extensions.remedy).toMatch(/\p{Script=Han}/u)
  })

  it('are none for what is not part of this answer', async () => {
    const { errors } = await ask(sample, text, { view, variables: { c: false } })
    expect(errors.map(({ extensions }) => extensions.coordinate)).toEqual(['Person.sex'])
  })

  it('put refusals first, then what the sources left empty', async () => {
    const { errors } = await ask(sample, `{ people(first: 1) { pension sex } }`, {
      view,
      tamper: (reply, { department }) => (department === 'insurance' ? { sources: [] } : reply),
    })
    expect(errors.map(({ extensions, path }) => [extensions.code, path])).toEqual([
      ['GRANT_EXPIRED', ['people', 'sex']],
      ['SOURCE_INVALID', ['people', 0, 'pension']],
    ])
  })

  it('carry a detail and no more than they were given', () => {
    expect(answerError('BAD_USER_INPUT', 'en', { detail: '$n does not fit' })).toMatchObject({
      message: expect.stringMatching(/: \$n does not fit$/) as string,
      extensions: { code: 'BAD_USER_INPUT', clause: null },
    })
    expect(Object.keys(answerError('INTERNAL', 'en', {}))).toEqual(['message', 'extensions'])
  })
})

describe('decisions', () => {
  it('are told when one is not ALLOW: all of the active ones, with grant and rule', async () => {
    const { compiled, variables } = await ask(sample, text, { view, variables: { c: false } })
    expect(answerDecisions(compiled, variables, false)).toEqual([
      {
        coordinate: 'Person.name',
        path: ['p', 'n'],
        decision: 'MASK',
        code: null,
        clause: 'ZS-4.03',
        grant: null,
        rule: 'M-NAME',
      },
      {
        coordinate: 'Person.sex',
        path: ['p', 'sex'],
        decision: 'DENY',
        code: 'GRANT_EXPIRED',
        clause: 'ZS-4.08',
        grant: 'G-101',
        rule: null,
      },
      {
        coordinate: 'Person.number',
        path: ['p', 'number'],
        decision: 'ALLOW',
        code: null,
        clause: 'ZS-4.03',
        grant: null,
        rule: null,
      },
    ])
  })

  it('are silent when all is ALLOW, unless they are asked for', async () => {
    const { compiled, variables } = await ask(sample, '{ people { number } }', { view })
    expect(answerDecisions(compiled, variables, false)).toBeNull()
    expect(answerDecisions(compiled, variables, true)).toHaveLength(1)
  })
})

describe('notes', () => {
  it('give the source’s own time for each record of the answer, and for none that is not there', async () => {
    const { projected } = await ask(sample, '{ people(first: 2) { number household { address } } nobody { number } }', {
      view,
    })
    const notes = answerNotes(projected, new Map([['Household', '2026-11-20T00:00:00+08:00']]))
    expect(notes).toEqual([
      { path: ['people', 0, 'household'], asOf: '2026-11-20T00:00:00+08:00' },
      { path: ['people', 1, 'household'], asOf: '2026-11-20T00:00:00+08:00' },
    ])
  })
})
