import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import type { Events } from '../../gateway/observe/channels.ts'

/**
 * Loaded before the gateway (`--import`), it hears what the gateway tells of its audit record and lanes, and writes it
 * down at the end, to the file that its own address names. Never in a round that counts: hearing costs, too.
 */

/** What was heard. */
export interface Heard {
  /** Milliseconds of each fsync of a segment, and the lines that it made durable together. */
  readonly syncs: { milliseconds: number; lines: number }[]
  /** Requests by the way that they took. */
  readonly lanes: Record<string, number>
}

const heard: Heard = { syncs: [], lanes: {} }

subscribe('gongxiang:sync', (message) => {
  const { file, milliseconds, lines } = message as Events['gongxiang:sync']
  if (file === 'segment') heard.syncs.push({ milliseconds, lines })
})
subscribe('gongxiang:request', (message) => {
  const { lane } = message as Events['gongxiang:request']
  heard.lanes[lane] = (heard.lanes[lane] ?? 0) + 1
})
process.on('exit', () => {
  const out = new URL(import.meta.url).searchParams.get('out')
  if (out !== null) writeFileSync(out, JSON.stringify(heard))
})
