import { subscribe } from 'node:diagnostics_channel'
import { writeFileSync } from 'node:fs'
import { Session } from 'node:inspector'
import type { Profiler } from 'node:inspector'
import type { Events } from '../../gateway/observe/channels.ts'
import { watchStages } from '../../gateway/observe/stages.ts'

/**
 * Loaded before the gateway (`--import`), it hears what the gateway tells of its audit record, stages and lanes, takes a
 * profile of the thread that answers, and writes all down at the end, to the file that its own address names. Never in
 * a round that counts: hearing costs, too.
 */

/** What was heard. */
export interface Heard {
  /** Milliseconds of each fsync of a segment, and the lines that it made durable together. */
  readonly syncs: { milliseconds: number; lines: number }[]
  /** Requests by the way that they took. */
  readonly lanes: Record<string, number>
  /** Milliseconds of all requests together, and of those for the record: room before, writing and waiting after. */
  readonly time: { all: number; record: number }
  /** Samples of the thread at work, and of those with the record on the stack. */
  readonly samples: { all: number; record: number }
}

const heard: Heard = { syncs: [], lanes: {}, time: { all: 0, record: 0 }, samples: { all: 0, record: 0 } }

subscribe('gongxiang:sync', (message) => {
  const { file, milliseconds, lines } = message as Events['gongxiang:sync']
  if (file === 'segment') heard.syncs.push({ milliseconds, lines })
})
watchStages()

const session = new Session()
session.connect()
session.post('Profiler.enable')
// From the first request on: a start works on other things.
let profiling = false
subscribe('gongxiang:request', (message) => {
  const { lane, milliseconds, stages } = message as Events['gongxiang:request']
  if (!profiling) session.post('Profiler.start')
  profiling = true
  heard.lanes[lane] = (heard.lanes[lane] ?? 0) + 1
  heard.time.all += milliseconds
  for (const { stage, started, ended } of stages ?? [])
    if (stage === 'record' || stage === 'reserve') heard.time.record += ended - started
})

process.on('exit', () => {
  // Within one thread the answer comes before `post` returns.
  session.post('Profiler.stop', (error, { profile }) => {
    if (error === null) Object.assign(heard.samples, samplesOf(profile))
  })
  const out = new URL(import.meta.url).searchParams.get('out')
  if (out !== null) writeFileSync(out, JSON.stringify(heard))
})

const OF_THE_RECORD = /\/gateway\/(audit\/|adapters\/audit-|request\/record)/
const NO_WORK: ReadonlySet<string> = new Set(['(idle)', '(program)'])

function samplesOf({ nodes, samples = [] }: Profiler.Profile): Heard['samples'] {
  const byId = new Map(nodes.map((node) => [node.id, node]))
  const recording = new Set<number>()
  // A node's children stand behind it: what is below the record's own code is the record's.
  for (const node of nodes) {
    if (OF_THE_RECORD.test(node.callFrame.url)) recording.add(node.id)
    if (recording.has(node.id)) for (const child of node.children ?? []) recording.add(child)
  }
  const working = samples.filter((id) => !NO_WORK.has(byId.get(id)?.callFrame.functionName ?? ''))
  return { all: working.length, record: working.filter((id) => recording.has(id)).length }
}
