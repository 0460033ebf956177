import { DropRefused } from './problem.ts'
import type { ProblemKind } from './problem.ts'

/** A full disk in the words of SQLite, whose extended codes have it in their last byte. */
const SQLITE_FULL = 13

/**
 * What went wrong on this machine while a file was read, and may go right later: no permission, no free handle, a
 * broken or a full disk. Null for what is wrong with the file itself.
 */
export function troubleOf(error: unknown): ProblemKind | null {
  if (!(error instanceof Error) || error instanceof DropRefused || !('code' in error)) return null
  if (error.code === 'ERR_SQLITE_ERROR') {
    const full = 'errcode' in error && (Number(error.errcode) & 0xff) === SQLITE_FULL
    return full ? 'WORK_FULL' : 'FILE_UNREADABLE'
  }
  // Nothing but the work folder is ever written to.
  if (error.code === 'ENOSPC' || error.code === 'EDQUOT') return 'WORK_FULL'
  return 'syscall' in error ? 'FILE_UNREADABLE' : null
}
