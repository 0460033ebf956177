/**
 * Measures this gateway beside others over the same departments, in alternating rounds of one run: `npm run bench`.
 * What is measured, and how to read it: README.md.
 */
import { readdirSync } from 'node:fs'
import { mkdtemp, rm } from 'node:fs/promises'
import { availableParallelism, tmpdir } from 'node:os'
import { join } from 'node:path'
import { runAudit } from './audit/audit.ts'
import type { AuditFacts } from './audit/audit.ts'
import { runCitizen, runZipf } from './citizen.ts'
import { runCold } from './cold.ts'
import { apollo } from './gateways/apollo.ts'
import type { GatewaySpec } from './gateways/gateway.ts'
import { hive, hiveRust } from './gateways/hive.ts'
import { engine, ours } from './gateways/ours.ts'
import { runHardPlan } from './hard-plan.ts'
import { HELP, readOptions } from './options.ts'
import type { BenchRun, Options } from './options.ts'
import { installPeers } from './peers/install.ts'
import { ENOUGH_CORES } from './processes.ts'
import { profileTable } from './report/profile.ts'
import { reportOf, writeReport } from './report/report.ts'
import type { Run } from './report/report.ts'
import { runSteady } from './steady.ts'
import type { Series } from './steady.ts'
import { STEADY } from './workloads.ts'

const UNCACHED = { cache: { enabled: false } }

function gatewaysOf({ gateways, baseline }: Options): readonly GatewaySpec[] {
  const all = [
    ours({ name: 'ours', title: 'Gongxiang as it ships, everything enforced; its cache off', settings: UNCACHED }),
    ours({ name: 'ours-cached', title: 'the same, its cache on' }),
    engine,
    apollo,
    hive,
    hiveRust,
  ]
  const chosen = all.filter(({ name }) => gateways === null || gateways.has(name))
  if (baseline === null) return chosen
  return [
    ...chosen,
    ours({ name: 'baseline', title: 'another checkout, its cache off', settings: UNCACHED, root: baseline }),
  ]
}

function tell(line: string): void {
  process.stderr.write(`${line}\n`)
}

async function measureAll(options: Options, directory: string): Promise<Run> {
  const specs = gatewaysOf(options)
  const some = (...names: string[]): readonly GatewaySpec[] => specs.filter(({ name }) => names.includes(name))
  const wants = (name: string): boolean => options.only === null || options.only.has(name)
  const run = (name: string) => ({ directory: join(directory, name), options, told: tell })
  const series: Series[] = []
  const audit: AuditFacts[] = []
  const steady = STEADY.filter(({ name }) => wants(name))
  if (steady.length > 0) series.push(...(await runSteady(steady, specs, run('steady'))))
  if (wants('cold')) series.push(...(await runCold(some('ours', 'baseline', 'apollo', 'hive-rust'), run('cold'))))
  if (wants('hard-plan')) series.push(...(await runHardPlan(some('ours', 'baseline', 'apollo'), run('hard-plan'))))
  if (wants('citizen')) series.push(...(await runCitizen(some('ours', 'baseline', 'apollo'), run('citizen'))))
  if (wants('zipf')) series.push(...(await runZipf(some('ours', 'ours-cached'), run('zipf'))))
  if (wants('processes')) series.push(...(await runProcesses(some('ours'), run('processes'))))
  const [own] = some('ours')
  if (own && wants('audit'))
    for (const one of STEADY) audit.push(await runAudit(one, own, join(directory, `audit-${one.name}`), options))
  return { series, audit, options }
}

/** One process and two of them behind one port, each with a core of its own. */
async function runProcesses(one: readonly GatewaySpec[], run: BenchRun): Promise<readonly Series[]> {
  if (availableParallelism() < ENOUGH_CORES) {
    run.told(`processes: not measured, two of them need a machine of ${ENOUGH_CORES} cores`)
    return []
  }
  const settings = { ...UNCACHED, processes: 2 }
  const two = ours({ name: 'ours-two', title: 'two processes of it behind one port', settings, core: 'any' })
  const workloads = STEADY.filter(({ name }) => name === 'list100').map((as) => ({ ...as, name: 'processes' }))
  return runSteady(workloads, [...one, two], { ...run, options: { ...run.options, gateways: new Set() } })
}

/** The rounds are the end of each profile, whatever ran between them. */
function tellProfiles(directory: string, { series, options }: Run): void {
  const seconds = series.length * options.rounds * options.seconds
  for (const file of readdirSync(directory)) tell(profileTable(join(directory, file), options.root, seconds))
}

async function main(options: Options): Promise<void> {
  await installPeers(tell)
  const directory = await mkdtemp(join(tmpdir(), 'gx-bench-'))
  try {
    const run = await measureAll(options, directory)
    process.stdout.write(`${reportOf(run)}\n`)
    if (options.whole) writeReport(run)
    if (options.profile) tellProfiles(join(directory, 'steady/profile'), run)
  } finally {
    if (!options.profile) await rm(directory, { recursive: true, force: true })
  }
}

const options = readOptions(process.argv.slice(2))
if (options === null) process.stdout.write(HELP)
else await main(options)
