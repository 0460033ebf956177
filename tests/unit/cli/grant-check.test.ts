import { cp, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, it } from 'vitest'
import { emptyFolder, gongxiang } from './run.ts'

const PERIOD = "validFrom: '2026-01-01T00:00:00+08:00', validUntil: '2031-01-01T00:00:00+08:00'"
const BOTH = '[{ by: AGENCY, officer: W-1 }, { by: PROVIDER, officer: P-1 }]'
const NUMBER = 'masked: [Person.idDocumentNumber]'
const BESIDE = 'clear: [BirthRecord.birthDate, Person.sex, ResidencePermit.residenceCounty]'

const MATTERS = `matters:
  - code: age-study
    title: 人口年龄研究
    department: development-reform
    fields: [Person.idDocumentNumber, BirthRecord.birthDate, Person.sex, ResidencePermit.residenceCounty]
`
const grant = (more: string): string =>
  `  - { id: Z-1, consumer: development-reform, matters: [age-study], ${more}, ${PERIOD}, approvals: ${BOTH} }\n`

describe('gongxiang grant check', () => {
  let folder = ''

  beforeAll(async () => {
    folder = await emptyFolder()
    const registers = ['matters', 'cases', 'grants'].map((name) => `  ${name}: ${name}.yaml`).join('\n')
    await writeFile(join(folder, 'gongxiang.yaml'), `regime: zhejiang\nregisters:\n${registers}\n`)
    await writeFile(join(folder, 'matters.yaml'), MATTERS)
    await writeFile(join(folder, 'cases.yaml'), 'cases: []\n')
  })

  async function check(grants: string) {
    await writeFile(join(folder, 'grants.yaml'), `grants:\n${grants}`)
    return gongxiang(folder, ['grant', 'check'], { LANG: 'en' })
  }

  it('counts what a masked number leaves, and finds nothing wrong', async () => {
    const { code, out } = await check(grant(NUMBER))
    expect(code).toBe(0)
    expect(out).toMatch(/^development-reform: Person\.idDocumentNumber \(M-IDNO\): at least [\d,]+ numbers are left/m)
    expect(out).toMatch(/^0 errors, 0 warnings$/m)
  })

  it('refuses what could be rebuilt, at its line (R809-25)', async () => {
    const { code, out } = await check(grant(`${NUMBER}, ${BESIDE}`))
    expect(code).toBe(1)
    expect(out).toMatch(
      /^error .*grants\.yaml:2:\d+: development-reform: Person\.idDocumentNumber \(M-IDNO-2\): .*\[R809-25\]$/m,
    )
  })

  it('tells every misfit with file, line, column and clause', async () => {
    const { code, out } = await check(
      `${grant('clear: [Person.nickname]')}${grant(NUMBER).replace('Z-1', 'Z-2').replace(BOTH, '[{ by: PROVIDER, officer: P-1 }]')}`,
    )
    expect(code).toBe(1)
    expect(out).toMatch(/^error .*grants\.yaml:2:\d+: the catalogue has no Person\.nickname$/m)
    expect(out).toMatch(
      /^error .*grants\.yaml:3:\d+: Person\.idDocumentNumber lacks an approval: AGENCY \[ZJ-22\.2\]$/m,
    )
    expect(out).toMatch(/^2 errors, 0 warnings$/m)
  })

  it('judges what an embedded gateway would serve, not what was composed some time', async () => {
    const schema = join(folder, 'schema')
    for (const part of ['regimes', 'regulations'])
      await cp(fileURLToPath(new URL(`../../../schema/${part}`, import.meta.url)), join(schema, part), {
        recursive: true,
      })
    await writeFile(join(schema, 'catalog.json'), '{}')
    await writeFile(join(folder, 'grants.yaml'), `grants:\n${grant(NUMBER)}`)
    const at = { LANG: 'en', GONGXIANG_SCHEMA_DIRECTORY: schema }
    const { code, out } = await gongxiang(folder, ['grant', 'check'], at)
    expect([code, out]).toEqual([0, expect.stringContaining('0 errors, 0 warnings')])
  })
})
