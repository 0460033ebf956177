/**
 * Orders on keeping and removing: a legal hold, its release, the removal of segments whose time is over. Each is one
 * signed line in a file of its own, numbered and linked to the one before, so that none can be taken away unnoticed:
 * a gap shows in the next order, a missing last one in the next segment's header.
 */
import { randomBytes } from 'node:crypto'
import { draftName, orderName, ordersIn } from './files.ts'
import type { AuditFiles, AuditReader } from './files.ts'
import { instant } from './heads.ts'
import type { Signing } from './heads.ts'
import { signedLine } from './line.ts'
import type { Unsigned } from './line.ts'
import { GENESIS } from './line-types.ts'
import type { HoldLine, OrderLine } from './line-types.ts'
import { readLine, splitLines } from './read-line.ts'
import { digestHex } from './suite.ts'
import { signatureFault } from './verify-signature.ts'
import type { CheckSignature } from './verify-signature.ts'
import { fault } from './verify-report.ts'
import type { Findings } from './verify-report.ts'

/** An order as it stands in its file. */
export interface StandingOrder {
  readonly file: string
  readonly order: OrderLine
  /** SHA-256, hex, of its line: what the next order names as `prev`. */
  readonly hash: string
}

/**
 * The orders of a chain whose signature is good, in order; what is wrong with others goes to `found`. One key signs all
 * chains of a deployment: an order of another chain counts for nothing. `chain` is null where no line tells it.
 */
export async function readOrders(
  files: AuditReader,
  check: CheckSignature,
  chain: string | null,
  found: Findings,
): Promise<readonly StandingOrder[]> {
  const orders: StandingOrder[] = []
  const names = ordersIn(await files.list())
  for (const { name, number } of names) {
    const [raw, more] = splitLines(await files.read(name))
    const line = raw === undefined ? null : readLine(raw)
    if (raw === undefined || raw.torn) {
      // An order has its name only when it is durable: whatever cut it, it was no crash.
      found.faults.push(fault('order-removed', name, 1))
      continue
    }
    const bad = line?.kind === 'order' && more === undefined ? signatureFault(check, raw, line.order) : 'unreadable'
    if (bad !== null || line?.kind !== 'order') {
      found.faults.push(fault(bad ?? 'unreadable', name, 1))
      continue
    }
    if (chain !== null && line.order.chain !== chain) {
      found.faults.push(fault('foreign-chain', name, 1))
      continue
    }
    const before = orders.at(-1)
    const follows = line.order.order === (before?.order.order ?? 0) + 1 && line.order.prev === (before?.hash ?? GENESIS)
    if (!follows || line.order.order !== number) found.faults.push(fault('order-removed', name, 1))
    orders.push({ file: name, order: line.order, hash: digestHex('SHA-256', raw.bytes) })
  }
  return orders
}

/** The holds that are not released. */
export function holdsInForce(orders: readonly StandingOrder[]): readonly HoldLine[] {
  const holds = new Map<string, HoldLine>()
  for (const { order } of orders) {
    if (order.kind === 'hold') holds.set(order.id, order)
    if (order.kind === 'release') holds.delete(order.id)
  }
  return [...holds.values()]
}

type Linked = 'v' | 'chain' | 'order' | 'prev' | 'time'
/** What whoever orders supplies; the rest is the file's. */
export type OrderContent = Unsigned<OrderLine> extends infer O ? (O extends object ? Omit<O, Linked> : never) : never

/**
 * Signs an order behind those that stand. It is durable before it has an order's name, so that no order is ever seen in
 * part. Rejects with the disk's error; then nothing counts and it may be tried again.
 *
 * @returns false where another order has come since `standing` was read: nothing is written, and what was decided from
 *   `standing` must be decided anew.
 */
export async function writeOrder(
  files: AuditFiles,
  signing: Signing,
  standing: readonly StandingOrder[],
  content: OrderContent,
): Promise<boolean> {
  const { chain, signer, clock } = signing
  const last = standing.at(-1)
  const order = (last?.order.order ?? 0) + 1
  const linked = { chain, order, prev: last?.hash ?? GENESIS, time: instant(clock) }
  const bytes = signedLine(orderLine(linked, content), signer)
  const draft = draftName(randomBytes(8).toString('hex'))
  try {
    await writeDurably(files, draft, bytes)
    // The number is that of the orders which were read: where it is taken, there are others.
    await files.publish(draft, orderName(order))
  } catch (error) {
    await files.removeSpare(draft).catch(() => undefined)
    if (isTaken(error)) return false
    throw error
  }
  await files.syncDirectory()
  return true
}

async function writeDurably(files: AuditFiles, name: string, bytes: Uint8Array): Promise<void> {
  const file = await files.create(name)
  try {
    await file.write(bytes, 0)
    await file.sync()
  } finally {
    await file.close()
  }
}

function isTaken(error: unknown): boolean {
  return error instanceof Error && 'code' in error && error.code === 'EEXIST'
}

type Links = Pick<OrderLine, 'chain' | 'order' | 'prev' | 'time'>

// Members in the order of the shapes: that makes the bytes canonical.
function orderLine({ chain, order, prev, time }: Links, content: OrderContent): Unsigned<OrderLine> {
  const { by, second, reason } = content
  const { kind } = content
  switch (kind) {
    case 'hold':
      return { v: 2, kind, chain, order, prev, time, by, second, reason, id: content.id, scope: content.scope }
    case 'release':
      return { v: 2, kind, chain, order, prev, time, by, second, reason, id: content.id }
    case 'removal': {
      const { document, years, segments, records, hash, tree, digest, times } = content
      const what = { document, years, segments, records, hash, tree, digest, times }
      return { v: 2, kind, chain, order, prev, time, by, second, reason, ...what }
    }
  }
}
