import { cp, mkdir, readFile, writeFile } from 'node:fs/promises'
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { beforeAll, describe, expect, test } from 'vitest'
import { departments } from '../../../subgraphs/departments.ts'
import { BUILTIN, BUILTIN_SCHEMA } from '../../../gateway/builtin/subgraph.ts'
import { compareCatalogs } from '../../../gateway/catalog/compare.ts'
import { compose } from '../../../gateway/catalog/compose.ts'
import type { Composition } from '../../../gateway/catalog/compose.ts'
import { writeComposition } from '../../../gateway/start/composition.ts'
import { emptyFolder, gongxiang } from '../cli/run.ts'
import { DEFINITIONS } from './marked.ts'

const SOURCES = [
  { department: BUILTIN, url: BUILTIN_SCHEMA, builtin: true },
  ...departments.map(({ name, schema }) => ({ department: name, url: schema, builtin: false })),
].map(({ department, url, builtin }) => ({
  department,
  builtin,
  file: `${department}.graphql`,
  sdl: readFileSync(fileURLToPath(url), 'utf8'),
}))

/** The departments of this installation, one of them with an edit of its SDL. */
function edited(department: string, edit: (sdl: string) => string): Composition & { kind: 'composed' } {
  const sources = SOURCES.map((one) => {
    if (one.department !== department) return one
    const sdl = edit(one.sdl)
    if (sdl === one.sdl) throw new Error('the edit meets nothing')
    return { ...one, sdl }
  })
  const result = compose(sources, DEFINITIONS)
  if (result.kind === 'faulty') throw new Error(result.faults.map(({ message }) => message).join('\n'))
  return result
}

/** Cuts one field with its description and annotations out of a type. */
function withoutField(sdl: string, type: string, field: string): string {
  const start = sdl.search(new RegExp(`^type ${type}\\b`, 'm'))
  const body = sdl.slice(start)
  return sdl.slice(0, start) + body.replace(new RegExp(`\\n  "[^"\\n]*"\\n  ${field}: [^]*?(?=\\n  "|\\n\\})`), '')
}

/** Changes what is written from a field on, up to the next field. */
function atField(sdl: string, field: string, from: string | RegExp, to: string): string {
  return sdl.replace(new RegExp(`\\n  ${field}: [^]*?(?=\\n  "|\\n\\})`, 'g'), (text) => text.replace(from, to))
}

const HRSS = 'human-resources-social-security'
const today = edited(HRSS, (sdl) => `${sdl}\n`)

function effects(changed: Composition & { kind: 'composed' }): string[] {
  return compareCatalogs(today.catalog, changed.catalog).map(({ at, aspect, effect }) => `${effect} ${at} ${aspect}`)
}

describe('edits of the departments that are installed', () => {
  test('a removed field', () => {
    const changed = edited(HRSS, (sdl) => withoutField(sdl, 'SocialInsuranceEnrolment', 'employerName'))
    expect(effects(changed)).toEqual(['NARROWER SocialInsuranceEnrolment.employerName removed'])
  })

  test('a reclassified field (S23)', () => {
    const changed = edited('public-security', (sdl) =>
      atField(sdl, 'photo', 'class: "CONDITIONAL"', 'class: "NOT_SHARED"'),
    )
    expect(effects(changed)).toEqual(['NARROWER HouseholdRegistration.photo class'])
  })

  test('a lower level and another mask', () => {
    const changed = edited('public-security', (sdl) =>
      atField(
        atField(sdl, 'photo', 'level: "L4"', 'level: "L2"'),
        'cancellationDate',
        'rule: "M-DATE"',
        'rule: "M-NULL"',
      ),
    )
    expect(effects(changed)).toEqual([
      'NARROWER HouseholdRegistration.cancellationDate mask',
      'WIDER HouseholdRegistration.photo level',
    ])
  })
})

const PERIOD = "validFrom: '2026-01-01T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00'"

describe('gongxiang compose --against', () => {
  let folder = ''
  let before = ''

  beforeAll(async () => {
    folder = await emptyFolder()
    const schema = join(folder, 'schema')
    await mkdir(schema)
    for (const part of ['regimes', 'regulations'])
      await cp(fileURLToPath(new URL(`../../../schema/${part}`, import.meta.url)), join(schema, part), {
        recursive: true,
      })
    // Before, there was an item more, and the employer's name was open to all.
    writeComposition(
      schema,
      edited(HRSS, (sdl) =>
        atField(
          sdl.replace(
            /\n {2}"[^"\n]*"\n {2}employerName:/,
            '\n  "旧项 · Former item"\n  formerItem: String @share(class: "UNCONDITIONAL", level: "L1", title: "旧项")$&',
          ),
          'employerName',
          'class: "CONDITIONAL"',
          'class: "UNCONDITIONAL"',
        ),
      ),
    )
    before = join(schema, 'catalog.json')
    await writeFile(
      join(folder, 'grants.yaml'),
      `grants:
  - { id: G-101, consumer: tax, matters: [m], clear: [SocialInsuranceEnrolment.formerItem, SocialInsuranceEnrolment.employerName], ${PERIOD}, approver: P-1, agreement: A-1 }
  - { id: G-102, consumer: tax, matters: [m], clear: [SocialInsuranceEnrolment.employerName], validFrom: '2020-01-01T00:00:00+08:00', validUntil: '2021-01-01T00:00:00+08:00', approver: P-1 }
`,
    )
    await writeFile(
      join(folder, 'matters.yaml'),
      `matters:
  - { code: m, title: 事项, department: tax, caseRequired: true, fields: [SocialInsuranceEnrolment.formerItem, SocialInsuranceEnrolment.employerName] }
  - { code: n, title: 事项, department: education, fields: [SocialInsuranceEnrolment.employerName] }
`,
    )
    await writeFile(join(folder, 'cases.yaml'), 'cases: []\n')
  })

  const run = async (...args: readonly string[]) =>
    gongxiang(folder, ['compose', '--against', before, ...args], {
      GONGXIANG_REGISTERS_GRANTS: join(folder, 'grants.yaml'),
      GONGXIANG_REGISTERS_MATTERS: join(folder, 'matters.yaml'),
      GONGXIANG_REGISTERS_CASES: join(folder, 'cases.yaml'),
    })

  test('tells changes, whom they meet, and what the regime asks for them', async () => {
    const { out, err } = await run('--regime', 'fushun')
    expect(err).toBe('')
    expect(out).toContain('NARROWER SocialInsuranceEnrolment.formerItem removed')
    expect(out).toContain('NARROWER SocialInsuranceEnrolment.employerName class UNCONDITIONAL → CONDITIONAL')
    expect(out).toMatch(
      /NARROWER tax m: SocialInsuranceEnrolment\.formerItem ALLOW .* → not in the catalogue \(.*removed\)/,
    )
    // The grant stands in for what was open to all: only the department without one loses anything.
    expect(out).toMatch(
      /NEUTRAL {2}tax m: SocialInsuranceEnrolment\.employerName ALLOW .* → ALLOW by G-101 .*\(.*class\)/,
    )
    expect(out).toMatch(/NARROWER education n: SocialInsuranceEnrolment\.employerName ALLOW .* → DENY NO_GRANT/)
    // A grant that has ended opens nothing, before and after.
    expect(out).not.toContain('G-102')
    // Fushun says nothing of withdrawal.
    expect(out).not.toContain('a withdrawal needs')
    expect(out).toMatch(
      /→ [0-9a-f]{16} under fushun: \d+ changes, \d+ wider, \d+ narrower; \d+ decisions differ, 0 wider, 2 narrower; nothing was written/,
    )
  })

  test('ends with 1 where applications lose what nobody deprecated', async () => {
    const { code, out } = await run('--regime', 'fushun')
    expect(code).toBe(1)
    expect(out).toMatch(/^\S+supergraph\.graphql:\d+:\d+ REMOVED_EARLY SocialInsuranceEnrolment\.formerItem /m)
    expect(out.match(/REMOVED_EARLY/g)).toHaveLength(1)
  })

  test('under Nantong a withdrawal needs notice and approval (NT-16)', async () => {
    const { out } = await run('--regime', 'nantong', '--json')
    const { changes, procedure } = JSON.parse(out) as Record<string, readonly Record<string, unknown>[]>
    expect(changes?.some(({ aspect }) => aspect === 'removed')).toBe(true)
    const withdrawal = procedure?.find(({ of }) => of === 'WITHDRAWAL')
    expect(withdrawal?.['clause']).toBe('NT-16')
    expect(withdrawal?.['needs']).toEqual(['NOTICE', 'AUTHORITY_APPROVAL'])
  })

  test('writes nothing, and says where a catalogue of before cannot be read', async () => {
    const held = await readFile(before, 'utf8')
    await run('--regime', 'fushun')
    expect(await readFile(before, 'utf8')).toBe(held)
    const broken = join(folder, 'broken.json')
    await writeFile(broken, `{\n "version": "x" "y"}`)
    const { code, err } = await gongxiang(folder, ['compose', '--regime', 'fushun', '--against', broken])
    expect(code).not.toBe(0)
    expect(err).toContain('broken.json:2:17: is no JSON')
  })
})

describe('gongxiang compose --check', () => {
  test('judges by every regime at once, each with its own clauses', async () => {
    const folder = await emptyFolder()
    const { out } = await gongxiang(folder, ['compose', '--check', '--all-regimes', '--json'])
    const { regimes, lint } = JSON.parse(out) as {
      regimes: { regime: string; errors: number; warnings: number; faults: unknown[] }[]
      lint: unknown[]
    }
    // The style of the SDL is judged beside it, once for all regimes (docs/schema-style.md).
    expect(lint).toEqual([])
    expect(regimes.map(({ regime }) => regime)).toEqual([
      'zhongshan',
      'huizhou',
      'nantong',
      'fushun',
      'zhejiang',
      'national',
    ])
    for (const { errors, warnings, faults } of regimes) expect(faults).toHaveLength(errors + warnings)
    // Sensitive items of the population base are conditional: the authority is to see it (ZS-4.02, HZ-4.2).
    expect(regimes.filter(({ warnings }) => warnings > 0).map(({ regime }) => regime)).toEqual(['zhongshan', 'huizhou'])
  })

  test.each([
    [['--regime', 'atlantis'], 'atlantis'],
    [['--regime', 'fushun', '--all-regimes'], 'cannot be used with'],
  ])('refuses %j', async (args, text) => {
    const { code, err } = await gongxiang(await emptyFolder(), ['compose', ...args])
    expect(code).toBe(2)
    expect(err).toContain(text)
  })
})
