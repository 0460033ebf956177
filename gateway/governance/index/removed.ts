import type { KeyObject } from 'node:crypto'
import type { AuditReader } from '../../audit/files.ts'
import { standingOrders } from '../../audit/standing-orders.ts'
import type { ChainSource } from './source.ts'

/**
 * The last record of a chain that a signed order removed; 0 where none did, and where orders are gone or changed: then
 * nothing may be decided from those that are left.
 */
export async function removedInOrder(
  source: ChainSource,
  publicKeys: readonly KeyObject[],
  chain: string,
): Promise<number> {
  const { orders, damaged } = await standingOrders(readerOf(source), publicKeys, chain)
  if (damaged) return 0
  const ends = orders.map(({ order }) => (order.kind === 'removal' ? (order.records.at(-1) ?? 0) : 0))
  return Math.max(0, ...ends)
}

/** A folder that nobody writes to by way of this. */
function readerOf(source: ChainSource): AuditReader {
  return {
    list: () => source.list(),
    read: async (name, length) => source.read(name, 0, length ?? (await source.size(name))),
    writer: async () => null,
  }
}
