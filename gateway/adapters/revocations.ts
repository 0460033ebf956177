import { z } from 'zod'
import { isEmergencyLine } from './emergency-lines.ts'

const revocation = z.looseObject({
  kind: z.literal('GRANT_REVOKED'),
  grant: z.string().min(1),
  at: z.iso.datetime({ offset: true }),
})

/** What a file of grant events says of revocations. */
export interface Revocations {
  /** Grant → first instant of its revocation, milliseconds since the epoch. */
  readonly revoked: ReadonlyMap<string, number>
  /** Numbers of the lines, from 1, that are no event; of those that name a grant, the grant counts as revoked. */
  readonly badLines: readonly number[]
  /** Whether a bad line names no grant at all: a revocation may be lost in it. */
  readonly lost: boolean
}

/**
 * Reads the events line by line: a bad line hides no other, and where a grant can still be read from it, that grant
 * counts as revoked from the first: an unreadable revocation must not open what it closed (INV-9).
 */
export function readRevocations(text: string): Revocations {
  const revoked = new Map<string, number>()
  const badLines: number[] = []
  let lost = false
  // The last piece has no end yet: it may still be on its way to the disk.
  for (const [index, line] of text.split('\n').slice(0, -1).entries()) {
    if (line.trim() === '' || isEmergencyLine(line)) continue
    const event = readLine(line)
    if (event.bad) badLines.push(index + 1)
    if (event.grant === null) lost ||= event.bad
    else revoked.set(event.grant, Math.min(event.at, revoked.get(event.grant) ?? Infinity))
  }
  return { revoked, badLines, lost }
}

interface LineReading {
  readonly grant: string | null
  readonly at: number
  readonly bad: boolean
}

function readLine(line: string): LineReading {
  const event = revocation.safeParse(parseJson(line))
  if (event.success) return { grant: event.data.grant, at: Date.parse(event.data.at), bad: false }
  const named = /"grant"\s*:\s*"([^"\\]{1,64})"/.exec(line)
  return { grant: named?.[1] ?? null, at: -Infinity, bad: true }
}

function parseJson(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    return null
  }
}

/** Both together, each at its earliest: a file that was cut or emptied revokes no less than it did before. */
export function neverLess(known: ReadonlyMap<string, number>, next: ReadonlyMap<string, number>): Map<string, number> {
  const result = new Map(known)
  for (const [grant, at] of next) result.set(grant, Math.min(at, result.get(grant) ?? Infinity))
  return result
}
