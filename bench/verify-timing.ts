/**
 * Does the time of an answer tell what a verification found? Asks for matches, mismatches, missing records and unknown
 * subjects in random order, with the time grid and without, and compares the times of each pair (wall 17). Few requests
 * at once: where they wait for each other, the waiting hides what is measured.
 */
import { mkdtemp, rm, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { Pool } from 'undici'
import { stringify } from 'yaml'
import { randomFor } from '../city/random.ts'
import { mintToken, PROFILES } from '../gateway/caller/development-issuer.ts'
import { loadConfig } from '../gateway/config/load.ts'
import { startGateway } from '../gateway/main.ts'
import type { RunningGateway } from '../gateway/main.ts'
import { systemClock } from '../gateway/vocabulary/ports.ts'
import { COORDINATE, EXPECTED, KINDS, plan } from './verify-timing-plan.ts'
import type { Kind, Probe } from './verify-timing-plan.ts'
import { kolmogorovSmirnov, mannWhitney, quantile } from './verify-timing-statistics.ts'

const HELP = `Usage: npm run bench:verify-timing -- [options]
  --each <n>         verifications of each kind (10000)
  --concurrency <n>  requests under way at once (8)
  --grid <ms>        step of the time grid (100)
  --people <n>       synthetic citizens (2000)
  --seed <n>         same seed, same city and order (1)
`

const { values } = parseArgs({
  options: {
    each: { type: 'string', default: '10000' },
    concurrency: { type: 'string', default: '8' },
    grid: { type: 'string', default: '100' },
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

/** Milliseconds of each answer, by kind. */
type Times = Readonly<Record<Kind, number[]>>

async function measure(gateway: RunningGateway, probes: readonly Probe[], concurrency: number): Promise<Times> {
  const { issuer, audience } = gateway.config.identity
  const terms = { issuer, audience, now: systemClock.now(), ttlSeconds: 86_400 }
  const token = await mintToken(gateway.keys.signing('token-signing'), PROFILES['housing-clerk'], terms)
  const headers = { 'content-type': 'application/json', authorization: `Bearer ${token}`, 'x-matter': MATTER }
  const pool = new Pool(gateway.url, { connections: concurrency })
  const times: Times = { MATCH: [], NO_MATCH: [], NO_RECORD: [], 'unknown subject': [] }
  // The first requests meet cold code and empty caches.
  const queue = [...probes.slice(0, 500).map((probe) => ({ probe, counts: false })), ...probes.map(counted)].values()
  const work = async (): Promise<void> => {
    for (const { probe, counts } of queue) {
      const elapsed = await ask(pool, headers, probe)
      if (counts) times[probe.kind].push(elapsed)
    }
  }
  await Promise.all(Array.from({ length: concurrency }, work))
  await pool.close()
  return times
}

const counted = (probe: Probe) => ({ probe, counts: true })

async function ask(pool: Pool, headers: Record<string, string>, { kind, number, claimed }: Probe): Promise<number> {
  const person = { idDocumentType: 'RESIDENT_ID', idDocumentNumber: number }
  const input = { rows: [{ person, items: [{ coordinate: COORDINATE, claimed }] }] }
  const body = JSON.stringify({ query: QUERY, variables: { input } })
  const started = performance.now()
  const reply = await pool.request({ path: '/graphql', method: 'POST', headers, body })
  const text = await reply.body.text()
  const elapsed = performance.now() - started
  // A refusal would be measured well, and mean nothing.
  if (!text.includes(`"outcome":"${EXPECTED[kind]}"`)) throw new Error(`${kind}: status ${reply.statusCode}, ${text}`)
  return elapsed
}

function report(title: string, times: Times): void {
  print(`\n${title}\n`)
  for (const kind of KINDS) {
    const [half, most, all] = [0.5, 0.95, 0.99].map((share) => quantile(times[kind], share).toFixed(2))
    print(`  ${kind.padEnd(16)} n ${times[kind].length}  median ${half} ms  p95 ${most}  p99 ${all}\n`)
  }
  const pairs = KINDS.flatMap((one, at) => KINDS.slice(at + 1).map((other) => [one, other] as const))
  // Bonferroni: six chances to be wrong.
  const level = 0.05 / pairs.length
  for (const [one, other] of pairs) {
    const { d, p } = kolmogorovSmirnov(times[one], times[other])
    const rank = mannWhitney(times[one], times[other])
    const told = p < level || rank.p < level
    print(
      `  ${`${one} – ${other}`.padEnd(30)} D ${d.toFixed(4)} p ${p.toPrecision(3)}  z ${rank.z.toFixed(2)} ` +
        `p ${rank.p.toPrecision(3)}  ${told ? 'DIFFERENT' : 'no difference found'}\n`,
    )
  }
  print(`  level of each test ${level.toPrecision(3)}: 0.05 over ${pairs.length} pairs (Bonferroni)\n`)
}

function print(text: string): void {
  process.stdout.write(text)
}

async function main(): Promise<void> {
  const [each, concurrency, grid] = [Number(values.each), Number(values.concurrency), Number(values.grid)]
  const city = { people: Number(values.people), seed: Number(values.seed) }
  for (const gridMs of [0, grid]) {
    const probes = plan(city, each, randomFor(city.seed, gridMs))
    const times = await withGateway(city, gridMs, (gateway) => measure(gateway, probes, concurrency))
    report(gridMs === 0 ? 'Without the grid' : `With a grid of ${gridMs} ms`, times)
  }
}

if (values.help) print(HELP)
else await main()
