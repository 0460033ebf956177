import { createServer } from 'node:net'
import type { Server, Socket } from 'node:net'
import { after, NOTHING, readMessage } from '../load/wire.ts'
import { createAnswers } from './answer.ts'
import type { Answer } from './answer.ts'
import { DEPARTMENTS } from './departments.ts'

/**
 * The six departments in one process, each on a port of its own. Started by the bench, told the delay in milliseconds
 * on its command line; says its ports, and what it was asked.
 */

/** What was asked since the start. */
export interface Asked {
  readonly fetches: number
  readonly entities: number
}

/** One fetch as it came. */
export interface RecordedFetch {
  readonly department: string
  readonly body: string
  /** How many fetches had to be answered before it was sent: those of one wave are sent together. */
  readonly wave: number
}

/** What it is told: count, begin to record, say what was recorded. */
export type Told = 'asked' | 'record' | 'recorded'

export type Said =
  | { readonly kind: 'ports'; readonly ports: Readonly<Record<string, number>> }
  | ({ readonly kind: 'asked' } & Asked)
  | { readonly kind: 'recorded'; readonly fetches: readonly RecordedFetch[] }

/** Milliseconds that answers wait while it records: what is sent together has come before the first is answered. */
const RECORDING_DELAY = 50

const usualDelay = Number(process.argv[2] ?? 0)
const asked = { fetches: 0, entities: 0 }
let recording: { readonly fetches: RecordedFetch[]; answered: number } | null = null

function serve(department: string, answersOf: (query: string) => Answer): Server {
  return createServer((socket) => {
    socket.setNoDelay(true)
    socket.on('error', () => socket.destroy())
    let received: Buffer = NOTHING
    socket.on('data', (chunk: Buffer) => {
      received = received.length === 0 ? chunk : Buffer.concat([received, chunk])
      for (let message = readMessage(received); message; message = readMessage(received)) {
        received = after(received, message)
        respond(socket, department, answersOf, message.body)
      }
    })
  })
}

function respond(socket: Socket, department: string, answersOf: (query: string) => Answer, body: Buffer): void {
  recording?.fetches.push({ department, body: body.toString('utf8'), wave: recording.answered })
  const { status, text } = answered(answersOf, body)
  const bytes = Buffer.byteLength(text)
  const head = `HTTP/1.1 ${status}\r\ncontent-type: application/json\r\ncontent-length: ${bytes}\r\n\r\n`
  const delay = recording ? RECORDING_DELAY : usualDelay
  const send = (): void => {
    if (recording) recording.answered += 1
    if (!socket.destroyed) socket.write(head + text)
  }
  if (delay > 0) setTimeout(send, delay)
  else send()
}

function answered(answersOf: (query: string) => Answer, body: Buffer): { status: string; text: string } {
  try {
    const { query, variables = {} } = JSON.parse(body.toString('utf8')) as Asking
    asked.fetches += 1
    // Whatever a gateway calls its lists of representations.
    for (const value of Object.values(variables)) if (Array.isArray(value)) asked.entities += value.length
    return { status: '200 OK', text: answersOf(query)(variables) }
  } catch (error) {
    return { status: '400 Bad Request', text: JSON.stringify({ errors: [{ message: String(error) }] }) }
  }
}

interface Asking {
  readonly query: string
  readonly variables?: Readonly<Record<string, unknown>>
}

function tell(said: Said): void {
  process.send?.(said)
}

function heed(told: Told): void {
  switch (told) {
    case 'asked':
      return tell({ kind: 'asked', ...asked })
    case 'record':
      recording = { fetches: [], answered: 0 }
      return tell({ kind: 'asked', ...asked })
    case 'recorded': {
      const fetches = recording?.fetches ?? []
      recording = null
      return tell({ kind: 'recorded', fetches })
    }
  }
}

const ports: Record<string, number> = {}
for (const department of DEPARTMENTS) {
  const server = serve(department.name, createAnswers(department))
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve)
  })
  const address = server.address()
  ports[department.name] = typeof address === 'object' && address !== null ? address.port : 0
}
process.on('message', heed)
process.on('disconnect', () => process.exit())
tell({ kind: 'ports', ports })
