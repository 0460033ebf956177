import { parse, visit } from 'graphql'
import { afterAll, describe, expect, test } from 'vitest'
import type { ExplainedField } from '../../gateway/request/explain-field.ts'
import { readCaseFiles } from '../cases/case-file.ts'
import type { DecisionCase } from '../cases/case-file.ts'
import { createCaseGateways } from '../cases/case-gateway.ts'
import { runCase } from '../cases/run-case.ts'

const gateways = createCaseGateways()
afterAll(() => gateways.stop())

const QUERY = `query($d: String!) { explain(document: $d) {
  decisions { coordinate decision code maskRule clause grant unlock { text } } } }`

/** Decisions in the words of the case files. */
function wordsOf({ decision, code, maskRule, clause, grant }: ExplainedField): string {
  const how = decision === 'DENY' ? code : maskRule
  return [decision, how, clause, grant === null ? null : `grant ${grant}`].filter((word) => word !== null).join(' ')
}

/** The same case, asking for the explanation of its own document: the caller, the headers, the gateway are the same. */
async function explained(one: DecisionCase): Promise<readonly ExplainedField[]> {
  const gateway = await gateways.gatewayFor(one)
  const { data, fetched } = await runCase(gateway, { ...one, operation: QUERY, variables: { d: one.operation } })
  const answer = data as { readonly explain: { readonly decisions: readonly ExplainedField[] } | null } | undefined
  if (!answer?.explain) throw new Error(`${one.id} was not explained`)
  expect(fetched).toEqual({})
  return answer.explain.decisions
}

/** A document under conditions is explained as if all were included. */
function isConditional(document: string): boolean {
  let found = false
  visit(parse(document), { Directive: () => void (found = true) })
  return found
}

// Where a department has only registered documents run, the question itself would have to be one.
const files = readCaseFiles()
  .map(({ name, cases }) => ({
    name,
    cases: cases.filter(({ want, registers }) => want.decisions !== undefined && registers?.operations === undefined),
  }))
  .filter((file) => file.cases.length > 0)
const cases = files.flatMap((file) => file.cases)

describe('an explanation equals what the request is told', () => {
  describe.each(files.map((file, place) => [file.name, file, place] as const))('%s', (_name, file, place) => {
    // Dozens of gateways are more than one process holds.
    afterAll(() => gateways.release(files.slice(place + 1).flatMap((later) => later.cases)))

    test.each(file.cases.map((one) => [one.id, one] as const))('%s', async (_id, one) => {
      const { decisions: told = {} } = await runCase(await gateways.gatewayFor(one), one)
      const decisions = await explained(one)
      const came = Object.fromEntries(decisions.map((field) => [field.coordinate, wordsOf(field)]))
      // What a condition left out of the answer is explained all the same.
      const within = isConditional(one.operation ?? '') ? Object.keys(told) : Object.keys(came)
      expect(Object.fromEntries(within.map((at) => [at, came[at]]))).toEqual(told)
      // Whatever is not clear says what would unlock it.
      for (const { coordinate, decision, unlock } of decisions)
        expect(unlock === null, coordinate).toBe(decision === 'ALLOW')
    })
  })

  test('over enough of both', () => {
    const decisions = cases.flatMap(({ want }) => Object.values(want.decisions ?? {}))
    expect(decisions.filter((one) => one.startsWith('DENY')).length).toBeGreaterThan(20)
    expect(decisions.filter((one) => !one.startsWith('DENY')).length).toBeGreaterThan(20)
  })
})
