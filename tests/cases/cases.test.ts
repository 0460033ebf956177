import { afterAll, describe, expect, test } from 'vitest'
import { readRules } from '../../gateway/start/composition.ts'
import { readAmended } from '../kit/amended-city.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { faultsOf, readCaseFiles, rewriteWants } from './case-file.ts'
import type { AnyCase, AnyWant, CaseFile } from './case-file.ts'
import { createCaseGateways } from './case-gateway.ts'
import { faultsToldOf } from './compose-case.ts'
import { runCase, runExplanation } from './run-case.ts'

/** `CASES_UPDATE=1` writes what came out into the files; the difference is then reviewed line by line. */
const UPDATE = process.env['CASES_UPDATE'] === '1'

const files = readCaseFiles()
const gateways = createCaseGateways()
afterAll(() => gateways.stop())

/** Every case of a file, with what runs it. */
function runsOf({ cases, explanations, compositions }: CaseFile): readonly (readonly [AnyCase, AnyWant, Run])[] {
  return [
    ...cases.map((one) => [one, one.want, async () => runCase(await gateways.gatewayFor(one), one)] as const),
    ...explanations.map(
      (one) => [one, one.want, async () => runExplanation(await gateways.gatewayFor(one), one)] as const,
    ),
    ...compositions.map(
      (one) =>
        [
          one,
          one.want,
          () => Promise.resolve({ faults: faultsToldOf(readAmended(one.catalogue), readRules(one.regime), one) }),
        ] as const,
    ),
  ]
}

type Run = () => Promise<AnyWant>

for (const [place, file] of files.entries()) {
  const { name, scenario, title } = file
  const wants = new Map<string, AnyWant>()
  describe(`${scenario} ${title.en} · ${title.zh}`, () => {
    test.each(runsOf(file).map(([one, want, run]) => [`${one.title.en} (${one.clauses.join(', ')})`, one, want, run]))(
      '%s',
      async (_title, one, want, run) => {
        const came = JSON.parse(JSON.stringify(await run())) as AnyWant
        wants.set(one.id, came)
        expect(came).toEqual(UPDATE ? came : want)
      },
    )
    afterAll(async () => {
      if (UPDATE && wants.size > 0) rewriteWants(name, wants)
      await gateways.release(files.slice(place + 1).flatMap(({ cases, explanations }) => [...cases, ...explanations]))
    })
  })
}

describe('the files of cases', () => {
  test('name each case once', () => {
    const ids = files.flatMap((file) => runsOf(file).map(([{ id }]) => id))
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  test.each([
    ['a word that the schema does not know', { wnat: {} }],
    ['a clause that is none', { clauses: ['§ 4'] }],
    ['a title in one language', { title: { en: 'Only English here' } }],
    ['a decision without its clause', { want: { status: 200, decisions: { 'Person.name': 'ALLOW' } } }],
    ['a request and a document to explain in one', { explain: '{ __typename }' }],
    ['a request and a registration in one', { compose: true }],
    ['a time without its offset', { now: '2026-04-01T00:00:00' }],
    [
      'a revocation without its hand',
      { registers: { revocations: [{ grant: 'N-9', at: '2026-04-01T00:00:00+08:00' }] } },
    ],
  ])('are refused with %s', (_name, change) => {
    const [file] = files
    const [one] = file?.cases ?? []
    expect(faultsOf({ scenario: file?.scenario, title: file?.title, cases: [one] })).toEqual([])
    expect(faultsOf({ scenario: file?.scenario, title: file?.title, cases: [{ ...one, ...change }] })).not.toEqual([])
  })

  test.each([
    ['no clause of its own text', ['BASIS_MISSING: Person.name is …'], true],
    ['a clause', ['BASIS_MISSING at ZS-4.04: Person.name is …'], true],
    ['no message', ['BASIS_MISSING at ZS-4.04'], false],
  ])('write a fault with %s', (_name, faults, fits) => {
    const one = { id: 'one', clauses: ['ZS-4.04'], regime: 'zhongshan', compose: true, catalogue: {}, want: { faults } }
    const title = { zh: '登记', en: 'A registration' }
    expect(faultsOf({ scenario: 'S24', title, cases: [{ ...one, title }] }).length === 0).toBe(fits)
  })

  test('left a whole record, with no value in it or in the log', async () => {
    for (const gateway of await gateways.all()) {
      expect((await gateway.verify()).faults).toEqual([])
      await gateway.halt()
      expect(await leaksIn(gateway.directory)).toEqual([])
    }
    // Every folder of every gateway is searched, on whatever disk.
  }, 240_000)
})
