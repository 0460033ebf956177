import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'
import { documentHash } from '../../../gateway/request/registered-operation.ts'
import { emptyFolder, gongxiang } from './run.ts'

const TAX = 'department: tax, application: tax-desk, matter: tax-registration'
const entry = (id: string, more: string, where = TAX): string => `  - { id: ${id}, ${where}, ${more} }\n`
const firm = (selection: string): string =>
  `"query Q($c: String!) { legalEntity(identifierType: USCC, identifier: $c) { enterprise { ${selection} } } }"`
const GOOD = `document: ${firm('enterpriseName')}`

let folder = ''
beforeAll(async () => {
  folder = await emptyFolder()
  await writeFile(join(folder, 'gongxiang.yaml'), 'registers: { operations: operations.yaml }\n')
})

async function run(operations: string, ...args: readonly string[]) {
  await writeFile(
    join(folder, 'operations.yaml'),
    operations === '' ? 'operations: []\n' : `operations:\n${operations}`,
  )
  return gongxiang(folder, ['operation', ...args], { LANG: 'en' })
}

describe('gongxiang operation check', () => {
  it('says that all are in force', async () => {
    const { code, out } = await run(entry('O', GOOD), 'check')
    expect([code, out]).toEqual([0, '1 operations in force, 0 not\n'])
  })

  it('tells every fault at once, with file, line, column and clause', async () => {
    const { code, out } = await run(
      entry('fields', `document: ${firm('enterpriseName legalRepresentativeName')}`) +
        entry('syntax', 'document: "{ legalEntity("') +
        entry('missing', 'file: none.graphql') +
        entry('foreign', GOOD, TAX.replace('tax-registration', 'pension-stop')) +
        entry('O', GOOD) +
        entry('O', `document: ${firm('registeredDomicile')}`),
      'check',
    )
    expect(code).toBe(1)
    const lines = out
      .trimEnd()
      .split('\n')
      .map((line) => line.replace(/ \S*operations\.yaml/, ''))
    expect(lines).toMatchObject(
      [
        /^error:2:\d+: fields: .*legalRepresentativeName/,
        /^error:3:\d+: syntax: the document cannot be parsed: line 1, column 15: /,
        /^error:4:\d+: missing: the document is empty or cannot be read$/,
        /^error:5:\d+: foreign: the matter pension-stop is human-resources-social-security's, which has not charged tax with it$/,
        /^error:5:\d+: foreign: the matter pension-stop does not need Enterprise\.enterpriseName \[ZS-4\.01\(3\)\]$/,
        /^error:7:\d+: O: an entry above has the same id$/,
        /^1 operations in force, 5 not$/,
      ].map((pattern) => expect.stringMatching(pattern) as string),
    )
  })

  it('gives machines the same as JSON', async () => {
    const { code, out } = await run(entry('O', 'document: "{ x }"'), 'check', '--json')
    expect(code).toBe(1)
    expect(JSON.parse(out)).toMatchObject({
      operations: 1,
      findings: [{ id: 'O', path: ['operations', 0, 'document'], origin: { line: 2 }, clause: null }],
    })
  })

  it('refuses a register that is none', async () => {
    const { code, err } = await run('  - { id: O }\n', 'check')
    expect(code).toBe(1)
    expect(err).toMatch(/operations\.yaml:2:\d+: operations\.0\.department: is missing/)
  })
})

describe('gongxiang operation list', () => {
  it('has each with its hash, and whether it is in force', async () => {
    const text = JSON.parse(firm('enterpriseName')) as string
    const { code, out } = await run(entry('O', GOOD) + entry('P', 'document: "{ x }"'), 'list', '--json')
    expect(code).toBe(0)
    expect(JSON.parse(out)).toMatchObject([
      {
        id: 'O',
        department: 'tax',
        application: 'tax-desk',
        documentId: `sha256:${documentHash(text)}`,
        inForce: true,
      },
      { id: 'P', inForce: false },
    ])
    const plain = await run(entry('O', GOOD), 'list')
    expect(plain.out).toMatch(/^O +tax\/tax-desk +tax-registration +in force sha256:[0-9a-f]{64}\n$/)
  })
})

describe('gongxiang operation hash', () => {
  it('is the SHA-256 of the very bytes', async () => {
    await writeFile(join(folder, 'q.graphql'), '\ufeff{ a }\r\n')
    const { code, out } = await run('', 'hash', 'q.graphql')
    expect([code, out]).toEqual([0, `sha256:${documentHash('\ufeff{ a }\r\n')}\n`])
  })

  it('refuses what no request could send, and what is not there', async () => {
    await writeFile(join(folder, 'latin.graphql'), Buffer.from([0x7b, 0xe9, 0x7d]))
    expect(await run('', 'hash', 'latin.graphql')).toMatchObject({
      code: 1,
      err: expect.stringContaining('is not UTF-8') as string,
    })
    expect(await run('', 'hash', 'none.graphql')).toMatchObject({ code: 1 })
  })
})

describe('gongxiang doctor', () => {
  it('fails for an entry that is not in force', async () => {
    await run(entry('O', 'document: "{ x }"'), 'list')
    const { code, out } = await gongxiang(folder, ['doctor', '--json'], { GONGXIANG_PORT: '0' })
    const { findings } = JSON.parse(out) as { findings: readonly { readonly check: string; readonly state: string }[] }
    const states = findings
      .filter(({ check }) => check.endsWith('operations'))
      .map(({ check, state }) => [check, state])
    expect([code, states]).toEqual([
      1,
      [
        ['register.operations', 'ok'],
        ['operations', 'fail'],
      ],
    ])
  })
})
