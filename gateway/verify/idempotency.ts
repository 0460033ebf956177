import { createHmac } from 'node:crypto'

/** What a call that carries a key of the caller's choosing meets. */
export type Begun =
  /** Nobody did it yet: it is this caller's to do, and then to complete or to abandon. */
  | { readonly kind: 'FRESH'; complete(text: string): Promise<void>; abandon(): Promise<void> }
  /** It was done; `text` is what was told then. */
  | { readonly kind: 'DONE'; readonly text: string }
  /** The same is being done at this moment. */
  | { readonly kind: 'BUSY' }
  /** The key was used for something else. */
  | { readonly kind: 'CONFLICT' }

/**
 * Remembers calls by a key, so that one which is sent twice is done, counted and recorded once. A port: in this process,
 * in a file, or shared by all replicas.
 */
export interface Idempotency {
  /**
   * Claims a key, for one caller alone however many ask at once. Whoever neither completes nor abandons (a process that
   * died) holds it for `HOLD_SECONDS`. Rejects where the store does not answer: then nothing may be done.
   *
   * @param key digest that names the call
   * @param fingerprint digest of what the call asks
   * @param ttlSeconds how long a completed call is remembered
   */
  begin(key: string, fingerprint: string, ttlSeconds: number): Promise<Begun>
  close(): Promise<void>
}

/** Seconds after which a key that was begun and never settled is free again. */
export const HOLD_SECONDS = 60

/**
 * A digest for `begin`. Keyed, because what is asked holds numbers and names that could be tried out, and the store may
 * be another machine's.
 */
export function callDigest(secret: Uint8Array, parts: readonly unknown[]): string {
  return createHmac('sha256', secret)
    .update(JSON.stringify(['verification', ...parts]))
    .digest('base64url')
}

/** What a call is known by, as parts of digests. */
export interface NamedCall {
  readonly call: readonly unknown[]
  readonly asked: readonly unknown[]
}

/**
 * Begins a call under each secret, so that it is found again while any of them is accepted: a call that is sent again
 * over a rotation was begun under the older one. All who ask claim in the same order, and so at most one has them all.
 *
 * @param secrets every accepted one, in an order that no rotation changes
 */
export async function beginUnder(
  store: Idempotency,
  secrets: readonly Uint8Array[],
  { call, asked }: NamedCall,
  ttlSeconds: number,
): Promise<Begun> {
  const claimed: Fresh[] = []
  const abandon = async (): Promise<void> => void (await Promise.all(claimed.map((one) => one.abandon())))
  try {
    for (const secret of secrets) {
      const begun = await store.begin(callDigest(secret, call), callDigest(secret, asked), ttlSeconds)
      if (begun.kind === 'FRESH') claimed.push(begun)
      else {
        await abandon()
        return begun
      }
    }
  } catch (error) {
    await abandon().catch(() => undefined)
    throw error
  }
  const complete = async (text: string): Promise<void> =>
    void (await Promise.all(claimed.map((one) => one.complete(text))))
  return { kind: 'FRESH', complete, abandon }
}

type Fresh = Begun & { readonly kind: 'FRESH' }

/** What is kept of a call: whose it is until it is settled, and then what was told. */
export interface Kept {
  readonly fingerprint: string
  /** Null while it is being done. */
  readonly text: string | null
}

/** What a kept call means for whoever begins it again. */
export function begunAgain(kept: Kept, fingerprint: string): Exclude<Begun, { readonly kind: 'FRESH' }> {
  if (kept.fingerprint !== fingerprint) return { kind: 'CONFLICT' }
  return kept.text === null ? { kind: 'BUSY' } : { kind: 'DONE', text: kept.text }
}
