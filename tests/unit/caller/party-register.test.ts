import { mkdtemp, readFile, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'
import { describe, expect, it, vi } from 'vitest'
import { openPartyFile, parseParties } from '../../../gateway/adapters/party-register-file.ts'
import { PROFILES } from '../../../gateway/caller/development-issuer.ts'
import { mayHold } from '../../../gateway/caller/parties.ts'
import { ConfigFault } from '../../../gateway/config/fault.ts'

const CITY = resolve(import.meta.dirname, '../../../city/registers/parties.yaml')

function faults(yaml: string): readonly string[] {
  try {
    parseParties(yaml, 'p.yaml')
    return []
  } catch (error) {
    if (error instanceof ConfigFault) return error.message.split('\n')
    throw error
  }
}

const entry = (code: string, more: string): string =>
  `  - { code: ${code}, name: { zh: 甲, en: A }, basis: [ZS-1.06], ${more} }\n`
const file = (...entries: readonly string[]): string => `version: 1\nparties:\n${entries.join('')}`

describe("the city's register", () => {
  it('holds the departments of the lists, and those who only ask', async () => {
    const parties = parseParties(await readFile(CITY, 'utf8'), CITY)
    const codes = parties.map(({ code }) => code)
    for (const code of [
      'public-security',
      'human-resources-social-security',
      'disabled-persons',
      'sports',
      'audit-office',
    ])
      expect(codes).toContain(code)
    expect(new Set(parties.map(({ type }) => type)).size).toBe(5)
  })

  it('knows every ready person, with its application and roles', async () => {
    const parties = parseParties(await readFile(CITY, 'utf8'), CITY)
    for (const { department, application, roles } of Object.values(PROFILES)) {
      const party = parties.find(({ code }) => code === department)
      expect(party?.applications.map(({ code }) => code)).toContain(application)
      expect(roles.every((role) => party !== undefined && mayHold(party, role))).toBe(true)
    }
  })

  it('gives the rights of the authority and of the audit office to nobody else (ZS-1.10, ZS-1.11, HZ-8.1)', async () => {
    const parties = parseParties(await readFile(CITY, 'utf8'), CITY)
    const holders = (role: 'AUTHORITY' | 'AUDITOR') =>
      parties.filter((party) => mayHold(party, role)).map(({ code }) => code)
    expect(holders('AUTHORITY')).toEqual(['data-authority'])
    expect(holders('AUDITOR')).toEqual(['audit-office'])
  })
})

it('lets an application run any document where its department asks for nothing else', () => {
  const applications = (more: string) =>
    parseParties(file(entry('a', `type: DEPARTMENT, applications: [{ code: x, name: { zh: 乙, en: B }${more} }]`)), 'p')
      .flatMap((party) => party.applications)
      .map(({ operations }) => operations)
  expect([...applications(''), ...applications(', operations: REQUIRED')]).toEqual(['OPEN', 'REQUIRED'])
  expect(() => applications(', operations: required')).toThrow(/operations/)
})

describe('a register with faults', () => {
  it('is refused with every place', () => {
    const yaml = file(
      entry('a', 'type: DEPARTMENT, byReference: true'),
      entry('b', 'type: PUBLIC_UTILITY'),
      entry('c', 'type: STATIONED_ORGAN, byReference: true'),
      entry('a', 'type: TOWNSHIP, roles: [DESK]'),
      entry(
        'd',
        'type: DEPARTMENT, applications: [{ code: x, name: { zh: 乙, en: B } }, { code: x, name: { zh: 乙, en: B } }]',
      ),
      entry('e', 'type: DEPARTMENT, roles: [AUDITOR, SUPERVISOR, SECURITY_ADMIN]'),
    )
    expect(faults(yaml).map((line) => line.replace(/^p\.yaml:\d+:\d+: /, ''))).toEqual([
      'parties.0.byReference: must be false for DEPARTMENT, which is bound directly',
      'parties.1.byReference: must be true for PUBLIC_UTILITY (ZS-1.04, ZS-1.05)',
      'parties.3.code: is registered twice',
      'parties.3.roles.0: is no reserved role; every party may give it',
      'parties.4.applications.1.code: is registered twice',
      'parties.5.roles.2: is not for a party that audits (ZS-6.04, ZS-1.11)',
    ])
    expect(faults(yaml)[2]).toMatch(/^p\.yaml:6:13: /)
  })

  it.each([
    ['an unknown type', 'type: COMPANY', 'type'],
    ['a clause that is none', 'type: DEPARTMENT, basis: [§ 5]', 'unique'],
    ['a setting that nobody reads', 'type: DEPARTMENT, trusted: true', 'trusted'],
  ])('is refused for %s', (_, more, word) => {
    expect(faults(file(entry('a', more))).join()).toContain(word)
  })
})

describe('a running register', () => {
  it('follows a suspension within a second', async () => {
    const path = join(await mkdtemp(join(tmpdir(), 'gongxiang-parties-')), 'parties.yaml')
    await writeFile(path, file(entry('a', 'type: DEPARTMENT')))
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval'] })
    const register = openPartyFile(path)
    expect(register.find('a')?.suspended).toBe(false)
    expect(register.find('__proto__')).toBeNull()
    await writeFile(path, file(entry('a', 'type: DEPARTMENT, suspended: true'), entry('b', 'type: DEPARTMENT')))
    vi.advanceTimersByTime(1_000)
    expect(register.find('a')?.suspended).toBe(true)
    expect(register.all()).toHaveLength(2)
    register.close()
    vi.useRealTimers()
  })
})
