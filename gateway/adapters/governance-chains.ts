import { existsSync } from 'node:fs'
import { open, readdir, stat } from 'node:fs/promises'
import { hostname } from 'node:os'
import { join } from 'node:path'
import { headsIn, segmentsIn } from '../audit/files.ts'
import type { ChainSource } from '../governance/index/source.ts'

/** Folders of the processes of one machine (gateway/cli/process-config.ts). */
const NUMBER = /^[1-9]\d{0,2}$/

/** The chains under an audit folder: its own, and one in a numbered folder for each of several processes. */
export async function chainSources(directory: string): Promise<readonly ChainSource[]> {
  // Before the first record there is no folder.
  if (!existsSync(directory)) return []
  const entries = await readdir(directory, { withFileTypes: true })
  const names = entries.map(({ name }) => name)
  const own = segmentsIn(names).length > 0 || headsIn(names).length > 0
  const numbers = entries.flatMap((one) => (one.isDirectory() && NUMBER.test(one.name) ? [Number(one.name)] : []))
  return [
    ...(own ? [chainSource(directory, hostname())] : []),
    ...numbers
      .toSorted((a, b) => a - b)
      .map((number) => chainSource(join(directory, String(number)), `${hostname()}/${number}`)),
  ]
}

/** One chain's folder; files are opened for each read, so that one that is removed is not held. */
export function chainSource(directory: string, replica: string): ChainSource {
  return {
    replica,
    list: async () => (await readdir(directory)).toSorted(),
    size: async (name) => (await stat(join(directory, name))).size,
    async read(name, offset, length) {
      const handle = await open(join(directory, name), 'r')
      try {
        const { bytesRead, buffer } = await handle.read(Buffer.allocUnsafe(length), 0, length, offset)
        return buffer.subarray(0, bytesRead)
      } finally {
        await handle.close()
      }
    },
  }
}
