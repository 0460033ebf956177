import type { Loader } from './load/loader.ts'
import { startLoader } from './load/loader.ts'
import { measureRound } from './measure.ts'
import type { Round } from './measure.ts'
import type { BenchRun } from './options.ts'
import type { GatewaySpec } from './gateways/gateway.ts'
import { startGateways } from './steady.ts'
import type { RunningGateway, Series } from './steady.ts'
import { hashOf } from './world/values.ts'
import { startWorld } from './world/world.ts'
import type { World } from './world/world.ts'

/** New documents of one round, one after the other: what counts is how long each first answer takes. */
const DOCUMENTS = 40

const SITE_FIELDS = [
  'name address landUse area approvedAt status',
  'permitNumber permitOffice floors height grossArea stage',
  'nearestStation stationAddress stationDistance parkingSpaces roadGrade',
  'noise airQuality waterQuality assessment assessedAt',
  'waterConnected gasConnected powerCapacity drainage supplier supplierAddress',
  'shops rentLevel vacancy largestTenant',
].map((line) => line.split(' '))
const DEVELOPER_FIELDS =
  'registeredName foundedAt companyStatus qualification penalties environmentRating arrears'.split(' ')

/**
 * A document that was never asked, by its number: fields of two to six departments and of the developer. Which fields
 * it has differs, not only how they are called: a gateway may well know that names make no other plan.
 */
export function newDocument(number: number): string {
  const has = (what: string): boolean => hashOf(`${number} ${what}`) >= 2 ** 31
  // The first twelve fields are the number's own bits: no two of as many documents are one.
  const own = SITE_FIELDS.slice(0, 2)
    .flat()
    .filter((_, at) => ((number >> at) & 1) === 1)
  const others = SITE_FIELDS.slice(2).flatMap((line, at) => (has(`department ${at}`) ? line.filter(has) : []))
  const fields = [...own, ...others]
  const of = DEVELOPER_FIELDS.filter(has)
  const developer = has('developer') ? ` developer { companyCode ${of.join(' ')} }` : ''
  return `query Cold($code: String!) { site(siteCode: $code) { siteCode ${fields.join(' ')}${developer} } }`
}

function bodies(from: number, count: number): readonly string[] {
  return Array.from({ length: count }, (_, at) =>
    JSON.stringify({ query: newDocument(from + at), variables: { code: `SD${String(from + at).padStart(7, '0')}-1` } }),
  )
}

/** The first answers to operations that were never seen; each gateway gets the same ones. */
export async function runCold(
  specs: readonly GatewaySpec[],
  { directory, options, told }: BenchRun,
): Promise<readonly Series[]> {
  const world = await startWorld()
  const loader = startLoader()
  const running = await startGateways(specs, world, directory)
  try {
    // What plans and compiles is code like any other, and is warm in a gateway that has run for a while.
    for (const one of running) await round({ world, loader }, one, 0, 3 * DOCUMENTS)
    const rounds = new Map(running.map(({ spec }) => [spec.name, [] as Round[]]))
    for (let at = 0; at < options.rounds; at += 1) {
      for (const one of running) {
        const measured = await round({ world, loader }, one, (at + 3) * DOCUMENTS, DOCUMENTS)
        rounds.get(one.spec.name)?.push(measured)
        told(`cold ${at + 1}/${options.rounds} ${one.spec.name}: p50 ${measured.p50.toFixed(1)} ms`)
      }
    }
    return running.map(({ spec }) => ({
      workload: 'cold',
      gateway: spec.name,
      title: spec.title,
      rounds: rounds.get(spec.name) ?? [],
      fetches: null,
    }))
  } finally {
    await Promise.all(running.map(({ peer }) => peer.stop()))
    await Promise.all([loader.stop(), world.stop()])
  }
}

async function round(
  around: { readonly world: World; readonly loader: Loader },
  { peer, spec }: RunningGateway,
  from: number,
  count: number,
): Promise<Round> {
  const source = { kind: 'texts', texts: bodies(from, count), again: false } as const
  const measured = await measureRound(around, peer, { source, connections: 1, milliseconds: 60_000 })
  if (measured.failures > 0) throw new Error(`cold: ${spec.name}: ${measured.failure}`)
  return measured
}
