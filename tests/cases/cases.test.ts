import { afterAll, describe, expect, test } from 'vitest'
import { composeAmended } from '../kit/amended-city.ts'
import type { Amendments } from '../kit/amended-city.ts'
import { startTestGateway } from '../kit/gateway.ts'
import type { Registers, TestGateway } from '../kit/gateway.ts'
import { leaksIn } from '../kit/gateway-canaries.ts'
import { faultsOf, readCaseFiles, rewriteWants } from './case-file.ts'
import type { DecisionCase, Want } from './case-file.ts'
import { runCase } from './run-case.ts'

/** `CASES_UPDATE=1` writes what came out into the files; the difference is then reviewed line by line. */
const UPDATE = process.env['CASES_UPDATE'] === '1'

const files = readCaseFiles()
const gateways = new Map<string, Promise<TestGateway>>()

/** What stands above the list in the file of a register. */
const HEADS: Readonly<Record<string, object>> = { parties: { version: 1 } }

/** Cases with the same regime, registers and catalogue share one gateway. */
function gatewayFor({ regime, registers = {}, catalogue = {} }: DecisionCase): Promise<TestGateway> {
  const key = JSON.stringify([regime, registers, catalogue])
  const known = gateways.get(key)
  if (known) return known
  const content = Object.fromEntries(
    Object.entries(registers).map(([name, list]) => [name, { ...HEADS[name], [name]: list }]),
  )
  const started = startAmended(regime, content, catalogue)
  gateways.set(key, started)
  return started
}

async function startAmended(regime: string, registers: Registers, catalogue: Amendments): Promise<TestGateway> {
  const gateway = await startTestGateway({ regime, registers })
  if (Object.keys(catalogue).length === 0) return gateway
  // The departments register anew while the gateway runs (S23): it takes the composition into service by itself.
  const composed = composeAmended(catalogue, regime)
  await gateway.compose(composed)
  return gateway
}

afterAll(async () => {
  for (const gateway of gateways.values()) await (await gateway).stop()
})

for (const { name, scenario, title, cases } of files) {
  const wants = new Map<string, Want>()
  describe(`${scenario} ${title.en} · ${title.zh}`, () => {
    test.each(cases.map((one) => [`${one.title.en} (${one.clauses.join(', ')})`, one] as const))(
      '%s',
      async (_title, one) => {
        const came = JSON.parse(JSON.stringify(await runCase(await gatewayFor(one), one))) as Want
        wants.set(one.id, came)
        expect(came).toEqual(UPDATE ? came : one.want)
      },
    )
    afterAll(() => {
      if (UPDATE) rewriteWants(name, wants)
    })
  })
}

describe('the files of cases', () => {
  test('name each case once', () => {
    const ids = files.flatMap(({ cases }) => cases.map(({ id }) => id))
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([])
  })

  test.each([
    ['a word that the schema does not know', { wnat: {} }],
    ['a clause that is none', { clauses: ['§ 4'] }],
    ['a title in one language', { title: { en: 'Only English here' } }],
    ['a decision without its clause', { want: { status: 200, decisions: { 'Person.name': 'ALLOW' } } }],
  ])('are refused with %s', (_name, change) => {
    const [file] = files
    const [one] = file?.cases ?? []
    expect(faultsOf({ scenario: file?.scenario, title: file?.title, cases: [one] })).toEqual([])
    expect(faultsOf({ scenario: file?.scenario, title: file?.title, cases: [{ ...one, ...change }] })).not.toEqual([])
  })

  test('left a whole record, with no value in it or in the log', async () => {
    for (const one of gateways.values()) {
      const gateway = await one
      expect((await gateway.verify()).faults).toEqual([])
      await gateway.halt()
      expect(await leaksIn(gateway.directory)).toEqual([])
    }
  })
})
