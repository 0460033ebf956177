import { hasDoor, roomOf } from './doors.ts'
import type { Room } from './doors.ts'
import { importsOf } from './source.ts'
import type { Import, SourceFile } from './source.ts'

/** Modules through which code reaches the disk, the network or another process. */
const REACHES_OUT =
  /^(node:)?(fs|net|http|https|http2|tls|dgram|dns|child_process|cluster|sqlite)(\/|$)|^(undici|pg|ioredis|kysely|pino)(\/|$)/

/**
 * Every import that the table of doors does not allow, as `file:line imports "x": reason`.
 * Type-only imports count: a type is knowledge too.
 */
export function checkDoors(files: readonly SourceFile[]): readonly string[] {
  return files.flatMap((file) => {
    const from = roomOf(file.path)
    // Settings of the tools (vitest.config.ts) lie at the root and belong to no room.
    if (!from && !file.path.includes('/')) return []
    if (!from)
      return [`${file.path}: no such room in the floor plan; add it to tests/architecture/doors.ts with its reason`]
    return importsOf(file).flatMap((item) =>
      item.target === null ? checkOutside(from.room, item) : checkInside(from, item),
    )
  })
}

function checkInside(from: { name: string; room: Room }, item: Import): readonly string[] {
  const to = item.target === null ? null : roomOf(item.target)
  if (!to) return leavesTheHouse(item) ? [`${where(item)}: this is outside of the floor plan`] : []
  return hasDoor(from, to)
    ? []
    : [`${where(item)}: no door from ${from.name} to ${to.name}, because ${from.room.reason}`]
}

/** Data at the root or in schema/ (package.json, SDL) may be read by all; code outside of every room by none. */
function leavesTheHouse(item: Import): boolean {
  return item.target === null || item.target.startsWith('..') || /\.[cm]?[jt]sx?$/.test(item.target)
}

function checkOutside(room: Room, item: Import): readonly string[] {
  if (room.outside === 'none')
    return [`${where(item)}: ${room.name} imports nothing from outside, because ${room.reason}`]
  if (room.outside === 'pure' && REACHES_OUT.test(item.specifier)) {
    return [
      `${where(item)}: ${room.name} is pure: disk, network, processes and logs reach it as values or through ports`,
    ]
  }
  return []
}

function where(item: Import): string {
  return `${item.from}:${item.line} imports "${item.specifier}"`
}
