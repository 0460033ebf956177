import { ConfigFault } from '../../../gateway/config/fault.ts'
import { readFileSync } from 'node:fs'
import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { readCases, readGrants, readMatters } from '../../../gateway/adapters/register-files.ts'
import { readComposed } from '../../../gateway/adapters/supergraph-files.ts'

const CITY = fileURLToPath(new URL('../../../city/registers', import.meta.url))
const SCHEMA = fileURLToPath(new URL('../../../schema', import.meta.url))

const GRANT = `grants:
  - id: A
    consumer: housing
    matters: [M]
    clear: [R.x]
    masked: [R.y]
    validFrom: '2026-01-01T00:00:00+08:00'
    validUntil: '2027-01-01T00:00:00+08:00'
    approver: P-1
`

function faultsOf(read: () => unknown): string[] {
  try {
    read()
    return []
  } catch (error) {
    if (!(error instanceof ConfigFault)) throw error
    return error.message.split('\n')
  }
}

describe('what is read', () => {
  test('a grant: modes by coordinate, instants in milliseconds, absent means all applications and no agreement', () => {
    const [grant] = readGrants('grants.yaml', GRANT)
    expect(grant).toMatchObject({ id: 'A', applications: null, agreement: null, revokedAt: null })
    expect([...(grant?.fields ?? [])]).toEqual([
      ['R.x', 'CLEAR'],
      ['R.y', 'MASKED'],
    ])
    expect(grant?.validUntil).toBe(Date.parse('2026-12-31T16:00:00Z'))
  })

  test('matters: what is read and what is only verified', () => {
    const matters = readMatters(
      'm.yaml',
      'matters:\n  - { code: M, title: 事项, department: housing, fields: [R.x], verify: [R.y] }\n',
    )
    expect([...(matters.find('M')?.fields ?? [])]).toEqual([
      ['R.x', 'READ'],
      ['R.y', 'VERIFY'],
    ])
    expect(matters.ofDepartment('housing').map(({ code }) => code)).toEqual(['M'])
    expect([matters.find('N'), matters.ofDepartment('tax')]).toEqual([null, []])
  })

  test('cases by number', () => {
    const cases = readCases('c.yaml', 'cases:\n  - { number: C-1, matter: M, department: housing }\n')
    expect(cases.find('C-1')).toEqual({ number: 'C-1', matter: 'M', department: 'housing' })
    expect(cases.find('C-2')).toBeNull()
  })
})

describe('every fault, with its place', () => {
  test.each<readonly [string, string, readonly string[]]>([
    [
      'an unknown key, and with it nobody who has approved (ZS-6.03)',
      GRANT.replace('approver:', 'aprover:'),
      ['g.yaml:2:5: grants.0: nobody has approved it: sta', 'g.yaml:9:5: grants.0.aprover: is no known setting'],
    ],
    ['a coordinate that is none', GRANT.replace('R.y', 'R'), ['g.yaml:6:14: grants.0.masked.0: expected Type.field']],
    ['one field in two modes', GRANT.replace('R.y', 'R.x'), ['g.yaml:6:14: grants.0.masked.0: R.x is listed already']],
    [
      'an end before the beginning',
      GRANT.replace('2027', '2025'),
      ['g.yaml:8:17: grants.0.validUntil: is not after validFrom'],
    ],
    [
      'an instant without its offset',
      GRANT.replace('2027-01-01T00:00:00+08:00', '2027-01-01T00:00:00'),
      ['g.yaml:8:17: grants.0.validUntil: Invalid ISO datetime'],
    ],
    [
      'no matter at all',
      GRANT.replace('[M]', '[]'),
      ['g.yaml:4:14: grants.0.matters: Too small: expected array to have >=1 items'],
    ],
    ['one name twice', GRANT + GRANT.replace('grants:\n', ''), ['g.yaml:10:9: grants.1.id: is there already']],
    ['one key twice', `${GRANT}    approver: P-2\n`, ['g.yaml:10:5: Map keys must be unique']],
    [
      'no YAML',
      'grants: [',
      ['g.yaml:1:10: Flow sequence in block collection must be sufficiently indented and end with a ]'],
    ],
    ['nothing', '', ['g.yaml:1:1: grants: is missing']],
    [
      'aliases without end',
      `a: &a [x, x]\n${[...'bcdefghij'].map((name, at) => `${name}: &${name} [${Array(9).fill(`*${'abcdefghi'[at]}`).join()}]\n`).join('')}`,
      ['g.yaml:1:1: Excessive alias count indicates a resource exhaustion attack'],
    ],
  ])('%s', (_name, text, expected) => {
    const faults = faultsOf(() => readGrants('g.yaml', text))
    expect(faults.map((fault, at) => fault.slice(0, expected[at]?.length)).toSorted()).toEqual([...expected].toSorted())
  })

  test('all at once', () => {
    const text = GRANT.replace('consumer: housing', 'consumer: the housing office')
      .replace('R.x', 'x')
      .replace('P-1', "''")
    expect(faultsOf(() => readGrants('g.yaml', text)).map((fault) => fault.split(' ')[0])).toEqual([
      'g.yaml:3:15:',
      'g.yaml:5:13:',
      'g.yaml:9:15:',
    ])
  })

  test('a matter that both reads and verifies a field', () => {
    const text = 'matters:\n  - { code: M, title: 事项, department: d, fields: [R.x], verify: [R.x] }\n'
    expect(faultsOf(() => readMatters('m.yaml', text))).toEqual([
      'm.yaml:2:66: matters.0.verify.0: R.x is listed already',
    ])
  })

  test('a matter of supervision that names a field of somebody', () => {
    const matter = 'matters:\n  - { code: S, title: 监督, department: d, supervision: true'
    expect(readMatters('m.yaml', `${matter} }\n`).find('S')?.supervision).toBe(true)
    for (const list of ['fields', 'verify'])
      expect(faultsOf(() => readMatters('m.yaml', `${matter}, ${list}: [R.x] }\n`))).toEqual([
        expect.stringContaining(`matters.0.${list}: a matter of supervision names no fields`),
      ])
  })
})

test('the registers of the demonstration city name what exists', () => {
  const read = (name: string): string => readFileSync(`${CITY}/${name}`, 'utf8')
  const matters = readMatters('matters.yaml', read('matters.yaml'))
  const known = new Set<string>(readComposed(SCHEMA).catalog.fields.map(({ coordinate }) => coordinate))
  for (const grant of readGrants('grants.yaml', read('grants.yaml'))) {
    expect([...grant.fields.keys()].filter((at) => !known.has(at))).toEqual([])
    for (const code of grant.matters) expect(matters.find(code)?.department).toBe(grant.consumer)
  }
  for (const department of ['housing-urban-rural', 'market-registration', 'development-reform'])
    for (const matter of matters.ofDepartment(department))
      expect([...matter.fields.keys()].filter((at) => !known.has(at))).toEqual([])
})
