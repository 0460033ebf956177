import type { Begun } from '../verify/idempotency.ts'
import { beginUnder } from '../verify/idempotency.ts'
import type { Clause } from '../vocabulary/clause.ts'
import type { Code, Text } from '../vocabulary/codes.ts'
import { Failure } from '../vocabulary/failure.ts'
import type { Exchange } from './exchange.ts'
import type { OwnContext } from './own-context.ts'
import type { VerifyRowInput } from './verify-claims.ts'
import type { VerifiedItem, VerifiedRow } from './verify-row.ts'

/** Seconds for which an answer is given again. */
const REMEMBERED = 86_400

/** Long enough that two callers do not choose the same by chance. */
const KEY = /^[\w-]{8,64}$/

/** Rows that were answered, now or before. */
export interface Once {
  readonly rows: readonly VerifiedRow[]
  /** Receipt of the request that was answered so first; null for this one. */
  readonly repeats: string | null
}

/**
 * Does what is asked under a key of the caller's choosing once: who sends it again, because an answer was lost on the
 * way, gets that answer, and no attempt is counted. A key is the officer's own, in this matter and case.
 *
 * @throws Failure BAD_USER_INPUT, IDEMPOTENCY_CONFLICT, COUNTERS_UNAVAILABLE, and as `act` says
 */
export async function onlyOnce(
  { house, exchange, caller }: OwnContext,
  { rows, idempotencyKey }: { readonly rows: readonly VerifyRowInput[]; readonly idempotencyKey?: string | null },
  act: () => Promise<readonly VerifiedRow[]>,
): Promise<Once> {
  if (idempotencyKey === null || idempotencyKey === undefined) return { rows: await act(), repeats: null }
  if (!KEY.test(idempotencyKey)) throw new Failure('BAD_USER_INPUT', { detail: KEY_FORM })
  const { department, application, officer, matter, case: file, actingFor } = caller
  const who = [department, application, officer, actingFor?.department ?? null, matter, file]
  const named = { call: [...who, idempotencyKey], asked: [rows] }
  const call = await beginUnder(house.idempotency, exchange.secrets.calls, named, REMEMBERED).catch(
    (error: unknown) => {
      throw new Failure('COUNTERS_UNAVAILABLE', { cause: error })
    },
  )
  switch (call.kind) {
    case 'CONFLICT':
      throw new Failure('IDEMPOTENCY_CONFLICT')
    case 'BUSY':
      throw new Failure('IDEMPOTENCY_CONFLICT', { detail: BUSY })
    case 'DONE':
      return remembered(call.text)
    case 'FRESH':
      return { rows: await begun(call, exchange, act), repeats: null }
  }
}

const KEY_FORM: Text = {
  zh: 'idempotencyKey 须为 8 至 64 个字母、数字、- 或 _',
  en: 'idempotencyKey is 8 to 64 letters, digits, - or _',
}
const BUSY: Text = { zh: '同一请求正在办理', en: 'the same call is being answered' }

/**
 * An answer is remembered whole, and only once its record is durable: what was never recorded is told to nobody, the
 * second time either (INV-7). One that was refused is not remembered, so that it can be mended and sent again.
 */
async function begun(
  call: Begun & { readonly kind: 'FRESH' },
  exchange: Exchange,
  act: () => Promise<readonly VerifiedRow[]>,
): Promise<readonly VerifiedRow[]> {
  const { receipt } = exchange
  try {
    const rows = await act()
    const text = JSON.stringify({ receipt, rows: rows.map(kept) } satisfies Kept)
    // What a source did not answer is asked again.
    const whole = rows.every(({ items }) => items.every((item) => !(item instanceof Failure && SILENT.has(item.code))))
    exchange.settle = { recorded: () => (whole ? call.complete(text) : call.abandon()), lost: () => call.abandon() }
    return rows
  } catch (error) {
    await call.abandon().catch(() => undefined)
    throw error
  }
}

const SILENT: ReadonlySet<Code> = new Set<Code>(['SOURCE_UNAVAILABLE', 'SOURCE_INVALID'])

/** What is kept: outcomes and receipts, never a claim. */
interface Kept {
  readonly receipt: string
  readonly rows: readonly KeptRow[]
}

interface KeptRow extends Omit<VerifiedRow, 'items'> {
  readonly items: readonly (VerifiedItem | KeptRefusal)[]
}

interface KeptRefusal {
  readonly refused: Code
  readonly clause: Clause | null
  readonly detail: Text | null
}

function kept({ items, ...row }: VerifiedRow): KeptRow {
  return {
    ...row,
    items: items.map((item) =>
      item instanceof Failure ? { refused: item.code, clause: item.clause, detail: item.text } : item,
    ),
  }
}

function remembered(text: string): Once {
  // Our own words, written by `settled` and read from our own store.
  const { receipt, rows } = JSON.parse(text) as Kept
  return { repeats: receipt, rows: rows.map((row) => ({ ...row, items: row.items.map(revived) })) }
}

function revived(item: VerifiedItem | KeptRefusal): VerifiedItem | Failure {
  if (!('refused' in item)) return item
  const { refused, clause, detail } = item
  return new Failure(refused, { ...(clause ? { clause } : {}), ...(detail ? { detail } : {}) })
}
