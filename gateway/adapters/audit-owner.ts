import { readFileSync } from 'node:fs'
import { hostname } from 'node:os'

/** Who holds a lock, as its file says. */
export interface Owner {
  readonly pid: number
  /** Tells a process from a later one with the same ID; null where the system hides it. */
  readonly birth: string | null
  /** Name of the machine; null in a lock of an earlier version, which names no machine and holds no lease. */
  readonly host: string | null
  /** Tells one run of a machine from the next; null where the system has no such ID. */
  readonly boot: string | null
}

/** What a lock's file is. `torn`: empty, zeros, or the beginning of one, as a power cut leaves it. */
export type ReadOwner =
  | { readonly kind: 'none' }
  | { readonly kind: 'owner'; readonly owner: Owner }
  | { readonly kind: 'torn' }
  | { readonly kind: 'foreign' }
  | { readonly kind: 'unreadable'; readonly code: string }

/** This process. */
export function ownProcess(): Owner {
  return { pid: process.pid, birth: birthOf(process.pid), host: hostname(), boot: bootOf() }
}

/** Reads who holds a lock. */
export function readOwner(path: string): ReadOwner {
  let text: string
  try {
    text = readFileSync(path, 'utf8')
  } catch (error) {
    const code = codeOf(error)
    return code === 'ENOENT' ? { kind: 'none' } : { kind: 'unreadable', code }
  }
  const owner = parseOwner(text)
  if (owner !== null) return { kind: 'owner', owner }
  return { kind: isTorn(text) ? 'torn' : 'foreign' }
}

function parseOwner(text: string): Owner | null {
  try {
    const value: unknown = JSON.parse(text)
    if (typeof value !== 'object' || value === null || !('pid' in value) || typeof value.pid !== 'number') return null
    const word = (name: 'birth' | 'host' | 'boot'): string | null => {
      const found: unknown = name in value ? Reflect.get(value, name) : null
      return typeof found === 'string' ? found : null
    }
    return { pid: value.pid, birth: word('birth'), host: word('host'), boot: word('boot') }
  } catch {
    return null
  }
}

/** A lock begins with its owner's ID, so that its beginning is known for one. */
function isTorn(text: string): boolean {
  const written = text.replace(/\0+$/, '')
  return written === '' || /^\{("(p(i(d("(:\d*(,.*)?)?)?)?)?)?)?$/s.test(written)
}

/** Whether the process of a lock of this run of this machine lives, as far as its ID tells. */
export function isAlive({ pid, birth }: Owner): boolean {
  try {
    process.kill(pid, 0)
  } catch (error) {
    if (codeOf(error) !== 'EPERM') return false
  }
  const now = birthOf(pid)
  return now === null || birth === null || now === birth
}

/** Whether that very process lives: its time of birth is known, and the same. */
export function isSurelyAlive(owner: Owner): boolean {
  return owner.birth !== null && isAlive(owner) && birthOf(owner.pid) === owner.birth
}

/** When a process began, as Linux states it: field 22 of /proc/PID/stat, counted behind the name in brackets. */
function birthOf(pid: number): string | null {
  try {
    const stat = readFileSync(`/proc/${pid}/stat`, 'utf8')
    return stat.slice(stat.lastIndexOf(')') + 2).split(' ')[19] ?? null
  } catch {
    return null
  }
}

function bootOf(): string | null {
  try {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  } catch {
    return null
  }
}

/** The code of an error of the file system. */
export function codeOf(error: unknown): string {
  return error instanceof Error && 'code' in error && typeof error.code === 'string' ? error.code : 'unknown reason'
}
