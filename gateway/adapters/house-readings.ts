import type { Reading } from '../observe/gather.ts'
import type { House } from '../request/house.ts'
import type { EntityCache } from './entity-cache.ts'
import type { SubgraphClients } from './subgraph-clients.ts'

/** What whoever looks at a house reads: how much is under way, what is degraded, what serves. */
export function houseReadings(
  house: Pick<House, 'load' | 'audit' | 'degraded' | 'generation' | 'regime' | 'version'>,
  clients: Pick<SubgraphClients, 'calls' | 'health'>,
  cache: Pick<EntityCache, 'counts' | 'memory'> | null,
): readonly Reading[] {
  const { id } = house.generation()
  const { ok } = house.audit.health()
  return [
    { name: 'gongxiang_build_info', labels: { version: house.version, regime: house.regime.regime }, value: 1 },
    { name: 'gongxiang_ready', value: Number(ok) },
    { name: 'gongxiang_requests_in_flight', value: house.load.inside() },
    { name: 'gongxiang_generation', value: id },
    ...house.degraded().map((of): Reading => ({ name: 'gongxiang_degraded', labels: { of }, value: 1 })),
    ...(cache === null ? [] : cacheReadings(cache)),
    ...[...clients.calls()].flatMap(([department, { running, waiting }]): readonly Reading[] => [
      { name: 'gongxiang_department_calls', labels: { department, state: 'running' }, value: running },
      { name: 'gongxiang_department_calls', labels: { department, state: 'waiting' }, value: waiting },
    ]),
    ...[...clients.health()].map(([department, health]): Reading => ({
      name: 'gongxiang_department_ok',
      labels: { department },
      value: Number(health.ok),
    })),
  ]
}

function cacheReadings({ counts, memory }: Pick<EntityCache, 'counts' | 'memory'>): readonly Reading[] {
  const found = { process: counts.memory, redis: counts.shared, joined: counts.joined, missed: counts.missed }
  return [
    { name: 'gongxiang_cache_entries', value: memory.entries },
    { name: 'gongxiang_cache_bytes', value: memory.bytes },
    { name: 'gongxiang_cache_stored_total', value: counts.stored },
    { name: 'gongxiang_cache_altered_total', value: counts.altered },
    ...Object.entries(found).map(([where, value]): Reading => ({
      name: 'gongxiang_cache_entities_total',
      labels: { where },
      value,
    })),
  ]
}
