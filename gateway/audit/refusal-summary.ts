import type { AuditLog, Reservation, Schedule } from './port.ts'
import type { AuditEntry } from './record.ts'
import type { Code } from '../vocabulary/codes.ts'
import { httpStatus } from '../vocabulary/codes.ts'
import type { Clock, Ids } from '../vocabulary/ports.ts'

const MINUTE = 60_000

/** Whose refusals are counted together. */
export interface Refused {
  readonly department: string
  readonly application: string
  readonly officer: string | null
}

/**
 * Counts refusals of callers who stayed unknown, and of known ones who ask too often: one record for each caller, code
 * and minute, or somebody fills the disk.
 */
export interface RefusalSummary {
  /** Counts one refusal; `who` is null where nobody was known. */
  add(code: Code, who: Refused | null): void
  /** Writes what is counted so far; rejects with `AUDIT_UNAVAILABLE` and keeps the counts when it cannot. */
  flush(): Promise<void>
  /** Writes the rest and stops; before the log is closed. */
  close(): Promise<void>
}

/** What counted refusals are written with. */
export interface RefusalSummaryOptions {
  readonly log: AuditLog
  readonly clock: Clock
  readonly ids: Ids
  /** The versions in force when a summary is written. */
  readonly versions: () => Pick<AuditEntry, 'versions' | 'generation'>
  readonly schedule?: Schedule
}

interface Counted {
  readonly minute: number
  readonly code: Code
  readonly who: Refused | null
  count: number
}

const later: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds).unref()
  return () => {
    clearTimeout(timer)
  }
}

/** Opens a summary over a log; a record's `time` is the beginning of the minute that it counts. */
export function openRefusalSummary(options: RefusalSummaryOptions): RefusalSummary {
  const { log, clock, schedule = later } = options
  const counts = new Map<string, Counted>()
  let callOff: (() => void) | null = null

  const plan = (): void => {
    callOff ??= schedule(() => {
      callOff = null
      // What could not be written stays counted and is tried again a minute later.
      flush().catch(plan)
    }, MINUTE)
  }

  const flush = async (): Promise<void> => {
    for (const [key, window] of Array.from(counts)) {
      const reservation = await log.reserve()
      counts.delete(key)
      await write(options, reservation, window).catch((error: unknown) => {
        const since = counts.get(key)
        counts.set(key, { ...window, count: window.count + (since?.count ?? 0) })
        throw error
      })
    }
  }

  return {
    add: (code, who) => {
      const minute = Math.floor(clock.now() / MINUTE)
      const key = JSON.stringify([minute, code, who?.department, who?.application, who?.officer])
      const window = counts.get(key)
      if (window === undefined) counts.set(key, { minute, code, who, count: 1 })
      else window.count += 1
      plan()
    },
    flush,
    close: async () => {
      callOff?.()
      await flush()
    },
  }
}

async function write(
  options: RefusalSummaryOptions,
  reservation: Reservation,
  window: Readonly<Counted>,
): Promise<void> {
  const { log, ids, versions } = options
  await log.append(reservation, {
    receipt: ids.receipt(),
    time: new Date(window.minute * MINUTE).toISOString(),
    method: 'summary',
    medium: 'api-response',
    route: [],
    department: window.who?.department ?? null,
    application: window.who?.application ?? null,
    officer: window.who?.officer ?? null,
    roles: [],
    matter: null,
    case: null,
    approvers: [],
    grants: [],
    data: [],
    subjects: [],
    operation: null,
    arguments: [],
    salt: Buffer.from(ids.salt()).toString('base64url'),
    ...versions(),
    outcome: { status: httpStatus(window.code), codes: [window.code] },
    result: { bytes: 0, entities: 0 },
    milliseconds: 0,
    lane: 'none',
    degraded: [],
    count: window.count,
  })
}
