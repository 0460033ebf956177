import { spawn } from 'node:child_process'
import { writeFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { beforeAll, describe, expect, test } from 'vitest'
import { columns } from '../../gateway/cli/box.ts'
import { explainOffline } from '../../gateway/cli/explain-offline.ts'
import { explanationText } from '../../gateway/cli/explain-text.ts'
import { loadConfig } from '../../gateway/config/load.ts'
import type { Language } from '../../gateway/vocabulary/codes.ts'
import { emptyFolder, gongxiang } from '../unit/cli/run.ts'
import type { Outcome } from '../unit/cli/run.ts'

const NUMBER = '440000199001010007'
const DOCUMENT = `query Desk { person(idDocumentType: RESIDENT_ID, idDocumentNumber: "${NUMBER}") {
  name household { photo } socialInsurance { socialInsuranceNumber } } }`
const DESK = [
  '--as',
  'housing-urban-rural/housing-desk',
  '--matter',
  'public-rental-housing',
  '--case',
  'PRH-2026-0001',
]

let folder = ''
beforeAll(async () => {
  folder = await emptyFolder()
  await writeFile(join(folder, 'desk.graphql'), DOCUMENT)
})

function explain(...args: readonly string[]): Promise<Outcome> {
  return gongxiang(folder, ['explain', 'desk.graphql', ...args])
}

/** The same in this process, as the command has it. */
async function explained(regime: string, language: Language): Promise<string> {
  const config = await loadConfig({ file: undefined, env: {}, cwd: folder, role: 'gateway' })
  const standing = {
    department: 'housing-urban-rural',
    application: 'housing-desk',
    matter: 'public-rental-housing',
    case: 'PRH-2026-0001',
    roles: [],
  }
  const question = { document: DOCUMENT, operationName: null, regime, language }
  return explanationText(await explainOffline(config, question, standing), language)
}

/** The same over standard input. */
function piped(document: string, args: readonly string[]): Promise<string> {
  const program = resolve(import.meta.dirname, '../../gateway/cli/gongxiang.ts')
  return new Promise((done, reject) => {
    const child = spawn(process.execPath, [program, 'explain', '-', ...args], { cwd: folder })
    let out = ''
    child.stdout.setEncoding('utf8').on('data', (text: string) => (out += text))
    child.once('error', reject)
    child.once('close', () => done(out))
    child.stdin.end(document)
  })
}

describe('gongxiang explain', () => {
  test('prints what a lawyer can read, with nothing running and no value in it', async () => {
    const { code, out, err } = await explain(...DESK, '--language', 'zh')
    expect([code, err]).toEqual([0, ''])
    expect(out).toContain('事项: public-rental-housing 公共租赁住房申请')
    expect(out).toMatch(/HouseholdRegistration\.photo +相片 +有条件共享 L4 +公安部门 +NO_GRANT +ZS-4\.08/)
    expect(out).toContain('→ 有条件共享:向数据提供部门提出共享申请 (ZS-4.08);')
    expect(out.replaceAll(/\s/g, '')).toContain('接到申请的政务部门应当在五个工作日内予以答复')
    expect(out).toContain('2. 人力资源和社会保障部门 (human-resources-social-security)')
    expect(out).not.toContain(NUMBER)
  })

  test('aligns its columns, double-width characters counted', async () => {
    const out = await explained('zhongshan', 'zh-CN')
    const rows = out
      .split('\n')
      .filter((line) => /^(数据项|Person\.name|HouseholdRegistration|SocialInsurance)/.test(line))
    const places = rows.map((row) => columns(row.slice(0, row.search(/ZS-4|条款/))))
    expect(rows).toHaveLength(4)
    expect(new Set(places).size).toBe(1)
  })

  test.each([
    ['huizhou', 'HZ-45', /条件共享类 L4/],
    ['nantong', 'NT-18.1', /形式审查:1 个工作日 \(NT-21\)/],
    ['zhejiang', 'ZJ-22.2', /受限共享类 L4/],
    ['fushun', 'FS-18.3', /程序依照共享平台有关规定/],
    ['national', 'R809-21', /提供:20 个工作日 \(R809-22\)/],
  ])('speaks the law of %s', async (regime, clause, words) => {
    const out = await explained(regime, 'zh-CN')
    expect(out).toContain(clause)
    expect(out).toMatch(words)
    expect(out).not.toContain('ZS-')
  })

  test('the same as JSON, and from standard input', async () => {
    const { out } = await explain(...DESK, '--json', '--language', 'en')
    const told = JSON.parse(out) as { readonly decisions: readonly { coordinate: string; code: string | null }[] }
    expect(told.decisions.map(({ coordinate, code }) => [coordinate, code])).toEqual([
      ['Person.name', null],
      ['HouseholdRegistration.photo', 'NO_GRANT'],
      ['SocialInsuranceEnrolment.socialInsuranceNumber', null],
    ])
    expect(JSON.parse(await piped(DOCUMENT, [...DESK, '--json', '--language', 'en']))).toEqual(told)
  })

  test('without a matter: nothing, and what to state', async () => {
    const { out } = await explain('--as', 'housing-urban-rural/housing-desk')
    expect(out).toContain('PURPOSE_MISSING')
    expect(out).toContain('State the matter in the header x-matter')
    expect(out).toContain('(nothing)')
  })

  test.each([
    [['--as', 'nowhere/x'], 'nowhere is not in the register of parties'],
    [['--as', 'tax/nothing'], 'nothing is no application of tax'],
    [['--as', 'tax'], 'Expected department/application'],
    [['--as', 'tax/x', '--regime', 'atlantis'], 'Allowed choices are'],
  ])('refuses %j in one clear line', async (args, text) => {
    const { code, out, err } = await explain(...args)
    expect(code).not.toBe(0)
    expect(out).toBe('')
    expect(err).toContain(text)
    expect(err).not.toMatch(/\n\s+at /)
  })

  test('tells the place of a fault in the document, and none of its values', async () => {
    await writeFile(join(folder, 'bad.graphql'), `{\n  person(idDocumentType: "${NUMBER}") { name }\n}`)
    const { code, err } = await gongxiang(folder, ['explain', 'bad.graphql', ...DESK])
    expect(code).not.toBe(0)
    expect(err).toMatch(/GRAPHQL_VALIDATION_FAILED: .*line 2, column \d+/)
    expect(err).not.toContain(NUMBER)
  })
})
