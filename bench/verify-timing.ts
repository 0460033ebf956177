/**
 * Does the time of an answer tell what a verification found? Asks for matches, mismatches, missing records, unknown and
 * impossible numbers in random order, without the time grid and with it, and compares the times of each pair (wall 17).
 * Ends with 1 unless the times differ without the grid and do not with it.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { stringify } from 'yaml'
import { randomFor } from '../city/random.ts'
import { mintToken, PROFILES } from '../gateway/caller/development-issuer.ts'
import { loadConfig } from '../gateway/config/load.ts'
import { startGateway } from '../gateway/main.ts'
import type { RunningGateway } from '../gateway/main.ts'
import { systemClock } from '../gateway/vocabulary/ports.ts'
import { openTimedConnection } from './verify-timing-connection.ts'
import type { TimedConnection } from './verify-timing-connection.ts'
import { COORDINATE, EXPECTED, KINDS, plan } from './verify-timing-plan.ts'
import type { Probe } from './verify-timing-plan.ts'
import { quantile } from './verify-timing-statistics.ts'
import { comparePairs, complaintOf, FAMILY_LEVEL, HALVES, leastDistance, LEVEL } from './verify-timing-verdict.ts'
import type { Compared, Half, Times } from './verify-timing-verdict.ts'

const HELP = `Usage: npm run bench:verify-timing -- [options]
  --each <n>              verifications of each of the five kinds (10000)
  --only <half>           no-grid or grid alone; both where absent
  --grid <ms>             step of the time grid (100)
  --concurrency <n>       requests under way at once without the grid (2)
  --grid-concurrency <n>  requests under way at once with it (8)
  --people <n>            synthetic citizens (2000)
  --seed <n>              same seed, same city and order (1)
Ends with 1 unless the times differ without the grid, and do not with it.
`

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '10000' },
    only: { type: 'string' },
    grid: { type: 'string', default: '100' },
    concurrency: { type: 'string', default: '2' },
    'grid-concurrency': { type: 'string', default: '8' },
    people: { type: 'string', default: '2000' },
    seed: { type: 'string', default: '1' },
    help: { type: 'boolean', default: false },
  },
})

const MATTER = 'housing-fund-check'
const MANY = 1_000_000
const QUERY = `mutation ($input: VerifyItemsInput!) {
  verifyItems(input: $input) { rows { receipt items { coordinate outcome } } }
}`

/** Registers in which the desk verifies the item and may learn whether there is an account at all. */
const REGISTERS = {
  matters: {
    matters: [
      {
        code: MATTER,
        title: '公积金账户核验',
        department: PROFILES['housing-clerk'].department,
        fields: ['HousingFundAccount.name'],
        verify: [COORDINATE],
      },
    ],
  },
  cases: { cases: [] },
  grants: { grants: [] },
}

/** Bounds that a measurement would run into and a desk does not. */
const SETTINGS = {
  http: { port: 0, requestTimeoutMs: 60_000 },
  log: { level: 'silent' },
  graphiql: { enabled: false },
  limits: {
    subjectsPerCase: 10_000,
    subjectsPerOfficerHour: MANY,
    subjectsPerOfficerDay: MANY,
    subjectsPerApplicationHour: MANY,
    subjectsPerDepartmentDay: MANY,
    neighboursPerOfficer: MANY,
    neighboursPerApplication: MANY,
    neighboursPerDepartment: MANY,
    missPercent: 100,
    officerPerMinute: MANY,
    applicationPerMinute: MANY,
    departmentPerMinute: MANY,
  },
}

type City = { readonly people: number; readonly seed: number }

async function withGateway<T>(city: City, gridMs: number, act: (gateway: RunningGateway) => Promise<T>): Promise<T> {
  const directory = await mkdtemp(join(tmpdir(), 'gx-bench-'))
  try {
    const registers: Record<string, string> = {}
    for (const [name, content] of Object.entries(REGISTERS)) {
      registers[name] = join(directory, `${name}.yaml`)
      await writeFile(registers[name], stringify(content))
    }
    const verification = { gridMs, attemptsPerCase: 1_000, attemptsPerDepartment: 10_000, attemptsPerOfficerDay: MANY }
    const file = join(directory, 'gongxiang.yaml')
    await writeFile(file, stringify({ ...SETTINGS, dataDirectory: 'data', city, registers, verification }))
    const config = await loadConfig({ file, env: {}, cwd: directory })
    const gateway = await startGateway(config, { step: () => undefined, count: () => undefined })
    try {
      return await act(gateway)
    } finally {
      await gateway.stop()
    }
  } finally {
    await rm(directory, { recursive: true, force: true })
  }
}

/** Answers that meet cold code and empty caches, and are not counted. */
const WARM_UP = 500

async function measure(gateway: RunningGateway, probes: readonly Probe[], concurrency: number): Promise<Times> {
  const { issuer, audience } = gateway.config.identity
  const terms = { issuer, audience, now: systemClock.now(), ttlSeconds: 86_400 }
  const token = await mintToken(gateway.keys.signing('token-signing'), PROFILES['housing-clerk'], terms)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-matter': MATTER }
  const times = {
    MATCH: [],
    NO_MATCH: [],
    NO_RECORD: [],
    'unknown subject': [],
    'impossible number': [],
  } satisfies Times
  const found: Readonly<Record<Probe['kind'], number[]>> = times
  const queue = [
    ...probes.slice(0, WARM_UP).map((probe) => ({ probe, counts: false })),
    ...probes.map(counted),
  ].values()
  const work = async (): Promise<void> => {
    const connection = await openTimedConnection(gateway.url)
    try {
      for (const { probe, counts } of queue) {
        const elapsed = await ask(connection, headers, probe)
        if (counts) found[probe.kind].push(elapsed)
      }
    } finally {
      connection.close()
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  return times
}

const counted = (probe: Probe) => ({ probe, counts: true })

async function ask(
  connection: TimedConnection,
  headers: Readonly<Record<string, string>>,
  { kind, number, claimed }: Probe,
): Promise<number> {
  const person = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: number }
  const input = { rows: [{ person, items: [{ coordinate: COORDINATE, claimed }] }] }
  const body = JSON.stringify({ query: QUERY, variables: { input } })
  const { status, text, elapsed } = await connection.post('/graphql', headers, body)
  // A refusal would be measured well, and mean nothing.
  if (!text.includes(`"outcome":"${EXPECTED[kind]}"`)) throw new Error(`${kind}: status ${status}, ${text}`)
  return elapsed
}

function report(title: string, times: Times, compared: readonly Compared[]): void {
  print(`\n${title}\n`)
  for (const kind of KINDS) {
    const [half, most, all] = [0.5, 0.95, 0.99].map((share) => quantile(times[kind], share).toFixed(2))
    print(`  ${kind.padEnd(18)} n ${times[kind].length}  median ${half} ms  p95 ${most}  p99 ${all}\n`)
  }
  for (const { one, other, ks, rank, differs } of compared)
    print(
      `  ${`${one} – ${other}`.padEnd(36)} D ${ks.d.toFixed(4)} p ${ks.p.toPrecision(3)}  z ${rank.z.toFixed(2)} ` +
        `p ${rank.p.toPrecision(3)}  ${differs ? 'DIFFERENT' : 'no difference found'}\n`,
    )
  print(
    `  level of each test ${LEVEL.toPrecision(3)}: ${FAMILY_LEVEL} over two tests of ${compared.length} pairs (Bonferroni); ` +
      `a distance D of ${leastDistance(times.MATCH.length).toFixed(4)} or more is told\n`,
  )
}

function print(text: string): void {
  process.stdout.write(text)
}

/** Measures one half; what is wrong with it, or null. */
async function judge(half: Half): Promise<string | null> {
  const [each, city] = [natural('each'), { people: natural('people'), seed: natural('seed') }]
  const gridMs = half === 'grid' ? natural('grid') : 0
  const concurrency = natural(half === 'grid' ? 'grid-concurrency' : 'concurrency')
  const probes = plan(city, each, randomFor(city.seed, gridMs))
  const times = await withGateway(city, gridMs, (gateway) => measure(gateway, probes, concurrency))
  const compared = comparePairs(times)
  report(half === 'grid' ? `With a grid of ${gridMs} ms` : 'Without the grid', times, compared)
  return complaintOf(half, compared)
}

function natural(name: 'each' | 'people' | 'seed' | 'grid' | 'concurrency' | 'grid-concurrency'): number {
  const value = Number(values[name])
  if (!Number.isSafeInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1 on`)
  return value
}

async function main(): Promise<void> {
  const halves = HALVES.filter((half) => values.only === undefined || values.only === half)
  if (halves.length === 0) throw new Error('--only is no-grid or grid')
  const complaints: string[] = []
  for (const half of halves) complaints.push(...[await judge(half)].filter((one) => one !== null))
  for (const complaint of complaints) print(`\n${complaint}\n`)
  if (complaints.length > 0) process.exitCode = 1
  else print('\nas it must be\n')
}

if (values.help) print(HELP)
else await main()
