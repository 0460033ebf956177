import type { KeyObject } from 'node:crypto'
import { folderAnchor } from '../adapters/anchor-folder.ts'
import { httpAnchor } from '../adapters/anchor-http.ts'
import { objectStoreAnchor } from '../adapters/anchor-object-store.ts'
import { AnchorSender } from '../adapters/anchor-sender.ts'
import type { AnchorStanding } from '../adapters/anchor-sender.ts'
import { anchorStateFile, anchorStateIn } from '../adapters/anchor-state.ts'
import type { AnchorStore } from '../adapters/anchor-store.ts'
import type { Checkpoint } from '../audit/checkpoint.ts'
import type { AuditReader } from '../audit/files.ts'
import { checkpointOf } from '../audit/heads.ts'
import type { Schedule } from '../audit/port.ts'
import { stateDirectory } from '../config/config.ts'
import type { Config } from '../config/config.ts'
import type { KeyRing } from '../keys/key-ring.ts'
import { publicKeyOf } from '../keys/key-source.ts'
import { tellReadings } from '../observe/gather.ts'
import type { Reading } from '../observe/gather.ts'
import type { Clock } from '../vocabulary/ports.ts'

/** Milliseconds that a stop waits for second places. */
const LAST_TRY = 3_000

/** All second places of one chain. */
export interface Anchors {
  take(checkpoint: Checkpoint): void
  standing(): readonly AnchorStanding[]
  close(): Promise<void>
}

/** The second places that are configured. */
export function anchorStores({ audit: { anchors } }: Pick<Config, 'audit'>, clock: Clock): readonly AnchorStore[] {
  const { folder, http, objectStore } = anchors
  return [
    ...(folder === null ? [] : [folderAnchor(folder)]),
    ...(http === null ? [] : [httpAnchor(http, clock)]),
    ...(objectStore === null ? [] : [objectStoreAnchor(objectStore, clock)]),
  ]
}

/** What anchoring is opened over. */
export interface AnchorParts {
  readonly config: Config
  readonly keys: KeyRing
  readonly chain: string
  readonly files: AuditReader
}

const schedule: Schedule = (callback, milliseconds) => {
  const timer = setTimeout(callback, milliseconds).unref()
  return () => clearTimeout(timer)
}

/** Opens what sends checkpoints of a chain away; null where no second place is configured. */
export function openAnchors({ config, keys, chain, files }: AnchorParts, clock: Clock): Anchors | null {
  const { everyMs, lateMs } = config.audit.anchors
  const senders = anchorStores(config, clock).map(
    (store) =>
      new AnchorSender({
        store,
        chain,
        state: anchorStateIn(anchorStateFile(stateDirectory(config), chain, store.name)),
        ours: (size) => checkpointOf(files, size),
        publicKeys: () => signersOf(keys),
        clock,
        everyMs,
        lateMs,
        schedule,
      }),
  )
  if (senders.length === 0) return null
  const standing = (): readonly AnchorStanding[] => senders.map((sender) => sender.standing())
  const stop = tellReadings(() => standing().flatMap(readingsOf))
  return {
    take(checkpoint) {
      for (const sender of senders) sender.take(checkpoint)
    },
    standing,
    async close() {
      stop()
      await Promise.all(senders.map((sender) => sender.close(LAST_TRY)))
    },
  }
}

/** Keys that may have signed what was written by any suite. */
export function signersOf(keys: KeyRing): readonly KeyObject[] {
  const published = (['audit-head', 'audit-head-sm2'] as const).flatMap((purpose) => keys.publicJwks(purpose).keys)
  return published.map(publicKeyOf)
}

function readingsOf({ anchor, told, confirmed, waiting }: AnchorStanding): readonly Reading[] {
  const labels = { anchor }
  return [
    { name: 'gongxiang_audit_anchor_lag', labels, value: behind({ told, confirmed }) },
    { name: 'gongxiang_audit_anchor_lag_seconds', labels, value: waiting / 1_000 },
  ]
}

function behind({ told, confirmed }: Pick<AnchorStanding, 'told' | 'confirmed'>): number {
  return Math.max(0, (told ?? 0) - (confirmed ?? 0))
}

/** How second places stand, for operators: a line behind what is said of the log. */
export function anchorDetail(standings: readonly AnchorStanding[]): string {
  return standings
    .map((one) => {
      const alarm = one.alarm === null ? '' : ` ${one.alarm.toUpperCase()}`
      const failure = one.failure === null ? '' : ` (${one.failure})`
      return `second place ${one.anchor}: ${behind(one)} records behind, ${Math.round(one.waiting / 1_000)} s${alarm}${failure}`
    })
    .join('; ')
}
