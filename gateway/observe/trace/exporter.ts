import { Pool } from 'undici'
import { publishLifecycle } from '../channels.ts'
import type { OtlpAttribute, OtlpSpan } from './spans.ts'

/** Spans that wait at most; with more the newest are dropped: a slow collector must cost neither memory nor time. */
const MOST_WAITING = 4_096
/** Spans of one message. */
const BATCH = 512
/** Milliseconds between messages while spans come slowly. */
const INTERVAL = 1_000
/** Milliseconds that a collector may take. */
const TIMEOUT = 5_000
/** Milliseconds that a stop waits for the last spans. */
const FAREWELL = 2_000

/** Sends spans on, and never lets anybody wait for it. */
export interface SpanExporter {
  add(spans: readonly OtlpSpan[]): void
  /** Spans that wait, and how many were dropped or refused since the start. */
  counts(): { readonly waiting: number; readonly sent: number; readonly dropped: number }
  /** Sends what is left, for a moment. */
  close(): Promise<void>
}

/** Where spans go, and who sends them. */
export interface ExporterOptions {
  /** Address of the collector for traces, such as `http://collector:4318/v1/traces`. */
  readonly endpoint: string
  readonly resource: readonly OtlpAttribute[]
  readonly version: string
}

/**
 * Exports spans by OTLP/HTTP in its JSON form, a batch at a time. What a collector does not take is dropped and counted,
 * not sent again: traces are samples, and what must not be lost stands in the audit record.
 */
export function createExporter({ endpoint, resource, version }: ExporterOptions): SpanExporter {
  const { origin, pathname, search } = new URL(endpoint)
  const pool = new Pool(origin, { connections: 1, pipelining: 1, headersTimeout: TIMEOUT, bodyTimeout: TIMEOUT })
  const waiting: OtlpSpan[] = []
  let [sent, dropped] = [0, 0]
  let failing = false
  let sending: Promise<void> | null = null

  const mark = (failed: boolean): void => {
    if (failed !== failing) publishLifecycle(() => ({ step: failed ? 'degraded' : 'recovered', subject: 'tracing' }))
    failing = failed
  }
  const post = async (batch: readonly OtlpSpan[]): Promise<void> => {
    const scopeSpans = [{ scope: { name: 'gongxiang', version }, spans: batch }]
    const body = JSON.stringify({ resourceSpans: [{ resource: { attributes: resource }, scopeSpans }] })
    try {
      const { statusCode, body: answer } = await pool.request({
        path: pathname + search,
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body,
        signal: AbortSignal.timeout(TIMEOUT),
      })
      await answer.dump()
      if (statusCode >= 300) throw new Error(`the collector answered ${statusCode}`)
      sent += batch.length
      mark(false)
    } catch {
      dropped += batch.length
      mark(true)
    }
  }
  const drain = async (): Promise<void> => {
    while (waiting.length > 0) await post(waiting.splice(0, BATCH))
  }
  const flush = (): Promise<void> => {
    sending ??= drain().finally(() => (sending = null))
    return sending
  }
  const timer = setInterval(() => void flush(), INTERVAL).unref()
  return {
    add(spans) {
      const room = MOST_WAITING - waiting.length
      if (spans.length > room) dropped += spans.length
      else waiting.push(...spans)
      if (waiting.length >= BATCH) void flush()
    },
    counts: () => ({ waiting: waiting.length, sent, dropped }),
    async close() {
      clearInterval(timer)
      const patience = new Promise<void>((resolve) => setTimeout(resolve, FAREWELL).unref())
      await Promise.race([flush(), patience])
      await pool.destroy()
    },
  }
}
