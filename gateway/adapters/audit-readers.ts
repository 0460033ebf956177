import { statSync } from 'node:fs'
import { chmod, chown, mkdir, readFile, readdir } from 'node:fs/promises'
import { join } from 'node:path'
import { isLease } from './audit-lease.ts'

/** Folders pass their group on (setgid); nobody but the gateway writes, and nobody else reads. */
const FOLDER = 0o2750

/** What a segment, a file of heads and whatever else lies there is for those who audit. */
export const READABLE = 0o640

/**
 * Lets the members of a group read an audit folder: those who audit need no key, no database and no rights of the
 * gateway's (ZS-6.04). Files that are made later have the folder's group. Leases stay the gateway's alone: whoever may
 * open one can lock it, and keep the gateway from starting.
 *
 * @param folders the audit folder, and above it what has to be passed through; made where they are missing
 * @param group name, or number
 * @throws Error where there is no such group, or the gateway's account may not give it (it has to be a member)
 */
export async function admitAuditReaders(folders: readonly string[], group: string): Promise<void> {
  const gid = await groupId(group)
  const uid = process.getuid?.() ?? -1
  for (const folder of folders) {
    await mkdir(folder, { recursive: true, mode: 0o700 })
    const files = (await readdir(folder, { withFileTypes: true })).filter((one) => one.isFile() && !isLease(one.name))
    for (const { name } of files) await give(join(folder, name), READABLE)
    // The mode comes last: to give a folder away takes its setgid bit off.
    await give(folder, FOLDER)
  }

  async function give(path: string, mode: number): Promise<void> {
    try {
      await chown(path, uid, gid)
    } catch (cause) {
      throw new Error(`${path} cannot be given to the group ${group}: is the gateway's account a member?`, { cause })
    }
    await chmod(path, mode)
  }
}

/** Whether an audit folder was given to a group: then what lies in it is for that group to read. */
export function hasAuditReaders(folder: string): boolean {
  return (statSync(folder).mode & 0o2000) !== 0
}

async function groupId(group: string): Promise<number> {
  if (/^\d+$/.test(group)) return Number(group)
  const known = await readFile('/etc/group', 'utf8').catch(() => '')
  const line = known.split('\n').find((one) => one.startsWith(`${group}:`))
  const gid = Number(line?.split(':')[2])
  if (line === undefined || !Number.isSafeInteger(gid)) throw new Error(`audit.group: there is no group ${group} here`)
  return gid
}
