import { z } from 'zod'
import { createGrantIndex } from '../grants/grant.ts'
import type { Grant, GrantIndex, GrantSource } from '../grants/grant.ts'
import { readGrants } from './register-files.ts'
import { followFile } from './followed-file.ts'

/** Milliseconds between looks at the files: a revocation must hold everywhere within one second. */
const INTERVAL = 250

const revocation = z.looseObject({
  kind: z.literal('GRANT_REVOKED'),
  grant: z.string(),
  at: z.iso.datetime({ offset: true }),
})

export interface GrantFiles extends GrantSource {
  close(): void
}

/**
 * Grants from a YAML register and the dated events about them. A change builds a new snapshot; a register that
 * cannot be read leaves the last good one in force, and a line of the events that cannot be read revokes nothing
 * else, but is reported.
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
    subject: 'grant-events',
    interval: INTERVAL,
    parse: readRevocations,
    missing: '',
    onChange: rebuild,
  })
  let index = build()

  function build(): GrantIndex {
    const revoked = events.current()
    return createGrantIndex(
      version,
      register.current().map((grant): Grant => ({ ...grant, revokedAt: revoked.get(grant.id) ?? null })),
    )
  }
  function rebuild(): void {
    version += 1
    index = build()
  }
  return {
    current: () => index,
    close() {
      register.close()
      events.close()
    },
  }
}

/** Instant of the first revocation of each grant. */
function readRevocations(text: string): ReadonlyMap<string, number> {
  const found = new Map<string, number>()
  const lines = text.split('\n')
  for (const [index, line] of lines.entries()) {
    if (line.trim() === '') continue
    // The last line may still be on its way to the disk.
    if (index === lines.length - 1) break
    const event = revocation.parse(JSON.parse(line))
    if (!found.has(event.grant)) found.set(event.grant, Date.parse(event.at))
  }
  return found
}
