/**
 * Keeping and removing. Nobody deletes an audit record, but for this: whole sealed segments at the beginning of a chain,
 * all of whose records are older than the retention (three years at least, R809-29), that no legal hold touches, by a
 * signed order of two officers that is durable before the first file goes. What follows still proves itself, and that
 * it continues what was removed.
 */
import type { KeyObject } from 'node:crypto'
import { segmentName, segmentsIn } from './files.ts'
import type { AuditFiles, AuditReader } from './files.ts'
import type { Signing } from './heads.ts'
import type { HeaderLineV2, HoldScope, RemovalLine } from './line-types.ts'
import { holdsInForce, writeOrder } from './orders.ts'
import type { StandingOrder } from './orders.ts'
import { readLine, splitLines } from './read-line.ts'
import { headedSegments, readRecords } from './read-records.ts'
import type { HeadedSegment } from './read-records.ts'
import type { AuditRecord } from './record.ts'
import type { DigestName } from './suite.ts'
import { standingOrders } from './standing-orders.ts'
import type { StandingOrders } from './standing-orders.ts'
import { verifyAudit } from './verify.ts'

/** Records are kept for three years at least (R809-29). */
export const LEAST_YEARS = 3

/** Who orders, and why. */
export interface Ordered {
  readonly by: string
  /** The second officer: another one. */
  readonly second: string
  readonly reason: string
}

/** Why an order was not carried out. */
export type OrderRefused =
  | {
      readonly kind: 'refused'
      readonly why: 'below-three-years' | 'one-officer' | 'reason-missing' | 'orders-damaged'
    }
  | { readonly kind: 'refused'; readonly why: 'hold-exists' | 'hold-unknown' | 'scope-invalid' }
  /** The chain's beginning does not verify: what is damaged is evidence and stays. */
  | { readonly kind: 'refused'; readonly why: 'segments-damaged'; readonly faults: number }
  /** The clock is far ahead of all that the gateway has signed: by it, time would be over that is not. */
  | { readonly kind: 'refused'; readonly why: 'clock-ahead' }

/** The keys and files of an order. */
export interface OrderParts {
  readonly files: AuditFiles
  readonly signing: Signing
  /** All that ever signed, the present one among them. */
  readonly publicKeys: readonly KeyObject[]
  /**
   * The newest time that other chains of the deployment have signed (`newestSigned`), milliseconds since 1970: a chain
   * that is no longer written says nothing of today.
   */
  readonly known?: number
}

function standing({ files, publicKeys, signing }: OrderParts): Promise<StandingOrders> {
  return standingOrders(files, publicKeys, signing.chain)
}

function officersRefused({ by, second, reason }: Ordered): OrderRefused | null {
  const [one, other] = [by.trim(), second.trim()]
  if (one === '' || other === '' || one === other) return { kind: 'refused', why: 'one-officer' }
  return reason.trim() === '' ? { kind: 'refused', why: 'reason-missing' } : null
}

/** Holds what a scope names, until it is released by the same ID. */
export async function placeHold(
  parts: OrderParts,
  hold: Ordered & { readonly id: string; readonly scope: HoldScope },
): Promise<{ readonly kind: 'held' } | OrderRefused> {
  const refusal = officersRefused(hold)
  if (refusal !== null) return refusal
  if (!isScope(hold.scope) || hold.id.trim() === '') return { kind: 'refused', why: 'scope-invalid' }
  const { orders, damaged } = await standing(parts)
  if (damaged) return { kind: 'refused', why: 'orders-damaged' }
  if (holdsInForce(orders).some(({ id }) => id === hold.id)) return { kind: 'refused', why: 'hold-exists' }
  const { by, second, reason, id, scope } = hold
  const content = { kind: 'hold', by, second, reason, id, scope: inOrder(scope) } as const
  return (await writeOrder(parts.files, parts.signing, orders, content)) ? { kind: 'held' } : placeHold(parts, hold)
}

function isScope({ from, to, subjects }: HoldScope): boolean {
  return [from, to].every((time) => time === undefined || INSTANT.test(time)) && subjects?.length !== 0
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(\.\d+)?(Z|[+-]\d{2}:\d{2})$/

function inOrder({ from, to, subjects }: HoldScope): HoldScope {
  return {
    ...(from === undefined ? {} : { from }),
    ...(to === undefined ? {} : { to }),
    ...(subjects === undefined ? {} : { subjects }),
  }
}

/** Ends a hold. */
export async function releaseHold(
  parts: OrderParts,
  release: Ordered & { readonly id: string },
): Promise<{ readonly kind: 'released' } | OrderRefused> {
  const refusal = officersRefused(release)
  if (refusal !== null) return refusal
  const { orders, damaged } = await standing(parts)
  if (damaged) return { kind: 'refused', why: 'orders-damaged' }
  if (!holdsInForce(orders).some(({ id }) => id === release.id)) return { kind: 'refused', why: 'hold-unknown' }
  const { by, second, reason, id } = release
  const written = await writeOrder(parts.files, parts.signing, orders, { kind: 'release', by, second, reason, id })
  return written ? { kind: 'released' } : releaseHold(parts, release)
}

/** What may be removed, and what stops it behind that. */
export interface RemovalPlan {
  /** Numbers of the segments that may go, from the first of the chain on. */
  readonly segments: readonly number[]
  readonly records: number
  /** Why the next segment stays. */
  readonly stops:
    | { readonly kind: 'not-expired'; readonly segment: number }
    | { readonly kind: 'held'; readonly segment: number; readonly hold: string }
    /** The last segment, or one without a tree behind it (version 1). */
    | { readonly kind: 'not-closed'; readonly segment: number }
    /** Orders are gone or changed, holds perhaps: nothing may go. */
    | { readonly kind: 'orders-damaged' }
    /** The clock is far ahead of all that was signed: nothing may go by it. */
    | { readonly kind: 'clock-ahead' }
    | { readonly kind: 'none' }
}

interface Removable extends RemovalPlan {
  readonly times: readonly string[]
  readonly next: HeaderLineV2 | null
  /** Of the last record that goes. */
  readonly digest: DigestName
}

/**
 * What a removal would take, without removing anything.
 *
 * @param years the retention; fewer than three count as three
 */
export async function planRemoval(
  files: AuditReader,
  publicKeys: readonly KeyObject[],
  { years, now, known }: { readonly years: number; readonly now: number; readonly known?: number },
): Promise<RemovalPlan> {
  const { orders, damaged, newest } = await standingOrders(files, publicKeys)
  const nothing = { segments: [], records: 0 }
  if (damaged) return { ...nothing, stops: { kind: 'orders-damaged' } }
  const time = surelyPast(now, newest, known)
  if (time === null) return { ...nothing, stops: { kind: 'clock-ahead' } }
  const { segments, records, stops } = await removable(files, orders, years, time)
  return { segments, records, stops }
}

const DAY = 24 * 60 * 60_000
// A gateway that serves nobody over the longest holidays signs nothing new.
const MOST_AHEAD = 31 * DAY

/**
 * The time by which a retention is counted: never later than what the gateway itself has signed, since the clock of the
 * host on which the order is given may be wrong, and what is removed does not come back. Null where that clock is so far
 * ahead that it cannot be right.
 */
function surelyPast(now: number, newest: number | null, known = -Infinity): number | null {
  const signed = Math.max(newest ?? -Infinity, known)
  return now > signed + MOST_AHEAD ? null : Math.min(now, signed)
}

async function removable(
  files: AuditReader,
  orders: readonly StandingOrder[],
  years: number,
  now: number,
): Promise<Removable> {
  const cutoff = yearsBefore(now, Math.max(LEAST_YEARS, years))
  const holds = holdsInForce(orders)
  const gone = Math.max(0, ...orders.map(({ order }) => (order.kind === 'removal' ? (order.segments.at(-1) ?? 0) : 0)))
  const all = (await headedSegments(files)).filter(({ number }) => number > gone)
  const taken: { readonly number: number; readonly times: readonly string[]; readonly records: number }[] = []
  let next: HeaderLineV2 | null = null
  let digest: DigestName = 'SHA-256'
  const done = (stops: RemovalPlan['stops']): Removable => ({
    segments: taken.map(({ number }) => number),
    records: taken.reduce((sum, one) => sum + one.records, 0),
    stops,
    times: taken.flatMap(({ times }) => times),
    next,
    digest,
  })
  for (const [index, segment] of all.entries()) {
    const { number } = segment
    const behind = all[index + 1]?.header
    if (segment.header === null || behind?.v !== 2) return done({ kind: 'not-closed', segment: number })
    if (!behind.follows.some((left) => left.segment === number)) return done({ kind: 'not-closed', segment: number })
    const records = await recordsOf(files, segment, behind.first)
    const times = records.map(({ time }) => time)
    // The clock may have been wrong at any of these: the latest word counts.
    const said = [segment.header.created, ...(await sealedAt(files, segment.name)), ...times]
    const newest = said.reduce((latest, time) => Math.max(latest, Date.parse(time)), 0)
    if (newest > cutoff) return done({ kind: 'not-expired', segment: number })
    const hold = holds.find(({ scope }) => touches(scope, records, segment.header?.created ?? behind.created))
    if (hold !== undefined) return done({ kind: 'held', segment: number, hold: hold.id })
    taken.push({ number, times, records: records.length })
    next = behind
    if (records.length > 0) digest = segment.header.digest
  }
  return done({ kind: 'none' })
}

async function sealedAt(files: AuditReader, name: string): Promise<readonly string[]> {
  const last = splitLines(await files.read(name)).at(-1)
  const line = last === undefined ? null : readLine(last)
  return line?.kind === 'seal' ? [line.seal.sealed] : []
}

async function recordsOf(files: AuditReader, { header }: HeadedSegment, end: number): Promise<readonly AuditRecord[]> {
  if (header === null || header.first >= end) return []
  return Array.fromAsync(readRecords(files, { from: header.first, to: end - 1 }))
}

/** A hold on everything touches empty segments too; any other only what a record says. */
function touches(scope: HoldScope, records: readonly AuditRecord[], created: string): boolean {
  const { from, to, subjects } = scope
  if (from === undefined && to === undefined && subjects === undefined) return true
  const within = (time: string): boolean =>
    Date.parse(time) >= Date.parse(from ?? '0000-01-01T00:00:00Z') &&
    Date.parse(time) <= Date.parse(to ?? '9999-12-31T23:59:59Z')
  if (records.length === 0) return subjects === undefined && within(created)
  const held = new Set(subjects)
  return records.some(
    (record) => within(record.time) && (subjects === undefined || record.subjects.some((one) => held.has(one))),
  )
}

function yearsBefore(now: number, years: number): number {
  const date = new Date(now)
  const month = date.getUTCMonth()
  date.setUTCFullYear(date.getUTCFullYear() - years)
  // 29 February of another year would be 1 March, a day too late.
  if (date.getUTCMonth() !== month) date.setUTCDate(0)
  return date.getTime()
}

/** What a removal is ordered by. */
export interface RemovalOrder extends Ordered {
  /** 文号 of the written decision. */
  readonly document: string
  /** The retention; at least three. */
  readonly years: number
}

/** What became of it. */
export type Removed =
  | { readonly kind: 'removed'; readonly plan: RemovalPlan }
  | { readonly kind: 'nothing'; readonly plan: RemovalPlan }
  | OrderRefused

/**
 * Removes what `planRemoval` names. A removal that a crash interrupted is finished first. Rejects with the disk's error;
 * what the order names is then removed by the next call.
 */
export async function removeExpired(parts: OrderParts, order: RemovalOrder): Promise<Removed> {
  const { files, signing, publicKeys } = parts
  if (!Number.isInteger(order.years) || order.years < LEAST_YEARS) return { kind: 'refused', why: 'below-three-years' }
  const refusal =
    order.document.trim() === '' ? ({ kind: 'refused', why: 'reason-missing' } as const) : officersRefused(order)
  if (refusal !== null) return refusal
  const { orders, damaged, newest } = await standing(parts)
  if (damaged) return { kind: 'refused', why: 'orders-damaged' }
  const now = surelyPast(signing.clock.now(), newest, parts.known)
  if (now === null) return { kind: 'refused', why: 'clock-ahead' }
  await finishRemovals(files, orders)
  const plan = await removable(files, orders, order.years, now)
  const { segments, records, stops, next } = plan
  const shown: RemovalPlan = { segments, records, stops }
  if (next === null || segments.length === 0) return { kind: 'nothing', plan: shown }
  // The next segment too: its header is what the order is taken from.
  const report = await verifyAudit(files, publicKeys, { range: { kind: 'records', to: next.first } })
  if (report.faults.length > 0) return { kind: 'refused', why: 'segments-damaged', faults: report.faults.length }
  const content = removalOf(order, plan, next, report.range.first)
  // Another order came meanwhile, a hold perhaps: what may go is decided anew.
  if (!(await writeOrder(files, signing, orders, content))) return removeExpired(parts, order)
  await removeSegments(files, segments)
  return { kind: 'removed', plan: shown }
}

function removalOf(
  { by, second, reason, document, years }: RemovalOrder,
  { segments, times, digest }: Removable,
  next: HeaderLineV2,
  first: number,
) {
  const sorted = times.toSorted((a, b) => Date.parse(a) - Date.parse(b))
  const ends = [sorted[0], sorted.at(-1)].filter((time) => time !== undefined)
  return {
    kind: 'removal',
    by,
    second,
    reason,
    document,
    years,
    segments: [segments[0] ?? 0, segments.at(-1) ?? 0],
    records: [first, next.first - 1],
    hash: next.prev,
    tree: next.tree,
    digest,
    times: ends,
  } as const
}

/**
 * Removes what orders named and a crash left; nothing of an order that a hold in force came after.
 *
 * @returns how many segments went
 */
async function finishRemovals(files: AuditFiles, orders: readonly StandingOrder[]): Promise<number> {
  const names = new Set(await files.list())
  const heldSince = Math.max(0, ...holdsInForce(orders).map(({ order }) => order))
  const left = orders
    .flatMap(({ order }) => (order.kind === 'removal' && order.order > heldSince ? numbersOf(order) : []))
    .filter((number) => names.has(segmentName(number)))
  if (left.length > 0) await removeSegments(files, left)
  return left.length
}

function numbersOf({ segments: [first = 1, last = 0] }: RemovalLine): readonly number[] {
  return Array.from({ length: last - first + 1 }, (_, index) => first + index)
}

async function removeSegments(files: AuditFiles, numbers: readonly number[]): Promise<void> {
  const present = new Set(segmentsIn(await files.list()).map(({ number }) => number))
  // From the first on: whatever is left by a crash is the end of what was ordered.
  for (const number of numbers) if (present.has(number)) await files.removeSegment(segmentName(number))
  await files.syncDirectory()
}
