import { readFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { Pool } from 'undici'
import type { RecordedFetch } from '../world/server-child.ts'

/**
 * The least that a gateway of this runtime can do: the same fetches with the same bodies in the same order, each
 * answer parsed, and a fixed text for an answer. No plan, no merging, no projection.
 */

/** What is done for one workload. */
export interface Recording {
  /** A piece of its query that no other workload has. */
  readonly mark: string
  readonly fetches: readonly RecordedFetch[]
  readonly answer: string
}

/** The number that was asked about while it was recorded. */
export const RECORDED = '0000001'

/** What the child reads: a file of its own. */
export interface CeilingPlan {
  readonly urls: Readonly<Record<string, string>>
  readonly recordings: readonly Recording[]
}

const { urls, recordings } = JSON.parse(readFileSync(process.argv[2] ?? '', 'utf8')) as CeilingPlan
const pools = new Map(
  Object.entries(urls).map(([department, url]) => [department, new Pool(new URL(url).origin, { connections: 128 })]),
)

/** A text, ready to have another number put where the recorded one stood. */
function pattern(text: string): (number: string) => string {
  const parts = text.split(RECORDED)
  return (number) => parts.join(number)
}

const ready = recordings.map(({ mark, fetches, answer }) => {
  const waves = [...Map.groupBy(fetches, ({ wave }) => wave).values()]
  return {
    mark,
    answer: pattern(answer),
    waves: waves.map((wave) =>
      wave.map(({ department, body }) => ({ pool: pools.get(department), body: pattern(body) })),
    ),
  }
})

async function answerTo(text: string): Promise<string> {
  const { query, variables } = JSON.parse(text) as { query: string; variables: { code: string } }
  const number = /\d{7}/.exec(variables.code)?.[0] ?? RECORDED
  const found = ready.find(({ mark }) => query.includes(mark))
  if (!found) return '{"data":{"__typename":"Query"}}'
  for (const wave of found.waves) await Promise.all(wave.map(({ pool, body }) => ask(pool, body(number))))
  return found.answer(number)
}

async function ask(pool: Pool | undefined, body: string): Promise<unknown> {
  if (!pool) throw new Error('an unknown department')
  const headers = { 'content-type': 'application/json' }
  const response = await pool.request({ path: '/graphql', method: 'POST', headers, body })
  return JSON.parse(await response.body.text())
}

const server = createServer((request, response) => {
  const chunks: Buffer[] = []
  request.on('data', (chunk: Buffer) => chunks.push(chunk))
  request.on('end', () => {
    void answerTo(Buffer.concat(chunks).toString('utf8')).then((text) => {
      response.writeHead(200, { 'content-type': 'application/json', 'content-length': Buffer.byteLength(text) })
      response.end(text)
    })
  })
})
server.listen(0, '127.0.0.1', () => {
  const address = server.address()
  const port = typeof address === 'object' && address !== null ? address.port : 0
  process.stdout.write(`ready at http://127.0.0.1:${port}\n`)
})
