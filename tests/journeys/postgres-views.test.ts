import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import fc from 'fast-check'
import { stringify } from 'yaml'
import { afterAll, beforeAll, describe, expect, test } from 'vitest'
import { demoPeople } from '../../city/demo-people.ts'
import { mintToken, PROFILES } from '../../gateway/caller/development-issuer.ts'
import { loadConfig } from '../../gateway/config/load.ts'
import { startGateway } from '../../gateway/main.ts'
import type { RunningGateway } from '../../gateway/main.ts'
import { loadRegistrations } from '../kit/city.ts'
import { startPostgres } from '../kit/postgres.ts'
import type { PrivatePostgres } from '../kit/postgres.ts'
import { columnsRead } from '../kit/sql-log.ts'

/*
 * The whole way down: random matters and grants, random selections over HTTP, and the columns that PostgreSQL itself
 * logged. What the law allows is stated here a second time, in the plainest way, so that a mistake in the gateway's
 * decisions cannot also be the expectation.
 */

type Class = 'UNCONDITIONAL' | 'CONDITIONAL'

/** Column and class of each item of HZ-18. */
const ITEMS: Readonly<Record<string, readonly [string, Class]>> = {
  'Person.name': ['xm', 'UNCONDITIONAL'],
  'Person.sex': ['xb', 'UNCONDITIONAL'],
  'Person.ethnicity': ['mz', 'UNCONDITIONAL'],
  'HouseholdRegistration.name': ['xm', 'UNCONDITIONAL'],
  'HouseholdRegistration.citizenIdNumber': ['gmsfhm', 'UNCONDITIONAL'],
  'HouseholdRegistration.sex': ['xb', 'UNCONDITIONAL'],
  'HouseholdRegistration.ethnicity': ['mz', 'UNCONDITIONAL'],
  'HouseholdRegistration.householdTownship': ['hjd_xzjd', 'UNCONDITIONAL'],
  'HouseholdRegistration.householdPoliceStation': ['hjd_pcs', 'UNCONDITIONAL'],
  'HouseholdRegistration.photo': ['xp_wjid', 'CONDITIONAL'],
  'HouseholdRegistration.registrationStatus': ['hjzt', 'UNCONDITIONAL'],
  'HouseholdRegistration.preCancellationDivision': ['zxq_xzqh', 'CONDITIONAL'],
  'HouseholdRegistration.preCancellationPoliceStation': ['zxq_pcs', 'CONDITIONAL'],
  'HouseholdRegistration.cancellationDate': ['zxrq', 'CONDITIONAL'],
  'HouseholdRegistration.cancellationReason': ['zxyy', 'CONDITIONAL'],
}
const COORDINATES = Object.keys(ITEMS)
const KEY = 'gmsfhm'

interface RandomMatter {
  readonly fields: readonly string[]
  readonly verify: readonly string[]
  readonly clear: readonly string[]
  readonly masked: readonly string[]
  readonly verifyOnly: readonly string[]
}

const conditional = COORDINATES.filter((at) => ITEMS[at]?.[1] === 'CONDITIONAL')
const modes = fc.constantFrom('none', 'clear', 'masked', 'verifyOnly')
const matters: readonly RandomMatter[] = fc.sample(
  fc
    .tuple(
      fc.subarray([...COORDINATES, 'Person.idDocumentNumber']),
      fc.subarray(['HouseholdRegistration.householdTownship', 'HouseholdRegistration.cancellationDate']),
      fc.array(modes, { minLength: conditional.length, maxLength: conditional.length }),
    )
    .map(([fields, verify, chosen]) => {
      const granted = (mode: string): string[] => conditional.filter((_, at) => chosen[at] === mode)
      const read = fields.filter((at) => !verify.includes(at))
      return {
        fields: read,
        verify,
        clear: granted('clear'),
        masked: granted('masked'),
        verifyOnly: granted('verifyOnly'),
      }
    }),
  { numRuns: 12, seed: 20260601 },
)

/** Masked, these are null whatever the value (M-NULL): nothing need be read for it. */
const NULL_MASKED = ['photo', 'preCancellationPoliceStation', 'cancellationReason'].map(
  (name) => `HouseholdRegistration.${name}`,
)

/** Zhongshan, restated: needed by the matter (ZS-4.01(3)); base data at once (ZS-4.07), else granted (ZS-4.08). */
function discloses(matter: RandomMatter, at: string): boolean {
  const read = matter.fields.includes(at)
  const number = at !== 'HouseholdRegistration.citizenIdNumber' || matter.fields.includes('Person.idDocumentNumber')
  const granted = matter.clear.includes(at) || matter.masked.includes(at)
  return read && number && (ITEMS[at]?.[1] === 'UNCONDITIONAL' || granted)
}

async function writeRegisters(directory: string): Promise<Record<string, string>> {
  const department = 'housing-urban-rural'
  const files = {
    matters: {
      matters: matters.map(({ fields, verify }, at) => ({
        code: `M-${at}`,
        title: `事项${at}`,
        department,
        fields,
        verify,
      })),
    },
    grants: {
      grants: matters.map(({ clear, masked, verifyOnly }, at) => ({
        id: `G-${at}`,
        consumer: department,
        matters: [`M-${at}`],
        clear,
        masked,
        verifyOnly,
        validFrom: '2020-01-01T00:00:00+08:00',
        validUntil: '2099-01-01T00:00:00+08:00',
        approver: 'PS-0001',
      })),
    },
    cases: { cases: [] },
  }
  for (const [name, content] of Object.entries(files))
    await writeFile(join(directory, `${name}.yaml`), stringify(content))
  return Object.fromEntries(
    Object.keys(files).map((name) => [`GONGXIANG_REGISTERS_${name.toUpperCase()}`, join(directory, `${name}.yaml`)]),
  )
}

describe('views down to the columns in PostgreSQL’s own log', () => {
  let postgres: PrivatePostgres | null = null
  let gateway: RunningGateway | null = null
  let folder = ''
  beforeAll(async () => {
    postgres = await startPostgres()
    if (postgres === null) return
    await loadRegistrations(postgres.url, { people: 50, seed: 1 })
    folder = await mkdtemp(join(tmpdir(), 'gx-views-'))
    await writeFile(join(folder, '.department-data'), '')
    const env = {
      GONGXIANG_DATA_DIRECTORY: join(folder, 'data'),
      GONGXIANG_AUDIT_DIRECTORY: await mkdtemp(join(tmpdir(), 'gx-views-audit-')),
      GONGXIANG_PORT: '0',
      GONGXIANG_CITY_PEOPLE: '50',
      GONGXIANG_GRAPHIQL_ENABLED: 'false',
      // Each read is to be seen.
      GONGXIANG_CACHE_ENABLED: 'false',
      GONGXIANG_LOG_LEVEL: 'silent',
      GONGXIANG_DEPARTMENTS_PUBLIC_SECURITY_DATABASE_URL: postgres.url,
      ...(await writeRegisters(folder)),
    }
    gateway = await startGateway(await loadConfig({ env, cwd: folder }), { step() {}, count() {} })
  })
  afterAll(async () => {
    await gateway?.stop()
    await postgres?.close()
    if (folder !== '') await rm(folder, { recursive: true, force: true })
  })

  test('are those that the matter and its grant allow, and the key, for any selection', async (context) => {
    if (postgres === null || gateway === null) return context.skip()
    const [server, running] = [postgres, gateway]
    const { issuer, audience } = running.config.identity
    const terms = { issuer, audience, now: Date.now(), ttlSeconds: 3_600 }
    const token = await mintToken(running.keys.signing('token-signing'), PROFILES['housing-clerk'], terms)
    let asked = 0
    let refused = 0

    const property = fc.asyncProperty(
      fc.nat(matters.length - 1),
      fc.subarray(COORDINATES, { minLength: 1 }),
      async (index, selected) => {
        const matter = matters[index]
        if (!matter) throw new Error('no such matter')
        const since = server.log().length
        const answer = await ask(running.url, token, `M-${index}`, selected)
        const allowed = selected.filter((at) => discloses(matter, at))
        const fetched = allowed.filter((at) => !matter.masked.includes(at) || !NULL_MASKED.includes(at))
        const needed = new Set([KEY, ...fetched.map((at) => ITEMS[at]?.[0] ?? at)])
        const read = columnsRead(server.log(), since).map((columns) => [...columns].toSorted())
        expect(read).toEqual(fetched.length === 0 ? [] : [[...needed].toSorted()])
        const errors = new Set(answer.errors.map((error) => error.extensions.coordinate))
        expect(errors).toEqual(new Set(selected.filter((at) => !discloses(matter, at))))
        asked += allowed.length
        refused += selected.length - allowed.length
      },
    )
    await fc.assert(property, { numRuns: 80, seed: 7 })
    // The check would prove nothing where everything, or nothing, is allowed.
    expect(Math.min(asked, refused)).toBeGreaterThan(50)
  })
})

interface Answer {
  readonly errors: readonly { readonly extensions: { readonly coordinate: string } }[]
}

async function ask(url: string, token: string, matter: string, selected: readonly string[]): Promise<Answer> {
  const fieldsOf = (type: string): string =>
    selected
      .filter((at) => at.startsWith(`${type}.`))
      .map((at) => at.split('.')[1])
      .join(' ')
  const household = fieldsOf('HouseholdRegistration')
  const body = `${fieldsOf('Person')} ${household === '' ? '' : `household { ${household} }`}`
  const query = `query ($n: IdNumber!) { person(idDocumentType: RESIDENT_ID, idDocumentNumber: $n) { ${body} } }`
  const variables = { n: demoPeople.deceased.document.idDocumentNumber }
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-matter': matter },
    body: JSON.stringify({ query, variables }),
  })
  expect(response.status).toBe(200)
  const answer = (await response.json()) as { errors?: Answer['errors'] }
  return { errors: answer.errors ?? [] }
}
