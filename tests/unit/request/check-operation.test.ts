import { describe, expect, it } from 'vitest'
import { indexFields } from '../../../gateway/catalog/catalog.ts'
import { AUTHORITY } from '../../../gateway/grants/supervision.ts'
import { groundOf, judgeOperation } from '../../../gateway/request/check-operation.ts'
import type { OperationBasis } from '../../../gateway/request/check-operation.ts'
import { documentHash } from '../../../gateway/request/registered-operation.ts'
import type { RegisteredOperation } from '../../../gateway/request/registered-operation.ts'
import type { Party } from '../../../gateway/caller/parties.ts'
import { FIRMS } from '../compile/filtering.ts'
import { HUIZHOU, ZHONGSHAN, matterOf } from '../grants/world.ts'

const PARTY: Party = {
  code: 'housing',
  name: { zh: '住房', en: 'Housing' },
  type: 'DEPARTMENT',
  byReference: false,
  basis: ['ZS-1.06'],
  roles: [],
  suspended: false,
  delegations: [{ department: 'tax', matters: ['T'] }],
  applications: [{ code: 'desk', name: { zh: '窗口', en: 'Desk' }, suspended: false }],
}
const { schema, generation } = FIRMS
const SERVED = { schema, catalog: generation.catalog, fields: indexFields(generation.catalog) }
const MATTER = matterOf({ 'Firm.code': 'READ', 'Firm.name': 'READ', 'Firm.capital': 'VERIFY' })

function entryOf(document: string, facts: Partial<RegisteredOperation> = {}): RegisteredOperation {
  const where = { id: 'O', department: 'housing', application: 'desk', matter: 'M', operationName: null }
  return { ...where, document, hash: documentHash(document), ...facts }
}

/** `member: what is wrong [clause]` of every fault. */
function faultsOf(one: RegisteredOperation, facts: Partial<OperationBasis> = {}, regime = ZHONGSHAN): string[] {
  const basis = { ...groundOf(SERVED, regime, 500), matter: MATTER, party: PARTY, ...facts }
  return judgeOperation(one, basis).faults.map(
    ({ member, text, clause }) => `${member}: ${text.en}${clause === null ? '' : ` [${clause}]`}`,
  )
}

const GOOD = '{ registered { code ... on Firm { name } } }'

describe('an entry is in force', () => {
  it('where its document uses what its matter reads', () => {
    expect(faultsOf(entryOf(GOOD))).toEqual([])
    expect(
      judgeOperation(entryOf('query Q { registered { code } }'), {
        ...groundOf(SERVED, ZHONGSHAN, 500),
        matter: MATTER,
        party: PARTY,
      }).name,
    ).toBe('Q')
  })

  it('of an introspection, which uses nothing', () => {
    expect(faultsOf(entryOf('{ __schema { types { name } } __typename }'))).toEqual([])
  })

  it('where the party was charged with the matter (ZS-7.04), and with no other', () => {
    const [charged, other] = ['T', 'U'].map((code) => matterOf({ 'Firm.code': 'READ' }, { code, department: 'tax' }))
    expect(faultsOf(entryOf('{ registered { code } }', { matter: 'T' }), { matter: charged ?? null })).toEqual([])
    expect(faultsOf(entryOf('{ registered { code } }', { matter: 'U' }), { matter: other ?? null })).toEqual([
      "matter: the matter U is tax's, which has not charged housing with it",
    ])
  })

  it('of governance alone under a matter of supervision, and of nothing else there', () => {
    const fields = new Map([...SERVED.fields].map(([at, one]) => [at, { ...one, providers: [AUTHORITY] }] as const))
    const supervision = matterOf({}, { supervision: true })
    const entry = entryOf('{ registered { code } }')
    expect(faultsOf(entry, { matter: supervision, fields })).toEqual([])
    expect(faultsOf(entry, { matter: supervision })).not.toEqual([])
    expect(faultsOf(entry, { matter: matterOf({}), fields })).not.toEqual([])
  })
})

describe('an entry has a fault', () => {
  it('for each coordinate beyond the minimal set, by the clause of the regime in force', () => {
    const document = '{ registered { code ... on Firm { name division owner { born } } } }'
    expect(faultsOf(entryOf(document))).toEqual([
      'document: the matter M does not need Firm.division [ZS-4.01(3)]',
      'document: the matter M does not need Owner.born [ZS-4.01(3)]',
    ])
    expect(faultsOf(entryOf('{ registered { ... on Firm { kind } } }'), {}, HUIZHOU)).toEqual([
      'document: the matter M does not need Firm.kind [HZ-5.5(2)]',
    ])
  })

  it('for what is only verified, and is read', () => {
    expect(faultsOf(entryOf('{ registered { ... on Firm { capital } } }'))).toEqual([
      'document: the matter M only verifies Firm.capital, and the document reads it [ZS-4.01(3)]',
    ])
  })

  it('for what it filters by, were it by a variable', () => {
    const filtered = 'query ($f: FirmFilter) { firms(filter: $f, orderBy: [], kind: null) { code } }'
    expect(faultsOf(entryOf(filtered)).map((one) => one.replace(/.* need (\S+) .*/, '$1'))).toEqual([
      'Firm.division',
      'Owner.born',
      'Firm.kind',
    ])
  })

  it.each([
    ['syntax', '{ registered { ', /^document: the document cannot be parsed: line 1, column 16: /],
    [
      'a field that is not served',
      '{ registered { capitol } }',
      /^document: the document does not fit the schema: line 1, column 16: Cannot query field "capitol" on type "Registered"\.$/,
    ],
    [
      'two operations and no name',
      'query A { registered { code } } query B { registered { code } }',
      /^document: .* no operationName says which$/,
    ],
    ['fragments alone', 'fragment F on Firm { code }', /^document: /],
    ['an operation that is not served', 'mutation { x }', /^document: /],
    ['too many words', `{ registered { ${'code '.repeat(500)} } }`, /^document: /],
    ['nothing', '', /^document: the document is empty or cannot be read$/],
  ])('of %s', (_what, document, expected) => {
    const faults = faultsOf(entryOf(document))
    expect(faults).toHaveLength(1)
    expect(faults[0]).toMatch(expected)
  })

  it('for an operation that the document does not have', () => {
    expect(faultsOf(entryOf('query A { registered { code } }', { operationName: 'B' }))).toEqual([
      'operationName: the document has no operation B',
    ])
  })

  it('for what belongs to nobody; every fault at once', () => {
    expect(faultsOf(entryOf('{', { application: 'other' }), { matter: null })).toMatchObject([
      'application: housing has no application other',
      'matter: there is no matter M',
      expect.stringMatching(/^document: /) as string,
    ])
    expect(faultsOf(entryOf(GOOD), { party: null })).toEqual(['department: there is no party housing'])
  })

  it('quotes no value of the document', () => {
    const number = '442099199001010012'
    const [fault] = faultsOf(entryOf(`{ firms(division: ${number}, orderBy: [${number}]) { code } }`))
    expect(fault).toMatch(/^document: /)
    expect(fault).not.toContain(number)
  })
})
