import { createHash, timingSafeEqual } from 'node:crypto'
import type { VerifyKind } from '../catalog/catalog.ts'
import type { Coordinate } from '../vocabulary/coordinate.ts'
import { to15 } from '../vocabulary/id-number.ts'
import { canonicalClaim, canonicalValue } from './canonical.ts'
import { NO_LABELS } from './labels.ts'
import type { Labels } from './labels.ts'

/** What a verification tells (ZS-4.09), and all that it tells. */
export type Outcome = 'MATCH' | 'NO_MATCH' | 'NO_RECORD'

/** What somebody claims of one item of one record type. */
export interface Claim {
  readonly coordinate: Coordinate
  readonly kind: VerifyKind
  readonly claimed: string
  /** Few possible values: told only together with an unpredictable claim (wall 17). */
  readonly lowEntropy: boolean
  readonly labels: Labels
}

/** The values of one record that are verified; a coordinate that it lacks is absent. */
export type RecordValues = ReadonlyMap<Coordinate, unknown>

/**
 * Whether a claim and a source's value are the same but for their spelling. Fixed-length digests are compared, so that
 * neither length nor prefix shows in time. Anything but texts is not the same; never throws.
 */
export function compare(kind: VerifyKind, claimed: unknown, actual: unknown, labels: Labels): boolean {
  const claim = canonicalValue(kind, claimed, labels)
  const value = canonicalValue(kind, actual, labels)
  const same = timingSafeEqual(digest(claim), digest(value))
  return same && claim !== null && value !== null
}

function digest(text: string | null): Buffer {
  return createHash('sha256').update(JSON.stringify(text)).digest()
}

/**
 * The outcomes of claims over one record type, in their order. All claims are held against the same record, the first
 * of those that most of them fit. With a low-entropy claim among them they have one outcome: told apart, a known item
 * that matches would carry the guess beside it (wall 17).
 *
 * @param records the subject's records of the type
 * @param existenceTold whether the caller may learn that there is none; otherwise that is NO_MATCH
 */
export function outcomeOf(
  records: readonly RecordValues[],
  claims: readonly Claim[],
  { existenceTold }: { readonly existenceTold: boolean },
): readonly Outcome[] {
  if (records.length === 0) return claims.map(() => (existenceTold ? 'NO_RECORD' : 'NO_MATCH'))
  const fits = bestOf(records.map((record) => claims.map((claim) => fitsRecord(claim, record))))
  const joint = claims.some(({ lowEntropy }) => lowEntropy)
  const together = !lacksUnpredictable(claims) && fits.every((fit) => fit)
  return fits.map((fit) => ((joint ? together : fit) ? 'MATCH' : 'NO_MATCH'))
}

function fitsRecord({ kind, claimed, coordinate, labels }: Claim, record: RecordValues): boolean {
  return compare(kind, claimed, record.get(coordinate), labels)
}

/** The first of the rows with the most hits. */
function bestOf(rows: readonly (readonly boolean[])[]): readonly boolean[] {
  const hits = rows.map((row) => row.filter((fit) => fit).length)
  return rows[hits.indexOf(Math.max(...hits))] ?? []
}

/**
 * Whether low-entropy claims over one record type stand alone, which is refused: their few values could be tried out.
 * A claim that repeats what the caller named the subject by, or what can be read off it, makes nothing unpredictable.
 *
 * @param named the identifiers by which the caller named the subject, as they were sent
 */
export function lacksUnpredictable(claims: readonly Claim[], named: readonly string[] = []): boolean {
  const known = named.flatMap(readOff)
  return (
    claims.some(({ lowEntropy }) => lowEntropy) && claims.every((claim) => claim.lowEntropy || isReadOff(claim, known))
  )
}

/** A number in its spellings, and the date of birth that a resident's number holds. */
function readOff(number: string): readonly string[] {
  const full = canonicalClaim('ID_NUMBER', number, NO_LABELS) ?? ''
  const birth = /^\d{6}(\d{8})\d{3}[\dX]$/.exec(full)?.[1]
  return [full, to15(full) ?? '', birth ?? ''].filter((one) => one !== '')
}

function isReadOff({ kind, claimed, labels }: Claim, known: readonly string[]): boolean {
  const plain = (canonicalClaim(kind, claimed, labels) ?? '').replaceAll(/[^\p{L}\p{N}]/gu, '')
  // A certificate's number that holds the ID number is known with it but for a letter or a level.
  return known.some((one) => plain.includes(one))
}
