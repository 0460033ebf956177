import { subscribe, unsubscribe } from 'node:diagnostics_channel'
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import path from 'node:path'
import { buildASTSchema, parse } from 'graphql'
import { afterEach, beforeEach, describe, expect, test, vi } from 'vitest'
import { appendGrantEvent } from '../../../gateway/adapters/grant-events.ts'
import { openGrantFiles } from '../../../gateway/adapters/grant-files.ts'
import type { GrantFiles } from '../../../gateway/adapters/grant-files.ts'
import { readRegime } from '../../../gateway/adapters/regime-file.ts'
import { readComposed } from '../../../gateway/adapters/supergraph-files.ts'
import { grantEventsFile } from '../../../gateway/config/config.ts'
import type { Config } from '../../../gateway/config/config.ts'
import { loadConfig } from '../../../gateway/config/load.ts'
import { describeError } from '../../../gateway/observe/describe-error.ts'
import { checkConfiguredRegisters } from '../../../gateway/start/register-check.ts'
import { admitRegisters, watchRegisters } from '../../../gateway/start/register-watch.ts'
import { systemClock } from '../../../gateway/vocabulary/ports.ts'

const SCHEMA = path.join(import.meta.dirname, '../../../schema')
const COMPOSED = readComposed(SCHEMA)
const GENERATION = {
  catalog: COMPOSED.catalog,
  schema: buildASTSchema(parse(COMPOSED.supergraphSdl), { assumeValid: true, assumeValidSDL: true }),
}
const REGIME = readRegime(path.join(SCHEMA, 'regimes/zhejiang.yaml'))

const FIELDS = 'Person.idDocumentNumber, BirthRecord.birthDate, Person.sex, ResidencePermit.residenceCounty'
const matters = (fields: string): string =>
  `matters:\n  - { code: age-study, title: 人口年龄研究, department: development-reform, fields: [${fields}] }\n`
const grant = (id: string, more: string, from = '2026-01-01'): string =>
  `  - { id: ${id}, consumer: development-reform, matters: [age-study], ${more}, validFrom: '${from}T00:00:00+08:00', validUntil: '2099-01-01T00:00:00+08:00', approvals: [{ by: AGENCY, officer: W-1 }, { by: PROVIDER, officer: P-1 }] }\n`
const NUMBER = grant('N', 'masked: [Person.idDocumentNumber]')
const BESIDE = 'clear: [BirthRecord.birthDate, Person.sex, ResidencePermit.residenceCounty]'

interface Heard {
  readonly step?: string
  readonly subject?: string
  readonly where?: string
  readonly error?: unknown
}

let folder: string
let config: Config
let version: number
let elapsed: number
const clock = { now: () => systemClock.now(), monotonic: () => elapsed }
const closers: (() => unknown)[] = []
const heard: Heard[] = []
const hear = (event: unknown): void => void heard.push(event as Heard)

beforeEach(async () => {
  folder = mkdtempSync(path.join(tmpdir(), 'gx-watch-'))
  const names = ['matters', 'cases', 'grants'].map((name) => `  ${name}: ${name}.yaml`)
  write('gongxiang.yaml', `regime: zhejiang\ndataDirectory: data\nregisters:\n${names.join('\n')}\n`)
  write('matters.yaml', matters(FIELDS))
  write('cases.yaml', 'cases: []\n')
  write('grants.yaml', `grants:\n${NUMBER}`)
  config = await loadConfig({ file: path.join(folder, 'gongxiang.yaml'), env: {}, cwd: folder })
  version = 1
  elapsed = 0
  heard.length = 0
  for (const name of ['failure', 'lifecycle']) subscribe(`gongxiang:${name}`, hear)
})

afterEach(async () => {
  for (const close of closers.splice(0).toReversed()) await close()
  for (const name of ['failure', 'lifecycle']) unsubscribe(`gongxiang:${name}`, hear)
  rmSync(folder, { recursive: true })
})

function write(name: string, text: string): void {
  writeFileSync(path.join(folder, name), text)
}

/** The watch over a register that is followed as in a running gateway. */
function watch(): GrantFiles {
  const grants = openGrantFiles(config.registers.grants, grantEventsFile(config))
  closers.push(() => grants.close())
  const standing = {
    grants,
    mattersVersion: () => version,
    parties: () => [],
    regime: () => REGIME,
    generation: () => GENERATION,
  }
  closers.push(watchRegisters({ config, standing, clock, told: [] }))
  return grants
}

const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 10_000, interval: 20 })
const ids = (grants: GrantFiles): string[] => grants.inForce().map(({ id }) => id)
const refusals = (): Heard[] => heard.filter(({ step }) => step === 'reload-refused')
/** What the log would say of a failure: places alone. */
const placesOf = (where: string): string[] =>
  heard.filter((one) => one.where === where).flatMap(({ error }) => describeError(error).places ?? [])

describe('a register of grants that changes while the gateway runs', () => {
  test('is put in force when it fits', async () => {
    const grants = watch()
    write('grants.yaml', `grants:\n${NUMBER}${grant('S', 'clear: [Person.sex]')}`)
    await until(() => expect(ids(grants)).toEqual(['N', 'S']))
    expect(refusals()).toEqual([])
  })

  test('is not, where a number could be rebuilt with it (R809-25); its place is told, and the last good one stays', async () => {
    const grants = watch()
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE)}`)
    await until(() => expect(refusals()).toMatchObject([{ subject: 'grants' }]))
    expect(ids(grants)).toEqual(['N'])
    expect(placesOf('grants')).toEqual([expect.stringMatching(/grants\.yaml:2:\d+ grants\.0\.masked\.0$/)])
  })

  test('neither where it will be so once a grant begins', async () => {
    const grants = watch()
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE, '2098-01-01')}`)
    await until(() => expect(refusals()).toHaveLength(1))
    expect(ids(grants)).toEqual(['N'])
  })

  test('waits while revocations go on, and comes in once a revocation has mended it', async () => {
    const grants = watch()
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE)}`)
    await until(() => expect(refusals()).toHaveLength(1))
    const event = { kind: 'GRANT_REVOKED', at: '2026-02-01T00:00:00Z', by: 'P-1', reason: '事项已终止' } as const
    await appendGrantEvent(grantEventsFile(config), { ...event, grant: 'N' })
    await until(() => expect(grants.current().find('N')?.revokedAt).not.toBeNull())
    await until(() => expect(ids(grants)).toEqual(['N', 'B']))
    expect(grants.current().find('N')?.revokedAt).toBe(Date.parse(event.at))
  })

  test('is judged anew when the matters have changed', async () => {
    const grants = watch()
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE)}`)
    await until(() => expect(refusals()).toHaveLength(1))
    write('matters.yaml', matters('Person.idDocumentNumber'))
    version += 1
    await until(() => expect(ids(grants)).toEqual(['N', 'B']))
  })

  test('is no worse for what could be rebuilt before it came', async () => {
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE)}`)
    const grants = watch()
    await until(() => expect(placesOf('register-check: error')).toHaveLength(1))
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE)}${grant('S', 'clear: [Person.sex]')}`)
    await until(() => expect(ids(grants)).toEqual(['N', 'B', 'S']))
    expect(refusals()).toEqual([])
  })

  test('waits for a register beside it that cannot be read; that is told once, and tried again', async () => {
    const grants = watch()
    write('cases.yaml', 'cases: [')
    write('grants.yaml', `grants:\n${NUMBER}${grant('S', 'clear: [Person.sex]')}`)
    const told = (): void => expect(placesOf('register-check')).toEqual([expect.stringMatching(/cases\.yaml:\d+:\d+$/)])
    await until(told)
    expect(ids(grants)).toEqual(['N'])
    write('cases.yaml', 'cases: []\n')
    elapsed += 5_000
    await until(() => expect(ids(grants)).toEqual(['N', 'S']))
    told()
  })
})

test('matters that come to fit nothing are told with their place, and so is that they are mended', async () => {
  watch()
  write('matters.yaml', matters('Person.nickname'))
  version += 1
  await until(() =>
    expect(placesOf('register-check: error')).toEqual([
      expect.stringMatching(/matters\.yaml:2:\d+ matters\.0\.fields\.0$/),
    ]),
  )
  write('matters.yaml', matters(FIELDS))
  version += 1
  await until(() => expect(heard.map(({ step }) => step)).toContain('recovered'))
})

describe('a start with a number that could be rebuilt', () => {
  test('is refused in production, with the line; in the embedded mode it is told', () => {
    write('grants.yaml', `grants:\n${NUMBER}${grant('B', BESIDE)}`)
    const checked = checkConfiguredRegisters(config, COMPOSED)
    expect(() => admitRegisters({ mode: 'production' }, checked)).toThrow(/grants\.yaml:2:\d+: .*\[R809-25\]/)
    expect(heard).toEqual([])
    admitRegisters({ mode: 'embedded' }, checked)
    expect(heard).toContainEqual(expect.objectContaining({ step: 'degraded', subject: 'registers' }))
    expect(placesOf('register-check: error')).toHaveLength(1)
  })

  test('is no other where an entry merely opens nothing', () => {
    write('grants.yaml', `grants:\n${grant('X', 'clear: [Person.nickname]')}`)
    admitRegisters({ mode: 'production' }, checkConfiguredRegisters(config, COMPOSED))
    expect(placesOf('register-check: error')).toHaveLength(1)
  })
})
