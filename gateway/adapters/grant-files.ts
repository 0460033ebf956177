import { ConfigFault } from '../config/fault.ts'
import { createGrantIndex } from '../grants/grant.ts'
import type { Grant, GrantIndex, GrantSource } from '../grants/grant.ts'
import { publishFailure, publishLifecycle } from '../observe/channels.ts'
import { followFile } from './followed-file.ts'
import { readGrants } from './register-files.ts'
import { neverLess, readRevocations } from './revocations.ts'
import type { Revocations } from './revocations.ts'

/** Milliseconds between looks at the files: a revocation must hold everywhere within one second. */
const INTERVAL = 250

/** Word for the log. */
const EVENTS = 'grant-events'

/** Grants that follow their files until they are closed. */
export interface GrantFiles extends GrantSource {
  close(): void
}

/**
 * Grants from a YAML register and the dated events about them. A change builds a new snapshot; a register that
 * cannot be read leaves the last good one in force. A bad line of the events is reported and hides no other line;
 * and what was revoked once stays revoked while the process lives, whatever becomes of the file.
 *
 * @throws ConfigFault for a bad register, and for an event that names no grant: nobody could know what it revoked
 */
export function openGrantFiles(registerFile: string, eventsFile: string): GrantFiles {
  let version = 1
  const register = followFile({
    path: registerFile,
    subject: 'grants',
    interval: INTERVAL,
    parse: (text) => readGrants(registerFile, text),
    onChange: rebuild,
  })
  const events = followFile({
    path: eventsFile,
    subject: EVENTS,
    interval: INTERVAL,
    parse: readRevocations,
    missing: '',
    onChange: learn,
  })
  const first = events.current()
  if (first.lost) {
    close()
    throw eventsFault(eventsFile, first)
  }
  let revoked = first.revoked
  report(eventsFile, first)
  let index = build()

  function build(): GrantIndex {
    return createGrantIndex(
      version,
      register.current().map((grant): Grant => ({ ...grant, revokedAt: revoked.get(grant.id) ?? null })),
    )
  }
  function learn(): void {
    const next = events.current()
    revoked = neverLess(revoked, next.revoked)
    report(eventsFile, next)
    rebuild()
  }
  function rebuild(): void {
    version += 1
    index = build()
  }
  function close(): void {
    register.close()
    events.close()
  }
  return { current: () => index, close }
}

function report(file: string, events: Revocations): void {
  if (events.badLines.length === 0) return
  publishLifecycle(() => ({ step: 'degraded', subject: EVENTS, count: events.badLines.length }))
  publishFailure(() => ({ receipt: null, where: EVENTS, code: null, error: eventsFault(file, events) }))
}

function eventsFault(file: string, { badLines }: Revocations): ConfigFault {
  return new ConfigFault(
    badLines.map((line) => ({
      origin: { kind: 'file', file, line, column: 1 },
      path: '',
      message: 'is no grant event; restore the file from a backup',
    })),
  )
}
