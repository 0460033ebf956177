import { readFileSync } from 'node:fs'
import { describe, expect, test } from 'vitest'
import { BUILTIN, BUILTIN_SCHEMA } from '../../../gateway/builtin/subgraph.ts'
import { compose } from '../../../gateway/catalog/compose.ts'
import { printFault } from '../../../gateway/catalog/fault.ts'
import { DEFINITIONS, OPEN, header } from './marked.ts'
import { ALL_RULES } from './registered.ts'

/* A pseudonym is nobody's but the asker's: a department may neither find persons by it nor compute from it. */

const GATEWAY = {
  department: BUILTIN,
  file: 'gateway.graphql',
  sdl: readFileSync(BUILTIN_SCHEMA, 'utf8'),
  builtin: true,
}

const PERSON = 'type Person @key(fields: "idDocumentType idDocumentNumber")'
const KEY = 'idDocumentType: IdDocumentType! @external idDocumentNumber: IdNumber! @external'

/** What composition says of a department's SDL beside the gateway's own, under each regime. */
function faultsOf(body: string): readonly string[] {
  const sdl = `${header()}\nscalar IdNumber\nenum IdDocumentType { RESIDENT_ID PASSPORT HMT_PERMIT HMT_RESIDENCE_PERMIT FOREIGNER_PERMANENT_RESIDENCE OTHER }\n${body}`
  const found = ALL_RULES.map((rules) => {
    const result = compose([GATEWAY, { department: 'tax', file: 'tax.graphql', sdl }], DEFINITIONS, rules)
    if (result.kind !== 'faulty') return []
    return result.faults.filter(({ code }) => code === 'GATEWAY_VALUE_TAKEN').map(printFault)
  })
  return found.flat()
}

describe('a department may not', () => {
  test.each([
    [
      'filter by a pseudonym',
      `type Query { debtor(token: String @filters(field: "Person.pseudonym")): Person ${OPEN} }\n${PERSON} { ${KEY} }`,
      'Query.debtor(token:) filters by Person.pseudonym, which the gateway makes for whoever asks',
    ],
    [
      'filter by a former one',
      `type Query { debtors(where: Where): Person ${OPEN} }\ninput Where { any: [String!] @filters(field: "Person.formerPseudonyms") }\n${PERSON} { ${KEY} }`,
      'Where.any filters by Person.formerPseudonyms',
    ],
    [
      'compute from it, which would tell it beside the number',
      `${PERSON} { ${KEY} pseudonym: String @external debt: Int @requires(fields: "pseudonym") ${OPEN} }`,
      'Person.debt is computed from Person.pseudonym',
    ],
  ])('%s', (_what, body, says) => {
    const found = faultsOf(body)
    expect(found).toHaveLength(ALL_RULES.length)
    for (const one of found) expect(one).toContain(says)
    // Each with the clause of that regime's own text.
    expect(new Set(found.map((one) => /\[(.+)\]$/.exec(one)?.[1])).size).toBe(ALL_RULES.length)
  })

  test('while the person’s own key serves both', () => {
    expect(
      faultsOf(`type Query { debtor(number: IdNumber @filters(field: "Person.idDocumentNumber")): Person ${OPEN} }
${PERSON} { ${KEY} idle: Int @requires(fields: "idDocumentNumber") ${OPEN} }`),
    ).toEqual([])
  })
})
