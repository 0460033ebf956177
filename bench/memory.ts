/**
 * Does memory stay bounded? Asks a gateway very many different operations in several views, then changes its composition
 * very often under requests, and looks at what is left after garbage collection. Ends with 1 where it grows.
 */
import { subscribe } from 'node:diagnostics_channel'
import { readdirSync } from 'node:fs'
import { parseArgs } from 'node:util'
import type { PlanEvent } from '../gateway/observe/channels.ts'
import type { RunningGateway } from '../gateway/main.ts'
import { documentsOf } from './memory-documents.ts'
import type { Documents } from './memory-documents.ts'
import { MATTERS, headersOf, introspect, reload, twoCompositions, withGateway } from './memory-gateway.ts'
import { openTimedConnection } from './verify-timing-connection.ts'

const HELP = `Usage: npm run bench:memory -- [options]
  --operations <n>   different operations, over all views (100000)
  --reloads <n>      changes of the composition, under requests (200)
  --connections <n>  requests under way at once (8)
Ends with 1 where heap after garbage collection, or the number of threads, grows beyond its plateau.
`

const { values } = parseArgs({
  options: {
    operations: { type: 'string', default: '100000' },
    reloads: { type: 'string', default: '200' },
    connections: { type: 'string', default: '8' },
    help: { type: 'boolean', default: false },
  },
})

/** How much more heap the end of a half may have than its plateau, which is where a fifth of it is done. */
const GROWTH = 1.25
/** Below so many operations the caches are still filling: then only the reloads are judged. */
const FULL = 50_000

/** One look at the process, after garbage collection. */
interface Look {
  readonly done: number
  readonly heap: number
  readonly rss: number
  readonly threads: number
}

function look(done: number): Look {
  // Twice: what the first one's finalizers let go is gone with the second.
  for (let time = 0; time < 2; time += 1) globalThis.gc?.()
  const { heapUsed, rss } = process.memoryUsage()
  return { done, heap: heapUsed, rss, threads: threadsNow() }
}

/** The same once V8 has given back all pages that it can: what the process would need, not what it happens to hold. */
function lookHard(done: number): Look {
  globalThis.gc?.({ type: 'major', execution: 'sync', flavor: 'last-resort' })
  return look(done)
}

/** Threads of the process; 0 where the system does not tell. */
function threadsNow(): number {
  try {
    return readdirSync('/proc/self/task').length
  } catch {
    return 0
  }
}

const megabytes = (bytes: number): string => (bytes / 1_048_576).toFixed(1).padStart(8)

function tell(what: string, { done, heap, rss, threads }: Look): void {
  const cells = [
    what.padEnd(11),
    String(done).padStart(8),
    megabytes(heap),
    megabytes(rss),
    String(threads).padStart(8),
  ]
  process.stdout.write(`${cells.join(' ')}\n`)
}

/** A view's documents and how they are asked. */
interface Asking {
  readonly documents: Documents
  readonly headers: Readonly<Record<string, string>>
}

/** What the requests of a run came to. */
const counts = { answered: 0, refused: 0, planned: 0, notPlanned: 0 }

/** Sends requests over connections of their own until there is no next one. */
async function send(
  url: string,
  connections: number,
  next: () => { readonly asking: Asking; readonly number: number } | null,
): Promise<void> {
  const work = async (): Promise<void> => {
    const connection = await openTimedConnection(url)
    try {
      for (let one = next(); one !== null; one = next()) {
        const { documents, headers } = one.asking
        const { status } = await connection.post('/graphql', headers, documents.body(one.number))
        if (status === 200) counts.answered += 1
        else counts.refused += 1
      }
    } finally {
      connection.close()
    }
  }
  await Promise.all(Array.from({ length: connections }, work))
}

async function askAll(gateway: RunningGateway, views: readonly Asking[], operations: number): Promise<readonly Look[]> {
  const looks: Look[] = []
  let asked = 0
  const next = (until: number) => (): { asking: Asking; number: number } | null => {
    if (asked >= until) return null
    const number = asked++
    const asking = views[number % views.length]
    return asking ? { asking, number: Math.floor(number / views.length) } : null
  }
  for (let part = 1; part <= 20; part += 1) {
    await send(gateway.url, Number(values.connections), next(Math.ceil((operations * part) / 20)))
    const seen = look(asked)
    looks.push(seen)
    tell('operations', seen)
  }
  tell('given back', lookHard(asked))
  return looks
}

async function reloadAll(gateway: RunningGateway, views: readonly Asking[], reloads: number): Promise<readonly Look[]> {
  const compositions = twoCompositions(gateway.config.regime)
  const looks: Look[] = []
  let over = false
  let asked = 0
  // The same few hundred operations all the time, so that there is something to warm the next generation with.
  const requests = send(gateway.url, 2, () => {
    const asking = views[asked % views.length]
    return over || !asking ? null : { asking, number: Math.floor(asked++ / views.length) % 200 }
  })
  try {
    for (let done = 1; done <= reloads; done += 1) {
      const composed = compositions[done % 2]
      if (composed) await reload(gateway, composed)
      if (done % Math.ceil(reloads / 20) !== 0 && done !== reloads) continue
      const seen = look(done)
      looks.push(seen)
      tell('reloads', seen)
    }
  } finally {
    over = true
    await requests
  }
  tell('given back', lookHard(reloads))
  return looks
}

/** What is wrong with the looks of one half, or null. */
function complaint(what: string, looks: readonly Look[]): string | null {
  const plateau = looks[Math.floor(looks.length / 5)]
  const end = looks.at(-1)
  if (!plateau || !end) return `${what}: nothing was measured`
  if (end.heap > GROWTH * plateau.heap)
    return `${what}: heap grew from ${megabytes(plateau.heap).trim()} to ${megabytes(end.heap).trim()} MB, allowed ${GROWTH} times`
  // One may be on its way out, and one on its way in.
  if (end.threads > plateau.threads + 2) return `${what}: threads grew from ${plateau.threads} to ${end.threads}`
  return null
}

async function main(): Promise<void> {
  if (values.help) return void process.stdout.write(HELP)
  if (!globalThis.gc) throw new Error('needs node --expose-gc')
  const [operations, reloads] = [Number(values.operations), Number(values.reloads)]
  subscribe('gongxiang:plan', (event) => {
    if ((event as PlanEvent).outcome === 'planned') counts.planned += 1
    else counts.notPlanned += 1
  })
  const complaints = await withGateway(async (gateway) => {
    const views = await Promise.all(
      MATTERS.map(async ({ code }): Promise<Asking> => {
        const headers = await headersOf(gateway, code)
        return { headers, documents: documentsOf(await introspect(gateway, headers)) }
      }),
    )
    process.stdout.write('what            done  heap MB   rss MB  threads\n')
    tell('start', lookHard(0))
    const asked = await askAll(gateway, views, operations)
    process.stdout.write(
      `answered ${counts.answered}, refused ${counts.refused}; planned ${counts.planned}, not planned ${counts.notPlanned}\n`,
    )
    const reloaded = await reloadAll(gateway, views, reloads)
    process.stdout.write(
      `answered ${counts.answered}, refused ${counts.refused}; planned ${counts.planned}, not planned ${counts.notPlanned}\n`,
    )
    return [
      ...(operations >= FULL ? [complaint('operations', asked)] : []),
      ...(reloads > 0 ? [complaint('reloads', reloaded)] : []),
      counts.refused > 0 ? `${counts.refused} requests were refused` : null,
      counts.planned < 0.5 * operations ? `only ${counts.planned} of ${operations} operations were planned` : null,
    ].filter((one) => one !== null)
  })
  for (const one of complaints) process.stderr.write(`${one}\n`)
  process.exitCode = complaints.length === 0 ? 0 : 1
}

await main()
