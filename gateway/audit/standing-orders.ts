/**
 * The orders of a chain as its signed headers know them: what an order is decided from. Headers count the orders, and the
 * header behind a removal knows what was removed, so that neither a missing order nor another's is taken for the truth.
 */
import type { KeyObject } from 'node:crypto'
import type { AuditReader } from './files.ts'
import { latestCheckpoint } from './heads.ts'
import type { HeaderLine, HoldLine, RemovalLine } from './line-types.ts'
import { holdsInForce, readOrders } from './orders.ts'
import type { StandingOrder } from './orders.ts'
import { chainOf, planSegments } from './verify-plan.ts'
import { checkSignatures, noteFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import type { Findings } from './verify-report.ts'

/** What stands in a directory. */
export interface StandingOrders {
  readonly orders: readonly StandingOrder[]
  /** Whether an order is gone, changed or of another chain: then nothing may be decided from those that are left. */
  readonly damaged: boolean
  /** The newest time that the chain itself has signed, milliseconds since 1970; null where nothing signed is left. */
  readonly newest: number | null
}

/** Reads the orders of a directory; `chain` is that of its first signed header where it is not given. */
export async function standingOrders(
  files: AuditReader,
  publicKeys: readonly KeyObject[],
  chain?: string,
): Promise<StandingOrders> {
  const check = checkSignatures(publicKeys)
  const found: Findings = { faults: [], notices: [] }
  // Before the orders: those that come later are then known to no header that is read here.
  const headers = await signedHeaders(files, check)
  const own = chain ?? headers[0]?.chain ?? null
  const orders = await readOrders(files, check, own, found)
  const claimed = headers.reduce((most, header) => Math.max(most, header.v === 2 ? header.orders : 0), 0)
  const removals = orders.flatMap(({ order }) => (order.kind === 'removal' ? [order] : []))
  const follow = removals.every((removal, index) => isFollowed(removal, removals.slice(index + 1), headers))
  const damaged = found.faults.length > 0 || claimed > (orders.at(-1)?.order.order ?? 0) || !follow
  return { orders, damaged, newest: await newestTime(files, check, own, headers) }
}

async function signedHeaders(files: AuditReader, check: CheckSignature): Promise<readonly HeaderLine[]> {
  const planned = await planSegments(files, null, check, { faults: [], notices: [] })
  return planned.flatMap(({ header }) => (header === null ? [] : [header]))
}

/** What a removal took must be what the next removal, or else the next segment, goes on from. */
function isFollowed(removal: RemovalLine, later: readonly RemovalLine[], headers: readonly HeaderLine[]): boolean {
  const { segments, records } = removal
  const next = later[0]
  if (next !== undefined) {
    return next.segments[0] === (segments.at(-1) ?? 0) + 1 && next.records[0] === (records.at(-1) ?? 0) + 1
  }
  return continues(headers.find(({ segment }) => segment > (segments.at(-1) ?? 0)) ?? null, removal)
}

/** Whether a segment's signed header goes on from what a removal took: by number, hash and tree. */
export function continues(header: HeaderLine | null, { records, hash, tree }: RemovalLine): boolean {
  if (header?.v !== 2 || header.first !== (records.at(-1) ?? 0) + 1 || header.prev !== hash) return false
  return header.tree.length === tree.length && header.tree.every((node, index) => node === tree[index])
}

async function newestTime(
  files: AuditReader,
  check: CheckSignature,
  chain: string | null,
  headers: readonly HeaderLine[],
): Promise<number | null> {
  const checkpoint = await latestCheckpoint(files)
  const own = checkpoint !== null && checkpoint.chain === chain && noteFault(check, checkpoint.note) === null
  const said = [...headers.map(({ created }) => created), ...(own ? [checkpoint.time] : [])]
  return said.length === 0 ? null : said.reduce((latest, time) => Math.max(latest, Date.parse(time)), 0)
}

/** The newest time that a chain has signed, milliseconds since 1970; null where nothing signed is left. */
export async function newestSigned(files: AuditReader, publicKeys: readonly KeyObject[]): Promise<number | null> {
  const check = checkSignatures(publicKeys)
  return newestTime(files, check, await chainOf(files, check), await signedHeaders(files, check))
}

/** The holds in force, the oldest first, and whether orders are gone or changed: then there may be others. */
export interface StandingHolds {
  readonly holds: readonly HoldLine[]
  readonly damaged: boolean
}

/** The holds that keep records of a directory. */
export async function standingHolds(files: AuditReader, publicKeys: readonly KeyObject[]): Promise<StandingHolds> {
  const { orders, damaged } = await standingOrders(files, publicKeys)
  return { holds: holdsInForce(orders), damaged }
}
