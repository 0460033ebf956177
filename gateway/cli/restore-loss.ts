import type { KeyObject } from 'node:crypto'
import { readFile } from 'node:fs/promises'
import type { Command } from 'commander'
import { anchoredChains, newestAnchored } from '../adapters/anchor-store.ts'
import { noteState } from '../audit/checkpoint.ts'
import type { Checkpoint } from '../audit/checkpoint.ts'
import { keptHeads } from '../audit/kept-heads.ts'
import { systemClock } from '../vocabulary/ports.ts'
import type { BackedUpChain } from './backup-manifest.ts'
import { configOf } from './context.ts'
import { CommandFault, printNote } from './terminal.ts'

/** What is missing of a chain between a backup and the newest checkpoint that is known elsewhere. */
export type Loss =
  | {
      readonly kind: 'lost'
      readonly records: number
      readonly from: number
      readonly to: number
      readonly until: string
    }
  /** What is known elsewhere is older than the backup, or of other chains: it tells nothing of what came behind it. */
  | { readonly kind: 'unknown' }
  /** A signed checkpoint states a record, or a tree, that is not the one here. */
  | { readonly kind: 'other-chain' }

interface LossFlags {
  readonly checkpoint?: string
  readonly anchors?: boolean
}

/** Checkpoints that are known elsewhere and signed by one of the keys; null where nobody named any. */
export async function keptCheckpoints(
  { checkpoint, anchors }: LossFlags,
  publicKeys: readonly KeyObject[],
  command: Command,
): Promise<readonly Checkpoint[] | null> {
  if (checkpoint === undefined && anchors !== true) return null
  const found = [
    ...(checkpoint === undefined ? [] : await inFile(checkpoint)),
    ...(anchors === true ? await inSecondPlaces(command) : []),
  ]
  const good = found.filter(({ note }) => noteState(note, publicKeys) === 'good')
  if (good.length < found.length)
    printNote(`${found.length - good.length} checkpoints are not signed by any of the keys`)
  return good
}

async function inFile(file: string): Promise<readonly Checkpoint[]> {
  const bytes = await readFile(file).catch(() => {
    throw new CommandFault(`${file} cannot be read`)
  })
  const found = keptHeads(bytes).flatMap(({ read }) => (read.kind === 'checkpoint' ? [read.checkpoint] : []))
  if (found.length === 0) throw new CommandFault(`${file} holds no checkpoint`)
  return found
}

async function inSecondPlaces(command: Command): Promise<readonly Checkpoint[]> {
  const { anchorStores } = await import('../wiring/anchors.ts')
  const found: Checkpoint[] = []
  for (const store of anchorStores(await configOf(command), systemClock)) {
    for (const chain of await anchoredChains(store)) {
      const newest = (await newestAnchored(store, chain))?.checkpoint
      if (newest) found.push(newest)
    }
  }
  return found
}

/** Those of a chain that its backup must contain, one note behind the other, for the verification to judge. */
export function notesWithin({ chain, seq }: BackedUpChain, kept: readonly Checkpoint[]): Uint8Array {
  const notes = kept.filter((one) => one.chain === chain && one.seq <= seq).map(({ note }) => note)
  return Buffer.from(notes.join('\n'))
}

/** What is missing of a chain behind its backup. Whether the older ones are of the same chain, a verification tells. */
export function lossOf({ chain, seq, hash }: BackedUpChain, kept: readonly Checkpoint[]): Loss {
  const own = kept.filter((one) => one.chain === chain)
  if (own.some((one) => one.seq === seq && one.hash !== hash)) return { kind: 'other-chain' }
  const newest = own.toSorted((a, b) => a.seq - b.seq).at(-1)
  if (newest === undefined || newest.seq < seq) return { kind: 'unknown' }
  return { kind: 'lost', records: newest.seq - seq, from: seq + 1, to: newest.seq, until: newest.time }
}
