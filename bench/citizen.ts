import { mkdir, writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { CITY_PLAN, citySupergraph, departmentsAlone, KEPT_PLAN } from './gateways/city-plan.ts'
import type { GatewaySpec, RunningPeer } from './gateways/gateway.ts'
import type { InstallationPlan } from './gateways/installation.ts'
import { startLoader } from './load/loader.ts'
import { measureRound } from './measure.ts'
import type { Round } from './measure.ts'
import type { BenchRun } from './options.ts'
import { CONNECTIONS, warmUp } from './steady.ts'
import type { RunningGateway, Series } from './steady.ts'
import { residents } from './world/people.ts'
import { startCity } from './world/world.ts'
import type { World } from './world/world.ts'

const PEOPLE = 2_000
/** Milliseconds that a department's answer takes beside its work, in the workload of the cache. */
const DELAY = 5
/** Exponent of the distribution after which people are asked about: the second half as often as the first, and so on. */
const ZIPF = 1
/** Answers after which the cache has who is asked about most; the others come again and again all the same. */
const FILLED = 3_000
/** Of how many people some are asked about far more often than others. */
const ASKED_AGAIN = 1_000
/** Requests that are prepared for one round. */
const PREPARED = 30_000

/** Everything that a desk shows of one citizen: of its items some are masked, one is to be verified, some are refused. */
const CITIZEN = `query Citizen($number: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $number) {
    name sex
    household { registrationStatus householdTownship photo }
    socialInsurance { insuranceType enrolmentStatus enrolmentDate employerName socialInsuranceNumber }
    disability { issuingAuthority issueDate disabilityCertificateNumber }
  }
}`

/** What departments bring up to date once a day or less often, nothing of it of the highest level: all may be kept. */
const KEPT = `query Kept($number: IdNumber!) {
  person(idDocumentType: RESIDENT_ID, idDocumentNumber: $number) {
    student { studentName sex }
    credentials { educationLevel major }
    qualifications { qualificationCertificateName issuingDepartment }
    practiceLicences { practiceLicenceName issuingDepartment }
  }
}`

/** Share of a desk's items that are not shown as they are, at least. */
const LEAST_CLOSED = 0.3

function bodyOf(query: string, number: string): string {
  return JSON.stringify({ query: query.replaceAll(/\s+/g, ' '), variables: { number } })
}

/** A small generator of its own: the same people in the same order in every run. */
function lots(seed: number): () => number {
  let state = seed >>> 0
  return () => {
    state = (Math.imul(state, 1_664_525) + 1_013_904_223) >>> 0
    return state / 2 ** 32
  }
}

/** Numbers as often as a popular few and many others are asked about. */
function zipfDraw(numbers: readonly string[], count: number, seed: number): readonly string[] {
  let total = 0
  const upTo = numbers.map((_, at) => (total += 1 / (at + 1) ** ZIPF))
  const random = lots(seed)
  return Array.from({ length: count }, () => {
    const point = random() * total
    const at = upTo.findIndex((bound) => bound >= point)
    return numbers[at] ?? ''
  })
}

/** A desk's query over the demonstration city, and another gateway over the same departments that decides nothing. */
export async function runCitizen(specs: readonly GatewaySpec[], run: BenchRun): Promise<readonly Series[]> {
  const numbers = residents(PEOPLE)
  const random = lots(1)
  const textsOf = (): readonly string[] =>
    Array.from({ length: PREPARED }, () => bodyOf(CITIZEN, numbers[Math.floor(random() * numbers.length)] ?? ''))
  return withCity(specs, run, {
    workload: 'citizen',
    plan: CITY_PLAN,
    warm: 400,
    delay: 0,
    textsOf,
    before: checkClosed,
  })
}

/** People asked about again and again, over departments that take their time: what the cache is for. */
export async function runZipf(specs: readonly GatewaySpec[], run: BenchRun): Promise<readonly Series[]> {
  const numbers = residents(PEOPLE).slice(0, ASKED_AGAIN)
  let seed = 0
  const textsOf = (): readonly string[] =>
    zipfDraw(numbers, PREPARED, (seed += 1)).map((number) => bodyOf(KEPT, number))
  return withCity(specs, run, {
    workload: 'zipf',
    plan: KEPT_PLAN,
    warm: FILLED,
    delay: DELAY,
    textsOf,
    before: checkWhole,
  })
}

interface CityLoad {
  /** Answers before any counts. */
  readonly warm: number
  readonly plan: InstallationPlan
  readonly workload: string
  readonly delay: number
  textsOf(): readonly string[]
  before(peer: RunningPeer, numbers: string): Promise<void>
}

async function withCity(specs: readonly GatewaySpec[], run: BenchRun, load: CityLoad): Promise<readonly Series[]> {
  const { directory, options, told } = run
  await mkdir(directory, { recursive: true })
  const world = await startCity(join(directory, 'city'), PEOPLE, load.delay)
  const loader = startLoader()
  const running = await startInCity(specs, world, directory, load.plan)
  const [first = ''] = residents(10)
  const measure = async ({ spec, peer }: RunningGateway, seconds: number) => {
    const source = { kind: 'texts', texts: load.textsOf(), again: true } as const
    const job = { source, connections: CONNECTIONS, milliseconds: seconds * 1_000, errorsExpected: true }
    const before = await world.asked()
    const measured = await measureRound({ loader, world }, peer, job)
    const after = await world.asked()
    if (measured.failures > 0) throw new Error(`${load.workload}: ${spec.name}: ${measured.failure}`)
    return { measured, fetches: after.fetches - before.fetches, entities: after.entities - before.entities }
  }
  try {
    for (const { peer } of running) await load.before(peer, first)
    for (const one of running) await warmUp(async (seconds) => (await measure(one, seconds)).measured, load.warm)
    const sums = new Map(running.map(({ spec }) => [spec.name, { rounds: [] as Round[], fetches: 0, entities: 0 }]))
    for (let at = 0; at < options.rounds; at += 1) {
      for (const one of running) {
        const { measured, fetches, entities } = await measure(one, options.seconds)
        const sum = sums.get(one.spec.name)
        if (sum) {
          sum.rounds.push(measured)
          sum.fetches += fetches
          sum.entities += entities
        }
        told(`${load.workload} ${at + 1}/${options.rounds} ${one.spec.name}: ${measured.perSecond.toFixed(0)}/s`)
      }
    }
    return running.map(({ spec }) => seriesOf(load.workload, spec, sums.get(spec.name)))
  } finally {
    await Promise.all(running.map(({ peer }) => peer.stop()))
    await Promise.all([loader.stop(), world.stop()])
  }
}

async function startInCity(
  specs: readonly GatewaySpec[],
  world: World,
  directory: string,
  plan: InstallationPlan,
): Promise<readonly RunningGateway[]> {
  const supergraph = join(directory, 'supergraph.graphql')
  await writeFile(supergraph, citySupergraph(world.urls))
  const running: RunningGateway[] = []
  for (const spec of specs) {
    const own = join(directory, spec.name)
    await mkdir(own, { recursive: true })
    const urls = departmentsAlone(world.urls)
    const peer = await spec.start({ directory: own, urls, supergraph, nodeArgs: [], core: 'measured', plan })
    running.push({ spec, peer })
  }
  return running
}

function seriesOf(
  workload: string,
  { name: gateway, title }: GatewaySpec,
  sum: { readonly rounds: readonly Round[]; readonly fetches: number; readonly entities: number } | undefined,
): Series {
  const rounds = sum?.rounds ?? []
  const answers = rounds.reduce((total, one) => total + one.answers, 0)
  const fetches = sum ? { fetches: sum.fetches / answers, entities: sum.entities / answers } : null
  return { workload, gateway, title, rounds, fetches }
}

/** Holds the query to what the workload is for, where the gateway says what it decided. */
async function checkClosed(peer: RunningPeer, number: string): Promise<void> {
  const text = await askOnce(peer, bodyOf(CITIZEN, number))
  const { extensions } = JSON.parse(text) as {
    extensions?: { sharing?: { decisions?: readonly { coordinate: string }[] } }
  }
  if (extensions?.sharing === undefined) return
  const closed = new Set((extensions.sharing.decisions ?? []).map(({ coordinate }) => coordinate)).size
  const items =
    CITIZEN.match(/^ {4,}.*$/gm)
      ?.join(' ')
      .match(/\b[a-z]\w*\b(?! \{)/g)?.length ?? 0
  if (closed / items < LEAST_CLOSED)
    throw new Error(`citizen: ${closed} of ${items} items are masked or refused: ${text}`)
}

/** Everything that is asked for is shown. */
async function checkWhole(peer: RunningPeer, number: string): Promise<void> {
  const text = await askOnce(peer, bodyOf(KEPT, number))
  if (text.includes('"errors":[')) throw new Error(`zipf: ${text}`)
}

async function askOnce({ url, headers }: RunningPeer, body: string): Promise<string> {
  const sent = { 'content-type': 'application/json', ...headers }
  return (await fetch(url, { method: 'POST', headers: sent, body })).text()
}
